import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ed25519FromSeed } from '../../../crypto/keys/ed25519.ts'
import { hmacKey as hmacAlgorithm } from '../../../crypto/keys/hmac.ts'
import { spkiOf } from '../../../crypto/keys/pkcs8.ts'
import { isZeroized } from '../../../crypto/zeroize.ts'
import { decoded } from '../../base64.ts'
import type { Random } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import { isJsonObject, type JsonObject, member } from '../../json-object.ts'
import { pemBlocks } from '../../pem.ts'
import { COUNTER_KDF, type Key, type KeyVersion, type Moment } from '../keys/key.ts'
import { askedKeyType, canBeCounted, chosenKeyBytes, type KeyType, refuseDerivation } from '../keys/key-types.ts'
import { importedMaterial, importedPublicMaterial, type Material } from '../keys/material.ts'
import { checkRotationPeriod } from '../keys/rotation-period.ts'
import { TYPE_NUMBERS } from './backup-format.ts'

/** Reads what backup-format.ts, Vault and OpenBao write. Throws `invalid_request` for all that is not such a backup. */

const VERSIONS_MAX = 100_000
/** Of a second: Go's durations count them, in 64 bits. */
const NANOSECONDS = 1e9
const DURATION_MAX = 2n ** 63n - 1n

export async function decodeBackup(bytes: Buffer, random: Random): Promise<Key> {
  try {
    const data = objectIn({ data: parsed(bytes) }, 'data')
    return await keyOf(objectIn(data, 'policy'), member(data, 'archived_keys'), random)
  } catch (error) {
    if (error instanceof EgideError) throw error
    // A parser's message would quote the backup.
    throw unreadable()
  }
}

const unreadable = () => invalid('the backup is not one of a transit key')

/** Whole numbers that JavaScript's would round come as their digits. */
function parsed(bytes: Buffer): unknown {
  const reviver = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined ? JSON.rawJSON(source) : value
  return (JSON.parse as (text: string, reviver: unknown) => unknown)(bytes.toString(), reviver)
}

async function keyOf(policy: JsonObject, archive: unknown, random: Random): Promise<Key> {
  const type = typeIn(policy)
  const derived = flag(policy, 'derived')
  const convergent = flag(policy, 'convergent_encryption')
  refuseDerivation(type, derived, convergent)
  const isCounted = derived && isCountedIn(policy, type, convergent)
  const latest = integer(policy, 'latest_version')
  const minAvailable = integer(policy, 'min_available_version')
  const minDecryption = Math.max(1, integer(policy, 'min_decryption_version'))
  const minEncryption = integer(policy, 'min_encryption_version')
  if (latest < minDecryption || latest > VERSIONS_MAX || minEncryption > latest || minAvailable > minDecryption) {
    throw unreadable()
  }
  const schemeOfAll = integer(policy, 'convergent_version', -1)
  const versions: KeyVersion[] = []
  for (let number = latest; number >= Math.max(1, minAvailable); number--) {
    const entry = entryIn(policy, archive, number, minAvailable)
    if (entry === undefined) break
    versions.push(versionOf(type, number, entry, convergent ? schemeOfAll : undefined, random))
    // Reading the key of one takes milliseconds, and a request has room for tens of thousands.
    await nextTurn()
  }
  versions.reverse()
  const oldest = versions[0]?.number
  if (oldest === undefined || oldest > minDecryption) throw unreadable()
  const backedUp = momentIn(policy, 'backup_info')
  return {
    name: text(policy, 'name'),
    type: type.name,
    derived,
    ...(isCounted && { kdf: COUNTER_KDF }),
    convergent,
    exportable: flag(policy, 'exportable'),
    allowPlaintextBackup: flag(policy, 'allow_plaintext_backup'),
    deletionAllowed: flag(policy, 'deletion_allowed'),
    autoRotateSeconds: autoRotateIn(policy),
    minDecryption,
    minEncryption,
    // Versions that the backup lacks are as good as trimmed.
    minAvailable: oldest > 1 ? oldest : minAvailable,
    latest,
    versions,
    ...keySizeIn(policy, type),
    ...(flag(policy, 'Imported') && { imported: { rotatable: flag(policy, 'AllowImportedKeyRotation') } }),
    ...(backedUp && { backedUp }),
  }
}

/** Whether a derived key is one of `hmac-sha256-counter` rather than HKDF. */
function isCountedIn(policy: JsonObject, type: KeyType, convergent: boolean): boolean {
  const kdf = integer(policy, 'kdf')
  if (kdf === 1) return false
  if (kdf !== 0) throw unreadable()
  if (convergent || !canBeCounted(type)) {
    throw invalid('derivation by hmac-sha256-counter is for symmetric keys of 32 bytes that are not convergent')
  }
  return true
}

/** How many bytes the next version gets, where that can be chosen. Of other types it says nothing. */
function keySizeIn(policy: JsonObject, type: KeyType): { keySize?: number } {
  const keySize = integer(policy, 'key_size')
  const chosen = chosenKeyBytes(type)
  if (chosen === undefined || keySize === 0) return {}
  if (keySize < chosen.min || keySize > chosen.max) throw unreadable()
  return { keySize }
}

/** Whoever writes a backup by hand has no key rotated more often than others may, nor later than a duration can say. */
function autoRotateIn(policy: JsonObject): number {
  const nanoseconds = BigInt(digits(member(policy, 'auto_rotate_period') ?? 0))
  if (nanoseconds > DURATION_MAX) throw unreadable()
  return checkRotationPeriod(Math.floor(Number(nanoseconds) / NANOSECONDS))
}

function typeIn(policy: JsonObject): KeyType {
  const named = member(policy, 'type') ?? 0
  const name = typeof named === 'string' ? named : Object.keys(TYPE_NUMBERS).find((key) => TYPE_NUMBERS[key] === named)
  if (name === undefined) throw invalid('the backup is of a key type that is not known here')
  return askedKeyType(name)
}

function entryIn(policy: JsonObject, archive: unknown, number: number, minAvailable: number): JsonObject | undefined {
  const inUse = member(objectIn(policy, 'keys'), String(number))
  if (isJsonObject(inUse)) return inUse
  const archived: unknown = isJsonObject(archive) ? member(archive, 'keys') : undefined
  const entry: unknown = Array.isArray(archived) ? archived[number - minAvailable] : undefined
  return isJsonObject(entry) && !isNothing(member(entry, 'hmac_key')) ? entry : undefined
}

function versionOf(
  type: KeyType,
  number: number,
  entry: JsonObject,
  schemeOfAll: number | undefined,
  random: Random,
): KeyVersion {
  const material = materialIn(type, entry, random)
  const hmacKey = hmacKeyIn(entry)
  const own = integer(entry, 'convergent_version')
  const scheme = schemeOfAll === undefined ? 3 : own > 0 ? own : schemeOfAll === 0 ? 1 : schemeOfAll
  const chain = member(entry, 'certificate_chain')
  return {
    ...material,
    hmacKey: hmacKey.length > 0 ? hmacKey : material.hmacKey,
    number,
    createdMs: timeOf(entry, 'time'),
    ...((scheme === 1 || scheme === 2) && { convergentScheme: scheme }),
    ...(Array.isArray(chain) && chain.length > 0 && { certificates: chain.map((der) => bytesOf(der)) }),
  }
}

function hmacKeyIn(entry: JsonObject): Buffer {
  const bytes = bytesIn(entry, 'hmac_key')
  const { min, max } = hmacAlgorithm.keyBytes
  if (bytes.length > 0 && (bytes.length < min || bytes.length > max || isZeroized(bytes))) throw unreadable()
  return bytes
}

function materialIn(type: KeyType, entry: JsonObject, random: Random): Material {
  if (type.name.startsWith('ecdsa-')) return ecMaterial(type, entry, random)
  if (type.name.startsWith('rsa-')) return rsaMaterial(type, entry, random)
  const key = bytesIn(entry, 'key')
  if (type.name === 'ed25519') return ed25519Material(type, entry, key, random)
  return key.length > 0 ? importedMaterial(type, key, random) : publicMaterial(type, entry, random)
}

function ed25519Material(type: KeyType, entry: JsonObject, key: Buffer, random: Random): Material {
  if (key.length === 64) return importedMaterial(type, ed25519FromSeed(key.subarray(0, 32)).privateKey ?? key, random)
  const x = Buffer.from(text(entry, 'public_key'), 'base64').toString('base64url')
  return importedPublicMaterial(
    type,
    spkiOf(createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })),
    random,
  )
}

const CURVES: Readonly<Record<string, { crv: string; bytes: number }>> = {
  'ecdsa-p256': { crv: 'P-256', bytes: 32 },
  'ecdsa-p384': { crv: 'P-384', bytes: 48 },
  'ecdsa-p521': { crv: 'P-521', bytes: 66 },
}

function ecMaterial(type: KeyType, entry: JsonObject, random: Random): Material {
  const curve = CURVES[type.name]
  if (curve === undefined || isNothing(member(entry, 'ec_x'))) return publicMaterial(type, entry, random)
  const { crv, bytes } = curve
  const at = (name: string) => base64url(member(entry, name), bytes)
  const jwk = { kty: 'EC', crv, x: at('ec_x'), y: at('ec_y') }
  if (isNothing(member(entry, 'ec_d'))) {
    return importedPublicMaterial(type, spkiOf(createPublicKey({ key: jwk, format: 'jwk' })), random)
  }
  return importedMaterial(type, pkcs8Of(createPrivateKey({ key: { ...jwk, d: at('ec_d') }, format: 'jwk' })), random)
}

function rsaMaterial(type: KeyType, entry: JsonObject, random: Random): Material {
  const key = member(entry, 'rsa_key')
  if (!isJsonObject(key)) {
    const known = member(entry, 'rsa_public_key')
    if (!isJsonObject(known)) return publicMaterial(type, entry, random)
    const jwk = { kty: 'RSA', n: base64url(member(known, 'N')), e: base64url(member(known, 'E')) }
    return importedPublicMaterial(type, spkiOf(createPublicKey({ key: jwk, format: 'jwk' })), random)
  }
  const [p, q, ...others] = numbersIn(key, 'Primes')
  const d = BigInt(digits(member(key, 'D')))
  if (p === undefined || q === undefined || others.length > 0) throw invalid('RSA keys have two primes here')
  const jwk = {
    kty: 'RSA',
    n: base64url(member(key, 'N')),
    e: base64url(member(key, 'E')),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  }
  return importedMaterial(type, pkcs8Of(createPrivateKey({ key: jwk, format: 'jwk' })), random)
}

function publicMaterial(type: KeyType, entry: JsonObject, random: Random): Material {
  const [spki] = pemBlocks(text(entry, 'public_key'), 'PUBLIC KEY')
  if (spki === undefined) throw unreadable()
  return importedPublicMaterial(type, spki, random)
}

const pkcs8Of = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' })

/** Of numbers without a common divisor (extended Euclid). */
function inverse(number: bigint, modulus: bigint): bigint {
  let [old, rest] = [number % modulus, modulus]
  let [x, next] = [1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest] = [rest, old - quotient * rest]
    ;[x, next] = [next, x - quotient * next]
  }
  if (old !== 1n) throw unreadable()
  return ((x % modulus) + modulus) % modulus
}

const isNothing = (value: unknown): boolean => value === undefined || value === null

/** The digits of a whole number that is not negative. */
function digits(value: unknown): string {
  const written = JSON.isRawJSON(value) ? JSON.stringify(value) : typeof value === 'bigint' ? String(value) : value
  const found = typeof written === 'number' ? String(written) : written
  if (typeof found !== 'string' || !/^\d{1,2000}$/.test(found)) throw unreadable()
  return found
}

function base64url(value: unknown, bytes?: number): string {
  const hex = BigInt(digits(value)).toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Buffer.from(bytes === undefined ? even : even.padStart(bytes * 2, '0'), 'hex').toString('base64url')
}

function numbersIn(object: JsonObject, name: string): readonly bigint[] {
  const list = member(object, name)
  if (!Array.isArray(list)) throw unreadable()
  return list.map((value) => BigInt(digits(value)))
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = member(object, name)
  if (!isJsonObject(value)) throw unreadable()
  return value
}

function text(object: JsonObject, name: string): string {
  const value = member(object, name)
  if (typeof value !== 'string') throw unreadable()
  return value
}

const flag = (object: JsonObject, name: string): boolean => member(object, name) === true

/** 0 where it is absent. */
function integer(object: JsonObject, name: string, least = 0): number {
  const value = member(object, name) ?? 0
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) throw unreadable()
  return value
}

function bytesOf(value: unknown): Buffer {
  const bytes = typeof value === 'string' ? decoded(value) : undefined
  if (bytes === undefined) throw unreadable()
  return bytes
}

/** None where it is absent. */
function bytesIn(object: JsonObject, name: string): Buffer {
  const value = member(object, name)
  return isNothing(value) ? Buffer.alloc(0) : bytesOf(value)
}

function timeOf(object: JsonObject, name: string): number {
  const ms = Date.parse(text(object, name))
  if (!Number.isSafeInteger(ms)) throw unreadable()
  return Math.max(0, ms)
}

function momentIn(policy: JsonObject, name: string): Moment | undefined {
  const moment = member(policy, name)
  return isJsonObject(moment) ? { timeMs: timeOf(moment, 'time'), version: integer(moment, 'version') } : undefined
}

import type { KeyObject, webcrypto } from 'node:crypto'
import { ed25519Point, ed25519Seed } from '../../../crypto/keys/ed25519.ts'
import { privateKeyOf, publicKeyOf } from '../../../crypto/keys/pkcs8.ts'
import type { JsonObject } from '../../json-object.ts'
import { publicKeyPem } from '../../pem.ts'
import { type Key, type KeyVersion, type Moment, versionOf } from '../keys/key.ts'

/**
 * A key as Vault and OpenBao back it up: JSON of Go's structures. Types that they do not have are named by their name, and
 * their bytes are PKCS #8 and SubjectPublicKeyInfo. A backup is plaintext by its nature: here, and only here, key bytes
 * become strings.
 */

/** Vault's numbers of key types. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  'aes256-gcm96': 0,
  'ecdsa-p256': 1,
  ed25519: 2,
  'rsa-2048': 3,
  'rsa-4096': 4,
  'chacha20-poly1305': 5,
  'ecdsa-p384': 6,
  'ecdsa-p521': 7,
  'aes128-gcm96': 8,
  'rsa-3072': 9,
  hmac: 10,
  'xchacha20-poly1305': 11,
}

const NANOSECONDS = 1e9

export function encodeBackup(key: Key): string {
  const inUse = key.versions.filter(({ number }) => number >= key.minDecryption)
  const scheme = versionOf(key, key.latest)?.convergentScheme
  const policy = {
    name: key.name,
    keys: Object.fromEntries(inUse.map((version) => [version.number, entryOf(key, version)])),
    ...(key.keySize !== undefined && { key_size: key.keySize }),
    derived: key.derived,
    kdf: key.derived && key.kdf === undefined ? 1 : 0,
    convergent_encryption: key.convergent,
    exportable: key.exportable,
    min_decryption_version: key.minDecryption,
    min_encryption_version: key.minEncryption,
    latest_version: key.latest,
    archive_version: key.latest,
    archive_min_version: key.minAvailable,
    min_available_version: key.minAvailable,
    deletion_allowed: key.deletionAllowed,
    convergent_version: key.convergent ? (scheme ?? -1) : 0,
    type: TYPE_NUMBERS[key.type] ?? key.type,
    backup_info: momentOf(key.backedUp),
    restore_info: momentOf(key.restored),
    allow_plaintext_backup: key.allowPlaintextBackup,
    version_template: '',
    storage_prefix: '',
    auto_rotate_period: key.autoRotateSeconds * NANOSECONDS,
    Imported: key.imported !== undefined,
    AllowImportedKeyRotation: key.imported?.rotatable === true,
    soft_deleted: false,
  }
  // The archive counts from the oldest version there can be; where that is 0 its place is empty.
  const archived = Array.from({ length: key.latest - key.minAvailable + 1 }, (_, at) => {
    const version = versionOf(key, key.minAvailable + at)
    return version === undefined ? EMPTY : entryOf(key, version)
  })
  return inGo({ policy, archived_keys: { keys: archived } })
}

const EMPTY = { key: null, hmac_key: null, time: '0001-01-01T00:00:00Z', public_key: '', convergent_version: 0 }

function momentOf(moment: Moment | undefined): JsonObject | null {
  return moment === undefined ? null : { time: new Date(moment.timeMs).toISOString(), version: moment.version }
}

function entryOf(key: Key, version: KeyVersion): JsonObject {
  return {
    key: null,
    hmac_key: version.hmacKey.toString('base64'),
    time: new Date(version.createdMs).toISOString(),
    ec_x: null,
    ec_y: null,
    ec_d: null,
    rsa_key: null,
    rsa_public_key: null,
    public_key: '',
    convergent_version: key.convergent ? (version.convergentScheme ?? 3) : 0,
    creation_time: Math.floor(version.createdMs / 1000),
    certificate_chain: version.certificates?.map((der) => der.toString('base64')) ?? null,
    ...bytesOf(key.type, version),
  }
}

/** What of a version's bytes depends on its type. */
function bytesOf(type: string, { key, publicKey }: KeyVersion): JsonObject {
  if (publicKey === undefined) return { key: key.toString('base64') }
  const isKnown = key.length > 0
  if (type === 'ed25519') {
    const point = ed25519Point(publicKey)
    const both = isKnown ? Buffer.concat([ed25519Seed(key), point]).toString('base64') : null
    return { key: both, public_key: point.toString('base64') }
  }
  if (type.startsWith('ecdsa-')) return ecBytes(isKnown ? privateKeyOf(key) : publicKeyOf(publicKey), publicKey)
  if (type.startsWith('rsa-')) return rsaBytes(isKnown ? privateKeyOf(key) : publicKeyOf(publicKey))
  return { key: isKnown ? key.toString('base64') : null, public_key: publicKeyPem(publicKey) }
}

function ecBytes(key: KeyObject, spki: Buffer): JsonObject {
  const { x, y, d } = jwkOf(key)
  return { ec_x: number(x), ec_y: number(y), ec_d: d === undefined ? null : number(d), public_key: publicKeyPem(spki) }
}

function rsaBytes(key: KeyObject): JsonObject {
  const { n, e, d, p, q, dp, dq, qi } = jwkOf(key)
  const publicKey = { N: number(n), E: number(e) }
  if (d === undefined) return { rsa_public_key: publicKey }
  const precomputed = { Dp: number(dp), Dq: number(dq), Qinv: number(qi), CRTValues: [] }
  const primes = [number(p), number(q)]
  return {
    rsa_key: { ...publicKey, D: number(d), Primes: primes, Precomputed: precomputed },
    rsa_public_key: publicKey,
  }
}

const jwkOf = (key: KeyObject): webcrypto.JsonWebKey => key.export({ format: 'jwk' })

/** A whole number of any length, which JSON has and JavaScript has not. */
function number(base64url = ''): bigint {
  return BigInt(`0x0${Buffer.from(base64url, 'base64url').toString('hex')}`)
}

function inGo(value: object): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member,
  )
}

import { createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { wrapKey } from '../../crypto/keys/kwp.ts'
import { systemRandom } from '../../crypto/random.ts'
import { transit } from '../../engines/transit/index.ts'
import { MountedEngine } from '../engines/mounted-engine.ts'

/**
 * Wycheproof's vectors (test/vectors/README.md) through Transit's routes: the key is imported, then used. What is valid
 * is accepted with the result that it should have, what is invalid is refused or false, and nothing else happens.
 */

type Hex = Readonly<Record<string, string>>
interface Vector extends Hex {
  readonly result: 'valid' | 'invalid' | 'acceptable'
}
interface Group extends Readonly<Record<string, unknown>> {
  readonly tests: readonly Vector[]
}
interface VectorFile {
  readonly file: string
  readonly groups: readonly Group[]
}

const filesOf = (name: string): readonly VectorFile[] =>
  JSON.parse(readFileSync(new URL(`wycheproof/${name}.json`, import.meta.url), 'utf8')) as VectorFile[]

const bytes = (hex: unknown): Buffer => Buffer.from(String(hex ?? ''), 'hex')
const base64 = (hex: unknown): string => bytes(hex).toString('base64')
const written = (...parts: Buffer[]): string => `vault:v1:${Buffer.concat(parts).toString('base64')}`

let mount: MountedEngine
let wrapping: KeyObject
let names = 0
const seen = { valid: 0, invalid: 0, acceptable: 0 }

beforeAll(async () => {
  mount = new MountedEngine(transit)
  wrapping = createPublicKey(String((await mount.data('read', 'wrapping_key')).public_key))
})

/** The name of a new key. */
async function imported(type: string, key: Buffer, settings: object = {}): Promise<string> {
  const name = `k${names++}`
  const ciphertext = wrapKey(wrapping, 'sha256', key, systemRandom).toString('base64')
  await mount.call('update', `keys/${name}/import`, { type, ciphertext, ...settings })
  return name
}

async function importedPublic(type: string, spki: Buffer): Promise<string> {
  const name = `k${names++}`
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`
  await mount.call('update', `keys/${name}/import`, { type, public_key: pem })
  return name
}

/** What the route answers, or undefined where it refused with a reason. */
async function answer(path: string, data: object): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return await mount.data('update', path, data)
  } catch (error) {
    expect(error).toMatchObject({ name: 'EgideError', code: 'invalid_request' })
    return undefined
  }
}

function check(vector: Vector, isAccepted: boolean): void {
  seen[vector.result]++
  if (vector.result === 'acceptable') return
  expect({ ...vector, isAccepted }).toEqual({ ...vector, isAccepted: vector.result === 'valid' })
}

const HASHES: Hex = {
  'SHA-224': 'sha2-224',
  'SHA-256': 'sha2-256',
  'SHA-384': 'sha2-384',
  'SHA-512': 'sha2-512',
  'SHA3-224': 'sha3-224',
  'SHA3-256': 'sha3-256',
  'SHA3-384': 'sha3-384',
  'SHA3-512': 'sha3-512',
}

/** One test for each file of a kind; `work` is done with each vector. */
function each(name: string, work: (vector: Vector, group: Group, file: string) => Promise<void>): void {
  describe(name, () => {
    test.each(filesOf(name).map((file) => [file.file, file] as const))('%s', async (_, file) => {
      expect(file.groups.length).toBeGreaterThan(0)
      for (const group of file.groups) for (const vector of group.tests) await work(vector, group, file.file)
    })
  })
}

/** The name of the group's key, imported when it is first needed. */
function once(make: (group: Group, file: string) => Promise<string>): (group: Group, file: string) => Promise<string> {
  const made = new Map<Group, Promise<string>>()
  return (group, file) => {
    const known = made.get(group) ?? make(group, file)
    made.set(group, known)
    return known
  }
}

const AEADS: Hex = { aes_gcm: 'aes', chacha20_poly1305: 'chacha20-poly1305', xchacha20_poly1305: 'xchacha20-poly1305' }

each('aead', async (vector, group, file) => {
  const kind = AEADS[file.replace('_test.json', '')]
  const key = await imported(kind === 'aes' ? `aes${String(group.keySize)}-gcm96` : String(kind), bytes(vector.key))
  const opened = await answer(`decrypt/${key}`, {
    ciphertext: written(bytes(vector.iv), bytes(vector.ct), bytes(vector.tag)),
    associated_data: base64(vector.aad),
  })
  if (opened !== undefined) expect(opened.plaintext).toBe(base64(vector.msg))
  check(vector, opened !== undefined)
})

const edKey = once((group) => importedPublic('ed25519', bytes(group.publicKeyDer)))
each('eddsa', async (vector, group, file) => {
  const key = await edKey(group, file)
  const data = { input: base64(vector.msg), signature: written(bytes(vector.sig)) }
  check(vector, (await answer(`verify/${key}`, data))?.valid === true)
})

const CURVES: Hex = { secp256r1: 'ecdsa-p256', secp384r1: 'ecdsa-p384', secp521r1: 'ecdsa-p521' }
const ecKey = once((group, file) => importedPublic(String(CURVES[file.split('_')[1] ?? '']), bytes(group.publicKeyDer)))
each('ecdsa', async (vector, group, file) => {
  const key = await ecKey(group, file)
  const isJws = file.includes('p1363')
  const signature = bytes(vector.sig)
  const hash = String(HASHES[String(group.sha)])
  const data = {
    input: base64(vector.msg),
    signature: isJws ? `vault:v1:${signature.toString('base64url')}` : written(signature),
    marshaling_algorithm: isJws ? 'jws' : 'asn1',
    hash_algorithm: hash,
  }
  check(vector, (await answer(`verify/${key}`, data))?.valid === true)
  const sum = (await answer(`hash/${hash}`, { input: data.input, format: 'base64' }))?.sum
  check(vector, (await answer(`verify/${key}`, { ...data, prehashed: true, input: sum }))?.valid === true)
})

const rsaKey = once((group) => importedPublic(`rsa-${String(group.keySize)}`, bytes(group.publicKeyDer)))
async function rsa(vector: Vector, group: Group, file: string, flags: object): Promise<void> {
  const key = await rsaKey(group, file)
  const hash = String(HASHES[String(group.sha)])
  const data = { input: base64(vector.msg), signature: written(bytes(vector.sig)), hash_algorithm: hash, ...flags }
  check(vector, (await answer(`verify/${key}`, data))?.valid === true)
  const sum = (await answer(`hash/${hash}`, { input: data.input, format: 'base64' }))?.sum
  check(vector, (await answer(`verify/${key}`, { ...data, prehashed: true, input: sum }))?.valid === true)
}
each('rsa-pkcs1', (vector, group, file) => rsa(vector, group, file, { signature_algorithm: 'pkcs1v15' }))
each('rsa-pss', (vector, group, file) => rsa(vector, group, file, { salt_length: group.sLen }))

const oaepKey = once((group) => imported(`rsa-${String(group.keySize)}`, bytes(group.privateKeyPkcs8)))
each('rsa-oaep', async (vector, group, file) => {
  const key = await oaepKey(group, file)
  const opened = await answer(`decrypt/${key}`, { ciphertext: written(bytes(vector.ct)) })
  if (opened !== undefined) expect(opened.plaintext).toBe(base64(vector.msg))
  check(vector, opened !== undefined)
})

each('hmac', async (vector, _group, file) => {
  const key = await imported('hmac', bytes(vector.key))
  const hash = file.replace(/^hmac_(sha3_)?(?:sha)?(\d+)_test.json$/, (_all, three, bits) =>
    three === undefined ? `sha2-${bits}` : `sha3-${bits}`,
  )
  const data = { input: base64(vector.msg), hmac: written(bytes(vector.tag)), hash_algorithm: hash }
  check(vector, (await answer(`verify/${key}`, data))?.valid === true)
})

each('ml-dsa', async (vector, group, file) => {
  const type = `ml-dsa-${file.slice(6, 8)}`
  let key: string
  try {
    key = await importedPublic(type, bytes(group.publicKeyDer))
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_request' })
    return check(vector, false)
  }
  const data = { input: base64(vector.msg), signature: written(bytes(vector.sig)) }
  check(vector, (await answer(`verify/${key}`, data))?.valid === true)
})

/** PKCS #8 with the seed alone. */
const SEEDED: Hex = {
  '768': '3054020100300b060960864801650304040204428040',
  '1024': '3054020100300b060960864801650304040304428040',
}
each('ml-kem', async (vector, _group, file) => {
  const level = file.split('_')[1] ?? ''
  let key: string
  try {
    key = await imported(`ml-kem-${level}`, Buffer.concat([bytes(SEEDED[level]), bytes(vector.seed)]))
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_request' })
    return check(vector, false)
  }
  const secret = await answer(`decapsulate/${key}`, { ciphertext: written(bytes(vector.c)) })
  const { shared_secret: shared } = secret ?? {}
  check(vector, vector.result === 'valid' ? shared === base64(vector.K) : secret !== undefined)
})

/** No key that anybody would guess is taken, however well it is wrapped. */
const isNoKey = ({ msg }: Vector): boolean => bytes(msg).every((byte) => byte === 0)

each('aes-kwp', async (vector) => {
  const name = `k${names++}`
  const kek = publicEncrypt({ key: wrapping, padding: 4, oaepHash: 'sha256' }, bytes(vector.key))
  const length = bytes(vector.msg).length
  const type = length === 16 ? 'aes128-gcm96' : length === 32 ? 'aes256-gcm96' : 'hmac'
  const ciphertext = Buffer.concat([kek, bytes(vector.ct)]).toString('base64')
  const isTaken = await mount.call('update', `keys/${name}/import`, { type, ciphertext, exportable: true }).then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'invalid_request' })
      return false
    },
  )
  // Bytes that no type of key has are refused after they were unwrapped.
  const isUnusable = (type === 'hmac' && length < 32) || isNoKey(vector)
  if (isUnusable && vector.result === 'valid') return expect(isTaken).toBe(false)
  check(vector, isTaken)
  if (!isTaken) return
  const kind = type === 'hmac' ? 'hmac-key' : 'encryption-key'
  const { keys } = await mount.data('read', `export/${kind}/${name}`)
  expect(keys).toEqual({ '1': base64(vector.msg) })
})

test('there were enough of them', () => {
  expect(seen.valid).toBeGreaterThan(500)
  expect(seen.invalid).toBeGreaterThan(800)
})

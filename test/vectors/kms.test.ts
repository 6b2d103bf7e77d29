import { createHash, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { encodeDer, TAG } from '../../crypto/der.ts'
import { wrapKey } from '../../crypto/keys/kwp.ts'
import { encodePkcs8 } from '../../crypto/keys/pkcs8.ts'
import { systemRandom } from '../../crypto/random.ts'
import { kms } from '../../engines/kms/index.ts'
import { MountedEngine } from '../engines/mounted-engine.ts'

/**
 * Wycheproof's vectors (test/vectors/README.md) through the routes of KMS: the key is imported, of signatures the public
 * key alone, and then used. What is valid is accepted with the result that it should have, what is invalid is refused or
 * false, and nothing else happens.
 */

type Hex = Readonly<Record<string, string>>
interface Vector extends Hex {
  readonly result: 'valid' | 'invalid' | 'acceptable'
}
interface VectorFile {
  readonly file: string
  readonly groups: readonly (Readonly<Record<string, unknown>> & { readonly tests: readonly Vector[] })[]
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`wycheproof/${name}.json`, import.meta.url), 'utf8'))
const own = read('kms') as Readonly<Record<'ecdh' | 'ecdsa' | 'hmac' | 'rsaOaep', readonly VectorFile[]>>
const hmacFiles = [...(read('hmac') as readonly VectorFile[]).filter(({ file }) => !/sha3|224/.test(file)), ...own.hmac]
const oaepFiles = [...(read('rsa-oaep') as readonly VectorFile[]), ...own.rsaOaep]

const bytes = (hex: unknown): Buffer => Buffer.from(String(hex ?? ''), 'hex')
const base64 = (hex: unknown): string => bytes(hex).toString('base64')

/** The id of a new key with this material. */
async function imported(mount: MountedEngine, settings: object, secret: Buffer): Promise<string> {
  const id = String((await mount.data('update', 'keys', { ...settings, origin: 'EXTERNAL' })).key_id)
  const given = await mount.data('update', `keys/${id}/import/parameters`, {
    wrapping_algorithm: 'RSA_AES_KEY_WRAP_SHA_256',
  })
  const wrapped = wrapKey(createPublicKey(String(given.public_key)), 'sha256', secret, systemRandom)
  await mount.call('update', `keys/${id}/import`, {
    import_token: given.import_token,
    encrypted_key_material: wrapped.toString('base64'),
  })
  return id
}

/** What the route answers, or undefined where it refused with a reason. */
async function answer(mount: MountedEngine, path: string, data: object) {
  try {
    return await mount.data('update', path, data)
  } catch (error) {
    expect(error).toMatchObject({ name: 'EgideError', code: 'invalid_request' })
    return undefined
  }
}

function check(vector: Vector, isAccepted: boolean): void {
  if (vector.result === 'acceptable') return
  expect({ ...vector, isAccepted }).toEqual({ ...vector, isAccepted: vector.result === 'valid' })
}

const named = (files: readonly VectorFile[]) => files.map((file) => [file.file, file] as const)

test.each(named(hmacFiles))('%s', async (file, { groups }) => {
  const bits = /sha(\d+)/.exec(file)?.[1]
  const mount = new MountedEngine(kms)
  let count = 0
  for (const vector of groups.flatMap(({ tests }) => tests)) {
    const key = await imported(mount, { key_spec: `HMAC_${bits}` }, bytes(vector.key)).catch((error: unknown) => {
      // Keys that are shorter than the hash, or much longer, are none of this spec.
      expect(error).toMatchObject({ data: { kind: 'InvalidKeyMaterial' } })
      const length = bytes(vector.key).length
      expect(length < Number(bits) / 8 || length > 64).toBe(true)
    })
    if (key === undefined) continue
    const found = await answer(mount, `verify-mac/${key}`, { message: base64(vector.msg), mac: base64(vector.tag) })
    check(vector, found?.valid === true)
    count++
  }
  expect(count).toBeGreaterThan(0)
})

test.each(named(oaepFiles))('%s', async (file, { groups }) => {
  const mount = new MountedEngine(kms)
  const algorithm = file.includes('sha256') ? 'RSAES_OAEP_SHA_256' : 'RSAES_OAEP_SHA_1'
  for (const group of groups) {
    const settings = { key_spec: `RSA_${String(group.keySize)}`, key_usage: 'ENCRYPT_DECRYPT' }
    const key = await imported(mount, settings, bytes(group.privateKeyPkcs8))
    for (const vector of group.tests) {
      const sent = { ciphertext: base64(vector.ct), encryption_algorithm: algorithm }
      const opened = await answer(mount, `decrypt/${key}`, sent)
      if (opened !== undefined) expect(opened.plaintext).toBe(base64(vector.msg))
      check(vector, opened !== undefined)
    }
  }
})

const CURVES: Readonly<Record<string, { readonly spec: string; readonly oid: string; readonly length: number }>> = {
  secp256r1: { spec: 'ECC_NIST_P256', oid: '301306072a8648ce3d020106082a8648ce3d030107', length: 32 },
  secp384r1: { spec: 'ECC_NIST_P384', oid: '301006072a8648ce3d020106052b81040022', length: 48 },
  secp521r1: { spec: 'ECC_NIST_P521', oid: '301006072a8648ce3d020106052b81040023', length: 66 },
}

/** PKCS #8 of a scalar: ECPrivateKey (RFC 5915) without its public key. */
function pkcs8Of(scalar: Buffer, { oid, length }: { readonly oid: string; readonly length: number }): Buffer {
  const full = Buffer.concat([Buffer.alloc(length), scalar]).subarray(-length)
  const version = encodeDer(TAG.integer, Buffer.of(1))
  return encodePkcs8(bytes(oid), encodeDer(TAG.sequence, version, encodeDer(TAG.octetString, full)))
}

test.each(named(own.ecdh))('%s', async (file, { groups }) => {
  const curve = CURVES[file.split('_')[1] ?? '']
  if (curve === undefined) throw new Error(`no curve of ${file}`)
  const mount = new MountedEngine(kms)
  const keys = new Map<string, Promise<string>>()
  for (const vector of groups.flatMap(({ tests }) => tests)) {
    const scalar = String(vector.private)
    const settings = { key_spec: curve.spec, key_usage: 'KEY_AGREEMENT' }
    const making = keys.get(scalar) ?? imported(mount, settings, pkcs8Of(bytes(scalar), curve))
    keys.set(scalar, making)
    const derived = await answer(mount, `derive/${await making}`, { public_key: base64(vector.public) })
    // What is only acceptable may be refused; whatever is not must be right.
    if (derived !== undefined)
      expect([vector.comment, derived.shared_secret]).toEqual([vector.comment, base64(vector.shared)])
    check(vector, derived !== undefined)
  }
})

/** NIST's vectors of key generation (acvp.json): what stands before the seed in PKCS #8. */
const SEEDED: Readonly<Record<string, string>> = {
  'ML-DSA-44': '3034020100300b060960864801650304031104228020',
  'ML-DSA-65': '3034020100300b060960864801650304031204228020',
  'ML-DSA-87': '3034020100300b060960864801650304031304228020',
}
const { keyGen } = JSON.parse(readFileSync(new URL('acvp.json', import.meta.url), 'utf8')) as {
  readonly keyGen: readonly { readonly set: string; readonly private: string; readonly public: string }[]
}

test.each(Object.keys(SEEDED))('%s', async (set) => {
  const mount = new MountedEngine(kms)
  for (const vector of keyGen.filter((one) => one.set === set)) {
    const settings = { key_spec: set.replaceAll('-', '_') }
    const key = await imported(mount, settings, bytes(`${SEEDED[set]}${vector.private}`))
    const { public_key: pem } = await mount.data('read', `keys/${key}/public`)
    const spki = createPublicKey(String(pem)).export({ format: 'der', type: 'spki' }).toString('hex')
    expect(spki.endsWith(vector.public.toLowerCase())).toBe(true)
    // Of a key that is a seed alone, both ways of signing.
    for (const type of ['RAW', 'EXTERNAL_MU']) {
      const message = { message: Buffer.alloc(64, 1).toString('base64'), message_type: type }
      const { signature } = await mount.data('update', `sign/${key}`, message)
      expect(await answer(mount, `verify/${key}`, { ...message, signature })).toMatchObject({ valid: true })
    }
  }
})

interface Signing {
  readonly files: readonly VectorFile[]
  /** What the file's keys are; undefined: KMS has no such. */
  readonly settings: (file: string, group: VectorFile['groups'][number]) => Settings | undefined
}
interface Settings {
  readonly key_spec: string
  readonly signing_algorithm: string
  /** Of the message, in place of it. */
  readonly digest?: string
}

const SPECS: Hex = {
  secp256r1: 'ECC_NIST_P256',
  secp384r1: 'ECC_NIST_P384',
  secp521r1: 'ECC_NIST_P521',
  secp256k1: 'ECC_SECG_P256K1',
}
/** The hash that KMS has for the curve. */
const HASHES: Hex = { secp256r1: 'SHA-256', secp384r1: 'SHA-384', secp521r1: 'SHA-512', secp256k1: 'SHA-256' }
const suffix = (sha: unknown) => String(sha).replace('-', '_')
const opensslName = (sha: unknown) => String(sha).replace('-', '').toLowerCase()

const SIGNATURES: readonly Signing[] = [
  {
    files: [...(read('ecdsa') as readonly VectorFile[]).filter(({ file }) => !/p1363/.test(file)), ...own.ecdsa],
    settings(file, { sha }) {
      const curve = file.split('_')[1] ?? ''
      if (sha !== HASHES[curve]) return undefined
      return { key_spec: String(SPECS[curve]), signing_algorithm: `ECDSA_${suffix(sha)}`, digest: opensslName(sha) }
    },
  },
  {
    files: read('eddsa') as readonly VectorFile[],
    settings: () => ({ key_spec: 'ECC_NIST_EDWARDS25519', signing_algorithm: 'ED25519_SHA_512' }),
  },
  {
    files: read('rsa-pss') as readonly VectorFile[],
    settings(_, { keySize, sha, sLen }) {
      if (sLen !== Number(/\d+$/.exec(String(sha))?.[0]) / 8) return undefined
      const algorithm = `RSASSA_PSS_${suffix(sha)}`
      return { key_spec: `RSA_${String(keySize)}`, signing_algorithm: algorithm, digest: opensslName(sha) }
    },
  },
  {
    files: read('rsa-pkcs1') as readonly VectorFile[],
    settings(_, { keySize, sha }) {
      if (!/^SHA-(256|384|512)$/.test(String(sha))) return undefined
      const algorithm = `RSASSA_PKCS1_V1_5_${suffix(sha)}`
      return { key_spec: `RSA_${String(keySize)}`, signing_algorithm: algorithm, digest: opensslName(sha) }
    },
  },
  {
    files: read('ml-dsa') as readonly VectorFile[],
    settings: (file) => ({ key_spec: `ML_DSA_${file.slice(6, 8)}`, signing_algorithm: 'ML_DSA_SHAKE_256' }),
  },
]

const signed = SIGNATURES.flatMap(({ files, settings }) =>
  files.map((file) => [file.file, file.groups, settings] as const),
)
const seen = { valid: 0, invalid: 0, acceptable: 0 }

test.each(signed)('%s', async (file, groups, settings) => {
  const mount = new MountedEngine(kms)
  for (const group of groups) {
    const asked = settings(file, group)
    if (asked === undefined) continue
    const { key_spec, signing_algorithm, digest } = asked
    const made = { key_spec, ...(key_spec.startsWith('ML') ? {} : { key_usage: 'SIGN_VERIFY' }), origin: 'EXTERNAL' }
    const { key_id: key } = await mount.data('update', 'keys', made)
    const isTaken = await answer(mount, `keys/${String(key)}/import`, { public_key: base64(group.publicKeyDer) })
    for (const vector of group.tests) {
      const sent = { signature: base64(vector.sig), signing_algorithm }
      const message = bytes(vector.msg)
      const whole = { ...sent, message: message.toString('base64') }
      const isValid = async (data: object) =>
        isTaken !== undefined && (await answer(mount, `verify/${String(key)}`, data))?.valid === true
      if (message.length <= 4096) check(vector, await isValid(whole))
      seen[vector.result]++
      if (digest === undefined) continue
      const hashed = createHash(digest).update(message).digest('base64')
      check(vector, await isValid({ ...sent, message: hashed, message_type: 'DIGEST' }))
    }
  }
})

test('there were enough of them', () => {
  expect(seen.valid).toBeGreaterThan(150)
  expect(seen.invalid).toBeGreaterThan(300)
})

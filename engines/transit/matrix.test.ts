import { expect, test } from 'vitest'
import { ALGORITHMS } from '../../crypto/keys/algorithms.ts'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { base64, HELLO } from '../../test/engines/transit.ts'
import { EgideError } from '../errors.ts'
import { transit } from './index.ts'
import { keyTypeOf } from './keys/key-types.ts'

/** Every type of key with every operation and flag: it works, or is refused with a reason. Anything else fails. */

const HASHES = ['sha1', 'sha2-224', 'sha2-256', 'sha2-384', 'sha2-512', 'sha3-224', 'sha3-512', 'none', 'md5']
const DIGEST = Buffer.alloc(32, 7).toString('base64')

type Flags = Readonly<Record<string, unknown>>

/** Each flag alone, and some together. */
const SIGNING: readonly Flags[] = [
  {},
  ...HASHES.map((hash) => ({ hash_algorithm: hash })),
  ...HASHES.map((hash) => ({ hash_algorithm: hash, prehashed: true, signature_algorithm: 'pkcs1v15' })),
  { prehashed: true, input: DIGEST },
  { prehashed: true, input: DIGEST, marshaling_algorithm: 'jws', salt_length: 0 },
  { prehashed: true, input: DIGEST, signature_algorithm: 'pkcs1v15' },
  { signature_algorithm: 'pkcs1v15' },
  { signature_algorithm: 'rot13' },
  { marshaling_algorithm: 'jws' },
  { marshaling_algorithm: 'xml' },
  ...['auto', 'hash', 0, '0', 20, 190, 9999, -1, -2, 'much'].map((salt) => ({ salt_length: salt })),
  { key_version: 1 },
  { key_version: 2 },
  { key_version: -1 },
  { context: HELLO },
  { input: 'no base64!' },
  { batch_input: [{ input: HELLO, reference: 'a' }, {}, { input: '!' }, { input: HELLO, context: HELLO }] },
  { batch_input: [] },
  { batch_input: 'x' },
]
/** Of keys that take some tenths of a second for a signature. */
const SLOW_SIGNING: readonly Flags[] = [{}, { key_version: 2 }]

const ENCRYPTING: readonly Flags[] = [
  {},
  { associated_data: HELLO },
  { context: HELLO },
  { nonce: base64('twelve bytes') },
  { key_version: 1 },
  { key_version: 2 },
  { plaintext: '' },
  { plaintext: Buffer.alloc(600).toString('base64') },
  { plaintext: 'no base64!' },
  { batch_input: [{ plaintext: HELLO }, { plaintext: '!' }] },
  { batch_input: [{ plaintext: HELLO }, { plaintext: '!' }], partial_failure_response_code: 207 },
]

/** The reply's data, or undefined where it was refused with a reason. */
async function outcome(mount: MountedEngine, path: string, data: Flags): Promise<Flags | undefined> {
  try {
    const reply = await mount.call('update', path, data)
    expect([200, 207, 400, undefined]).toContain(reply.status)
    return reply.data ?? {}
  } catch (error) {
    if (!(error instanceof EgideError)) throw new Error(`${path} ${JSON.stringify(data)}`, { cause: error })
    expect([path, data, error.code]).toEqual([path, data, 'invalid_request'])
    expect(error.message).not.toBe('')
    return undefined
  }
}

async function signs(mount: MountedEngine, flags: Flags): Promise<void> {
  const input = { input: HELLO, ...flags }
  const signed = await outcome(mount, 'sign/k', input)
  const signature = signed?.signature
  const verified = await outcome(mount, 'verify/k', { ...input, signature: signature ?? 'vault:v1:AAAA' })
  if (signature !== undefined) expect([flags, verified]).toEqual([flags, { valid: true }])
  await outcome(mount, 'verify/k', { ...input, signature: 'vault:v1:AAAA' })
  await outcome(mount, 'verify/k', { ...input, hmac: 'vault:v1:AAAA' })
  const authenticated = await outcome(mount, 'hmac/k', input)
  if (authenticated?.hmac !== undefined) {
    expect(await outcome(mount, 'verify/k', { ...input, hmac: authenticated.hmac })).toEqual({ valid: true })
  }
}

async function encrypts(mount: MountedEngine, flags: Flags): Promise<void> {
  const sealed = await outcome(mount, 'encrypt/k', { plaintext: HELLO, ...flags })
  const ciphertext = sealed?.ciphertext
  const opened = await outcome(mount, 'decrypt/k', { ...flags, ciphertext: ciphertext ?? 'vault:v1:AAAA' })
  if (ciphertext !== undefined) expect(opened).toEqual({ plaintext: flags.plaintext ?? HELLO })
  await outcome(mount, 'rewrap/k', { ...flags, ciphertext: ciphertext ?? 'vault:v1:AAAA' })
  for (const form of ['plaintext', 'wrapped']) await outcome(mount, `datakey/${form}/k`, flags)
}

const KINDS: readonly (readonly [string, Flags])[] = ALGORITHMS.flatMap(({ name }) => [
  [name, {}] as const,
  [name, { derived: true }] as const,
  [name, { derived: true, convergent_encryption: true }] as const,
])

test.each(KINDS)('%s %j', async (name, settings) => {
  const mount = new MountedEngine(transit)
  const made = await outcome(mount, 'keys/k', { type: name, exportable: true, ...settings })
  const { algorithm, supports } = keyTypeOf(name)
  const isMeant = settings.convergent_encryption ? supports.convergence : !settings.derived || supports.derivation
  expect(made !== undefined).toBe(isMeant)
  if (made === undefined) return
  const slow = algorithm.kind === 'pair' && algorithm.uses.slow
  for (const flags of slow ? SLOW_SIGNING : SIGNING) await signs(mount, flags)
  for (const flags of ENCRYPTING) await encrypts(mount, flags)
  const secret = await outcome(mount, 'encapsulate/k', {})
  expect(secret !== undefined).toBe(supports.encapsulation)
  if (secret !== undefined) {
    const { shared_secret: shared } = secret
    expect(await outcome(mount, 'decapsulate/k', { ciphertext: secret.ciphertext })).toEqual({ shared_secret: shared })
  }
  await outcome(mount, 'decapsulate/k', { ciphertext: 'vault:v1:AAAA' })
  await outcome(mount, 'keys/k/rotate', {})
  await outcome(mount, 'keys/k/config', { min_decryption_version: 2, min_encryption_version: 2 })
  for (const flags of [{}, { key_version: 1 }]) {
    if (!slow) await signs(mount, flags)
    await encrypts(mount, flags)
  }
  await outcome(mount, 'keys/k/trim', { min_available_version: 2 })
  await outcome(mount, 'verify/k', { input: HELLO, signature: 'vault:v1:AAAA' })
  expect((await mount.data('read', 'keys/k', { context: HELLO })).latest_version).toBe(2)
})

import {
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { expect, test } from 'vitest'
import { wrapKey } from '../../../crypto/keys/kwp.ts'
import { systemRandom } from '../../../crypto/random.ts'
import { bytesOf, HELLO, kindOfRefusal, withKey } from '../../../test/engines/kms.ts'
import type { MountedEngine } from '../../../test/engines/mounted-engine.ts'

const DAY = 86_400
const SECRET = Buffer.alloc(32, 7)

interface Wrapping {
  readonly algorithm: string
  readonly token: unknown
  readonly publicKey: string
}

async function parameters(
  mount: MountedEngine,
  algorithm = 'RSAES_OAEP_SHA_256',
  spec = 'RSA_2048',
): Promise<Wrapping> {
  const sent = { wrapping_algorithm: algorithm, wrapping_key_spec: spec }
  const given = await mount.data('update', 'keys/k/import/parameters', sent)
  return { algorithm, token: given.import_token, publicKey: String(given.public_key) }
}

function wrapped({ algorithm, publicKey }: Wrapping, secret: Buffer): string {
  const hash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256'
  const key = createPublicKey(publicKey)
  const made = algorithm.startsWith('RSAES')
    ? publicEncrypt({ key, oaepHash: hash }, secret)
    : wrapKey(key, hash, secret, systemRandom)
  return made.toString('base64')
}

const body = (wrapping: Wrapping, secret: Buffer, more: object = {}) => ({
  import_token: wrapping.token,
  encrypted_key_material: wrapped(wrapping, secret),
  ...more,
})

async function imported(mount: MountedEngine, secret: Buffer, more: object = {}): Promise<unknown> {
  return mount.data('update', 'keys/k/import', body(await parameters(mount), secret, more))
}

test('a key waits for its material, and is in use when it has come', async () => {
  const { mount, id } = await withKey({ origin: 'EXTERNAL' })
  const before = await mount.data('read', 'keys/k')
  expect(before).toMatchObject({ key_state: 'PendingImport', origin: 'EXTERNAL', enabled: false, key_version: 0 })
  for (const [path, data] of [
    ['encrypt/k', { plaintext: HELLO }],
    ['keys/k/enable', {}],
    ['keys/k/rotate', {}],
  ] as const) {
    expect([path, await kindOfRefusal(mount, path, data)]).toEqual([path, 'InvalidState'])
  }
  expect(await imported(mount, SECRET)).toMatchObject({
    key_id: id,
    key_state: 'Enabled',
    expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  })
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
  expect(await kindOfRefusal(mount, 'keys/k/rotate')).toBe('UnsupportedOperation')
  expect(await kindOfRefusal(mount, 'keys/k/rotation')).toBe('UnsupportedOperation')
})

test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1'])(
  'material wrapped with %s arrives as it was',
  async (algorithm) => {
    const { mount } = await withKey({ origin: 'EXTERNAL', exportable: true })
    for (const spec of ['RSA_2048', 'RSA_3072']) {
      await mount.call('update', 'keys/k/import', body(await parameters(mount, algorithm, spec), SECRET))
      const { keys } = await mount.data('read', 'keys/k/export')
      expect(keys).toEqual({ '1': SECRET.toString('base64') })
    }
  },
)

test('a pair is imported as PKCS #8, and signs as what it is', async () => {
  const { mount } = await withKey({ key_spec: 'RSA_2048', key_usage: 'SIGN_VERIFY', origin: 'EXTERNAL' })
  const mine = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pkcs8 = mine.privateKey.export({ format: 'der', type: 'pkcs8' })
  const wrapping = await parameters(mount, 'RSA_AES_KEY_WRAP_SHA_256')
  await mount.call('update', 'keys/k/import', body(wrapping, pkcs8))
  const signed = await mount.data('update', 'sign/k', {
    message: HELLO,
    signing_algorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  })
  expect(verify('sha256', Buffer.from('hello'), mine.publicKey, bytesOf(signed, 'signature'))).toBe(true)
  const { public_key: shown } = await mount.data('read', 'keys/k/public')
  expect(shown).toBe(mine.publicKey.export({ format: 'pem', type: 'spki' }))
})

test('material expires: at once it is of no use, then its bytes are gone, and only the same comes back', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  const validTo = Math.floor(mount.time.nowMs / 1000) + DAY
  expect(await imported(mount, SECRET, { valid_to: validTo })).toMatchObject({
    expiration_model: 'KEY_MATERIAL_EXPIRES',
    valid_to: new Date(validTo * 1000).toISOString(),
  })
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  mount.pass(DAY)
  expect(await kindOfRefusal(mount, 'decrypt', { ciphertext })).toBe('InvalidState')
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_state: 'PendingImport' })
  await mount.periodic()
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 0 })
  const wrapping = await parameters(mount)
  expect(await kindOfRefusal(mount, 'keys/k/import', body(wrapping, randomBytes(32)))).toBe('IncorrectKeyMaterial')
  await mount.call('update', 'keys/k/import', body(wrapping, SECRET))
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
})

test('material is deleted by hand, and the same comes back', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  await imported(mount, SECRET)
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(await mount.data('delete', 'keys/k/import')).toMatchObject({ key_state: 'PendingImport', key_version: 0 })
  expect(await kindOfRefusal(mount, 'decrypt', { ciphertext })).toBe('InvalidState')
  await imported(mount, SECRET)
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
})

test('an import token is for one key, one import and one day', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  const first = await parameters(mount)
  const second = await parameters(mount)
  expect(await kindOfRefusal(mount, 'keys/k/import', body(first, SECRET))).toBe('InvalidImportToken')
  expect(await kindOfRefusal(mount, 'keys/k/import', { ...body(second, SECRET), import_token: '' })).toBe(
    'InvalidImportToken',
  )
  await mount.call('update', 'keys/k/import', body(second, SECRET))
  expect(await kindOfRefusal(mount, 'keys/k/import', body(second, SECRET))).toBe('InvalidImportToken')
  const late = await parameters(mount)
  await mount.call('update', 'keys/other', { origin: 'EXTERNAL' })
  expect(await kindOfRefusal(mount, 'keys/other/import', body(late, SECRET))).toBe('InvalidImportToken')
  mount.pass(DAY)
  expect(await kindOfRefusal(mount, 'keys/k/import', body(late, SECRET))).toBe('ExpiredImportToken')
})

test('two imports with one token at once: one of them comes too late', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  const wrapping = await parameters(mount)
  const attempts = [SECRET, Buffer.alloc(32, 8)].map((secret) =>
    mount.call('update', 'keys/k/import', body(wrapping, secret)).then(
      () => 'done',
      (error: { data?: { kind?: unknown } }) => error.data?.kind,
    ),
  )
  expect((await Promise.all(attempts)).toSorted()).toEqual(['InvalidImportToken', 'done'])
})

test.each<[string, object, Buffer, string]>([
  ['too short', {}, Buffer.alloc(16, 1), 'InvalidKeyMaterial'],
  ['too long', {}, Buffer.alloc(33, 1), 'InvalidKeyMaterial'],
  ['nothing but zeros', {}, Buffer.alloc(32), 'InvalidKeyMaterial'],
  ['short for its hash', { key_spec: 'HMAC_384' }, Buffer.alloc(47, 1), 'InvalidKeyMaterial'],
  ['no PKCS #8', { key_spec: 'ECC_NIST_P256', key_usage: 'SIGN_VERIFY' }, Buffer.alloc(40, 1), 'InvalidKeyMaterial'],
  [
    'a pair of another curve',
    { key_spec: 'ECC_SECG_P256K1' },
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' }),
    'InvalidKeyMaterial',
  ],
])('material that is %s is refused', async (_, settings, secret, kind) => {
  const { mount } = await withKey({ ...settings, origin: 'EXTERNAL' })
  expect(await kindOfRefusal(mount, 'keys/k/import', body(await parameters(mount), secret))).toBe(kind)
})

test('what does not open reads the same, whatever was wrong', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  for (const algorithm of ['RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_256']) {
    const wrapping = await parameters(mount, algorithm)
    const good = Buffer.from(wrapped(wrapping, SECRET), 'base64')
    const flipped = Buffer.from(good)
    flipped[good.length - 1] = (flipped[good.length - 1] ?? 0) ^ 1
    for (const bad of [flipped, good.subarray(1), Buffer.alloc(0), randomBytes(256), Buffer.alloc(7000)]) {
      const data = { import_token: wrapping.token, encrypted_key_material: bad.toString('base64') }
      expect(await mount.refusal('update', 'keys/k/import', data)).toBe(
        'invalid_request: the wrapped key material does not open',
      )
    }
  }
})

test('what the server made itself takes no import', async () => {
  const { mount } = await withKey()
  expect(await kindOfRefusal(mount, 'keys/k/import/parameters')).toBe('UnsupportedOperation')
  expect(await kindOfRefusal(mount, 'keys/k/import', { import_token: '' })).toBe('UnsupportedOperation')
  expect(await kindOfRefusal(mount, 'keys/k/import', {}, { operation: 'delete' })).toBe('UnsupportedOperation')
})

test('when material expires is said clearly', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  const wrapping = await parameters(mount)
  for (const more of [
    { expiration_model: 'KEY_MATERIAL_EXPIRES' },
    { expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE', valid_to: '2030-01-01T00:00:00Z' },
    { valid_to: '2020-01-01T00:00:00Z' },
  ]) {
    expect(await kindOfRefusal(mount, 'keys/k/import', body(wrapping, SECRET, more))).toBe('Validation')
  }
})

test('a public key alone verifies, and its private key may follow', async () => {
  const { mount } = await withKey({ key_spec: 'ECC_SECG_P256K1', origin: 'EXTERNAL', exportable: true })
  const [mine, other] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))
  const pem = String(mine?.publicKey.export({ format: 'pem', type: 'spki' }))
  expect(await mount.data('update', 'keys/k/import', { public_key: pem })).toMatchObject({ key_state: 'Enabled' })
  expect((await mount.data('read', 'keys/k/public')).public_key).toBe(pem)
  const made = mine && sign('sha256', Buffer.from('hello'), mine.privateKey)
  const data = { message: HELLO, signature: made?.toString('base64') }
  expect(await mount.data('update', 'verify/k', data)).toMatchObject({ valid: true })
  expect(await kindOfRefusal(mount, 'sign/k', { message: HELLO })).toBe('InvalidKeyUsage')
  expect(await kindOfRefusal(mount, 'keys/k/export', {}, { operation: 'read' })).toBe('UnsupportedOperation')
  const pkcs8 = (pair: typeof mine) => Buffer.from(pair?.privateKey.export({ format: 'der', type: 'pkcs8' }) ?? '')
  const wrapping = await parameters(mount, 'RSA_AES_KEY_WRAP_SHA_256')
  expect(await kindOfRefusal(mount, 'keys/k/import', body(wrapping, pkcs8(other)))).toBe('IncorrectKeyMaterial')
  await mount.call('update', 'keys/k/import', body(wrapping, pkcs8(mine)))
  expect(await mount.data('update', 'sign/k', { message: HELLO })).toHaveProperty('signature')
  expect(await kindOfRefusal(mount, 'keys/k/import', { public_key: pem })).toBe('IncorrectKeyMaterial')
})

test('RSA with a public key alone encrypts, and what has no use without its secret is refused', async () => {
  const settings = { key_spec: 'RSA_2048', key_usage: 'ENCRYPT_DECRYPT', origin: 'EXTERNAL' }
  const { mount } = await withKey(settings)
  const mine = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = mine.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  await mount.call('update', 'keys/k/import', { public_key: der })
  const sealed = bytesOf(await mount.data('update', 'encrypt/k', { plaintext: HELLO }), 'ciphertext')
  expect(privateDecrypt({ key: mine.privateKey, oaepHash: 'sha256' }, sealed).toString()).toBe('hello')
  const ciphertext = sealed.toString('base64')
  expect(await kindOfRefusal(mount, 'decrypt/k', { ciphertext })).toBe('InvalidKeyUsage')
  for (const other of [{}, { key_spec: 'ECC_NIST_P256', key_usage: 'KEY_AGREEMENT' }]) {
    const { key_id: id } = await mount.data('update', 'keys', { ...other, origin: 'EXTERNAL' })
    expect(await kindOfRefusal(mount, `keys/${id}/import`, { public_key: der })).toBe('UnsupportedOperation')
  }
  const { key_id: id } = await mount.data('update', 'keys', { key_spec: 'ML_DSA_44', origin: 'EXTERNAL' })
  expect(await kindOfRefusal(mount, `keys/${id}/import`, { public_key: der })).toBe('InvalidKeyMaterial')
  expect(await kindOfRefusal(mount, `keys/${id}/import`, { public_key: der, import_token: '' })).toBe('Validation')
})

test('a deleted key leaves nothing of its import behind', async () => {
  const { mount } = await withKey({ origin: 'EXTERNAL' })
  await imported(mount, SECRET)
  await parameters(mount)
  await mount.call('delete', 'keys/k', { pending_window_in_days: 7 })
  mount.pass(7 * DAY)
  await mount.periodic()
  expect(await mount.context.store.scan('')).toEqual([])
})

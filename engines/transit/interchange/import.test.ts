import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { ALGORITHMS } from '../../../crypto/keys/algorithms.ts'
import { wrapKey } from '../../../crypto/keys/kwp.ts'
import { systemRandom } from '../../../crypto/random.ts'
import { document } from '../../../storage/codec.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { HELLO } from '../../../test/engines/transit.ts'
import { transit } from '../index.ts'
import type { Key } from '../keys/key.ts'

const MESSAGE = Buffer.from('hello')
let mount: MountedEngine
let wrapping: KeyObject

beforeAll(async () => {
  mount = new MountedEngine(transit)
  wrapping = createPublicKey(String((await mount.data('read', 'wrapping_key')).public_key))
})

const wrapped = (key: Buffer, hash: Parameters<typeof wrapKey>[1] = 'sha256', under = wrapping): string =>
  wrapKey(under, hash, key, systemRandom).toString('base64')

const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' })
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString()
const signatureOf = (bytes: Buffer, version = 1): string => `vault:v${version}:${bytes.toString('base64')}`

test('the wrapping key is RSA with 4096 bits, one for each mount, whoever asks first', async () => {
  const fresh = new MountedEngine(transit)
  const read = async () => (await fresh.data('read', 'wrapping_key')).public_key
  const answers = await Promise.all([read(), read(), read()])
  expect(new Set([...answers, await read()]).size).toBe(1)
  expect(createPublicKey(String(answers[0])).asymmetricKeyDetails).toMatchObject({ modulusLength: 4096 })
  expect(answers[0]).not.toBe((await mount.data('read', 'wrapping_key')).public_key)
  expect(await fresh.refusal('list', 'keys/')).toBe('not_found: ')
})

describe('import', () => {
  test('of every hash of OAEP, and what it says of the key', async () => {
    for (const hash of ['SHA1', 'SHA224', 'sha256', 'SHA384', 'SHA512']) {
      const ciphertext = wrapped(randomBytes(32), hash.toLowerCase() as 'sha1')
      await mount.call('update', `keys/${hash}/import`, { ciphertext, hash_function: hash, type: 'AES256-GCM96' })
      expect(await mount.data('read', `keys/${hash}`)).toMatchObject({
        type: 'aes256-gcm96',
        imported_key: true,
        imported_key_allow_rotation: false,
        latest_version: 1,
      })
    }
    expect(await mount.refusal('update', 'keys/SHA512/rotate')).toBe(
      'invalid_request: imported key SHA512 does not allow rotation',
    )
  })

  test('a private key signs as it did before', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    await mount.call('update', 'keys/ec/import', { type: 'ecdsa-p384', ciphertext: wrapped(pkcs8(privateKey)) })
    const signature = signatureOf(sign('sha256', MESSAGE, privateKey))
    expect(await mount.data('update', 'verify/ec', { input: HELLO, signature })).toEqual({ valid: true })
    expect((await mount.data('read', 'keys/ec')).keys).toMatchObject({
      '1': { name: 'P-384', public_key: pem(publicKey) },
    })
  })

  test('a public key verifies and encrypts; what needs the private key says so, until it comes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await mount.call('update', 'keys/pub/import', { type: 'rsa-2048', public_key: pem(publicKey) })
    const signature = signatureOf(sign('sha256', MESSAGE, privateKey))
    const pkcs1 = { input: HELLO, signature, signature_algorithm: 'pkcs1v15' }
    expect(await mount.data('update', 'verify/pub', pkcs1)).toEqual({ valid: true })
    const { ciphertext } = await mount.data('update', 'encrypt/pub', { plaintext: HELLO })
    expect(await mount.refusal('update', 'decrypt/pub', { ciphertext })).toBe(
      'invalid_request: requested version for decryption does not contain a private part',
    )
    expect(await mount.refusal('update', 'sign/pub', { input: HELLO })).toBe(
      'invalid_request: requested version for signing does not contain a private part',
    )
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const data = { ciphertext: wrapped(pkcs8(other.privateKey)), version: 1 }
    expect(await mount.refusal('update', 'keys/pub/import_version', data)).toBe(
      'invalid_request: cannot import key, key pair does not match',
    )
    await mount.call('update', 'keys/pub/import_version', { ciphertext: wrapped(pkcs8(privateKey)) })
    expect(await mount.data('read', 'keys/pub')).toMatchObject({ latest_version: 1 })
    expect(await mount.data('update', 'decrypt/pub', { ciphertext })).toEqual({ plaintext: HELLO })
    await mount.call('update', 'keys/pub/import_version', { ciphertext: wrapped(pkcs8(other.privateKey)) })
    expect(await mount.data('read', 'keys/pub')).toMatchObject({ latest_version: 2 })
    expect(await mount.refusal('update', 'keys/pub/import_version', { ...data, version: 2 })).toBe(
      'invalid_request: private key imported, key version cannot be updated',
    )
  })

  test('one that may be rotated is the server’s own from then on', async () => {
    await mount.call('update', 'keys/mine/import', { ciphertext: wrapped(randomBytes(32)), allow_rotation: true })
    await mount.call('update', 'keys/mine/rotate')
    expect(await mount.data('read', 'keys/mine')).toMatchObject({ latest_version: 2, imported_key: false })
    expect(await mount.refusal('update', 'keys/mine/import_version', { ciphertext: wrapped(randomBytes(32)) })).toBe(
      'invalid_request: the import_version endpoint can only be used with an imported key',
    )
  })

  describe('of a key to be derived from', () => {
    const context = Buffer.from('ctx').toString('base64')
    /** Of the bytes 1 to 32, by OpenBao 2.7.2: transit/keys/a/import, transit/encrypt/a. Plaintext `a`, context `ctx`. */
    const openbao = { ciphertext: 'vault:v1:0vu/7cPvPRWv0zm2Ksn0gDIdHJu0lLYGsTg63i0=', context }
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1))

    test('derives as Vault and OpenBao derive from imported keys, after a rotation too', async () => {
      const ciphertext = wrapped(bytes)
      await mount.call('update', 'keys/root/import', { ciphertext, derived: true, allow_rotation: true })
      expect(await mount.data('update', 'decrypt/root', openbao)).toEqual({ plaintext: 'YQ==' })
      const made = await mount.data('update', 'encrypt/root', { plaintext: HELLO, context })
      expect(await mount.data('update', 'decrypt/root', { ciphertext: made.ciphertext, context })).toEqual({
        plaintext: HELLO,
      })
      await mount.call('update', 'keys/root/rotate')
      expect(await mount.data('read', 'keys/root')).toMatchObject({
        kdf: 'hmac-sha256-counter',
        kdf_mode: 'hmac-sha256-counter',
        latest_version: 2,
      })
      expect(await mount.data('update', 'decrypt/root', openbao)).toEqual({ plaintext: 'YQ==' })
    })

    test.each([
      ['aes128-gcm96', () => bytes.subarray(0, 16)],
      ['ed25519', () => pkcs8(generateKeyPairSync('ed25519').privateKey)],
    ])('derives from %s by HKDF: with what they take for imported keys it does not work there', async (type, key) => {
      await mount.call('update', `keys/root-${type}/import`, { type, ciphertext: wrapped(key()), derived: true })
      expect(await mount.data('read', `keys/root-${type}`)).toMatchObject({ kdf: 'hkdf_sha256' })
    })

    test('is not written by an older version, which would forget how it derives', async () => {
      await mount.call('update', 'keys/newer/import', { ciphertext: wrapped(bytes), derived: true })
      const write = mount.context.store.transaction(async (tx) => {
        const key = await tx.get('keys/newer', document<Key>())
        if (key !== undefined) tx.put('keys/newer', key, document())
      })
      await expect(write).rejects.toThrow(/newer version/)
    })
  })

  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ed = generateKeyPairSync('ed25519')
  const strange = pkcs8(p256.privateKey)
  const refused: Record<string, () => object> = {
    'no key at all': () => ({}),
    'both forms of one': () => ({ ciphertext: wrapped(randomBytes(32)), public_key: pem(ed.publicKey) }),
    'another curve': () => ({ type: 'ecdsa-p384', ciphertext: wrapped(pkcs8(p256.privateKey)) }),
    'another kind of pair': () => ({ type: 'ed25519', ciphertext: wrapped(pkcs8(p256.privateKey)) }),
    'bytes after the key': () => ({
      type: 'ecdsa-p256',
      ciphertext: wrapped(Buffer.concat([pkcs8(p256.privateKey), Buffer.of(0)])),
    }),
    'halves that do not belong together': () => {
      const bytes = Buffer.from(strange)
      const at = bytes.indexOf(Buffer.of(4, 32)) + 2
      bytes[at + 31] = (bytes[at + 31] ?? 0) ^ 1
      return { type: 'ecdsa-p256', ciphertext: wrapped(bytes) }
    },
    'too few bytes': () => ({ ciphertext: wrapped(randomBytes(16)) }),
    'too many bytes': () => ({ type: 'aes128-gcm96', ciphertext: wrapped(randomBytes(32)) }),
    'an HMAC key that is too short': () => ({ type: 'hmac', ciphertext: wrapped(randomBytes(31)) }),
    'an HMAC key that is too long': () => ({ type: 'hmac', ciphertext: wrapped(randomBytes(513)) }),
    'a public key of a symmetric type': () => ({ public_key: pem(ed.publicKey) }),
    'a public key that is none': () => ({ type: 'ed25519', public_key: 'AAAA' }),
    'two public keys': () => ({ type: 'ed25519', public_key: pem(ed.publicKey) + pem(ed.publicKey) }),
    'an unknown hash': () => ({ ciphertext: wrapped(randomBytes(32)), hash_function: 'MD5' }),
    'another hash than it was wrapped with': () => ({ ciphertext: wrapped(randomBytes(32)), hash_function: 'SHA512' }),
    'no base64': () => ({ ciphertext: '!' }),
    'a wrapped key that is cut': () => ({ ciphertext: wrapped(randomBytes(32)).slice(0, 684) }),
    'a wrapped key that was changed': () => {
      const bytes = Buffer.from(wrapped(randomBytes(32)), 'base64')
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
      return { ciphertext: bytes.toString('base64') }
    },
    'convergent encryption': () => ({ ciphertext: wrapped(randomBytes(32)), convergent_encryption: true }),
    'rotation by time without leave to rotate': () => ({
      ciphertext: wrapped(randomBytes(32)),
      auto_rotate_period: '2h',
    }),
    'a derived key without its private part': () => ({ type: 'ed25519', derived: true, public_key: pem(ed.publicKey) }),
    'a name that is taken': () => ({ ciphertext: wrapped(randomBytes(32)) }),
  }
  for (const [what, data] of Object.entries(refused)) {
    test(`refuses ${what}`, async () => {
      const name = what === 'a name that is taken' ? 'SHA1' : 'refused'
      expect(await mount.refusal('update', `keys/${name}/import`, data())).toMatch(/^invalid_request: [a-z]/)
      expect(await mount.refusal('read', 'keys/refused')).toBe('not_found: ')
    })
  }
})

describe('export', () => {
  test.each(ALGORITHMS.map(({ name }) => name))(
    'of %s: what byok-export gives is imported elsewhere as the same key',
    async (type) => {
      const to = new MountedEngine(transit, { with: mount })
      const name = `from-${type}`
      const copy = `copy-${type}`
      await mount.call('update', `keys/${name}`, { type, exportable: true })
      const wrapper = `wrapper-${type}`
      const { public_key: publicKey } = await mount.data('read', 'wrapping_key')
      await mount.call('update', `keys/${wrapper}/import`, { type: 'rsa-4096', public_key: publicKey })
      const { keys } = await mount.data('read', `byok-export/${wrapper}/${name}/latest`)
      await to.call('update', `keys/${copy}/import`, {
        type,
        ciphertext: (keys as Record<string, string>)['1'],
        exportable: true,
      })
      const kinds = ['encryption-key', 'signing-key', 'public-key']
      const exported = async (key: string) =>
        Promise.all(
          kinds.map((kind) =>
            mount.data('read', `export/${kind}/${key}`).then(
              (data) => data.keys,
              (error: unknown) => String(error),
            ),
          ),
        )
      expect(await exported(copy)).toEqual(await exported(name))
    },
  )

  test('is for keys that were made exportable, in their forms', async () => {
    await mount.call('update', 'keys/closed', { type: 'ed25519' })
    expect(await mount.refusal('read', 'export/signing-key/closed')).toBe(
      'invalid_request: private key material is not exportable',
    )
    expect(await mount.refusal('read', 'byok-export/pub/closed')).toBe('invalid_request: key is not exportable')
    expect((await mount.data('read', 'export/public-key/closed')).keys).toHaveProperty('1')
    await mount.call('update', 'keys/closed/config', { exportable: true })
    const { keys } = await mount.data('read', 'export/signing-key/closed/1', {})
    expect(Buffer.from((keys as Record<string, string>)['1'] ?? '', 'base64')).toHaveLength(64)
    const forms: Record<string, RegExp> = { der: /^MC4C/, pem: /^-----BEGIN PRIVATE KEY-----\n/, raw: /^[\w+/]{86}==$/ }
    for (const [format, form] of Object.entries(forms)) {
      const inForm = await mount.data('read', 'export/signing-key/closed/v1', { format })
      expect(inForm.keys).toEqual({ '1': expect.stringMatching(form) })
    }
    for (const [path, refusal] of Object.entries({
      'export/encryption-key/closed': 'encryption not supported for the key',
      'export/any-key/closed':
        'invalid export type: it is one of encryption-key, signing-key, hmac-key, public-key, certificate-chain',
      'export/signing-key/closed/2': 'version does not exist or cannot be found',
      'export/signing-key/closed/x': 'invalid key version',
      'export/certificate-chain/closed': 'selected key version does not have a certificate chain imported',
      'byok-export/closed/closed': 'unsupported key type in use; must be a rsa key',
      'byok-export/none/closed': 'no such destination key to export to',
    })) {
      expect(await mount.refusal('read', path)).toBe(`invalid_request: ${refusal}`)
    }
    expect(await mount.refusal('read', 'export/signing-key/none')).toBe('not_found: ')
  })

  test('rsa and ecdsa have the forms that Vault gives', async () => {
    await mount.call('update', 'keys/e1', { type: 'rsa-2048', exportable: true })
    await mount.call('update', 'keys/e2', { type: 'ecdsa-p256', exportable: true })
    const first = async (path: string) => ((await mount.data('read', path)).keys as Record<string, string>)['1']
    expect(await first('export/encryption-key/e1')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/)
    expect(await first('export/signing-key/e2')).toMatch(/^-----BEGIN EC PRIVATE KEY-----/)
    expect(Buffer.from((await first('export/hmac-key/e2')) ?? '', 'base64')).toHaveLength(32)
  })
})

describe('a soft-deleted key', () => {
  test('refuses everything until it is restored, and then is as it was', async () => {
    const own = new MountedEngine(transit)
    await own.call('update', 'keys/k', { type: 'rsa-2048', exportable: true })
    const { ciphertext } = await own.data('update', 'encrypt/k', { plaintext: HELLO })
    const { signature } = await own.data('update', 'sign/k', { input: HELLO })
    const deleted = await own.call('delete', 'keys/k/soft-delete')
    expect(deleted.data).toMatchObject({ soft_deleted: true })
    expect((await own.call('delete', 'keys/k/soft-delete')).warnings).toEqual([
      'key was already marked as soft deleted',
    ])
    const data = { plaintext: HELLO, ciphertext, input: HELLO, signature }
    for (const path of [
      'encrypt/k',
      'decrypt/k',
      'rewrap/k',
      'sign/k',
      'verify/k',
      'hmac/k',
      'datakey/wrapped/k',
      'keys/k/rotate',
      'keys/k/csr',
    ]) {
      expect([path, await own.refusal('update', path, data)]).toEqual([
        path,
        'invalid_request: refusing to use soft-deleted key',
      ])
    }
    expect(await own.refusal('read', 'export/signing-key/k')).toBe('invalid_request: refusing to use soft-deleted key')
    await own.call('update', 'keys/k/soft-delete-restore')
    expect(await own.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
    expect(await own.refusal('delete', 'keys/none/soft-delete')).toBe('not_found: ')
  })
})

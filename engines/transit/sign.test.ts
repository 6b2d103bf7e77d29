import { createHash, createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { base64, HELLO, withKey } from '../../test/engines/transit.ts'
import { transit } from './index.ts'

const MESSAGE = Buffer.from('hello')

async function signed(mount: MountedEngine, flags: object = {}): Promise<string> {
  return String((await mount.data('update', 'sign/k', { input: HELLO, ...flags })).signature)
}

const verified = async (mount: MountedEngine, signature: string, flags: object = {}): Promise<unknown> =>
  (await mount.data('update', 'verify/k', { input: HELLO, signature, ...flags })).valid

const bytesOf = (signature: string): Buffer => Buffer.from(signature.slice('vault:v1:'.length), 'base64')
const written = (bytes: Buffer): string => `vault:v1:${bytes.toString('base64')}`

async function publicPem(mount: MountedEngine): Promise<string> {
  const { keys } = await mount.data('read', 'keys/k')
  return (keys as Record<string, { public_key: string }>)['1']?.public_key ?? ''
}

describe('ECDSA', () => {
  test('is what OpenSSL verifies with the public key that is shown', async () => {
    for (const [type, hash] of Object.entries({
      'ecdsa-p256': 'sha2-256',
      'ecdsa-p384': 'sha3-384',
      'ecdsa-p521': 'sha1',
    })) {
      const mount = await withKey({ type })
      const signature = bytesOf(await signed(mount, { hash_algorithm: hash }))
      expect(verify(hash.replace('sha2-', 'sha'), MESSAGE, await publicPem(mount), signature)).toBe(true)
    }
  })

  test('with more ASN.1 than there should be, or in a longer form, is invalid', async () => {
    const mount = await withKey({ type: 'ecdsa-p256' })
    const der = bytesOf(await signed(mount))
    const body = der.subarray(2)
    const forms: Record<string, Buffer> = {
      'a byte after it': Buffer.concat([der, Buffer.of(0)]),
      'a NULL after it': Buffer.concat([der, Buffer.of(5, 0)]),
      'a third number in it': Buffer.concat([Buffer.of(0x30, body.length + 3), body, Buffer.of(2, 1, 1)]),
      'a long form of the length': Buffer.concat([Buffer.of(0x30, 0x81, body.length), body]),
      'an indefinite length': Buffer.concat([Buffer.of(0x30, 0x80), body, Buffer.of(0, 0)]),
      'its last byte cut': der.subarray(0, -1),
      nothing: Buffer.alloc(0),
      zeroes: Buffer.of(0x30, 6, 2, 1, 0, 2, 1, 0),
    }
    for (const [what, bytes] of Object.entries(forms)) {
      for (const flags of [{}, { prehashed: true, input: digest('sha256') }]) {
        expect([what, await verified(mount, written(bytes), flags)]).toEqual([what, false])
      }
    }
    expect(await verified(mount, written(der))).toBe(true)
  })

  test('in the form of JWS has the one length it can have', async () => {
    const mount = await withKey({ type: 'ecdsa-p521' })
    const signature = await signed(mount, { marshaling_algorithm: 'jws' })
    expect(signature).toMatch(/^vault:v1:[\w-]+$/)
    const bytes = Buffer.from(signature.slice(9), 'base64url')
    expect(bytes).toHaveLength(132)
    const jws = (form: Buffer) => `vault:v1:${form.toString('base64url')}`
    const flags = { marshaling_algorithm: 'jws' }
    expect(await verified(mount, jws(bytes), flags)).toBe(true)
    const longer = Buffer.concat([Buffer.alloc(1), bytes.subarray(0, 66), Buffer.alloc(1), bytes.subarray(66)])
    for (const wrong of [longer, bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)])]) {
      expect(await verified(mount, jws(wrong), flags)).toBe(false)
    }
    expect(await mount.refusal('update', 'verify/k', { input: HELLO, signature: `${jws(bytes)}=`, ...flags })).toBe(
      'invalid_request: invalid base64 signature value',
    )
  })
})

const digest = (hash: string): string => createHash(hash).update(MESSAGE).digest('base64')

describe('RSA', () => {
  test('every salt length is what it says, 0 among them', async () => {
    const mount = await withKey({ type: 'rsa-2048' })
    const salts = [0, 1, 32, 222] as const
    for (const prehashed of [false, true]) {
      const input = prehashed ? { prehashed, input: digest('sha256') } : {}
      for (const salt of salts) {
        const signature = await signed(mount, { salt_length: salt, ...input })
        for (const other of salts) expect(await verified(mount, signature, { salt_length: other })).toBe(other === salt)
        expect(await verified(mount, signature, { salt_length: 'auto', ...input })).toBe(true)
        expect(await verified(mount, signature, { salt_length: 'hash', ...input })).toBe(salt === 32)
      }
      expect(await verified(mount, await signed(mount, input), { salt_length: '222' })).toBe(true)
      for (const path of ['sign/k', 'verify/k']) {
        const data = { input: HELLO, salt_length: 223, signature: written(Buffer.alloc(256)), ...input }
        expect(await mount.refusal('update', path, data)).toBe('invalid_request: requested salt length 223 is invalid')
      }
    }
  })

  test('of a hash is that of the message, and none names no hash', async () => {
    const mount = await withKey({ type: 'rsa-3072' })
    const pkcs1 = { signature_algorithm: 'pkcs1v15', hash_algorithm: 'sha2-512' }
    const prehashed = { ...pkcs1, prehashed: true, input: digest('sha512') }
    expect(await signed(mount, pkcs1)).toBe(await signed(mount, prehashed))
    const bare = { ...prehashed, hash_algorithm: 'none' }
    const signature = await signed(mount, bare)
    expect(await verified(mount, signature, bare)).toBe(true)
    expect(await verified(mount, signature, prehashed)).toBe(false)
    expect(await mount.refusal('update', 'sign/k', { ...prehashed, input: HELLO })).toBe(
      'invalid_request: prehashed input has not the length of a sha2-512 hash',
    )
  })

  test('encryption is OAEP with SHA-256; what was changed does not open', async () => {
    const mount = await withKey({ type: 'rsa-2048' })
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
    const bytes = bytesOf(String(ciphertext))
    bytes[100] = (bytes[100] ?? 0) ^ 1
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext: written(bytes) })).toBe(
      'invalid_request: cipher: message authentication failed',
    )
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: Buffer.alloc(191).toString('base64') })).toBe(
      'invalid_request: plaintext is longer than the 190 bytes of rsa-2048',
    )
  })
})

describe('Ed25519', () => {
  test('derived keys sign for their context, with the public key that is shown for it', async () => {
    const mount = await withKey({ type: 'ed25519', derived: true })
    const made = await mount.data('update', 'sign/k', { input: HELLO, context: base64('a') })
    const shown = await mount.data('read', 'keys/k', { context: base64('a') })
    expect(shown.keys).toMatchObject({ '1': { public_key: made.public_key } })
    expect((await mount.data('read', 'keys/k')).keys).toMatchObject({ '1': { public_key: '' } })
    const x = Buffer.from(String(made.public_key), 'base64').toString('base64url')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    expect(verify(null, MESSAGE, key, bytesOf(String(made.signature)))).toBe(true)
    expect(await verified(mount, String(made.signature), { context: base64('a') })).toBe(true)
    expect(await verified(mount, String(made.signature), { context: base64('b') })).toBe(false)
    expect(await mount.refusal('update', 'sign/k', { input: HELLO })).toMatch(/missing 'context' for key derivation/)
  })
})

describe('versions', () => {
  test('that are too old, too new or below the minimum are refused by name', async () => {
    const mount = await withKey({ type: 'ecdsa-p256' })
    const old = await signed(mount)
    await mount.call('update', 'keys/k/rotate')
    expect(await signed(mount)).toMatch(/^vault:v2:/)
    expect(await signed(mount, { key_version: 1 })).toMatch(/^vault:v1:/)
    await mount.call('update', 'keys/k/config', { min_encryption_version: 2 })
    expect(await mount.refusal('update', 'sign/k', { input: HELLO, key_version: 1 })).toBe(
      'invalid_request: requested version for signing is less than the minimum encryption key version',
    )
    expect(await verified(mount, old)).toBe(true)
    await mount.call('update', 'keys/k/config', { min_decryption_version: 2 })
    expect(await mount.refusal('update', 'verify/k', { input: HELLO, signature: old })).toBe(
      'invalid_request: ciphertext or signature version is disallowed by policy (too old)',
    )
    expect(await mount.refusal('update', 'verify/k', { input: HELLO, signature: 'vault:v3:AAAA' })).toBe(
      'invalid_request: invalid signature: version is too new',
    )
  })
})

describe('purposes', () => {
  test.each([
    ['ed25519', 'encrypt/k', 'message encryption not supported for key type ed25519'],
    ['ed25519', 'decrypt/k', 'message decryption not supported for key type ed25519'],
    ['aes256-gcm96', 'sign/k', 'message signing not supported for key type aes256-gcm96'],
    ['chacha20-poly1305', 'verify/k', 'message verification not supported for key type chacha20-poly1305'],
    ['hmac', 'encrypt/k', 'message encryption not supported for key type hmac'],
    ['ml-kem-768', 'encrypt/k', 'message encryption not supported for key type ml-kem-768'],
    ['ml-dsa-65', 'encapsulate/k', 'encapsulation not supported for key type ml-dsa-65'],
  ])('a key of type %s refuses %s', async (type, path, refusal) => {
    const mount = await withKey({ type })
    const data = { plaintext: HELLO, input: HELLO, ciphertext: 'vault:v1:AAAA', signature: 'vault:v1:AAAA' }
    expect(await mount.refusal('update', path, data)).toBe(`invalid_request: ${refusal}`)
  })
})

describe('HMAC', () => {
  test('is the HMAC of the key, in the hash that path or body name', async () => {
    const mount = await withKey({ type: 'hmac', key_size: 48 })
    const { hmac } = await mount.data('update', 'hmac/k/sha3-512', { input: HELLO, algorithm: 'sha2-256' })
    expect(bytesOf(String(hmac))).toHaveLength(64)
    expect(await mount.data('update', 'verify/k', { input: HELLO, hmac, hash_algorithm: 'sha3-512' })).toEqual({
      valid: true,
    })
    expect(await mount.data('update', 'verify/k', { input: HELLO, hmac })).toEqual({ valid: false })
    expect(await mount.data('read', 'keys/k')).toMatchObject({ key_size: 48, type: 'hmac' })
  })

  test('a batch answers each with its reference, and a part that fails with the status that was asked for', async () => {
    const mount = await withKey({ type: 'aes128-gcm96' })
    const batch = [{ input: HELLO, reference: 'a' }, { reference: 'b' }, { input: '!', reference: 'c' }]
    const made = await mount.call('update', 'hmac/k', { batch_input: batch })
    expect(made.status).toBeUndefined()
    expect(made.data?.batch_results).toMatchObject([
      { hmac: expect.stringMatching(/^vault:v1:/), reference: 'a' },
      { error: 'missing input for HMAC', reference: 'b' },
      { error: 'unable to decode input as base64', reference: 'c' },
    ])
    const asked = await mount.call('update', 'hmac/k', { batch_input: batch, partial_failure_response_code: 207 })
    expect(asked.status).toBe(207)
  })
})

test('batches of signatures verify each, and mix nothing', async () => {
  const mount = await withKey({ type: 'rsa-2048' })
  const batch = Array.from({ length: 20 }, (_, n) => ({ input: base64(`message ${n}`), reference: String(n) }))
  const made = await mount.data('update', 'sign/k', { batch_input: batch })
  const signatures = made.batch_results as { signature: string; reference: string }[]
  expect(signatures.map(({ reference }) => reference)).toEqual(batch.map(({ reference }) => reference))
  const items = batch.map((item, n) => ({ ...item, signature: signatures[n]?.signature }))
  const swapped = [...items.slice(1), { ...items[0], signature: items[1]?.signature }]
  const { batch_results: results } = await mount.data('update', 'verify/k', { batch_input: swapped })
  expect((results as { valid: boolean }[]).map(({ valid }) => valid)).toEqual([...Array(19).fill(true), false])
  const mixed = [items[0], { input: HELLO, hmac: 'vault:v1:AAAA' }]
  expect(await mount.refusal('update', 'verify/k', { batch_input: mixed })).toBe(
    "invalid_request: elements of batch_input must all provide 'signature' or all provide 'hmac'",
  )
})

test('a batch that none of its items could pass, for the key or the version, is refused as one message is', async () => {
  const mount = await withKey()
  const batch = [{ input: HELLO }]
  expect(await mount.refusal('update', 'sign/k', { batch_input: batch })).toBe(
    'invalid_request: message signing not supported for key type aes256-gcm96',
  )
  const signed = [{ input: HELLO, signature: 'vault:v1:AAAA' }]
  expect(await mount.refusal('update', 'verify/k', { batch_input: signed })).toBe(
    'invalid_request: message verification not supported for key type aes256-gcm96',
  )
  const authenticated = [{ input: HELLO, hmac: 'vault:v1:AAAA' }]
  expect(await mount.data('update', 'verify/k', { batch_input: authenticated })).toMatchObject({
    batch_results: [{ valid: false }],
  })
  expect(await mount.refusal('update', 'hmac/k', { batch_input: batch, key_version: 2 })).toBe(
    'invalid_request: requested version for HMAC is higher than the latest key version',
  )
  await mount.call('delete', 'keys/k/soft-delete')
  expect(await mount.refusal('update', 'hmac/k', { batch_input: batch })).toBe(
    'invalid_request: refusing to use soft-deleted key',
  )
})

test('the prefix of a mount is written; its own, vault and egide are read', async () => {
  const own = new MountedEngine(transit, { mountOptions: { ciphertext_prefix: 'acme' } })
  await own.call('update', 'keys/k')
  await own.call('update', 'keys/s', { type: 'ed25519' })
  const { ciphertext } = await own.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(ciphertext).toMatch(/^acme:v1:/)
  expect((await own.data('update', 'sign/s', { input: HELLO })).signature).toMatch(/^acme:v1:/)
  for (const prefix of ['acme', 'vault', 'egide']) {
    const text = String(ciphertext).replace('acme', prefix)
    expect(await own.data('update', 'decrypt/k', { ciphertext: text })).toEqual({ plaintext: HELLO })
  }
  expect(await own.refusal('update', 'decrypt/k', { ciphertext: String(ciphertext).replace('acme', 'other') })).toBe(
    'invalid_request: invalid ciphertext: no prefix',
  )
  for (const prefix of ['Acme', 'a:b', ' ', '1a', 'x'.repeat(33)]) {
    expect(() => new MountedEngine(transit, { mountOptions: { ciphertext_prefix: prefix } })).toThrow(
      'ciphertext_prefix',
    )
  }
})

test('keys that encrypting would make are not made where that is disabled', async () => {
  const mount = new MountedEngine(transit)
  expect(await mount.data('read', 'config/keys')).toEqual({ disable_upsert: false })
  expect(await mount.data('update', 'config/keys', { disable_upsert: true })).toEqual({ disable_upsert: true })
  expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO })).toBe(
    'invalid_request: encryption key not found',
  )
})

test('as few keys as were asked for are kept ready, and all work', async () => {
  const mount = new MountedEngine(transit)
  expect(await mount.refusal('update', 'cache-config', { size: 9 })).toMatch(/size must be 0 or a value greater/)
  expect(await mount.data('update', 'cache-config', { size: 10 })).toEqual({ size: 10 })
  expect(await mount.data('read', 'cache-config')).toEqual({ size: 10 })
  const names = Array.from({ length: 12 }, (_, n) => `k${n}`)
  const sealed = new Map<string, unknown>()
  for (const name of names)
    sealed.set(name, (await mount.data('update', `encrypt/${name}`, { plaintext: HELLO })).ciphertext)
  for (const name of [...names, ...names]) {
    expect(await mount.data('update', `decrypt/${name}`, { ciphertext: sealed.get(name) })).toEqual({
      plaintext: HELLO,
    })
  }
})

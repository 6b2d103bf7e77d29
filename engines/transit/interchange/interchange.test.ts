import { createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { transit } from '../index.ts'
import { expanded, extracted } from '../keys/derivation.ts'
import { type Key, newKey } from '../keys/key.ts'
import { saveKey } from '../keys/key-store.ts'
import { askedKeyType } from '../keys/key-types.ts'
import { VersionKey } from '../keys/version-key.ts'

/** Keys and ciphertexts made by OpenBao 2.7.2: transit/export/encryption-key, transit/encrypt. Plaintext `hello`, context `ctx`. */
const OPENBAO = {
  plain: {
    key: 'f0NVxAtt7fHQIyBQol8xHoCz/ZiEVqdBrog8LTUXPf4=',
    ciphertext: 'vault:v1:wzAoQ1jNKh2j2/0L/zfLEoJ20qTa0FQaE/EO+6Yd/bcG',
  },
  bound: {
    key: 'f0NVxAtt7fHQIyBQol8xHoCz/ZiEVqdBrog8LTUXPf4=',
    ciphertext: 'vault:v1:7l0WIO+ucTY2mUTR44ltQ8bEYyg5Qb6hTdBefA5rpE4+',
  },
  derived: {
    key: 'OEHI6EiTaTXm08zd82Pb++BZWgj9ciUb+g33cOHisok=',
    ciphertext: 'vault:v1:J1N2ZwbP8bZ14bGx0lJy5VlCvpY32KBgsu8HYkEY/Nml',
  },
  convergent: {
    key: '1277jtXwMyrOJ0ceANKrCp0pWBu9SFphMJKsrhFRVH8=',
    ciphertext: 'vault:v1:Gktedg2PcvhatT8sE8NpndYZGK/SH5lVPlfdvUwsUux5',
  },
}
const HELLO = Buffer.from('hello').toString('base64')
const CONTEXT = Buffer.from('ctx').toString('base64')

const SETTINGS = { exportable: false, allowPlaintextBackup: false, autoRotateSeconds: 0 }

async function holding(bytes: string, derived: boolean, convergent = false): Promise<MountedEngine> {
  const mount = new MountedEngine(transit)
  const type = askedKeyType('aes256-gcm96')
  const material = { key: Buffer.from(bytes, 'base64'), hmacKey: Buffer.alloc(32, 1) }
  const key = newKey({ name: 'k', type, derived, convergent, ...SETTINGS }, material, 0)
  await mount.context.store.transaction(async (tx) => saveKey(tx, key))
  return mount
}

test('decrypts what OpenBao encrypted with the same key, and makes its convergent ciphertext byte for byte', async () => {
  const plain = await holding(OPENBAO.plain.key, false)
  expect(await plain.data('update', 'decrypt/k', { ciphertext: OPENBAO.plain.ciphertext })).toEqual({
    plaintext: HELLO,
  })
  const bound = { ciphertext: OPENBAO.bound.ciphertext, associated_data: Buffer.from('aad').toString('base64') }
  expect(await plain.data('update', 'decrypt/k', bound)).toEqual({ plaintext: HELLO })
  const derived = await holding(OPENBAO.derived.key, true)
  const inContext = { ciphertext: OPENBAO.derived.ciphertext, context: CONTEXT }
  expect(await derived.data('update', 'decrypt/k', inContext)).toEqual({ plaintext: HELLO })
  const convergent = await holding(OPENBAO.convergent.key, true, true)
  expect(await convergent.data('update', 'encrypt/k', { plaintext: HELLO, context: CONTEXT })).toEqual({
    ciphertext: OPENBAO.convergent.ciphertext,
    key_version: 1,
  })
})

test('a ciphertext is nonce, AES-256-GCM text and tag', async () => {
  const mount = await holding(OPENBAO.plain.key, false)
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  const sealed = Buffer.from(String(ciphertext).slice('vault:v1:'.length), 'base64')
  const key = Buffer.from(OPENBAO.plain.key, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(-16))
  expect(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString()).toBe('hello')
})

test('derivation is HKDF-SHA-256', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 1024 }), (secret, info) => {
      const key = extracted(createSecretKey(secret))
      const output = expanded(key, Buffer.from(info), 64)
      expect(output).toEqual(Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 64)))
    }),
    { numRuns: 50, seed: 1 },
  )
})

test("a convergent nonce without associated data is Vault's: the HMAC of the plaintext", async () => {
  const secret = Buffer.from(OPENBAO.convergent.key, 'base64')
  const okm = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), Buffer.from('ctx'), 64))
  const nonce = createHmac('sha256', okm.subarray(32)).update('hello').digest().subarray(0, 12)
  const sealed = Buffer.from(OPENBAO.convergent.ciphertext.slice('vault:v1:'.length), 'base64')
  expect(sealed.subarray(0, 12)).toEqual(nonce)
})

test('a document that sealing has zeroed is refused, not used as a key of zeroes', () => {
  const wiped = { number: 1, createdMs: 0, key: Buffer.alloc(32), hmacKey: Buffer.alloc(32) }
  const key: Partial<Key> = { type: 'aes256-gcm96', derived: false, convergent: false }
  expect(() => new VersionKey(key as Key, wiped)).toThrow('the vault is sealed')
})

test('no key byte is written in clear, as text or as bytes', async () => {
  const mount = await holding(OPENBAO.plain.key, false)
  const key = Buffer.from(OPENBAO.plain.key, 'base64')
  const [entry] = mount.backend.get(['m/keys/k'])
  const stored = Buffer.from(entry?.value ?? [])
  expect(stored.length).toBeGreaterThan(100)
  for (const form of [key, Buffer.from(OPENBAO.plain.key), Buffer.from(key.toString('hex'))]) {
    expect(stored.includes(form)).toBe(false)
  }
})

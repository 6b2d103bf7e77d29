import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64, bytesOf, HELLO, kindOfRefusal, withKey } from '../../../test/engines/kms.ts'
import { keyIdOfCiphertext } from './ciphertext.ts'
import { encodedContext } from './encryption-context.ts'

test('the ciphertext names its key, and opens with it and its encryption context alone', async () => {
  const { mount, id } = await withKey()
  const context = { tenant: 'a', record: '7' }
  const sealed = await mount.data('update', 'encrypt/k', { plaintext: HELLO, encryption_context: context })
  const { ciphertext } = sealed
  expect(keyIdOfCiphertext(bytesOf(sealed, 'ciphertext'))).toBe(id)
  const other = { record: '7', tenant: 'a' }
  expect(await mount.data('update', 'decrypt', { ciphertext, encryption_context: other })).toEqual({
    key_id: id,
    encryption_algorithm: 'SYMMETRIC_DEFAULT',
    plaintext: HELLO,
  })
  for (const wrong of [{}, { tenant: 'a' }, { ...context, more: '' }, { tenant: '7', record: 'a' }]) {
    expect(await kindOfRefusal(mount, 'decrypt', { ciphertext, encryption_context: wrong })).toBe('InvalidCiphertext')
  }
  await mount.call('update', 'keys/other')
  expect(await kindOfRefusal(mount, 'decrypt/other', { ciphertext, encryption_context: context })).toBe('IncorrectKey')
})

test('a ciphertext with any byte changed, or cut, does not open', async () => {
  const { mount } = await withKey()
  const sealed = bytesOf(await mount.data('update', 'encrypt/k', { plaintext: HELLO }), 'ciphertext')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    const kind = await kindOfRefusal(mount, 'decrypt', { ciphertext: changed.toString('base64') })
    expect([at, kind]).toEqual([at, at >= 1 && at <= 16 ? 'NotFound' : 'InvalidCiphertext'])
    const cut = sealed.subarray(0, at).toString('base64')
    expect(await kindOfRefusal(mount, 'decrypt/k', { ciphertext: cut })).toMatch(/InvalidCiphertext|Validation/)
  }
})

test('what encrypts is AES-256-GCM, with the head and the encryption context bound', async () => {
  const { mount } = await withKey({ exportable: true })
  const context = { a: 'b', ä: '' }
  const sealed = bytesOf(
    await mount.data('update', 'encrypt/k', { plaintext: HELLO, encryption_context: context }),
    'ciphertext',
  )
  const { keys } = await mount.data('read', 'keys/k/export')
  const secret = Buffer.from((keys as Record<string, string>)['1'] ?? '', 'base64')
  const cipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(21, 33), { authTagLength: 16 })
  const pairs = ['0000000200000001', '61', '00000001', '62', '00000002', 'c3a4', '00000000'].join('')
  cipher.setAAD(Buffer.concat([sealed.subarray(0, 21), Buffer.from(pairs, 'hex')]))
  cipher.setAuthTag(sealed.subarray(-16))
  expect(Buffer.concat([cipher.update(sealed.subarray(33, -16)), cipher.final()]).toString()).toBe('hello')
})

test('two encryption contexts have one encoding only where they are the same', () => {
  const text = fc.string({ maxLength: 3, unit: 'binary' })
  const pairs = fc.dictionary(text, text, { maxKeys: 3 })
  fc.assert(
    fc.property(pairs, pairs, (a, b) => {
      const same = JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted())
      expect(encodedContext(a).equals(encodedContext(b))).toBe(same)
      expect(encodedContext(Object.fromEntries(Object.entries(a).toReversed()))).toEqual(encodedContext(a))
    }),
  )
})

test('an encryption context that has no UTF-8 is refused', async () => {
  const { mount } = await withKey()
  for (const context of [{ '\ud800': 'a' }, { a: 'x\udfff' }]) {
    const data = { plaintext: HELLO, encryption_context: context }
    expect(await kindOfRefusal(mount, 'encrypt/k', data)).toBe('Validation')
  }
})

test('bytes that are no ciphertext are refused, whatever they are', async () => {
  const { mount, id } = await withKey()
  const head = Buffer.from(`01${id.replaceAll('-', '')}`, 'hex')
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.boolean(), async (bytes, isHeaded) => {
      const ciphertext = Buffer.concat([isHeaded ? head : Buffer.alloc(0), bytes]).toString('base64')
      expect(await kindOfRefusal(mount, 'decrypt', { ciphertext })).toMatch(/^(InvalidCiphertext|NotFound|Validation)$/)
    }),
  )
})

test('re-encrypting moves to the latest version, another context or another key, and shows nothing', async () => {
  const { mount, id } = await withKey()
  const other = String((await mount.data('update', 'keys/other')).key_id)
  const first = await mount.data('update', 'encrypt/k', { plaintext: HELLO, encryption_context: { a: '1' } })
  await mount.call('update', 'keys/k/rotate')
  const newer = await mount.data('update', 're-encrypt/k', {
    ciphertext: first.ciphertext,
    source_encryption_context: { a: '1' },
    destination_encryption_context: { b: '2' },
  })
  expect(newer).toMatchObject({ key_id: id, source_key_id: id })
  expect(bytesOf(newer, 'ciphertext').readUInt32BE(17)).toBe(2)
  const moved = await mount.data('update', 're-encrypt/k/other', {
    ciphertext: newer.ciphertext,
    source_encryption_context: { b: '2' },
  })
  expect(moved).toMatchObject({ key_id: other, source_key_id: id })
  expect(JSON.stringify(moved)).not.toContain(HELLO)
  const { ciphertext } = moved
  expect(await mount.data('update', 'decrypt/other', { ciphertext })).toMatchObject({ plaintext: HELLO })
  expect(await kindOfRefusal(mount, 're-encrypt/k', { ciphertext })).toBe('IncorrectKey')
})

test('data keys come in the lengths there are, in clear or not', async () => {
  const { mount } = await withKey()
  for (const [sent, bytes] of [
    [{}, 32],
    [{ key_spec: 'AES_128' }, 16],
    [{ number_of_bytes: 1024 }, 1024],
  ] as const) {
    const made = await mount.data('update', 'datakey/k', { ...sent, encryption_context: { a: '1' } })
    expect(bytesOf(made, 'plaintext').length).toBe(bytes)
    const { ciphertext, plaintext } = made
    expect(await mount.data('update', 'decrypt', { ciphertext, encryption_context: { a: '1' } })).toMatchObject({
      plaintext,
    })
    expect(await mount.data('update', 'datakey/k', { ...sent, plaintext: false })).not.toHaveProperty('plaintext')
  }
  for (const sent of [{ number_of_bytes: 0 }, { number_of_bytes: 1025 }, { key_spec: 'AES_192' }]) {
    expect(await kindOfRefusal(mount, 'datakey/k', sent)).toBe('Validation')
  }
  expect(await kindOfRefusal(mount, 'datakey/k', { key_spec: 'AES_256', number_of_bytes: 32 })).toBe('Validation')
})

test.each(['RSA_2048', 'ECC_NIST_P256', 'ECC_NIST_P521', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519'])(
  'a data key pair of %s',
  async (spec) => {
    const { mount } = await withKey()
    const made = await mount.data('update', 'datakeypair/k', { key_pair_spec: spec })
    const opened = await mount.data('update', 'decrypt', { ciphertext: made.private_key_ciphertext })
    expect(opened.plaintext).toBe(made.private_key)
    const der = createPublicKey({ key: bytesOf(made, 'private_key'), format: 'der', type: 'pkcs8' } as never)
    expect(der.export({ format: 'pem', type: 'spki' })).toBe(made.public_key)
    expect(await mount.data('update', 'datakeypair/k', { key_pair_spec: spec, plaintext: false })).not.toHaveProperty(
      'private_key',
    )
  },
)

test('what a key signs, others verify with its public key', async () => {
  const { mount } = await withKey({ key_spec: 'ECC_SECG_P256K1' })
  const signed = await mount.data('update', 'sign/k', { message: HELLO })
  const { public_key: pem } = await mount.data('read', 'keys/k/public')
  const signature = bytesOf(signed, 'signature')
  expect(verify('sha256', Buffer.from('hello'), String(pem), signature)).toBe(true)
  const data = { message: HELLO, signature: signed.signature }
  expect(await mount.data('update', 'verify/k', data)).toMatchObject({ valid: true })
  expect(await mount.data('update', 'verify/k', { ...data, message: base64('other') })).toMatchObject({ valid: false })
})

test('both sides of an agreement get the same secret', async () => {
  const { mount } = await withKey({ key_spec: 'ECC_NIST_P384', key_usage: 'KEY_AGREEMENT' })
  const mine = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
  const { public_key: pem } = await mount.data('read', 'keys/k/public')
  const theirs = createPublicKey(String(pem))
  const expected = diffieHellman({ privateKey: mine.privateKey, publicKey: theirs }).toString('base64')
  for (const publicKey of [
    mine.publicKey.export({ format: 'pem', type: 'spki' }),
    mine.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  ]) {
    expect(await mount.data('update', 'derive/k', { public_key: publicKey })).toMatchObject({ shared_secret: expected })
  }
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' })
  expect(await kindOfRefusal(mount, 'derive/k', { public_key: other })).toBe('Validation')
  expect(await kindOfRefusal(mount, 'sign/k', { message: HELLO })).toBe('InvalidKeyUsage')
})

test('what is too long is refused, and what is empty is not', async () => {
  const { mount } = await withKey()
  const long = Buffer.alloc(4097).toString('base64')
  expect(await kindOfRefusal(mount, 'encrypt/k', { plaintext: long })).toBe('Validation')
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: '' })
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: '' })
  const context = { a: 'x'.repeat(8192) }
  expect(await kindOfRefusal(mount, 'encrypt/k', { plaintext: HELLO, encryption_context: context })).toBe('Validation')
  await mount.call('update', 'keys/mac', { key_spec: 'HMAC_512' })
  expect(await kindOfRefusal(mount, 'mac/mac', { message: long })).toBe('Validation')
  const { mac } = await mount.data('update', 'mac/mac', { message: '' })
  expect(await mount.data('update', 'verify-mac/mac', { message: '', mac })).toMatchObject({ valid: true })
})

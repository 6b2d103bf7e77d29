import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { base64, encrypted, FAILED, HELLO, withKey } from '../../test/engines/transit.ts'
import { transit } from './index.ts'

describe('encrypting', () => {
  test('what was encrypted decrypts, whatever the bytes, context and associated data', async () => {
    const mount = await withKey({ derived: true })
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('base64'))
    const given = fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((array) => Buffer.from(array).toString('base64'))
    await fc.assert(
      fc.asyncProperty(bytes, given, fc.option(given), async (plaintext, context, associated) => {
        const circumstances = associated === null ? { context } : { context, associated_data: associated }
        const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext, ...circumstances })
        expect(await mount.data('update', 'decrypt/k', { ciphertext, ...circumstances })).toEqual({ plaintext })
        const other = { ...circumstances, context: base64(`${context}x`) }
        expect(await mount.refusal('update', 'decrypt/k', { ciphertext, ...other })).toBe(FAILED)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  test('the empty plaintext is one, no plaintext is not', async () => {
    const mount = await withKey()
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: '' })
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: '' })
    for (const data of [{}, { plaintext: null }]) {
      expect(await mount.refusal('update', 'encrypt/k', data)).toBe('invalid_request: missing plaintext to encrypt')
    }
  })

  test.each(['aGVsbG8', 'aGVs-G8=', 'aGV=sbG8', '====', 'a', 'aGVsbG8= '])('%j is no base64', async (plaintext) => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'encrypt/k', { plaintext })).toMatch(/illegal base64 data at input byte \d+$/)
  })

  test('line breaks in base64 are skipped', async () => {
    const mount = await withKey()
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: 'aGVs\r\nbG8=\n' })
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
  })

  test('a missing key is made on the way, and only then it is a create', async () => {
    const mount = new MountedEngine(transit)
    const first = await mount.call('update', 'encrypt/k', { plaintext: HELLO })
    expect([first.operation, first.warnings]).toEqual(['create', []])
    expect((await mount.call('update', 'encrypt/k', { plaintext: HELLO })).operation).toBe('update')
    const derived = await mount.call('update', 'encrypt/d', {
      plaintext: HELLO,
      context: HELLO,
      convergent_encryption: true,
    })
    expect(derived.operation).toBe('create')
    expect(await mount.data('read', 'keys/d')).toMatchObject({ derived: true, convergent_encryption: true })
  })

  test('of many who would make the key one does, and all can decrypt each other', async () => {
    const mount = new MountedEngine(transit)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => mount.call('update', 'encrypt/k', { plaintext: HELLO })),
    )
    expect(answers.filter(({ warnings }) => warnings?.length === 0)).toHaveLength(1)
    for (const { data } of answers) {
      expect(await mount.data('update', 'decrypt/k', { ciphertext: data?.ciphertext })).toEqual({ plaintext: HELLO })
    }
  })

  test.each([
    { plaintext: 'not base64!' },
    { plaintext: HELLO, type: 'ed25519' },
    { plaintext: HELLO, convergent_encryption: true },
    { plaintext: HELLO, context: '!' },
    { plaintext: HELLO, nonce: HELLO },
    {},
  ])('no key is made for %j', async (data) => {
    const mount = new MountedEngine(transit)
    expect(await mount.refusal('update', 'encrypt/k', data)).toMatch(/^invalid_request: /)
    expect(await mount.context.store.scan('')).toEqual([])
  })

  test('a derived key needs a context', async () => {
    const mount = await withKey({ derived: true })
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO })).toMatch(
      /missing 'context' for key derivation/,
    )
  })

  test('convergent: alike in one context, different in another, and never one nonce for two associated data', async () => {
    const mount = await withKey({ derived: true, convergent_encryption: true })
    const inContext = (context: string, extra: object = {}) => encrypted(mount, { context: base64(context), ...extra })
    const first = await inContext('a')
    expect(await inContext('a')).toBe(first)
    expect(await inContext('b')).not.toBe(first)
    const nonceOf = (text: string) =>
      Buffer.from(text.slice('vault:v1:'.length), 'base64').subarray(0, 12).toString('hex')
    const bound = await Promise.all(['', 'x', 'y'].map((text) => inContext('a', { associated_data: base64(text) })))
    expect(new Set(bound.map(nonceOf)).size).toBe(3)
    expect(await inContext('a', { associated_data: base64('x') })).toBe(bound[1])
    expect(
      await mount.data('update', 'decrypt/k', {
        ciphertext: bound[1],
        context: base64('a'),
        associated_data: base64('x'),
      }),
    ).toEqual({ plaintext: HELLO })
  })

  test('the same plaintext never gives the same ciphertext where a key is not convergent', async () => {
    const mount = await withKey()
    const all = await Promise.all(Array.from({ length: 200 }, () => encrypted(mount)))
    expect(new Set(all).size).toBe(200)
  })
})

describe('decrypting', () => {
  test('a changed bit anywhere, a cut, and other associated data read the same', async () => {
    const mount = await withKey()
    const ciphertext = await encrypted(mount, { associated_data: HELLO })
    const sealed = Buffer.from(ciphertext.slice('vault:v1:'.length), 'base64')
    const attacks: Buffer[] = []
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      attacks.push(changed)
    }
    for (let length = 0; length < sealed.length; length++) attacks.push(sealed.subarray(0, length))
    for (const attack of attacks) {
      const data = { ciphertext: `vault:v1:${attack.toString('base64')}`, associated_data: HELLO }
      expect(await mount.refusal('update', 'decrypt/k', data)).toBe(FAILED)
    }
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext })).toBe(FAILED)
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext, associated_data: base64('hellO') })).toBe(FAILED)
  })

  test.each([
    ['', 'missing ciphertext to decrypt'],
    ['hello', 'invalid ciphertext: no prefix'],
    ['Vault:v1:AAAA', 'invalid ciphertext: no prefix'],
    ['vault:v1', 'invalid ciphertext: wrong number of fields'],
    ['vault:vx:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v1e3:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v99999999999999999999:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v2:AAAA', 'invalid ciphertext: version is too new'],
    ['vault:v-1:AAAA', 'ciphertext or signature version is disallowed by policy (too old)'],
    ['vault:v1:***', 'invalid ciphertext: could not decode base64'],
    ['vault:v1:AAAA:AAAA', 'invalid ciphertext: could not decode base64'],
    ['vault:v1:', 'cipher: message authentication failed'],
  ])('%j: %s', async (ciphertext, refusal) => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext })).toBe(`invalid_request: ${refusal}`)
  })

  test('no text, however odd, is answered with anything but a refusal that does not repeat it', async () => {
    const mount = await withKey()
    const tails = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string().map((text) => `1:${text}`),
    )
    await fc.assert(
      fc.asyncProperty(tails, async (tail) => {
        const refusal = await mount.refusal('update', 'decrypt/k', { ciphertext: `vault:v${tail}` })
        expect(refusal).toMatch(/^invalid_request: (invalid ciphertext|cipher|ciphertext)[ a-z0-9:()]+$/)
      }),
      { numRuns: 200, seed: 3 },
    )
  })
})

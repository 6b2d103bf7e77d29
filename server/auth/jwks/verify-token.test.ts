import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { ALGORITHMS, keysOfJwks, keysOfPem } from './key-set.ts'
import { fixedKeys } from './key-source.ts'
import { jwkOf, pemOf, signed, signer } from './testing-tokens.ts'
import { unverifiedClaims, verifyToken } from './verify-token.ts'

const ours = signer('one')
const rsa = signer('two', 'RS256')
const edwards = signer('three', 'EdDSA')
const other = signer('other')
const source = fixedKeys(keysOfJwks({ keys: [ours, rsa, edwards].map((one) => jwkOf(one)) }))
const claims = { sub: 'me', deep: { list: [1, 'two'] } }
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const handmade = (header: object, signature = '') =>
  `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}.${signature}`

test('a token by any key of the set is read', async () => {
  for (const one of [ours, rsa, edwards]) {
    expect(await verifyToken(await signed(one, claims), source, ALGORITHMS)).toEqual(claims)
  }
})

test('a token without a name for its key is verified by the key that made it', async () => {
  const token = await signed(ours, claims, { kid: undefined })
  expect(await verifyToken(token, source, ALGORITHMS)).toEqual(claims)
})

test('a token with white space in it, as a line end after it, is read as if there were none', async () => {
  const [header, payload, signature] = (await signed(ours, claims)).split('.')
  const token = ` ${header}.${payload}\r\n.${signature}\n`
  expect(await verifyToken(token, source, ALGORITHMS)).toEqual(claims)
  expect(unverifiedClaims(token, ALGORITHMS)).toEqual(claims)
})

test('of two keys with one name, the one that made it verifies it, and nobody else does', async () => {
  const twin = signer('one')
  const clashing = fixedKeys(keysOfJwks({ keys: [jwkOf(twin), jwkOf(ours)] }))
  for (const one of [twin, ours]) {
    expect(await verifyToken(await signed(one, claims), clashing, ALGORITHMS)).toEqual(claims)
  }
  const stranger = await signed(signer('one'), claims)
  await expect(verifyToken(stranger, clashing, ALGORITHMS)).rejects.toThrow('no key of the provider')
})

function hs256(secret: string | Buffer): string {
  const text = handmade({ alg: 'HS256', kid: 'one' })
  return text + createHmac('sha256', secret).update(text.slice(0, -1)).digest('base64url')
}

const swapped = async () => {
  const [header, , signature] = (await signed(ours, claims)).split('.')
  return `${header}.${base64url(JSON.stringify({ sub: 'root' }))}.${signature}`
}

const refused: Record<string, () => string | Promise<string>> = {
  'no token': () => '',
  'no JWS': () => 'a.b',
  'a JWE': () => 'a.b.c.d.e',
  'the algorithm none': () => handmade({ alg: 'none' }),
  'the algorithm NONE': () => handmade({ alg: 'NONE' }),
  'HS256 by the public key as PEM': () => hs256(pemOf(ours)),
  'HS256 by the public key as DER': () => hs256(ours.publicKey.export({ format: 'der', type: 'spki' })),
  'a key that nobody knows': () => signed(signer('unknown'), claims),
  'another key under a known name': () => signed({ ...other, kid: 'one' }, claims),
  'a known key under another name': () => signed({ ...ours, kid: 'two' }, claims),
  'another algorithm than the key is for': () => signed({ ...rsa, algorithm: 'PS256' }, claims),
  'claims of another token': swapped,
  'no signature': async () => (await signed(ours, claims)).replace(/[^.]*$/, ''),
  'a header that must be understood': () => handmade({ alg: 'ES256', crit: ['x'], x: 1 }, 'AAAA'),
  'a payload that is not encoded': () => handmade({ alg: 'ES256', b64: false, crit: ['b64'] }, 'AAAA'),
  'a payload that is no object': () => signed(ours, ['me']),
  'one of immoderate length': () => signed(ours, { ...claims, more: 'x'.repeat(70_000) }),
}
for (const [what, token] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    const made = await token()
    await expect(verifyToken(made, source, ALGORITHMS)).rejects.toMatchObject({ name: 'TokenRefused' })
  })
}

test('only algorithms that are allowed count', async () => {
  const token = await signed(ours, claims)
  expect(await verifyToken(token, source, ['ES256'])).toEqual(claims)
  await expect(verifyToken(token, source, ['RS256'])).rejects.toThrow('algorithm')
})

test('what a key set holds beside keys for signatures is passed over', () => {
  const weak = { kty: 'RSA', n: Buffer.alloc(128, 0xff).toString('base64url'), e: 'AQAB', kid: 'weak' }
  const shared = { kty: 'oct', k: 'AAAA', kid: 'shared' }
  const open = { kty: 'RSA', n: Buffer.alloc(256, 0xff).toString('base64url'), e: 'AQ', kid: 'open' }
  const keys = [
    weak,
    open,
    shared,
    jwkOf(other, { use: 'enc' }),
    jwkOf(other, { key_ops: ['sign'] }),
    null,
    { kty: 'new' },
  ]
  expect(keysOfJwks({ keys })).toEqual([])
  expect(() => keysOfJwks({})).toThrow('no key set')
  expect(() => keysOfJwks({ keys: new Array(201).fill({}) })).toThrow('more than 200')
})

test('keys of PEM texts verify; what is no public key is refused', async () => {
  const pems = fixedKeys(keysOfPem([pemOf(rsa), pemOf(ours)]))
  expect(await verifyToken(await signed(ours, claims), pems, ALGORITHMS)).toEqual(claims)
  expect(() => keysOfPem(['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])).toThrow(
    'expected public keys',
  )
})

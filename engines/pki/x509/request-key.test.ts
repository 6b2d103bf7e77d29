import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { derElement, TAG } from '../../../crypto/der.ts'
import { generateKey, type KeySpec, specOf } from './algorithms.ts'
import { bitString, type Der, integer, NULL, oid, sequence, tagged, unsigned } from './der.ts'
import { requestKey } from './request-key.ts'

const read = (spki: Der) => requestKey(derElement(spki, TAG.sequence))
const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' })

const KINDS: readonly KeySpec[] = [
  { kind: 'rsa', bits: 1024 },
  { kind: 'rsa', bits: 1032 },
  { kind: 'rsa', bits: 2048 },
  { kind: 'rsa', bits: 3072 },
  { kind: 'ec', bits: 224 },
  { kind: 'ec', bits: 256 },
  { kind: 'ec', bits: 384 },
  { kind: 'ec', bits: 521 },
  { kind: 'ed25519', bits: 0 },
  { kind: 'ml-dsa-44', bits: 0 },
  { kind: 'ml-dsa-87', bits: 0 },
]

test.each(KINDS)('is what OpenSSL says it is: %o', async (spec) => {
  const { publicKey } = await generateKey(spec)
  const spki = spkiOf(publicKey)
  const key = read(spki)
  expect(key.spec).toEqual(spec)
  expect(key.spec).toEqual(specOf(publicKey))
  const n = spec.kind === 'rsa' ? publicKey.export({ format: 'jwk' }).n : undefined
  expect(key.modulus).toBe(n && BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`))
})

const RSA = sequence(oid('1.2.840.113549.1.1.1'), NULL)
const natural = (number: bigint): Der => {
  const hex = number.toString(16)
  return unsigned(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))
}
const rsa = (...numbers: readonly Der[]): Der => sequence(RSA, bitString(sequence(...numbers)))
/** The same point of P-256, with the parity that only its compressed form needs (X9.62, 4.3.6). */
const hybrid = (spki: Buffer): Buffer => {
  const made = Buffer.from(spki)
  made[spki.length - 65] = 0x06 | ((spki.at(-1) ?? 0) & 1)
  return made
}
const MODULUS = natural((1n << 2047n) + 1n)

/** Where OpenSSL reads a length, ours is the same. */
test.each([1023, 1024, 1025, 1028, 2047, 2048, 2049, 8191, 8192])('a modulus of %s bits', (bits) => {
  const spki = rsa(natural((1n << BigInt(bits - 1)) + 1n), integer(65_537))
  expect(read(spki).spec).toEqual({ kind: 'rsa', bits })
  expect(specOf(createPublicKey({ key: spki, format: 'der', type: 'spki' }))).toEqual({ kind: 'rsa', bits })
})

describe('refused is', () => {
  test.each([
    ['a modulus of more than 8192 bits', rsa(natural(1n << 8192n), integer(65_537)), 'more than 8192 bits'],
    ['an exponent of 1', rsa(MODULUS, integer(1)), 'public exponent'],
    ['an even exponent', rsa(MODULUS, integer(65_536)), 'public exponent'],
    ['an exponent of 2^31 and more', rsa(MODULUS, integer(2 ** 31 + 1)), 'public exponent'],
    ['a negative modulus', rsa(tagged(0x02, Buffer.from([0x80, 1])), integer(3)), 'not two positive numbers'],
    ['a number too few', rsa(MODULUS), 'not two positive numbers'],
    ['a number too many', rsa(MODULUS, integer(3), integer(3)), 'not two positive numbers'],
    ['a text for a modulus', rsa(tagged(0x0c, Buffer.from('ab')), integer(3)), 'not two positive numbers'],
    [
      'RSA without parameters',
      sequence(sequence(oid('1.2.840.113549.1.1.1')), bitString(sequence(MODULUS, integer(3)))),
      'not NULL',
    ],
    [
      'RSA for PSS alone',
      sequence(sequence(oid('1.2.840.113549.1.1.10')), bitString(sequence(MODULUS, integer(65_537)))),
      'not an rsaEncryption key',
    ],
    [
      "RSA by X.500's identifier, which OpenSSL knows",
      sequence(sequence(oid('2.5.8.1.1'), NULL), bitString(sequence(MODULUS, integer(65_537)))),
      'not an rsaEncryption key',
    ],
    [
      'a curve that is spelt out, even a known one',
      generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey.export({
        format: 'der',
        type: 'spki',
      }),
      'not named',
    ],
    [
      'a point in the hybrid form, which OpenSSL takes',
      hybrid(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)),
      'not uncompressed',
    ],
    [
      'a curve that certificates do not have',
      sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.10')), bitString(Buffer.alloc(65, 4))),
      'unsupported elliptic curve',
    ],
    [
      'a curve without a name',
      sequence(sequence(oid('1.2.840.10045.2.1')), bitString(Buffer.alloc(65, 4))),
      'not named',
    ],
    [
      'the point at infinity',
      Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex'),
      'the point at infinity',
    ],
  ])('%s', (_what, spki, why) => {
    expect(() => read(spki)).toThrow(why)
  })

  const p256 = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))
  const BASE_POINT = Buffer.from(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
      '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  )
  test.each([
    ['a point off its curve', sequence(p256, bitString(Buffer.from(`04${'11'.repeat(64)}`, 'hex')))],
    ['a point that is cut short', sequence(p256, bitString(BASE_POINT.subarray(0, 64)))],
    ['a key with more behind it', sequence(p256, bitString(BASE_POINT), NULL)],
    ['an RSA key with more behind it', sequence(RSA, bitString(sequence(MODULUS, integer(3))), NULL)],
  ])('%s, when something is verified with it', (_what, spki) => {
    const { verifying } = read(spki)
    expect(() => verify('sha256', Buffer.alloc(1), verifying, Buffer.alloc(256))).toThrow()
  })

  test('the signature alone, where the key is one', () => {
    const { verifying } = read(sequence(p256, bitString(BASE_POINT)))
    expect(verify('sha256', Buffer.alloc(1), verifying, Buffer.alloc(256))).toBe(false)
  })
})

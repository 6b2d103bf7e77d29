import { createPublicKey, generateKeyPairSync, type webcrypto } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeDer, TAG } from '../der.ts'
import { ecdsaP256, ecdsaSecp256k1 } from './ecdsa.ts'
import { KeyRefused } from './errors.ts'
import { encodePkcs8, encodeSpki } from './pkcs8.ts'
import { rsa2048 } from './rsa.ts'

const P256 = Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex')
const P256_ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
const SECP256K1 = Buffer.from('301006072a8648ce3d020106052b8104000a', 'hex')

/** PKCS #8 that leaves the public key out, so that it is made of the scalar. */
function scalarKey(identifier: Buffer, scalar: string): Buffer {
  const contents = encodeDer(TAG.octetString, Buffer.from(scalar, 'hex'))
  return encodePkcs8(identifier, encodeDer(TAG.sequence, encodeDer(TAG.integer, Buffer.of(1)), contents))
}

describe('keys of an elliptic curve', () => {
  test.each([
    ['zero', P256, '00'.repeat(32), ecdsaP256],
    ["the curve's order", P256, P256_ORDER, ecdsaP256],
    ['more than the order', P256, 'ff'.repeat(32), ecdsaP256],
    ['zero on secp256k1', SECP256K1, '00'.repeat(32), ecdsaSecp256k1],
  ])('a private key of %s is refused', (_what, identifier, scalar, algorithm) => {
    expect(() => algorithm.importPrivate(scalarKey(identifier, scalar))).toThrow(KeyRefused)
  })

  test('the least and the greatest private key are taken', () => {
    for (const scalar of [`${'00'.repeat(31)}01`, `${P256_ORDER.slice(0, -2)}50`])
      expect(ecdsaP256.importPrivate(scalarKey(P256, scalar)).publicKey).toHaveLength(91)
  })

  test('the point at infinity is no public key', () => {
    expect(() => ecdsaP256.importPublic(encodeSpki(P256, Buffer.of(0)))).toThrow(KeyRefused)
  })
})

describe('keys of RSA', () => {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const spki = (changed: webcrypto.JsonWebKey): Buffer =>
    createPublicKey({ key: { ...jwk, ...changed }, format: 'jwk' }).export({ format: 'der', type: 'spki' })

  test.each([
    ['1', 'AQ'],
    ['2', 'Ag'],
    ['2^31 + 1', 'gAAAAQ'],
  ])('an exponent of %s is refused', (_what, e) => {
    expect(() => rsa2048.importPublic(spki({ e }))).toThrow('the public exponent of an RSA key')
  })

  test('so is an even modulus', () => {
    const n = Buffer.from(jwk.n ?? '', 'base64url')
    n.writeUInt8(n.readUInt8(255) ^ 1, 255)
    expect(() => rsa2048.importPublic(spki({ n: n.toString('base64url') }))).toThrow('has to be odd')
    expect(rsa2048.importPublic(spki({})).publicKey).toHaveLength(294)
  })

  test('and a private key of which anybody knows the private exponent', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
    const own = privateKey.export({ format: 'der', type: 'pkcs8' })
    expect(rsa2048.importPrivate(own).privateKey).toEqual(own)
    expect(() => rsa2048.importPrivate(withExponentOfOne(privateKey.export({ format: 'jwk' })))).toThrow(
      'the public exponent of an RSA key',
    )
  })
})

/** RSAPrivateKey (RFC 8017, A.1.2) whose exponents are 1, which signs nothing and opens nothing. */
function withExponentOfOne({ n = '', p = '', q = '', qi = '' }: webcrypto.JsonWebKey): Buffer {
  const number = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url')
    return encodeDer(TAG.integer, Buffer.of(...(bytes.readUInt8(0) < 0x80 ? [] : [0])), bytes)
  }
  const one = encodeDer(TAG.integer, Buffer.of(1))
  const zero = encodeDer(TAG.integer, Buffer.of(0))
  const contents = encodeDer(TAG.sequence, zero, number(n), one, one, number(p), number(q), one, one, number(qi))
  return encodePkcs8(Buffer.from('300d06092a864886f70d0101010500', 'hex'), contents)
}

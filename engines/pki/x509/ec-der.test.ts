import { createECDH, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ecPair, ecPrivateKey, ecSpki } from './ec-der.ts'

const ofOpenssl = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' })
const privateOfOpenssl = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'sec1' })

/** Keys of P-256 of small private numbers: among their points are some that begin with zeros. */
function smallKey(number: number): KeyObject {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(Buffer.from(number.toString(16).padStart(64, '0'), 'hex'))
  const point = ecdh.getPublicKey()
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)]
  const d = Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toString('base64url')
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' })
}

describe('keys in DER are byte for byte what OpenSSL writes', () => {
  test.each(['P-256', 'P-384', 'P-521'])('of %s', (namedCurve) => {
    for (let round = 0; round < 20; round++) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
      expect(ecSpki(publicKey)).toEqual(ofOpenssl(publicKey))
      expect(ecPrivateKey(privateKey)).toEqual(privateOfOpenssl(privateKey))
      expect(ecPair(privateKey)).toEqual({ spki: ofOpenssl(publicKey), privateKey: privateOfOpenssl(privateKey) })
      expect(ecPair(publicKey)).toBeUndefined()
    }
  })

  test('where a number begins with zeros', () => {
    let shortPoints = 0
    for (let number = 1; number <= 600; number++) {
      const privateKey = smallKey(number)
      const publicKey = createPublicKey(privateKey)
      const point = ofOpenssl(publicKey).subarray(-64)
      if (point[0] === 0 || point[32] === 0) shortPoints++
      expect(ecSpki(publicKey)).toEqual(ofOpenssl(publicKey))
      expect(ecPrivateKey(privateKey)).toEqual(privateOfOpenssl(privateKey))
    }
    expect(shortPoints).toBeGreaterThan(0)
  })
})

test('other keys are left to OpenSSL', () => {
  for (const { publicKey, privateKey } of [
    generateKeyPairSync('ec', { namedCurve: 'secp224r1' }),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]) {
    expect(ecSpki(publicKey)).toBeUndefined()
    expect(ecPrivateKey(privateKey)).toBeUndefined()
    expect(ecPair(privateKey)).toBeUndefined()
  }
})

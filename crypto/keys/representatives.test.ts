import { createHash } from 'node:crypto'
import { ed25519ph } from '@noble/curves/ed25519.js'
import { expect, test } from 'vitest'
import { systemRandom } from '../random.ts'
import type { Pair } from './algorithm.ts'
import { ed25519, ed25519FromSeed, ed25519Point, ed25519Seed } from './ed25519.ts'
import { publicContents } from './pkcs8.ts'
import { mlDsa44, mlDsa65, mlDsa87 } from './post-quantum-signatures.ts'

const MESSAGE = Buffer.from('abc')
const sha512 = (message: Buffer): Buffer => createHash('sha512').update(message).digest()

/** A pair that signs what stands for a message. */
function short(pair: Pair) {
  const { signRepresentative: sign, verifyRepresentative: verify } = pair
  if (sign === undefined || verify === undefined) throw new Error('it signs such')
  return { sign: (bytes: Buffer) => sign(bytes, systemRandom), verify }
}

test('Ed25519ph makes the signature of RFC 8032 section 7.3', async () => {
  const seed = Buffer.from('833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42', 'hex')
  const { sign, verify } = short(ed25519.open(ed25519FromSeed(seed)))
  const signature = await sign(sha512(MESSAGE))
  expect(signature.toString('hex')).toBe(
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
  )
  expect(await verify(sha512(MESSAGE), signature)).toBe(true)
  expect(await verify(sha512(Buffer.from('abd')), signature)).toBe(false)
  expect(await verify(sha512(MESSAGE).subarray(1), signature)).toBe(false)
  expect(await verify(sha512(MESSAGE), signature.subarray(1))).toBe(false)
})

test('Ed25519ph and the library agree, and it is no Ed25519', async () => {
  const bytes = await ed25519.generate(systemRandom)
  const pair = ed25519.open(bytes)
  const signature = await short(pair).sign(sha512(MESSAGE))
  const seed = ed25519Seed(bytes.privateKey ?? Buffer.alloc(0))
  expect(signature).toEqual(Buffer.from(ed25519ph.sign(MESSAGE, seed)))
  expect(ed25519ph.verify(signature, MESSAGE, ed25519Point(bytes.publicKey))).toBe(true)
  const how = { hash: 'sha2-512', prehashed: false, padding: 'pss', salt: 'hash', encoding: 'der' } as const
  expect(pair.verify?.(MESSAGE, signature, how)).toBe(false)
})

test.each([mlDsa44, mlDsa65, mlDsa87])('$name over mu is what OpenSSL makes of the message', async (algorithm) => {
  const bytes = await algorithm.generate(systemRandom)
  const pair = algorithm.open(bytes)
  const shake = (...parts: Buffer[]): Buffer =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
  // FIPS 204, algorithms 2 and 7: an empty context, and tr, the hash of the public key.
  const mu = shake(shake(publicContents(bytes.publicKey)), Buffer.of(0, 0), MESSAGE)
  const { sign, verify } = short(pair)
  const how = { hash: 'sha2-512', prehashed: false, padding: 'pss', salt: 'hash', encoding: 'der' } as const
  const signature = await sign(mu)
  expect(pair.verify?.(MESSAGE, signature, how)).toBe(true)
  const whole = await pair.sign?.(MESSAGE, how, systemRandom)
  expect(await verify(mu, whole ?? Buffer.alloc(0))).toBe(true)
  expect(await verify(shake(mu), signature)).toBe(false)
  expect(await verify(mu, signature.subarray(1))).toBe(false)
})

import { expect, test } from 'vitest'
import { derElement, TAG } from '../../../crypto/der.ts'
import { generateKey, isSigned, type KeySpec, publicKeyOf, signerOf } from './algorithms.ts'
import { algorithmIn } from './signature-algorithm.ts'

const KINDS: readonly (KeySpec & { readonly pss?: boolean })[] = [
  { kind: 'rsa', bits: 2048 },
  { kind: 'rsa', bits: 2048, pss: true },
  { kind: 'ec', bits: 224 },
  { kind: 'ec', bits: 521 },
  { kind: 'ed25519', bits: 0 },
  { kind: 'ml-dsa-44', bits: 0 },
]

test.each(KINDS)('what is signed in parts is signed as a whole: %o', async ({ pss = false, ...spec }) => {
  const { privateKey, publicKey } = await generateKey(spec)
  const signer = signerOf(privateKey, { hash: spec.bits === 521 ? 512 : 256, pss })
  const algorithm = algorithmIn(derElement(signer.algorithm, TAG.sequence))
  const short = [Buffer.from('one'), Buffer.from(''), Buffer.from('two')]
  const long = [...short, ...Array.from({ length: 5 }, (_, at) => Buffer.alloc(300_000, at))]
  for (const parts of [short, long]) {
    const signature = await signer.signParts(parts)
    const whole = Buffer.concat(parts)
    expect(isSigned(algorithm, whole, signature, publicKey, spec.kind)).toBe(true)
    whole[whole.length - 1] = 0xff
    expect(isSigned(algorithm, whole, signature, publicKey, spec.kind)).toBe(false)
  }
})

test('the point at infinity is no key of an elliptic curve', () => {
  const spki = Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex')
  expect(() => publicKeyOf(spki)).toThrow('the key is the point at infinity')
})

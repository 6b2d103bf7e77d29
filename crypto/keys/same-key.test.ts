import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSameKey } from './same-key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const wider = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const edwards = generateKeyPairSync('ed25519')
const pkcs8 = ec.privateKey.export({ format: 'der', type: 'pkcs8' })

test.each([
  ['another of the type', otherEc],
  ['one of another curve', wider],
  ['one of another type', rsa],
  ['one of a third type', edwards],
])('%s is not the same, and the next private key is read as ever', (_what, other) => {
  expect(isSameKey(ec.publicKey, other.publicKey)).toBe(false)
  expect(isSameKey(other.publicKey, ec.publicKey)).toBe(false)
  expect(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ec')
})

test('a key is the same as itself, made of its private half', () => {
  expect(isSameKey(ec.publicKey, createPublicKey(ec.privateKey))).toBe(true)
})

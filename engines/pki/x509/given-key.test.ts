import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { privateKeyText } from '../issuing/formats.ts'
import { ecPair } from './ec-der.ts'
import { type GivenKey, givenKey, givenRsaKey } from './given-key.ts'

const pkcs8Of = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const p224 = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).privateKey
const ed25519 = generateKeyPairSync('ed25519').privateKey

const KEYS: Record<string, [given: GivenKey, key: KeyObject, usual: 'pkcs1' | 'sec1' | 'pkcs8']> = {
  'an RSA key': [givenKey(rsa), rsa, 'pkcs1'],
  'the bytes of an RSA key': [givenRsaKey({ privateKey: pkcs8Of(rsa), done: () => {} }), rsa, 'pkcs1'],
  'a key of P-256': [givenKey(p256), p256, 'sec1'],
  'a key of P-256 that has been written': [givenKey(p256, ecPair(p256)?.privateKey), p256, 'sec1'],
  'a key of P-224': [givenKey(p224), p224, 'sec1'],
  'an Ed25519 key': [givenKey(ed25519), ed25519, 'pkcs8'],
}

describe('is given as OpenSSL writes it', () => {
  test.each(Object.entries(KEYS))('%s', (_, [given, key, usual]) => {
    for (const [form, type] of [
      ['der', usual],
      ['pkcs8', 'pkcs8'],
    ] as const) {
      const pem = key.export({ format: 'pem', type } as { format: 'pem'; type: 'pkcs8' }).trimEnd()
      const der = key.export({ format: 'der', type } as { format: 'der'; type: 'pkcs8' }).toString('base64')
      expect(privateKeyText(given, { format: 'pem', private_key_format: form })).toBe(pem)
      expect(privateKeyText(given, { format: 'der', private_key_format: form })).toBe(der)
    }
  })
})

test('a key that is forgotten leaves no bytes', () => {
  const sec1 = ecPair(p256)?.privateKey ?? Buffer.of(1)
  givenKey(p256, sec1).forget()
  expect(sec1).toEqual(Buffer.alloc(sec1.length))
})

test('one that was made ahead is given back when it is forgotten', () => {
  let isDone = false
  const key = givenRsaKey({
    privateKey: pkcs8Of(rsa),
    done: () => {
      isDone = true
    },
  })
  key.usual()
  expect(isDone).toBe(false)
  key.forget()
  expect(isDone).toBe(true)
})

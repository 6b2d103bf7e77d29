import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domain } from './aead.ts'
import { Barrier } from './barrier.ts'
import { ENCRYPTIONS_MAX, EncryptionCount } from './encryption-count.ts'
import { DecryptFailed, EncodingError, KeysReleased, TermUnknown } from './errors.ts'
import { Keyring } from './keyring.ts'
import { systemRandom as random } from './random.ts'

const use = domain('test/use')
const secret = Buffer.from('a secret')
const twoTerms = () => Keyring.create(1, 1000, random).withTerm(2, 2000, random)

describe('a keyring', () => {
  test('opens what any of its terms sealed, and seals with the newest', () => {
    const first = Keyring.create(1, 1000, random)
    const old = first.encrypt(use, 'a', secret, random)
    const second = first.withTerm(2, 2000, random)
    expect(second.decrypt(use, 'a', old)).toEqual(secret)
    const fresh = second.encrypt(use, 'a', secret, random)
    expect(fresh.readUInt32BE(1)).toBe(2)
    expect(() => first.decrypt(use, 'a', fresh)).toThrow(TermUnknown)
  })

  test('does not open what another term claims to have sealed', () => {
    const keyring = twoTerms()
    const sealed = keyring.encrypt(use, 'a', secret, random)
    sealed.writeUInt32BE(1, 1)
    expect(() => keyring.decrypt(use, 'a', sealed)).toThrow(DecryptFailed)
  })

  test('survives encoding, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }), (steps) => {
        let number = 0
        let keyring: Keyring | undefined
        for (const step of steps) {
          number += step
          keyring = keyring?.withTerm(number, number * 7, random) ?? Keyring.create(number, number * 7, random)
        }
        const bytes = (keyring as Keyring).encode()
        const again = Keyring.decode(bytes)
        expect(again.encode()).toEqual(bytes)
        expect(again.active).toMatchObject({ number, createdMs: number * 7 })
        expect(again.decrypt(use, 'a', (keyring as Keyring).encrypt(use, 'a', secret, random))).toEqual(secret)
      }),
    )
  })

  test('refuses encodings that are cut, too long, unordered, empty or of another version', () => {
    const bytes = twoTerms().encode()
    for (let length = 0; length < bytes.length; length++) {
      expect(() => Keyring.decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(EncodingError)
    }
    expect(() => Keyring.decode(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(EncodingError)
    const unordered = Buffer.from(bytes)
    unordered.writeUInt32BE(2, 3)
    expect(() => Keyring.decode(unordered)).toThrow(EncodingError)
    expect(() => Keyring.decode(Buffer.of(1, 0, 0))).toThrow(EncodingError)
    const other = Buffer.from(bytes)
    other.writeUInt8(2)
    expect(() => Keyring.decode(other)).toThrow(EncodingError)
  })

  test('takes no term that is not the newest', () => {
    expect(() => twoTerms().withTerm(2, 0, random)).toThrow(RangeError)
  })
})

const ignored = () => {}
const barrier = (count = new EncryptionCount(ignored)) => new Barrier(twoTerms(), count, random)

describe('a barrier', () => {
  test('opens what it sealed, at its path only', () => {
    const values = barrier()
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array({ maxLength: 100 }), (path, other, text) => {
        const sealed = values.seal(path, text)
        expect([...values.open(path, sealed)]).toEqual([...text])
        if (other !== path) expect(() => values.open(other, sealed)).toThrow(DecryptFailed)
      }),
    )
  })

  test('refuses any flipped bit, and a tag cut to 4 bytes', () => {
    const values = barrier()
    const genuine = values.seal('a', secret)
    for (let bit = 0; bit < genuine.length * 8; bit++) {
      const sealed = Buffer.from(genuine)
      sealed.writeUInt8(sealed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(() => values.open('a', sealed), `bit ${bit}`).toThrow(DecryptFailed)
    }
    expect(() => values.open('a', genuine.subarray(0, -12))).toThrow(DecryptFailed)
  })

  test('never seals the same way twice', () => {
    const values = barrier()
    expect(values.seal('a', secret)).not.toEqual(values.seal('a', secret))
  })

  test('does nothing once it was released, and stays so', () => {
    const values = barrier()
    const sealed = values.seal('a', secret)
    values.release()
    values.replace(twoTerms())
    expect(() => values.open('a', sealed)).toThrow(KeysReleased)
    expect(() => values.seal('a', secret)).toThrow(KeysReleased)
  })

  test('stops before a nonce becomes likely to repeat', () => {
    const count = new EncryptionCount(ignored)
    const values = barrier(count)
    count.record(0, ENCRYPTIONS_MAX - 1)
    values.seal('a', secret)
    expect(() => values.seal('a', secret)).toThrow(RangeError)
    count.restart(0)
    values.seal('a', secret)
  })
})

test('many encryptions ask to be recorded, and recording loses none that came meanwhile', () => {
  let asked = 0
  const count = new EncryptionCount(() => asked++)
  for (let i = 0; i < 65_535; i++) count.add()
  expect(asked).toBe(0)
  count.add()
  expect(asked).toBe(1)
  const counted = count.unrecorded
  count.add()
  count.record(counted, 1_000_000)
  expect(count.unrecorded).toBe(1)
  expect(count.total).toBe(1_000_001)
})

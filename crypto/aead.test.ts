import { createCipheriv, createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decrypt, domain, encrypt, OVERHEAD_BYTES, termOf } from './aead.ts'
import { DecryptFailed } from './errors.ts'

/** GCM by its definition in NIST SP 800-38D, for nonces of 96 bits: slow, and shares nothing with the code under test. */
function gcm(key: Buffer, nonce: Buffer, aad: Buffer, plaintext: Buffer): { body: Buffer; tag: Buffer } {
  const block = (counter: number) => {
    const input = Buffer.alloc(16)
    nonce.copy(input)
    input.writeUInt32BE(counter, 12)
    return aes(key, input)
  }
  const body = Buffer.from(plaintext)
  for (let at = 0; at < body.length; at++) {
    const stream = block(2 + Math.floor(at / 16))
    body.writeUInt8(body.readUInt8(at) ^ stream.readUInt8(at % 16), at)
  }
  const lengths = Buffer.alloc(16)
  lengths.writeBigUInt64BE(BigInt(aad.length * 8), 0)
  lengths.writeBigUInt64BE(BigInt(body.length * 8), 8)
  const h = number(aes(key, Buffer.alloc(16)))
  let hash = 0n
  for (const chunk of [...blocks(aad), ...blocks(body), lengths]) hash = times(hash ^ number(chunk), h)
  const tag = (hash ^ number(block(1))).toString(16).padStart(32, '0')
  return { body, tag: Buffer.from(tag, 'hex') }
}

function aes(key: Buffer, input: Buffer): Buffer {
  return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(input)
}

const number = (block: Buffer): bigint => BigInt(`0x${block.toString('hex')}`)

function* blocks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 16) {
    const block = Buffer.alloc(16)
    bytes.copy(block, 0, at, Math.min(at + 16, bytes.length))
    yield block
  }
}

/** In GF(2^128), whose first bit is the highest. */
function times(a: bigint, b: bigint): bigint {
  let product = 0n
  for (let bit = 127n, v = a; bit >= 0n; bit--) {
    if ((b >> bit) & 1n) product ^= v
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n
  }
  return product
}

const hex = (text: string) => Buffer.from(text, 'hex')

describe('the definition agrees with the vectors of McGrew and Viega, test cases 13, 14 and 16', () => {
  const zeros = Buffer.alloc(32)
  const nonce = Buffer.alloc(12)

  test('nothing', () => {
    const { body, tag } = gcm(zeros, nonce, Buffer.of(), Buffer.of())
    expect(body).toHaveLength(0)
    expect(tag).toEqual(hex('530f8afbc74536b9a963b4f1c4cb738b'))
  })

  test('one block', () => {
    const { body, tag } = gcm(zeros, nonce, Buffer.of(), Buffer.alloc(16))
    expect(body).toEqual(hex('cea7403d4d606b6e074ec5d3baf39d18'))
    expect(tag).toEqual(hex('d0d1c8a799996bf0265b98b5d48ab919'))
  })

  test('with associated data', () => {
    const key = hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')
    const text =
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
      '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'
    const aad = 'feedfacedeadbeeffeedfacedeadbeefabaddad2'
    const { body, tag } = gcm(key, hex('cafebabefacedbaddecaf888'), hex(aad), hex(text))
    expect(body).toEqual(
      hex(
        '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
          '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
      ),
    )
    expect(tag).toEqual(hex('76fc6ece0f4e1768cddf8853bb2d551b'))
  })
})

const use = domain('test/use')
const bytesOf = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => Buffer.from(bytes))
const path = fc.string({ unit: 'binary', maxLength: 40 })

test('sealed bytes are version, term, nonce, and GCM over label, NUL, version, term and path', () => {
  const term = fc.nat({ max: 0xffff_ffff })
  fc.assert(
    fc.property(bytesOf(32, 32), bytesOf(12, 12), term, path, bytesOf(0, 70), (key, nonce, number, where, text) => {
      const sealed = encrypt(createSecretKey(key), number, use, where, text, { bytes: () => nonce })
      const header = Buffer.alloc(5)
      header.writeUInt8(1)
      header.writeUInt32BE(number, 1)
      const aad = Buffer.concat([Buffer.from('test/use\0'), header, Buffer.from(where)])
      const { body, tag } = gcm(key, nonce, aad, text)
      expect(sealed).toEqual(Buffer.concat([header, nonce, body, tag]))
      expect(termOf(sealed)).toBe(number)
    }),
    { numRuns: 60 },
  )
})

const key = createSecretKey(Buffer.alloc(32, 7))
const random = { bytes: (count: number) => Buffer.alloc(count, 9) }
const sample = (text = 'a secret of some length') => encrypt(key, 3, use, 'kv/a', Buffer.from(text), random)

test('what is sealed opens, whatever it is', () => {
  fc.assert(
    fc.property(path, bytesOf(0, 300), (where, text) => {
      const sealed = encrypt(key, 1, use, where, text, random)
      expect(sealed).toHaveLength(text.length + OVERHEAD_BYTES)
      expect(decrypt(key, use, where, sealed)).toEqual(text)
    }),
  )
})

test('any flipped bit is refused', () => {
  for (let bit = 0; bit < sample().length * 8; bit++) {
    const sealed = sample()
    sealed.writeUInt8(sealed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(() => decrypt(key, use, 'kv/a', sealed), `bit ${bit}`).toThrow(DecryptFailed)
  }
})

test('any other length is refused', () => {
  for (let length = 0; length < sample().length; length++) {
    expect(() => decrypt(key, use, 'kv/a', sample().subarray(0, length)), `${length} bytes`).toThrow(DecryptFailed)
  }
  expect(() => decrypt(key, use, 'kv/a', Buffer.concat([sample(), Buffer.of(0)]))).toThrow(DecryptFailed)
})

const refused: Record<string, () => Buffer> = {
  'at another path': () => decrypt(key, use, 'kv/b', sample()),
  'at a longer path': () => decrypt(key, use, 'kv/aa', sample()),
  'for another use': () => decrypt(key, domain('test/other'), 'kv/a', sample()),
  'under another key': () => decrypt(createSecretKey(Buffer.alloc(32, 8)), use, 'kv/a', sample()),
  'with the tag cut to 4 bytes': () => decrypt(key, use, 'kv/a', sample().subarray(0, -12)),
  'with an empty text and the tag cut to 4 bytes': () => decrypt(key, use, 'kv/a', sample('').subarray(0, -12)),
  'at a path that is not Unicode': () => decrypt(key, use, 'kv/\ud800', sample()),
}
for (const [what, attempt] of Object.entries(refused)) {
  test(`sealed bytes do not open ${what}, and the error says nothing`, () => {
    expect(attempt).toThrow(new DecryptFailed())
  })
}

test('a label and a path can not be split elsewhere', () => {
  const sealed = encrypt(key, 1, domain('a'), 'b\0c', Buffer.from('x'), random)
  expect(() => decrypt(key, domain('a\0b'), 'c', sealed)).toThrow(DecryptFailed)
})

test('nothing is sealed at a path that is not Unicode, because two such paths have one encoding', () => {
  expect(() => encrypt(key, 1, use, 'kv/\ud800', Buffer.of(1), random)).toThrow(TypeError)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encoded } from './codec.ts'
import { pack, unpack } from './envelope.ts'

const document = fc.uint8Array({ maxLength: 40 })
const expiry = fc.option(fc.double({ noNaN: true }), { nil: undefined })
const generation = fc.integer({ min: 0, max: 65_535 })

test('an envelope holds its document, expiry and generation', () => {
  fc.assert(
    fc.property(document, expiry, generation, (bytes, expiresAtMs, of) => {
      expect(unpack(pack(bytes, { ...encoded, generation: of }, expiresAtMs))).toEqual({
        plaintext: Buffer.from(bytes),
        expiresAtMs,
        generation: of,
      })
    }),
  )
})

test('its bytes stay what they are, whoever puts the document there', () => {
  const copied = { encode: (text: string) => Buffer.from(text), decode: String }
  const placed = {
    ...copied,
    encodeBehind(before: number, text: string, allocate: (bytes: number) => Buffer): Buffer {
      const bytes = allocate(before + text.length)
      bytes.write(text, before)
      return bytes
    },
  }
  for (const codec of [copied, placed]) {
    for (const isKept of [true, false]) {
      const hex = (expiresAtMs: number | undefined, generation: number) =>
        pack('doc', { ...codec, generation }, expiresAtMs, isKept).toString('hex')
      expect(hex(undefined, 0)).toBe('00646f63')
      expect(hex(1, 0)).toBe('013ff0000000000000646f63')
      expect(hex(undefined, 258)).toBe('020102646f63')
      expect(hex(1, 258)).toBe('0301023ff0000000000000646f63')
    }
  }
})

test('what is cut, or of an unknown kind, is none', () => {
  for (const hex of ['', '01', '013ff00000000000', '02', '0201', '0301023ff00000000000', '04646f63', 'ff'])
    expect(() => unpack(Buffer.from(hex, 'hex'))).toThrow('not an envelope')
  for (const generation of [-1, 65_536, Number.NaN])
    expect(() => pack(Buffer.of(), { ...encoded, generation }, undefined)).toThrow()
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack, unpack } from './envelope.ts'

const document = fc.uint8Array({ maxLength: 40 })
const expiry = fc.option(fc.double({ noNaN: true }), { nil: undefined })
const generation = fc.integer({ min: 0, max: 65_535 })

test('an envelope holds its document, expiry and generation', () => {
  fc.assert(
    fc.property(document, expiry, generation, (bytes, expiresAtMs, of) => {
      expect(unpack(pack(bytes, expiresAtMs, of))).toEqual({
        plaintext: Buffer.from(bytes),
        expiresAtMs,
        generation: of,
      })
    }),
  )
})

test('its bytes stay what they are', () => {
  const hex = (...args: Parameters<typeof pack>) => pack(...args).toString('hex')
  const bytes = Buffer.from('doc')
  expect(hex(bytes, undefined)).toBe('00646f63')
  expect(hex(bytes, 1)).toBe('013ff0000000000000646f63')
  expect(hex(bytes, undefined, 258)).toBe('020102646f63')
  expect(hex(bytes, 1, 258)).toBe('0301023ff0000000000000646f63')
})

test('what is cut, or of an unknown kind, is none', () => {
  for (const hex of ['', '01', '013ff00000000000', '02', '0201', '0301023ff00000000000', '04646f63', 'ff'])
    expect(() => unpack(Buffer.from(hex, 'hex'))).toThrow('not an envelope')
  for (const generation of [-1, 65_536, Number.NaN]) expect(() => pack(Buffer.of(), undefined, generation)).toThrow()
})

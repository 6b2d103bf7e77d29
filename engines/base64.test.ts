import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoded, fromBase64 } from './base64.ts'

const bytesOf = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
/** What stands in base64, beside it, and beyond one byte: U+0141 ends in the byte of 'A'. */
const character = fc.constantFrom(...'ABab019+/==\r\n -_.!\0é\u0141\ud83d')

/** The definition (RFC 4648, 4), character by character. */
function isStandard(text: string): boolean {
  const bare = text.replace(/[\r\n]/g, '')
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare)
}

test('bytes come back from their base64, with and without line breaks', () => {
  fc.assert(
    fc.property(bytesOf, fc.integer({ min: 1, max: 76 }), (bytes, width) => {
      const text = bytes.toString('base64')
      expect(decoded(text)).toEqual(bytes)
      expect(decoded(text.replaceAll(new RegExp(`.{1,${width}}`, 'g'), '$&\r\n'))).toEqual(bytes)
    }),
  )
})

test('what is not standard base64 is not decoded, and what is comes to the bytes that its characters say', () => {
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 16 }), (text) => {
      const bytes = decoded(text)
      if (isStandard(text)) expect(bytes).toEqual(Buffer.from(text, 'base64'))
      else expect(bytes).toBeUndefined()
    }),
    { numRuns: 5000 },
  )
})

test('one character put into base64 that does not belong there is found wherever it stands', () => {
  for (const wrong of ['-', '_', ' ', '\0', 'é', '\u0141', '🔑'])
    for (let at = 0; at < 8; at++)
      expect(decoded(`${'AAAAAAAA'.slice(0, at)}${wrong}${'AAAAAAA'.slice(at)}`)).toBeUndefined()
})

test('a refusal names the place and not the text', () => {
  expect(() => fromBase64('AAAA-AAA')).toThrow('illegal base64 data at input byte 4')
  expect(() => fromBase64('AAAAA')).toThrow('illegal base64 data at input byte 5')
})

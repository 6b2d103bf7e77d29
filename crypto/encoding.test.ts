import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHexOrBase64 } from './encoding.ts'
import { deriveBytes } from './kdf.ts'
import { zeroize } from './zeroize.ts'

test('shares come back from hexadecimal and from base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 33 }), (raw) => {
      const bytes = Buffer.from(raw)
      expect(fromHexOrBase64(bytes.toString('hex'), 16, 33)).toEqual(bytes)
      expect(fromHexOrBase64(bytes.toString('hex').toUpperCase(), 16, 33)).toEqual(bytes)
      // A base64 text of so few bytes may itself be hexadecimal of an allowed length only if it is all hex digits.
      const base64 = bytes.toString('base64')
      if (!/^[0-9a-f]+$/i.test(base64)) expect(fromHexOrBase64(base64, 16, 33)).toEqual(bytes)
    }),
  )
})

test('base64 that is also hexadecimal is taken as base64 where the hexadecimal is too long', () => {
  const text = 'abcd'.repeat(17) // 34 bytes of hexadecimal, 51 of base64
  expect(fromHexOrBase64(text, 16, 33)).toEqual(Buffer.from(text, 'base64'))
})

for (const text of ['', 'abc', 'zz', '!!!!', 'YQ', 'YQ=', 'YWJj\n', 'YW Jj', '=AAA', 'abcé']) {
  test(`${JSON.stringify(text)} is neither`, () => {
    expect(fromHexOrBase64(text, 1, 33)).toBeUndefined()
  })
}

test('HKDF agrees with RFC 5869, test case 3', () => {
  const okm = deriveBytes(Buffer.alloc(22, 0x0b), '', 42)
  expect(okm.toString('hex')).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  )
})

test('zeroing reaches every buffer, and takes what is not there', () => {
  const secrets = [Buffer.from('one'), new Uint8Array([1, 2])]
  zeroize(...secrets, undefined)
  expect(secrets.map((secret) => [...secret])).toEqual([
    [0, 0, 0],
    [0, 0],
  ])
})

import type { Source } from './source.ts'

const SINGLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Reads an escape; the source stands at its backslash. */
export function readEscape(source: Source): string {
  const start = source.position()
  const letter = source.text.charAt(source.offset + 1)
  const single = SINGLE[letter]
  if (single !== undefined) {
    source.skip(2)
    return single
  }
  const digits = HEX_DIGITS[letter]
  const [pattern, skip, length, radix] =
    digits === undefined ? ([/^[0-7]+$/, 1, 3, 8] as const) : ([/^[0-9a-fA-F]+$/, 2, digits, 16] as const)
  const number = source.text.slice(source.offset + skip, source.offset + skip + length)
  const point = number.length === length && pattern.test(number) ? Number.parseInt(number, radix) : Number.NaN
  if (!(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff)) source.fail('unknown escape in a string', start)
  source.skip(skip + length)
  return String.fromCodePoint(point)
}

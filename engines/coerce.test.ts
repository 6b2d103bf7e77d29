import { expect, test } from 'vitest'
import { CoercionError, parseDuration } from './coerce.ts'

test.each([
  [1.9, 1],
  ['1999ms', 1],
  ['1h0.5s', 3600],
  [0, 0],
  ['0', 0],
  ['0ms', 0],
  ['', 0],
  ['-90s', -90],
])('a duration of %j is %i seconds', (raw, seconds) => expect(parseDuration(raw)).toBe(seconds))

test.each([0.5, '500ms', '1ns', '.5s', '0h0.001s'])('%j is not 0, which would be the default or no bound', (raw) =>
  expect(parseDuration(raw)).toBe(1),
)

test.each([-0.5, '-500ms', '-1ns'])('%j is refused where what is negative is', (raw) =>
  expect(parseDuration(raw)).toBe(-1),
)

test.each(['1.5', '1e3', 'h', '5S', Number.NaN, 1e10, true, [], null])('%j is no duration', (raw) =>
  expect(() => parseDuration(raw)).toThrow(CoercionError),
)

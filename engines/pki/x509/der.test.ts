import { expect, test } from 'vitest'
import { generalizedTime, sequence, sequenceOpening, time } from './der.ts'

const isoOf = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')

test('moments stand as their digits, with two of the year where UTCTime can say it', () => {
  for (const ms of [
    Date.UTC(1949, 11, 31, 23, 59, 59),
    Date.UTC(1950, 0, 1),
    Date.UTC(2000, 1, 29, 12, 34, 56),
    Date.UTC(2009, 8, 9, 9, 9, 9, 999),
    Date.UTC(2049, 11, 31, 23, 59, 59),
    Date.UTC(2050, 0, 1),
    Date.UTC(9999, 11, 31, 23, 59, 59),
  ]) {
    const year = new Date(ms).getUTCFullYear()
    const isShort = year >= 1950 && year < 2050
    const der = time(ms)
    expect([der[0], der[1], der.toString('latin1', 2)]).toEqual(
      isShort ? [0x17, 13, isoOf(ms).slice(2)] : [0x18, 15, isoOf(ms)],
    )
    expect(generalizedTime(ms).toString('latin1', 2)).toBe(isoOf(ms))
  }
})

test('what is no moment, or has no year of four digits, is refused', () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, Date.UTC(10_000, 0, 1), Date.UTC(-1, 0, 1)]) {
    expect(() => time(ms)).toThrow(RangeError)
    expect(() => generalizedTime(ms)).toThrow(RangeError)
  }
})

test('what stands before the members of a sequence is the same where they are not at hand', () => {
  for (const length of [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffff, 0x1000000]) {
    const whole = sequence(Buffer.alloc(length))
    expect(whole.subarray(0, whole.length - length), String(length)).toEqual(sequenceOpening(length))
  }
})

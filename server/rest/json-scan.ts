import { EgideError, invalid } from '../../engines/errors.ts'
import { NUMBER_MAX_BYTES, type RestLimits } from './limits.ts'

/** What one pass over a body learns. Bounds held; whether the text is JSON at all is for the parser to say. */
export interface JsonShape {
  /** Members of all objects, duplicates included. */
  readonly members: number
  /** Whether a number's text is not what JavaScript would write for it. */
  readonly exoticNumbers: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
/** Integers of so many digits are exact in a double, and written back as they came. */
const EXACT_DIGITS = 15
/** Where a native search beats this loop. */
const LONG_STRING = 24

/**
 * Holds a body to its bounds before anything is parsed into anything: depth, members, values, string and number length.
 * One pass over the bytes. For text that is not JSON the counts mean nothing, but the pass ends and the parser refuses it.
 */
export function scanJson(bytes: Buffer, limits: RestLimits): JsonShape {
  const { maxJsonDepth, maxJsonKeys, maxJsonValues, maxJsonStringBytes } = limits
  let depth = 0
  let members = 0
  let values = 1
  let exoticNumbers = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at + 1)
      if (end - at - 1 > maxJsonStringBytes) throw tooLarge('a string', maxJsonStringBytes, 'bytes')
      at = end
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > maxJsonDepth) throw invalid(`the JSON body is nested deeper than ${maxJsonDepth}`)
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
    } else if (byte === 0x3a) {
      if (++members > maxJsonKeys) throw tooLarge('the JSON body', maxJsonKeys, 'object members')
    } else if (byte === 0x2c) {
      if (++values > maxJsonValues) throw tooLarge('the JSON body', maxJsonValues, 'values')
    } else if ((byte >= 0x30 && byte <= 0x39) || byte === MINUS) {
      const end = numberEnd(bytes, at + 1)
      if (end - at > NUMBER_MAX_BYTES) throw tooLarge('a number', NUMBER_MAX_BYTES, 'bytes')
      if (!exoticNumbers) exoticNumbers = isExotic(bytes, at, end)
      at = end - 1
    }
  }
  return { members, exoticNumbers }
}

/** Index of the quote that closes a string, or the length. A quote is escaped if an odd run of backslashes is before it. */
function stringEnd(bytes: Buffer, start: number): number {
  const short = Math.min(bytes.length, start + LONG_STRING)
  for (let at = start; at < short; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  for (let at = start; ; at++) {
    at = bytes.indexOf(QUOTE, at)
    if (at < 0) return bytes.length
    let before = at
    while (before > start && bytes[before - 1] === BACKSLASH) before--
    if ((at - before) % 2 === 0) return at
  }
}

/** Past the last character that a number may have. */
function numberEnd(bytes: Buffer, start: number): number {
  let at = start
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number
    const isPart =
      (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2b || byte === MINUS || (byte | 0x20) === 0x65
    if (!isPart) break
  }
  return at
}

function isExotic(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= EXACT_DIGITS && isPlainInteger(bytes, start, end)) return false
  const text = bytes.toString('latin1', start, end)
  return String(Number(text)) !== text
}

/** Digits alone: JSON has no leading zeros, and `-0` is left to the slow way. */
function isPlainInteger(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}

const tooLarge = (what: string, most: number, unit: string) =>
  new EgideError('too_large', `${what} has more than ${most} ${unit}`)

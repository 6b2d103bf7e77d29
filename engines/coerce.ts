/** Vault's coercions of what clients send: https://github.com/openbao/openbao/blob/main/sdk/framework (FieldType). */

/** Says what was expected. It never repeats the value, which may be a secret. */
export class CoercionError extends Error {
  override readonly name = 'CoercionError'
}

/** Text; numbers and booleans are written out. */
export function parseText(raw: unknown): string {
  if (typeof raw === 'string') return raw
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw)
  if (JSON.isRawJSON(raw)) return JSON.stringify(raw)
  throw new CoercionError('expected a string')
}

/** Text as a field reads it; '' for what is absent or none. */
export function textOf(raw: unknown): string {
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean' || JSON.isRawJSON(raw)
    ? parseText(raw)
    : ''
}

/** A whole number within ±2^53, as a number or as decimal text; '' is 0, which most fields take for not set. */
export function parseInteger(raw: unknown): number {
  const number =
    typeof raw === 'string' ? (/^\s*([-+]?\d+\s*)?$/.test(raw) ? Number(raw) : Number.NaN) : raw === true ? 1 : raw
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new CoercionError('expected an integer')
  return number
}

/** The number that JSON spells otherwise than JavaScript would, as 100.0 or 1e2; what is no such number, as it is. */
function plain(raw: unknown): unknown {
  return JSON.isRawJSON(raw) ? Number(JSON.stringify(raw)) : raw
}

/** A finite number, as a number or as decimal text. */
export function parseNumber(raw: unknown): number {
  const isText = typeof raw === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(raw)
  const number = isText ? Number(raw) : plain(raw)
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new CoercionError('expected a number')
  return number
}

const TRUE = new Set(['1', 't', 'true'])
const FALSE = new Set(['0', 'f', 'false', ''])

export function parseBool(raw: unknown): boolean {
  if (typeof raw === 'boolean') return raw
  if (raw === 1 || raw === 0) return raw === 1
  if (typeof raw === 'string') {
    const word = raw.toLowerCase()
    if (TRUE.has(word)) return true
    if (FALSE.has(word)) return false
  }
  throw new CoercionError('expected a boolean')
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
}
const DURATION = /^([-+])?((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h|d))+$/
const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)/g
/** Go's longest duration, in seconds: clients can't express more. */
const DURATION_MAX_SECONDS = 9_223_372_036

/**
 * Whole seconds, of which what is left over is cut off; but what is shorter than one is one: 0 stands for a default, or for no
 * bound at all. From a number of seconds, its text, or Go's form with `d` for days ('1h30m', '7d').
 */
export function parseDuration(raw: unknown): number {
  const seconds = durationSeconds(plain(raw))
  if (!(Math.abs(seconds) <= DURATION_MAX_SECONDS))
    throw new CoercionError('expected a duration such as 30, "30s" or "1h30m"')
  return seconds
}

function durationSeconds(raw: unknown): number {
  if (typeof raw === 'number') return wholeSeconds(raw)
  if (typeof raw !== 'string') return Number.NaN
  const text = raw.trim()
  if (text === '') return 0
  if (/^[-+]?\d+$/.test(text)) return Number(text)
  if (text.length > 64 || !DURATION.test(text)) return Number.NaN
  let total = 0
  for (const [, amount, unit] of text.matchAll(DURATION_PART))
    total += Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN)
  return wholeSeconds(text.startsWith('-') ? -total : total)
}

function wholeSeconds(seconds: number): number {
  const whole = Math.trunc(seconds)
  return whole === 0 ? Math.sign(seconds) : whole
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})$/

/** Milliseconds since the epoch, from RFC 3339 text or a number of seconds. */
export function parseTime(raw: unknown): number {
  const seconds = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : plain(raw)
  const ms =
    typeof seconds === 'number'
      ? seconds * 1000
      : typeof raw === 'string' && RFC3339.test(raw)
        ? Date.parse(raw)
        : Number.NaN
  if (!Number.isSafeInteger(ms)) throw new CoercionError('expected an RFC 3339 time or seconds since the epoch')
  return ms
}

/** A list of strings: an array, or text split at commas, trimmed, without empty items. */
export function parseList(raw: unknown): readonly string[] {
  if (raw === null) return []
  if (Array.isArray(raw)) return raw.map((item) => parseText(item).trim()).filter((item) => item !== '')
  return parseText(raw)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/**
 * A list that an empty one leaves without a bound: what names something and nothing (`[""]`, `","`) is refused rather than
 * taken for no bound.
 */
export function parseBounds(raw: unknown): readonly string[] {
  const list = parseList(raw)
  const isBlank = Array.isArray(raw) ? raw.length === 0 : raw === null || parseText(raw).trim() === ''
  if (list.length === 0 && !isBlank) throw new CoercionError('holds nothing but blanks')
  return list
}

/** A list of whole numbers: an array, one number, or text split at commas. */
export function parseIntegerList(raw: unknown): readonly number[] {
  if (typeof raw === 'number') return [parseInteger(raw)]
  return (Array.isArray(raw) ? raw : parseList(raw)).map(parseInteger)
}

export function parseMap(raw: unknown): Readonly<Record<string, unknown>> {
  const value = typeof raw === 'string' ? jsonOrUndefined(raw) : raw
  if (!isRecord(value)) throw new CoercionError('expected an object')
  return value
}

/** Text to text: an object, a list of 'key=value', or one of them, whose value may hold commas. */
export function parseStringMap(raw: unknown): Readonly<Record<string, string>> {
  return stringMap(raw, (text) => [text])
}

/** As `parseStringMap`, but text is pairs with commas between them. */
export function parseCommaMap(raw: unknown): Readonly<Record<string, string>> {
  return stringMap(raw, parseList)
}

function stringMap(raw: unknown, pairsOf: (text: string) => readonly string[]): Readonly<Record<string, string>> {
  const value = typeof raw === 'string' && raw.trimStart().startsWith('{') ? jsonOrUndefined(raw) : raw
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parseText(item)]))
  if (typeof value !== 'string' && !Array.isArray(value)) throw new CoercionError('expected an object of strings')
  const pairs = typeof value === 'string' ? pairsOf(value) : value.map(parseText)
  return Object.fromEntries(pairs.filter((pair) => pair.trim() !== '').map(keyAndValue))
}

function keyAndValue(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new CoercionError('expected key=value')
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

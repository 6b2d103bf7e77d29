import { parseDuration } from '../../engines/coerce.ts'
import type { ParameterRules, ParameterValue } from './policy.ts'

/** Vault's parameter constraints: https://openbao.org/docs/concepts/policies/#parameter-constraints */

type Data = Readonly<Record<string, unknown>>

/** `names` are lower case. */
export function hasAll(names: readonly string[], data: Data): boolean {
  for (const name of names) if (!Object.hasOwn(data, name)) return false
  return true
}

/** Whether some parameter is denied: '*' denies all there are, a name without values denies any value. */
export function isDenied(rules: ParameterRules, data: Data): boolean {
  for (const name in data) {
    if (rules.has('*')) return true
    const values = rules.get(name.toLowerCase())
    if (values === undefined) continue
    if (values.length === 0) return true
    for (const value of values) if (meansSame(value, data[name])) return true
  }
  return false
}

/** Whether every parameter is allowed: names that are not listed only beside a '*', listed ones only with a listed value. */
export function areAllowed(rules: ParameterRules, data: Data): boolean {
  const others = rules.has('*')
  if (others && rules.size === 1) return true
  for (const name in data) {
    const values = rules.get(name.toLowerCase())
    if (values === undefined ? !others : !isListed(values, data[name])) return false
  }
  return true
}

function isListed(values: readonly ParameterValue[], sent: unknown): boolean {
  if (values.length === 0) return true
  for (const value of values) if (isSame(value, sent)) return true
  return false
}

/** Text with '*' at its start, its end or both stands for any text there. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern.length < 2) return pattern === text
  const head = pattern.charCodeAt(0) === 0x2a
  const tail = pattern.charCodeAt(pattern.length - 1) === 0x2a
  if (head && tail) return text.includes(pattern.slice(1, -1))
  if (head) return text.endsWith(pattern.slice(1))
  return tail ? text.startsWith(pattern.slice(0, -1)) : pattern === text
}

/** The same value of the same type; text by glob. */
function isSame(value: ParameterValue, sent: unknown): boolean {
  if (typeof value === 'string') return typeof sent === 'string' && globMatches(value, sent)
  if (typeof value === 'number') return (typeof sent === 'number' || JSON.isRawJSON(sent)) && numberOf(sent) === value
  if (typeof value !== 'object' || value === null) return value === sent
  if (Array.isArray(value))
    return Array.isArray(sent) && sent.length === value.length && value.every((item, i) => isSameDeep(item, sent[i]))
  return isSameObject(value as Readonly<Record<string, ParameterValue>>, sent)
}

/** Inside lists and objects text is compared whole, not by glob. */
function isSameDeep(value: ParameterValue, sent: unknown): boolean {
  return typeof value === 'string' ? value === sent : isSame(value, sent)
}

function isSameObject(value: Readonly<Record<string, ParameterValue>>, sent: unknown): boolean {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent) || JSON.isRawJSON(sent)) return false
  const entries = Object.entries(value)
  return (
    entries.length === Object.keys(sent).length &&
    entries.every(([key, item]) => Object.hasOwn(sent, key) && isSameDeep(item, (sent as Data)[key]))
  )
}

/**
 * Whether what was sent would be taken for `value`. Engines read "true" as true, "10" as 10, and where they want a duration
 * "1h" as 3600 and 0.5 as 0, so a value that is denied as a boolean or number is denied in every spelling of it.
 */
function meansSame(value: ParameterValue, sent: unknown): boolean {
  if (typeof value === 'boolean') return booleanOf(sent) === value
  if (typeof value === 'number')
    return numberOf(sent) === value || durationOf(sent) === value || (value === 1 && sent === true)
  if (typeof value === 'string' && (typeof sent === 'number' || typeof sent === 'boolean' || JSON.isRawJSON(sent)))
    return globMatches(value, typeof sent === 'object' ? JSON.stringify(sent) : String(sent))
  return isSame(value, sent)
}

function numberOf(sent: unknown): number {
  if (typeof sent === 'number') return sent
  if (typeof sent === 'string') return Number(sent)
  return JSON.isRawJSON(sent) ? Number(JSON.stringify(sent)) : Number.NaN
}

function durationOf(sent: unknown): number {
  try {
    return parseDuration(sent)
  } catch {
    return Number.NaN
  }
}

const SPELLINGS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['t', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['f', false],
  ['', false],
  ['false', false],
])

function booleanOf(sent: unknown): boolean | undefined {
  return SPELLINGS.get(typeof sent === 'string' ? sent.trim().toLowerCase() : sent)
}

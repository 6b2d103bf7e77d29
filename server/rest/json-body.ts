import { isUtf8 } from 'node:buffer'
import { invalid } from '../../engines/errors.ts'
import { scanJson } from './json-scan.ts'
import type { RestLimits } from './limits.ts'

type Data = Readonly<Record<string, unknown>>

const NOTHING: Data = Object.freeze({})

/**
 * A JSON body as data. Numbers that JavaScript would not write back as they came are JSON.rawJSON values. An empty body
 * and `null` (what Go's client sends for no data) are an empty object; any other value that is not an object, a name
 * that stands twice in one object, and text that is not UTF-8 are refused.
 */
export function parseJsonBody(bytes: Buffer, limits: RestLimits): Data {
  if (bytes.length === 0) return NOTHING
  const shape = scanJson(bytes, limits)
  if (!isUtf8(bytes)) throw invalid('the JSON body is not valid UTF-8')
  const value = parse(bytes.toString('utf8'), shape.exoticNumbers)
  if (value === null) return NOTHING
  if (typeof value !== 'object' || Array.isArray(value) || JSON.isRawJSON(value))
    throw invalid('the JSON body must be an object')
  // The parser keeps the last of several equal names, so a member that was counted and is not there was a duplicate.
  if (countMembers(value) !== shape.members) throw invalid('the JSON body has a name twice in one object')
  return value as Data
}

function parse(text: string, exoticNumbers: boolean): unknown {
  try {
    return exoticNumbers ? JSON.parse(text, keepNumber) : JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which may be a secret.
    throw invalid('failed to decode JSON input')
  }
}

function keepNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined || String(value) === context.source) return value
  return JSON.rawJSON(context.source)
}

/** Recursion is bounded by the depth that the scan let through. */
function countMembers(value: object): number {
  if (Array.isArray(value)) {
    let members = 0
    for (const item of value) {
      if (typeof item === 'object' && item !== null) members += countMembers(item)
    }
    return members
  }
  if (JSON.isRawJSON(value)) return 0
  let members = 0
  // `for in` counts own names only here: parsed objects inherit nothing enumerable.
  for (const name in value) {
    members++
    const item: unknown = (value as Data)[name]
    if (typeof item === 'object' && item !== null) members += countMembers(item)
  }
  return members
}

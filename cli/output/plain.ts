import { isJsonArray, isRawNumber, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import { readableSeconds } from '../duration.ts'

/** A value on one line, nested ones as `[a b]` and `map[key:value]`: the form that Vault's users know. */
export function plain(value: JsonValue): string {
  if (value === null) return '<nil>'
  if (typeof value !== 'object') return String(value)
  if (isRawNumber(value)) return value.rawJSON
  if (isJsonArray(value)) return `[${value.map(plain).join(' ')}]`
  return `map[${sortedEntries(value)
    .map(([key, item]) => `${key}:${plain(item)}`)
    .join(' ')}]`
}

/** As plain, but seconds under a name that means a duration read as one. */
export function plainField(name: string, value: JsonValue): string {
  return typeof value === 'number' && NAMES_A_DURATION.test(name) ? readableSeconds(value) : plain(value)
}

const NAMES_A_DURATION = /^(?:lease_max|ttl_max|(?:.*_)?(?:period|ttl|duration))$/

export function sortedEntries(object: JsonObject): [string, JsonValue][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

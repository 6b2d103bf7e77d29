import { invalid } from '../../engines/errors.ts'
import { QUERY_MAX_PARAMETERS } from './limits.ts'

type Query = Record<string, unknown>

const EMPTY: Readonly<Query> = Object.freeze(Object.create(null))

/** Form-encoded text as data: a name that comes once is text, one that repeats is a list of its values. */
export function parseQuery(text: string): Readonly<Query> {
  if (text === '') return EMPTY
  // Without a prototype, a parameter named `__proto__` is a parameter like any other.
  const data: Query = Object.create(null)
  const pairs = text.split('&', QUERY_MAX_PARAMETERS + 1)
  if (pairs.length > QUERY_MAX_PARAMETERS) throw invalid(`more than ${QUERY_MAX_PARAMETERS} parameters`)
  for (const pair of pairs) {
    if (pair !== '') addPair(data, pair)
  }
  return data
}

function addPair(data: Query, pair: string): void {
  const at = pair.indexOf('=')
  const name = decode(at < 0 ? pair : pair.slice(0, at))
  const value = at < 0 ? '' : decode(pair.slice(at + 1))
  const earlier = data[name]
  data[name] = earlier === undefined ? value : Array.isArray(earlier) ? [...earlier, value] : [earlier, value]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalid('the query is not valid percent-encoded UTF-8')
  }
}

/** Takes a flag such as `list=true` out of the query. Its words are Go's. */
export function takeFlag(query: Readonly<Query>, name: string): readonly [boolean, Readonly<Query>] {
  const raw = query[name]
  if (raw === undefined || raw === '') return [false, query]
  const value = typeof raw === 'string' ? FLAG[raw.toLowerCase()] : undefined
  if (value === undefined) throw invalid(`error parsing query parameter "${name}": expected a boolean`)
  const rest: Query = Object.assign(Object.create(null), query)
  delete rest[name]
  return [value, rest]
}

const FLAG: Readonly<Record<string, boolean>> = { 1: true, t: true, true: true, 0: false, f: false, false: false }

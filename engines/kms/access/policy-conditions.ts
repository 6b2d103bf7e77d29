import { matchesGlob } from '../../glob.ts'
import { isJsonObject } from '../../json-object.ts'
import type { EncryptionContext } from '../cryptography/encryption-context.ts'
import { refused } from '../errors.ts'

/**
 * The conditions of a key policy's statements: a part of AWS's, and what is not known is refused rather than passed over.
 * All conditions of a statement must hold; of one condition's values any may.
 */

/** What conditions are about. */
export interface Circumstances {
  readonly encryptionContext?: EncryptionContext | undefined
  readonly encryptionAlgorithm?: string | undefined
  readonly signingAlgorithm?: string | undefined
  readonly macAlgorithm?: string | undefined
}

export type Condition = (circumstances: Circumstances) => boolean

/** One value, or none. */
type Single = (circumstances: Circumstances) => string | undefined

const CONTEXT_VALUE = 'kms:EncryptionContext:'
const CONTEXT_NAMES = 'kms:EncryptionContextKeys'
const SINGLE: Readonly<Record<string, Single>> = {
  'kms:EncryptionAlgorithm': ({ encryptionAlgorithm }) => encryptionAlgorithm,
  'kms:SigningAlgorithm': ({ signingAlgorithm }) => signingAlgorithm,
  'kms:MacAlgorithm': ({ macAlgorithm }) => macAlgorithm,
}

type Compare = (wanted: string, found: string) => boolean
const same: Compare = (wanted, found) => wanted === found
const sameLetters: Compare = (wanted, found) => wanted.toLowerCase() === found.toLowerCase()

const OPERATORS: Readonly<Record<string, { readonly compare: Compare; readonly negated: boolean }>> = {
  StringEquals: { compare: same, negated: false },
  StringNotEquals: { compare: same, negated: true },
  StringEqualsIgnoreCase: { compare: sameLetters, negated: false },
  StringNotEqualsIgnoreCase: { compare: sameLetters, negated: true },
  StringLike: { compare: matchesGlob, negated: false },
  StringNotLike: { compare: matchesGlob, negated: true },
}
const VALUES_MAX = 100

/** Throws MalformedPolicy. */
export function parsedConditions(raw: unknown): readonly Condition[] {
  if (raw === undefined) return []
  return entriesOf(raw, 'Condition').flatMap(([operator, tests]) =>
    entriesOf(tests, operator).map(([key, values]) => parsedCondition(operator, key, textsOf(values, key))),
  )
}

function parsedCondition(operator: string, key: string, wanted: readonly string[]): Condition {
  if (operator === 'Null') return absence(singleOf(key), wanted)
  const [, set, name = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  const known = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (known === undefined) throw malformed(`the condition operator ${shown(operator)} is not known`)
  refuseUnmatched(name, wanted)
  const fits = (found: string) => wanted.some((value) => known.compare(value, found)) !== known.negated
  if (key === CONTEXT_NAMES) return ofNames(set, fits)
  if (set !== undefined) throw malformed(`${set} is for ${CONTEXT_NAMES} alone`)
  const find = singleOf(key)
  const whenAbsent = known.negated || ifExists !== undefined
  return (circumstances) => {
    const found = find(circumstances)
    return found === undefined ? whenAbsent : fits(found)
  }
}

/** What AWS reads as more than its letters, and this does not. */
function refuseUnmatched(operator: string, wanted: readonly string[]): void {
  if (wanted.some((value) => value.includes('${'))) throw malformed('there are no policy variables')
  if (operator.endsWith('Like') && wanted.some((value) => value.includes('?'))) {
    throw malformed('of wildcards there is * alone')
  }
}

function ofNames(set: string | undefined, fits: (name: string) => boolean): Condition {
  if (set === undefined) throw malformed(`${CONTEXT_NAMES} needs ForAllValues: or ForAnyValue:`)
  const names = ({ encryptionContext = {} }: Circumstances) => Object.keys(encryptionContext)
  return set === 'ForAllValues:' ? (found) => names(found).every(fits) : (found) => names(found).some(fits)
}

function absence(find: Single, wanted: readonly string[]): Condition {
  const [only] = wanted
  if (wanted.length !== 1 || (only !== 'true' && only !== 'false')) throw malformed('Null takes true or false')
  return (circumstances) => (find(circumstances) === undefined) === (only === 'true')
}

function singleOf(key: string): Single {
  if (key.startsWith(CONTEXT_VALUE) && key.length > CONTEXT_VALUE.length) {
    const name = key.slice(CONTEXT_VALUE.length)
    return ({ encryptionContext = {} }) =>
      Object.hasOwn(encryptionContext, name) ? encryptionContext[name] : undefined
  }
  const find = Object.hasOwn(SINGLE, key) ? SINGLE[key] : undefined
  if (find === undefined) throw malformed(`the condition key ${shown(key)} is not known`)
  return find
}

/** A list of texts; AWS lets one stand alone, and writes booleans either way. */
export function textsOf(raw: unknown, what: string): readonly string[] {
  const values = (Array.isArray(raw) ? raw : [raw]).map((value) => (typeof value === 'boolean' ? String(value) : value))
  if (values.length === 0 || values.length > VALUES_MAX || !values.every((value) => typeof value === 'string')) {
    throw malformed(`${shown(what)} must be text, or 1 to ${VALUES_MAX} texts`)
  }
  return values
}

function entriesOf(raw: unknown, what: string): readonly (readonly [string, unknown])[] {
  if (!isJsonObject(raw)) throw malformed(`${shown(what)} must be an object`)
  return Object.entries(raw)
}

export const malformed = (message: string) => refused('MalformedPolicy', `malformed key policy: ${message}`)

export const shown = (text: string): string => JSON.stringify(text.slice(0, 100))

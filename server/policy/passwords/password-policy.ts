import { HclError, type ObjectNode } from '../../hcl/ast.ts'
import { parseDocument } from '../../hcl/parse.ts'
import { attributesOf, type Block, blocksOf, integerOf, textOf } from '../../hcl/read.ts'
import { PolicyError } from '../policy.ts'

/** Vault's password policies: https://openbao.org/docs/concepts/password-policies/ */

/** Longest text, in characters. */
export const PASSWORD_POLICY_MAX_LENGTH = 1 << 16
const LIMITS = { maxLength: PASSWORD_POLICY_MAX_LENGTH, maxDepth: 8 }
export const PASSWORD_MIN_LENGTH = 4
export const PASSWORD_MAX_LENGTH = 100
/** Different characters that passwords of one policy are made of: so many that one random byte picks one. */
export const CHARSET_MAX = 256
const RULES_MAX = 100

/** At least `minChars` characters of the password are in `charset`. */
export interface CharsetRule {
  readonly charset: readonly string[]
  readonly minChars: number
}

export interface PasswordPolicy {
  /** In characters (code points). */
  readonly length: number
  readonly rules: readonly CharsetRule[]
  /** All characters of all rules, each once. */
  readonly charset: readonly string[]
}

/** Throws PolicyError for what is no password policy, and for one that no password can meet. */
export function parsePasswordPolicy(text: string): PasswordPolicy {
  const policy = read(() => policyOf(parseDocument(text, LIMITS)))
  const fault = faultOf(policy)
  if (fault !== undefined) throw new PolicyError(fault)
  return policy
}

function read<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof HclError) throw new PolicyError(error.detail, error.at)
    throw error
  }
}

function policyOf(document: ObjectNode): PasswordPolicy {
  let length: number | undefined
  for (const { keys, value } of document.items) {
    const [{ name, at }] = keys
    if (name === 'rule') continue
    if (name !== 'length') throw new HclError(`unknown key "${name}": a password policy has a length and rules`, at)
    if (length !== undefined) throw new HclError('length is set twice', at)
    length = integerOf(value, 'length')
  }
  const rules = blocksOf(document, 'rule', 1).map(ruleOf)
  if (rules.length > RULES_MAX) throw new PolicyError(`a password policy has at most ${RULES_MAX} rules`)
  return { length: length ?? 0, rules, charset: [...new Set(rules.flatMap(({ charset }) => charset))] }
}

function ruleOf({ labels, body, at }: Block): CharsetRule {
  const type = labels[0]?.name ?? ''
  if (type !== 'charset') throw new HclError(`unrecognized rule type ${type}`, at)
  const attributes = attributesOf(body)
  for (const [key, item] of attributes)
    if (key !== 'charset' && key !== 'min-chars')
      throw new HclError(`unknown key "${key}" in a charset rule`, item.keys[0].at)
  const charset = attributes.get('charset')
  const minChars = attributes.get('min-chars')
  return {
    charset: charset === undefined ? [] : [...new Set(textOf(charset.value, 'charset'))],
    minChars: minChars === undefined ? 0 : integerOf(minChars.value, 'min-chars'),
  }
}

/** What passwords may not have: control characters, format characters, lone surrogates, unassigned ones, and blanks but the space. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u

function faultOf({ length, rules, charset }: PasswordPolicy): string | undefined {
  if (length <= 0) return 'length must be > 0'
  if (rules.some(({ minChars }) => minChars < 0)) return 'min-chars must not be negative'
  const least = rules.reduce((sum, { minChars }) => sum + minChars, 0)
  if (length < least) return `specified rules require at least ${least} characters but ${length} is specified`
  if (charset.length === 0 || rules.some((rule) => rule.minChars > 0 && rule.charset.length === 0))
    return 'no charset specified'
  if (charset.length > CHARSET_MAX) return `charset is too long: limited to ${CHARSET_MAX} characters`
  if (charset.some((character) => character !== ' ' && UNPRINTABLE.test(character)))
    return 'non-printable character in charset'
  return undefined
}

import { CoercionError, parseDuration, parseTime } from '../../engines/coerce.ts'
import { HclError, type Item, type Node, type ObjectNode, type Position } from '../hcl/ast.ts'
import { parseDocument } from '../hcl/parse.ts'
import { attributesOf, type Block, blocksOf, elementsOf, integerOf, textOf, textsOf } from '../hcl/read.ts'
import { parseListFilter } from './list-filter.ts'
import {
  CAN,
  type ParameterRules,
  type ParameterValue,
  type ParsedPolicy,
  type PathRule,
  PolicyError,
} from './policy.ts'
import { parseTemplate } from './template.ts'

/** Longest policy text, in characters, and most `path` blocks of one policy. */
export const POLICY_MAX_LENGTH = 1 << 20
export const POLICY_MAX_RULES = 10_000
/** Longest path of a rule, templates filled in, in characters: as long as a request's path can be. */
export const PATH_MAX_LENGTH = 4096
const LIMITS = { maxLength: POLICY_MAX_LENGTH, maxDepth: 16 }

export interface PolicySettings {
  readonly namespacePath?: string
  readonly expiresAtMs?: number | undefined
  readonly allowSlashesInTemplates?: boolean
  readonly allowWildcardsInTemplates?: boolean
}

/** Parses an ACL policy written in HCL or JSON. Throws PolicyError with the line. `name` is taken as it is. */
export function parsePolicy(name: string, text: string, settings: PolicySettings = {}): ParsedPolicy {
  const rules = withPlace({ line: 0, column: 0 }, () => rulesOf(parseDocument(text, LIMITS)))
  return {
    name,
    namespacePath: settings.namespacePath ?? '',
    rules,
    templated: rules.some((rule) => rule.parts.some((part) => 'template' in part)),
    expiresAtMs: settings.expiresAtMs,
    allowSlashesInTemplates: settings.allowSlashesInTemplates ?? false,
    allowWildcardsInTemplates: settings.allowWildcardsInTemplates ?? false,
  }
}

/** Gives errors of the readers below, which know what is wrong but not all know where, their place. */
function withPlace<T>(at: Position, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof HclError) throw new PolicyError(error.detail, error.at)
    if (error instanceof CoercionError || (error instanceof PolicyError && error.line === 0))
      throw new PolicyError(error.message, at)
    throw error
  }
}

function rulesOf(document: ObjectNode): readonly PathRule[] {
  for (const { keys } of document.items)
    if (keys[0].name !== 'path' && keys[0].name !== 'name')
      throw new PolicyError(`invalid key "${keys[0].name}": a policy is made of path blocks`, keys[0].at)
  const blocks = blocksOf(document, 'path', 1)
  if (blocks.length > POLICY_MAX_RULES) throw new PolicyError(`a policy has at most ${POLICY_MAX_RULES} path blocks`)
  return blocks.map(ruleOf)
}

const KEYS = new Set([
  'comment',
  'policy',
  'capabilities',
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'pagination_limit',
  'expiration',
  'list_scan_response_keys_filter_path',
])
/** Conditions that this server does not check. A rule that relies on one must not be granted without it. */
const UNSUPPORTED = new Set(['control_group', 'mfa_methods'])

function ruleOf({ labels, body, at }: Block): PathRule {
  const source = labels[0]?.name ?? ''
  const attributes = attributesOf(body)
  for (const [key, item] of attributes) {
    if (UNSUPPORTED.has(key))
      throw new PolicyError(`path "${source}": ${key} is not supported, so this rule can't be granted`, item.keys[0].at)
    if (!KEYS.has(key)) throw new PolicyError(`path "${source}": invalid key "${key}"`, item.keys[0].at)
  }
  const read = <T>(key: string, fallback: T, reader: (node: Node, key: string) => T): T =>
    readAttribute(attributes, key, fallback, reader)
  const capabilities = read('policy', 0, legacyCapabilities) | read('capabilities', 0, capabilityBits)
  const rule = {
    source,
    line: at.line,
    parts: withPlace(at, () => partsOf(source)),
    capabilities: (capabilities & CAN.deny) !== 0 ? CAN.deny : capabilities,
    allowedParameters: read('allowed_parameters', undefined, parameterRules),
    deniedParameters: read('denied_parameters', undefined, parameterRules),
    requiredParameters: read('required_parameters', [], textsOf).map((name) => name.toLowerCase()),
    minWrappingTtlSeconds: read('min_wrapping_ttl', 0, durationOf),
    maxWrappingTtlSeconds: read('max_wrapping_ttl', 0, durationOf),
    paginationLimit: read('pagination_limit', 0, integerOf),
    listFilter: read('list_scan_response_keys_filter_path', undefined, (node, key) =>
      parseListFilter(textOf(node, key)),
    ),
    expiresAtMs: read('expiration', undefined, (node, key) => parseTime(textOf(node, key))),
  } satisfies PathRule
  withPlace(at, () => checkRule(rule))
  return rule
}

function readAttribute<T>(
  attributes: ReadonlyMap<string, Item>,
  key: string,
  fallback: T,
  reader: (node: Node, key: string) => T,
): T {
  const item = attributes.get(key)
  return item === undefined ? fallback : withPlace(item.value.at, () => reader(item.value, key))
}

function partsOf(source: string): PathRule['parts'] {
  if (source.length > PATH_MAX_LENGTH) throw new PolicyError(`a path is longer than ${PATH_MAX_LENGTH} characters`)
  if (source.includes('+*')) throw new PolicyError(`path "${source}": '+*' is not a wildcard: use '+/*' or '*'`)
  return parseTemplate(source)
}

function checkRule(rule: PathRule): void {
  // A denial asks nothing of a request.
  if (rule.capabilities === CAN.deny) return
  const { source, minWrappingTtlSeconds: least, maxWrappingTtlSeconds: most } = rule
  if (least > 0 && most > 0 && most < least)
    throw new PolicyError(`path "${source}": max_wrapping_ttl is less than min_wrapping_ttl`)
  if (rule.listFilter !== undefined && (rule.capabilities & CAN.list) === 0)
    throw new PolicyError(`path "${source}": list_scan_response_keys_filter_path needs the list capability`)
}

function capabilityBits(node: Node, key: string): number {
  let bits = 0
  for (const element of elementsOf(node, key)) {
    const name = textOf(element, 'a capability')
    const bit = Object.entries(CAN).find(([known]) => known === name)?.[1]
    if (bit === undefined) throw new HclError(`invalid capability "${name}"`, element.at)
    bits |= bit
  }
  return bits
}

const READ = CAN.read | CAN.list
const WRITE = READ | CAN.create | CAN.update | CAN.delete
/** `policy = "…"`, which came before capabilities. */
const LEGACY: Readonly<Record<string, number>> = { deny: CAN.deny, read: READ, write: WRITE, sudo: WRITE | CAN.sudo }

function legacyCapabilities(node: Node, key: string): number {
  const word = textOf(node, key)
  const bits = Object.hasOwn(LEGACY, word) ? LEGACY[word] : undefined
  if (bits === undefined) throw new HclError(`invalid policy "${word}"`, node.at)
  return bits
}

/** Seconds. */
function durationOf(node: Node, key: string): number {
  const seconds = parseDuration(textOf(node, key))
  if (seconds < 0) throw new HclError(`${key} can't be negative`, node.at)
  return seconds
}

function parameterRules(node: Node, key: string): ParameterRules {
  if (node.kind !== 'object') throw new HclError(`${key} must be an object of lists`, node.at)
  const rules = new Map<string, readonly ParameterValue[]>()
  for (const item of attributesOf(node).values()) {
    const [name] = item.keys
    // Names meet in lower case. Of two spellings the narrower counts: what both deny, of what is allowed values before none.
    const values = elementsOf(item.value, `${key} of "${name.name}"`).map(parameterValue)
    const earlier = rules.get(name.name.toLowerCase())
    const allowed = values.length === 0 && earlier !== undefined ? earlier : values
    rules.set(name.name.toLowerCase(), key === 'allowed_parameters' ? allowed : mergeValues(earlier, values))
  }
  return rules
}

/** No values means any value, and that outlives a merge. */
export function mergeValues(
  earlier: readonly ParameterValue[] | undefined,
  values: readonly ParameterValue[],
): readonly ParameterValue[] {
  if (earlier === undefined) return values
  return earlier.length === 0 || values.length === 0 ? [] : [...values, ...earlier]
}

function parameterValue(node: Node): ParameterValue {
  switch (node.kind) {
    case 'null':
      return null
    case 'list':
      return node.elements.map(parameterValue)
    case 'object':
      return Object.fromEntries([...attributesOf(node)].map(([key, item]) => [key, parameterValue(item.value)]))
    default:
      return node.value
  }
}

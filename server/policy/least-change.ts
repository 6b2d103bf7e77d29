import type { IdentityView } from '../../engines/identity-view.ts'
import type { ExplainedRule } from '../../engines/system/services/explained-rule.ts'
import type { LeastChange, PolicyEdit } from '../../engines/system/services/policies.ts'
import { compileAcl } from './acl/acl.ts'
import { currentRules, filledRule, rulePath } from './acl/matcher.ts'
import type { MergedRule } from './acl/merged-rule.ts'
import type { Acl, AclQuery, Decision } from './decision.ts'
import { areAllowed, isDenied } from './parameters.ts'
import { PATH_MAX_LENGTH, parsePolicy } from './parse.ts'
import { patternOf } from './pattern.ts'
import { CAN, isConditional, type ParsedPolicy, type PathRule } from './policy.ts'

/** What a decision was made of. */
export interface Decided {
  readonly policies: readonly ParsedPolicy[]
  readonly query: AclQuery
  readonly identity: IdentityView | undefined
  readonly acl: Acl
  readonly decision: Decision
  /** Whether the path is root-protected: the request wants `sudo` besides. */
  readonly needsSudo: boolean
  /** The blocks whose path fits, deciding or not. */
  readonly fitting: readonly ExplainedRule[]
}

const NOT_BY_POLICY = new Set(['root', 'help'])
const BY_CAPABILITY = new Set(['no_rule', 'denied', 'missing_capability'])

/** What of the request would have to be other, where the policies give the capability but set conditions. */
function otherRequest({ policies, query, identity, decision }: Decided): LeastChange | undefined {
  const { rules } = currentRules(policies, identity, query.nowMs)
  const rule = [...rules.values()].find(({ path }) => path === decision.rulePath)
  const message = rule && requestWords(rule, query, decision.reason)
  return message === undefined ? undefined : { message, edits: [] }
}

function requestWords(rule: MergedRule, { data }: AclQuery, reason: Decision['reason']): string | undefined {
  const names = Object.keys(data)
  const listed = (some: readonly string[]): string => some.map((name) => JSON.stringify(name)).join(', ')
  switch (reason) {
    case 'required_parameter':
      return `send ${listed(rule.requiredParameters.filter((name) => !Object.hasOwn(data, name)))}`
    case 'denied_parameter': {
      const denied = names.filter((name) => isDenied(rule.deniedParameters ?? new Map(), { [name]: data[name] }))
      return `leave out, or send with another value: ${listed(denied)}`
    }
    case 'parameter_not_allowed': {
      const refused = names.filter((name) => !areAllowed(rule.allowedParameters ?? new Map(), { [name]: data[name] }))
      return `leave out, or send with a value that is allowed: ${listed(refused)}`
    }
    case 'wrapping_ttl': {
      const least = Math.max(rule.minWrappingTtlSeconds, 0)
      const most = rule.maxWrappingTtlSeconds > 0 ? ` and at most ${rule.maxWrappingTtlSeconds}` : ''
      return `ask for a wrapped response that lives at least ${least}${most} seconds`
    }
    case 'pagination_limit':
      return `ask for 1 to ${rule.paginationLimit} keys`
    default:
      return undefined
  }
}

/**
 * The smallest edits of the policies after which the decision would be the other one: blocks for this one path, where that
 * is enough. It was tried that they turn it. Without edits: what would have to be other in the request, or in what fills a
 * template. Undefined: it takes other policies to turn it.
 */
export function leastChange(decided: Decided): LeastChange | undefined {
  const { decision, query, policies } = decided
  if (NOT_BY_POLICY.has(decision.reason)) return undefined
  if (!decision.allowed && !BY_CAPABILITY.has(decision.reason)) return otherRequest(decided)
  const isAllowed = holds(decision, decided)
  const otherValue = isAllowed ? undefined : otherTemplateValue(decided)
  if (otherValue !== undefined) return otherValue
  const edits = isAllowed ? refusing(decided) : granting(decided)
  if (edits.length === 0) return undefined
  const turned = decidedBy(edited(policies, edits, decided.identity), decided).decide(query)
  return holds(turned, decided) === isAllowed ? undefined : { message: edits.map(wordsOf).join('; '), edits }
}

function holds({ allowed, sudo }: Decision, { needsSudo }: Pick<Decided, 'needsSudo'>): boolean {
  return allowed && (sudo || !needsSudo)
}

/** Where all that is in the way denies for what its template is filled with: no edit that leaves the template there lifts it. */
function otherTemplateValue(decided: Decided): LeastChange | undefined {
  const { policies, fitting, query, identity } = decided
  const denying = fitting.filter(
    (rule) => isInTheWay(rule, decided) && ruleOf(rule, policies, identity)?.written !== CAN.deny,
  )
  const without = edited(policies, denying.map(removed), identity)
  if (denying.length === 0 || !holds(decidedBy(without, decided).decide(query), decided)) return undefined
  const places = denying.map(({ policy, line, source }) => `policy "${policy}", line ${line}: path "${source}"`)
  return { message: `fill the template in ${places.join('; in ')} without "/", "*" and "+"`, edits: [] }
}

/** A block that gives nothing is shown as one that denies; only the latter is in the way. */
function isInTheWay(rule: ExplainedRule, { policies, identity, acl, query }: Decided): boolean {
  const isDenial = ruleOf(rule, policies, identity)?.rule.capabilities === CAN.deny
  return isDenial && (acl.denyAlwaysWins || rule.path === query.path)
}

/** So that it is refused: the block of this path gives what it gave but this. */
function refusing({ decision, fitting, query, acl, policies, identity }: Decided): readonly PolicyEdit[] {
  const capability = query.operation
  const deciding = fitting.filter(({ path }) => path === decision.rulePath)
  const giving = deciding.filter(({ capabilities }) => capabilities.includes(capability))
  if (decision.rulePath === query.path && isExact(query.path))
    return giving.map((rule) => changed(rule, without(rule.capabilities, capability)))
  const [first] = giving
  const left = areConditional(deciding, policies, identity)
    ? []
    : without(acl.capabilities(query.path, query.nowMs), capability)
  return first === undefined ? [] : added(first.policy, left.length === 0 ? ['deny'] : left, query.path, policies)
}

/** So that it is allowed: what denies it goes, and then what is lacking is given, nothing else of this path being lost. */
function granting(decided: Decided): readonly PolicyEdit[] {
  const { policies, fitting, query, identity, needsSudo } = decided
  const wanted: readonly string[] = needsSudo ? [query.operation, 'sudo'] : [query.operation]
  const withWanted = (names: readonly string[]) => [...new Set([...real(names), ...wanted])].sort()
  const denying = fitting.filter((rule) => isInTheWay(rule, decided))
  const [here, ...others] = [...denying].sort((a, b) => Number(b.path === query.path) - Number(a.path === query.path))
  const lifted =
    here === undefined ? [] : [here.path === query.path ? changed(here, wanted) : removed(here), ...others.map(removed)]
  const after = edited(policies, lifted, identity)
  const now = decidedBy(after, decided)
  const decision = now.decide(query)
  if (holds(decision, decided)) return lifted
  if (!decision.allowed && !BY_CAPABILITY.has(decision.reason)) return []
  const left = fitting.filter(
    (rule) => !lifted.some(({ policy, line }) => policy === rule.policy && line === rule.line),
  )
  const deciding = left.filter(({ path }) => path === decision.rulePath)
  const own = left.find(({ path }) => path === query.path)
  const widened = own ?? (areConditional(deciding, policies, identity) ? deciding[0] : undefined)
  if (widened !== undefined) return [...lifted, changed(widened, withWanted(widened.capabilities))]
  const capabilities = withWanted(now.capabilities(query.path, query.nowMs))
  const policy =
    deciding[0]?.policy ?? here?.policy ?? policies.find(({ name }) => name !== 'default')?.name ?? policies[0]?.name
  const block = policy === undefined ? [] : added(policy, capabilities, query.path, policies)
  return block.length === 0 ? [] : [...lifted, ...block]
}

const real = (capabilities: readonly string[]): readonly string[] => without(capabilities, 'deny')
const without = (names: readonly string[], name: string): readonly string[] => names.filter((one) => one !== name)

function changed({ policy, line, source }: ExplainedRule, capabilities: readonly string[]): PolicyEdit {
  return { action: 'change', policy, line, path: source, capabilities }
}
function removed({ policy, line, source }: ExplainedRule): PolicyEdit {
  return { action: 'remove', policy, line, path: source, capabilities: [] }
}

/** A block for exactly this path; none where a policy can't write it so. */
function added(
  policy: string,
  capabilities: readonly string[],
  path: string,
  policies: readonly ParsedPolicy[],
): readonly PolicyEdit[] {
  const namespacePath = policies.find(({ name }) => name === policy)?.namespacePath ?? ''
  if (!path.startsWith(namespacePath) || !isExact(path)) return []
  return [{ action: 'add', policy, line: undefined, path: path.slice(namespacePath.length), capabilities }]
}

function isExact(path: string): boolean {
  const isSayable =
    path !== '' && path.length <= PATH_MAX_LENGTH && path.isWellFormed() && !/\p{Cc}|\$\{|%\{/u.test(path)
  return isSayable && !path.includes('{{') && !path.includes('}}') && patternOf(path)?.kind === 'exact'
}

/** Whether one of these blocks demands more than a capability: a block beside it would be without that. A denial drops what it demands. */
function areConditional(
  rules: readonly ExplainedRule[],
  policies: readonly ParsedPolicy[],
  identity: IdentityView | undefined,
): boolean {
  return rules.some((explained) => {
    const rule = ruleOf(explained, policies, identity)?.rule
    return rule !== undefined && rule.capabilities !== CAN.deny && isConditional(rule)
  })
}

/** The block as it holds, and what it gives by the text, where its template's value does not make a denial of it. */
function ruleOf(
  { policy: name, line, path }: ExplainedRule,
  policies: readonly ParsedPolicy[],
  identity: IdentityView | undefined,
): { readonly rule: PathRule; readonly written: number } | undefined {
  const policy = policies.find((one) => one.name === name)
  for (const rule of policy?.rules ?? []) {
    const filled = policy !== undefined && rule.line === line ? filledRule(policy, rule, identity) : undefined
    if (filled?.path === path) return { rule: filled.rule, written: rule.capabilities }
  }
  return undefined
}

function decidedBy(policies: readonly ParsedPolicy[], { acl, identity, query: { nowMs } }: Decided): Acl {
  return compileAcl(policies, { identity, nowMs, denyAlwaysWins: acl.denyAlwaysWins })
}

function edited(
  policies: readonly ParsedPolicy[],
  edits: readonly PolicyEdit[],
  identity: IdentityView | undefined,
): readonly ParsedPolicy[] {
  return edits.reduce(
    (all, edit) => all.map((policy) => (policy.name === edit.policy ? withEdit(policy, edit, identity) : policy)),
    policies,
  )
}

function withEdit(policy: ParsedPolicy, edit: PolicyEdit, identity: IdentityView | undefined): ParsedPolicy {
  if (edit.action === 'add')
    return { ...policy, rules: [...policy.rules, ...parsePolicy(policy.name, blockOf(edit)).rules] }
  const bits = edit.capabilities.reduce((sum, name) => sum | CAN[name as keyof typeof CAN], 0)
  const rules = policy.rules.flatMap((rule) => {
    const isMeant =
      rule.line === edit.line && rule.source === edit.path && rulePath(policy, rule, identity) !== undefined
    if (!isMeant) return [rule]
    return edit.action === 'remove' ? [] : [{ ...rule, capabilities: bits }]
  })
  return { ...policy, rules }
}

function blockOf({ path, capabilities }: PolicyEdit): string {
  const list = capabilities.map((name) => JSON.stringify(name)).join(', ')
  return `path ${JSON.stringify(path)} { capabilities = [${list}] }`
}

function wordsOf(edit: PolicyEdit): string {
  if (edit.action === 'add') return `add to policy "${edit.policy}": ${blockOf(edit)}`
  const at = `policy "${edit.policy}", line ${edit.line}`
  return edit.action === 'remove' ? `take out of ${at}: path "${edit.path}"` : `write in ${at}: ${blockOf(edit)}`
}

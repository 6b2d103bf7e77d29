import type { Operation } from '../../../engines/engine.ts'
import type { IdentityView } from '../../../engines/identity-view.ts'
import type { Acl, AclQuery, Decision, DecisionReason, KeyQuery } from '../decision.ts'
import { type Denials, denialsOf } from '../denials.ts'
import { areAllowed, hasAll, isDenied } from '../parameters.ts'
import { CAN, type ParsedPolicy, PolicyError } from '../policy.ts'
import { resultantOf } from '../resultant.ts'
import { type CompiledRule, compileRule } from './compiled-rule.ts'
import { currentRules, Matcher } from './matcher.ts'

export interface AclOptions {
  /** Whom the templates speak of; absent: templated rules don't apply. */
  readonly identity?: IdentityView | undefined
  readonly nowMs: number
  /** Whether every denial that fits wins, also over closer paths. Default false. */
  readonly denyAlwaysWins?: boolean
}

/**
 * Compiles policies into one matcher. Their order matters only where Vault's does: of several
 * `list_scan_response_keys_filter_path` for one path the first wins. Throws PolicyError when `root` is mixed with others.
 */
export function compileAcl(policies: readonly ParsedPolicy[], options: AclOptions): Acl {
  const [first] = policies
  if (!policies.some(({ name }) => name === 'root')) return new CompiledAcl(policies, options)
  if (policies.length > 1 || first === undefined) throw new PolicyError('other policies present along with root')
  return new RootAcl(first.namespacePath)
}

function verdict(allowed: boolean, reason: DecisionReason): Decision {
  return {
    allowed,
    reason,
    sudo: reason === 'root',
    isRoot: reason === 'root',
    rulePath: undefined,
    grantingPolicies: reason === 'root' ? ['root'] : [],
    listFilter: undefined,
    listLimit: undefined,
  }
}
const HELP = verdict(true, 'help')
const NO_RULE = verdict(false, 'no_rule')
const ROOT = verdict(true, 'root')
const ROOT_UNLIMITED: Decision = { ...ROOT, listLimit: 0 }

class RootAcl implements Acl {
  readonly isRoot = true
  readonly denyAlwaysWins = false
  readonly #namespacePath: string

  constructor(namespacePath: string) {
    this.#namespacePath = namespacePath
  }

  decide({ operation, path, data }: AclQuery): Decision {
    if (!this.#reaches(path)) return NO_RULE
    return isListing(operation) && data.limit === 'max' ? ROOT_UNLIMITED : ROOT
  }

  capabilities(path: string): readonly string[] {
    return this.#reaches(path) ? ['root'] : ['deny']
  }

  reachesBelow(prefix: string): boolean {
    return this.#reaches(prefix)
  }

  showsKey(): boolean {
    return true
  }

  resultant(): Readonly<Record<string, unknown>> {
    return { root: true }
  }

  #reaches(path: string): boolean {
    return this.#namespacePath === '' || withoutLeadingSlashes(path).startsWith(this.#namespacePath)
  }
}

const NEEDS: Readonly<Record<Exclude<Operation, 'help'>, number>> = {
  create: CAN.create,
  read: CAN.read,
  update: CAN.update,
  patch: CAN.patch,
  delete: CAN.delete,
  list: CAN.list,
  scan: CAN.scan,
}
const NO_DATA: Readonly<Record<string, unknown>> = {}

/** The rules of one moment. */
interface Compiled {
  readonly matcher: Matcher<CompiledRule>
  /** Those that deny, where any of them wins; undefined: only the closest path has a say. */
  readonly denials: Denials | undefined
  /** As `CurrentRules`. */
  readonly validUntilMs: number
}

class CompiledAcl implements Acl {
  readonly isRoot = false
  readonly denyAlwaysWins: boolean
  readonly #policies: readonly ParsedPolicy[]
  readonly #identity: IdentityView | undefined
  #compiled: Compiled

  constructor(policies: readonly ParsedPolicy[], { identity, nowMs, denyAlwaysWins = false }: AclOptions) {
    this.#policies = policies
    this.#identity = identity
    this.denyAlwaysWins = denyAlwaysWins
    this.#compiled = this.#compileAt(nowMs)
  }

  /** Replaced whole when the first rule expires. */
  #at(nowMs: number): Compiled {
    if (nowMs > this.#compiled.validUntilMs) this.#compiled = this.#compileAt(nowMs)
    return this.#compiled
  }

  #compileAt(nowMs: number): Compiled {
    const { rules, validUntilMs } = currentRules(this.#policies, this.#identity, nowMs)
    const compiled = [...rules].map(([pattern, merged]) => [pattern, compileRule(merged)] as const)
    const denials = this.denyAlwaysWins ? denialsOf(compiled) : undefined
    return { matcher: new Matcher(compiled), denials, validUntilMs }
  }

  decide(query: AclQuery): Decision {
    const { operation } = query
    if (operation === 'help') return HELP
    const path = withoutLeadingSlashes(query.path)
    const { matcher, denials } = this.#at(query.nowMs)
    const listing = isListing(operation)
    const denial = denials?.over(path, listing)
    if (denial !== undefined) return denial.refusedCapability()
    const rule = listing ? matcher.findForList(path) : matcher.find(path)
    if (rule === undefined) return NO_RULE
    if ((rule.merged.capabilities & NEEDS[operation]) === 0) return rule.refusedCapability()
    if (rule.boundsWrapping && !fitsWrapping(rule, query.wrapTtlSeconds)) return rule.refused('wrapping_ttl')
    if (listing) return decideList(rule, operation, query.data.limit)
    return rule.boundsParameters && operation !== 'delete'
      ? decideParameters(rule, operation, query.data)
      : rule.granted(operation)
  }

  capabilities(asked: string, nowMs: number): readonly string[] {
    const path = withoutLeadingSlashes(asked)
    const { matcher, denials } = this.#at(nowMs)
    const rule = denials?.over(path, true) ?? matcher.findForList(path)
    return rule === undefined ? ['deny'] : rule.capabilityNames
  }

  reachesBelow(prefix: string, nowMs: number): boolean {
    const { matcher, denials } = this.#at(nowMs)
    if (denials?.coverBelow(prefix) === true) return false
    const gives = (rule: CompiledRule | undefined): boolean =>
      rule !== undefined && (rule.merged.capabilities & ~CAN.deny) !== 0
    if (gives(matcher.findForList(prefix)) || gives(coveringPrefix(matcher, prefix))) return true
    for (const [path, rule] of matcher.exact) if (path.startsWith(prefix) && gives(rule)) return true
    for (const [path, { rule }] of matcher.prefixes) if (path.startsWith(prefix) && gives(rule)) return true
    return matcher.segments.some(({ pattern, rule }) => gives(rule) && leadsBelow(pattern.text, pattern.open, prefix))
  }

  showsKey({ filter, namespacePath, path, key, nowMs }: KeyQuery, needsSudo: (path: string) => boolean): boolean {
    const checked = filter.pathOf(path, key)
    const operation = key.endsWith('/') ? 'list' : 'read'
    const decision = this.decide({ operation, path: namespacePath + checked, data: NO_DATA, nowMs })
    return decision.allowed && (decision.sudo || !needsSudo(checked))
  }

  resultant(nowMs: number): Readonly<Record<string, unknown>> {
    const { matcher, denials } = this.#at(nowMs)
    return resultantOf(matcher, denials)
  }
}

function isListing(operation: Operation): operation is 'list' | 'scan' {
  return operation === 'list' || operation === 'scan'
}

function withoutLeadingSlashes(path: string): string {
  let start = 0
  while (path.charCodeAt(start) === 0x2f) start += 1
  return start === 0 ? path : path.slice(start)
}

/** A bound of either kind means that the reply must be wrapped. Merging can leave bounds that nothing fits. */
function fitsWrapping({ merged }: CompiledRule, ttlSeconds: number | undefined): boolean {
  const { minWrappingTtlSeconds: least, maxWrappingTtlSeconds: most } = merged
  return ttlSeconds !== undefined && ttlSeconds >= least && (most <= 0 || ttlSeconds <= most)
}

function decideParameters(
  rule: CompiledRule,
  operation: Exclude<Operation, 'help'>,
  data: Readonly<Record<string, unknown>>,
): Decision {
  const { requiredParameters, deniedParameters, allowedParameters } = rule.merged
  if (!hasAll(requiredParameters, data)) return rule.refused('required_parameter')
  if (deniedParameters !== undefined && deniedParameters.size > 0 && isDenied(deniedParameters, data))
    return rule.refused('denied_parameter')
  if (allowedParameters !== undefined && allowedParameters.size > 0 && !areAllowed(allowedParameters, data))
    return rule.refused('parameter_not_allowed')
  return rule.granted(operation)
}

/**
 * A rule with a `pagination_limit` fills in a missing limit, unless `limit` is required, and refuses a greater one. The
 * word 'max' asks for as much as there may be.
 */
function decideList(rule: CompiledRule, operation: 'list' | 'scan', limit: unknown): Decision {
  const bound = rule.merged.paginationLimit
  if (bound <= 0) return limit === 'max' ? rule.grantedWithLimit(operation, 0) : rule.granted(operation)
  if (limit === 'max') return rule.grantedWithLimit(operation, bound)
  if (limit === undefined)
    return rule.merged.requiredParameters.includes('limit')
      ? rule.refused('pagination_limit')
      : rule.grantedWithLimit(operation, bound)
  const asked = wholeNumber(limit)
  if (asked === undefined || asked < 0 || asked > bound) return rule.refused('pagination_limit')
  return asked === 0 ? rule.grantedWithLimit(operation, bound) : rule.granted(operation)
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[-+]?\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** The rule 'x*' that governs what lies below `prefix` where nothing closer is written. */
function coveringPrefix(matcher: Matcher<CompiledRule>, prefix: string): CompiledRule | undefined {
  let longest = -1
  let found: CompiledRule | undefined
  for (const [text, { rule }] of matcher.prefixes) {
    if (text.length <= longest || !prefix.startsWith(text)) continue
    longest = text.length
    found = rule
  }
  return found
}

/** Whether a pattern with '+' can match a path below the mount `prefix`. */
function leadsBelow(text: string, open: boolean, prefix: string): boolean {
  const pattern = text.split('/')
  for (const [index, segment] of prefix.slice(0, -1).split('/').entries()) {
    const wanted = pattern[index]
    if (wanted === undefined) return false
    if (open && index === pattern.length - 1) return segment.startsWith(wanted)
    if (wanted !== '+' && wanted !== segment) return false
  }
  return true
}

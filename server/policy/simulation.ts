import type { Operation } from '../../engines/engine.ts'
import { compileAcl } from './acl/acl.ts'
import { currentRules } from './acl/matcher.ts'
import type { Acl } from './decision.ts'
import { judge } from './judge.ts'
import { normalPolicyName } from './name.ts'
import { boundsParameters, type ParsedPolicy } from './policy.ts'

/** Replays an audit log's requests against other policies, and says what would become of them. */

export type PolicySet = ReadonlyMap<string, ParsedPolicy>

export interface SimulationOptions {
  /** The policies as they are, as far as they are known. */
  readonly present: PolicySet
  /** The policies as they would be: all that are known. */
  readonly proposed: PolicySet
  /** '' or ending in '/': only requests in this namespace. */
  readonly namespacePath: string
  /** Whether every denial wins, now and then. */
  readonly denyAlwaysWins: { readonly present: boolean; readonly proposed: boolean }
}

/** Why the log, or the policies that are known, do not say what would become of a request. */
export type Unknown = 'policy_missing' | 'templates' | 'parameters'
export type Turn = 'allowed_to_denied' | 'denied_to_allowed'

/** Requests that differ in nothing that policies look at. */
export interface Example {
  readonly turn: Turn
  readonly operation: string
  readonly path: string
  readonly policies: readonly string[]
  count: number
  /** Times of the first and the last one, as in the log. */
  readonly first: string
  last: string
}

export interface SimulationReport {
  readonly lines: number
  /** Requests that were decided by policies in this namespace. */
  readonly requests: number
  readonly skipped: {
    /** Lines that are no record of a request: responses, checkpoints, what can't be read. */
    readonly others: number
    readonly unreadable: number
    readonly otherNamespaces: number
    /** No policy had a say: paths for everybody, tokens that are none, tokens with root. */
    readonly notByPolicy: number
  }
  readonly allowedToDenied: number
  readonly deniedToAllowed: number
  readonly unchanged: number
  readonly unknown: Readonly<Record<Unknown, number>>
  /** The log says otherwise than the present policies do: they were others then, or parameters had a say. */
  readonly logDiffers: number
  /** Still allowed, but without the sudo that it has now: refused where the path needs that. */
  readonly losesSudo: number
  readonly missingPolicies: readonly string[]
  /** The most frequent first. */
  readonly examples: readonly Example[]
  /** Changes that are in no example, for there were too many kinds of them. */
  readonly beyondExamples: number
}

/** Sets of policies kept compiled, kinds of changes kept apart, and missing names told. */
const SETS_MAX = 1_000
const EXAMPLES_MAX = 10_000
const MISSING_MAX = 1_000

const OPERATIONS = new Set<string>(['create', 'read', 'update', 'patch', 'delete', 'list', 'scan'])

interface Asked {
  readonly operation: Exclude<Operation, 'help'>
  readonly path: string
  readonly names: readonly string[]
  readonly wrapTtlSeconds: number | undefined
  readonly nowMs: number
}
type Outcome = { readonly allowed: boolean; readonly sudo: boolean } | Unknown

/** Takes lines one by one; its memory does not grow with their number. */
export class Simulation {
  readonly #options: SimulationOptions
  readonly #present: Sets
  readonly #proposed: Sets
  readonly #examples = new Map<string, Example>()
  readonly #missing = new Set<string>()
  readonly #counts = {
    lines: 0,
    requests: 0,
    others: 0,
    unreadable: 0,
    otherNamespaces: 0,
    notByPolicy: 0,
    allowed_to_denied: 0,
    denied_to_allowed: 0,
    unchanged: 0,
    policy_missing: 0,
    templates: 0,
    parameters: 0,
    logDiffers: 0,
    losesSudo: 0,
    beyondExamples: 0,
  }

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#present = new Sets(options.present, options.denyAlwaysWins.present)
    this.#proposed = new Sets(options.proposed, options.denyAlwaysWins.proposed)
  }

  /** One line of a log. What a collector wrote before its first '{' is passed over. */
  add(line: string): void {
    this.#counts.lines++
    const record = recordOf(line.slice(Math.max(0, line.indexOf('{'))))
    if (record === undefined) this.#counts.unreadable++
    else if (record.type !== 'request') this.#counts.others++
    else this.#request(record)
  }

  #request({ auth, request, time }: AuditLine): void {
    if ((request?.namespace?.path ?? '') !== this.#options.namespacePath) {
      this.#counts.otherNamespaces++
      return
    }
    const names = namesOf(auth?.policies)
    const logged = auth?.policy_results?.allowed
    const operation = String(request?.operation)
    if (typeof logged !== 'boolean' || names.includes('root') || !OPERATIONS.has(operation)) {
      this.#counts.notByPolicy++
      return
    }
    this.#counts.requests++
    const wrap = request?.wrap_ttl
    const asked: Asked = {
      operation: operation as Asked['operation'],
      path: this.#options.namespacePath + String(request?.path),
      names,
      wrapTtlSeconds: typeof wrap === 'number' ? wrap : undefined,
      nowMs: Date.parse(String(time)) || 0,
    }
    this.#compare(asked, logged, String(time))
  }

  #compare(asked: Asked, logged: boolean, time: string): void {
    const then = this.#proposed.outcome(asked)
    if (typeof then === 'string') {
      this.#counts[then]++
      if (then === 'policy_missing') this.#miss(asked.names)
      return
    }
    const now = this.#present.outcome(asked)
    if (now === 'templates' || now === 'parameters') {
      this.#counts[now]++
      return
    }
    // Where the present policies are not known, the log says what became of it.
    const before = typeof now === 'string' ? logged : now.allowed
    if (before !== logged) this.#counts.logDiffers++
    if (before === then.allowed) {
      this.#counts.unchanged++
      if (then.allowed && typeof now !== 'string' && now.sudo && !then.sudo) this.#counts.losesSudo++
      return
    }
    const turn = before ? 'allowed_to_denied' : 'denied_to_allowed'
    this.#counts[turn]++
    this.#example(turn, asked, time)
  }

  #miss(names: readonly string[]): void {
    for (const name of names)
      if (this.#missing.size < MISSING_MAX && !this.#options.proposed.has(name)) this.#missing.add(name)
  }

  #example(turn: Turn, { operation, path, names }: Asked, time: string): void {
    const key = JSON.stringify([turn, operation, path, names])
    const known = this.#examples.get(key)
    if (known !== undefined) {
      known.count++
      known.last = time
    } else if (this.#examples.size < EXAMPLES_MAX) {
      this.#examples.set(key, { turn, operation, path, policies: names, count: 1, first: time, last: time })
    } else this.#counts.beyondExamples++
  }

  report(examplesMax: number): SimulationReport {
    const { others, unreadable, otherNamespaces, notByPolicy, policy_missing, templates, parameters } = this.#counts
    const examples = [...this.#examples.values()].sort((a, b) => b.count - a.count)
    return {
      lines: this.#counts.lines,
      requests: this.#counts.requests,
      skipped: { others, unreadable, otherNamespaces, notByPolicy },
      allowedToDenied: this.#counts.allowed_to_denied,
      deniedToAllowed: this.#counts.denied_to_allowed,
      unchanged: this.#counts.unchanged,
      unknown: { policy_missing, templates, parameters },
      logDiffers: this.#counts.logDiffers,
      losesSudo: this.#counts.losesSudo,
      missingPolicies: [...this.#missing].sort(),
      examples: examples.slice(0, examplesMax),
      beyondExamples:
        this.#counts.beyondExamples + examples.slice(examplesMax).reduce((sum, { count }) => sum + count, 0),
    }
  }
}

interface SetOfPolicies {
  readonly acl: Acl
  /** Paths whose block looks at parameters or pages, with the operations that it does so for. */
  readonly conditional: ReadonlyMap<string, { readonly parameters: boolean; readonly pages: boolean }>
  /** What templated paths begin with. */
  readonly templates: readonly string[]
}

/** Sets of some policies, compiled as they are met. */
class Sets {
  readonly #policies: PolicySet
  readonly #denyAlwaysWins: boolean
  readonly #sets = new Map<string, SetOfPolicies | undefined>()

  constructor(policies: PolicySet, denyAlwaysWins: boolean) {
    this.#policies = policies
    this.#denyAlwaysWins = denyAlwaysWins
  }

  outcome({ names, operation, path, wrapTtlSeconds, nowMs }: Asked): Outcome {
    const set = this.#of(names, nowMs)
    if (set === undefined) return 'policy_missing'
    if (set.templates.some((start) => path.startsWith(start))) return 'templates'
    const decision = judge(set.acl, { operation, path, data: {}, wrapTtlSeconds, nowMs })
    const looksAt = set.conditional.get(decision.rulePath ?? '')
    const isOpen = decision.reason !== 'missing_capability' && decision.reason !== 'wrapping_ttl'
    const lists = operation === 'list' || operation === 'scan'
    const matters = lists ? looksAt?.pages : operation !== 'delete' && looksAt?.parameters
    if (isOpen && matters === true) return 'parameters'
    return { allowed: decision.allowed, sudo: decision.sudo }
  }

  #of(names: readonly string[], nowMs: number): SetOfPolicies | undefined {
    const key = JSON.stringify(names)
    if (this.#sets.has(key)) return this.#sets.get(key)
    if (this.#sets.size >= SETS_MAX) this.#sets.clear()
    const set = this.#make(names, nowMs)
    this.#sets.set(key, set)
    return set
  }

  #make(names: readonly string[], nowMs: number): SetOfPolicies | undefined {
    const policies = names.map((name) => this.#policies.get(name)).filter((policy) => policy !== undefined)
    if (policies.length < names.length) return undefined
    const conditional = new Map<string, { readonly parameters: boolean; readonly pages: boolean }>()
    // Of all times: a block that is over may have had its say.
    for (const rule of currentRules(policies, undefined, Number.NEGATIVE_INFINITY).rules.values()) {
      const parameters = boundsParameters(rule)
      const pages = rule.paginationLimit > 0
      if (parameters || pages) conditional.set(rule.path, { parameters, pages })
    }
    const acl = compileAcl(policies, { nowMs, denyAlwaysWins: this.#denyAlwaysWins })
    return { acl, conditional, templates: policies.flatMap(templateStarts) }
  }
}

function templateStarts({ rules, namespacePath }: ParsedPolicy): readonly string[] {
  return rules.flatMap(({ parts }) => {
    if (!parts.some((part) => 'template' in part)) return []
    const [first] = parts
    const start = first !== undefined && 'text' in first ? first.text.replace(/^\//, '') : ''
    // What stands before a '+' is all that can be compared as it is.
    const plus = start.indexOf('+')
    return [namespacePath + (plus < 0 ? start : start.slice(0, plus))]
  })
}

/** What of a record is looked at; anything may be missing from a line. */
interface AuditLine {
  readonly type?: unknown
  readonly time?: unknown
  readonly auth?: { readonly policies?: unknown; readonly policy_results?: { readonly allowed?: unknown } } | null
  readonly request?: {
    readonly operation?: unknown
    readonly path?: unknown
    readonly wrap_ttl?: unknown
    readonly namespace?: { readonly path?: unknown } | null
  } | null
}

function recordOf(text: string): AuditLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as AuditLine) : undefined
  } catch {
    return undefined
  }
}

function namesOf(policies: unknown): readonly string[] {
  return Array.isArray(policies) ? policies.map((name) => normalPolicyName(String(name))) : []
}

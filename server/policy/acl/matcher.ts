import type { IdentityView } from '../../../engines/identity-view.ts'
import { PATH_MAX_LENGTH } from '../parse.ts'
import { byPriority, type Pattern, patternOf } from '../pattern.ts'
import { CAN, type ParsedPolicy, type PathRule } from '../policy.ts'
import { resolveTemplate } from '../template.ts'
import { addRule, firstRule, type MergedRule } from './merged-rule.ts'
import { PrefixIndex } from './prefix-index.ts'
import { SegmentTrie } from './segment-trie.ts'

/** A merged rule where a path finds it. */
export interface PlacedRule<R> {
  readonly pattern: Pattern
  /** Among the patterns that are not exact: the greater wins. */
  readonly rank: number
  readonly rule: R
}

/** All rules of a policy set that hold at one time, ready to be searched. Immutable. */
export class Matcher<R> {
  readonly exact: ReadonlyMap<string, R>
  readonly prefixes: ReadonlyMap<string, PlacedRule<R>>
  readonly segments: readonly PlacedRule<R>[]
  /** How long the exact ones are: a map makes each text that it is asked for V8's for good, which paths of requests need not be. */
  readonly #exactLengths: ReadonlySet<number>
  readonly #prefixIndex: PrefixIndex<PlacedRule<R>>
  readonly #segmentTrie: SegmentTrie<PlacedRule<R>> | undefined

  constructor(rules: Iterable<readonly [Pattern, R]>) {
    const byPattern = new Map(rules)
    const exact = new Map<string, R>()
    for (const [pattern, rule] of byPattern) if (pattern.kind === 'exact') exact.set(pattern.text, rule)
    const placed = byPriority([...byPattern.keys()].filter(({ kind }) => kind !== 'exact')).map((pattern, rank) => ({
      pattern,
      rank,
      rule: byPattern.get(pattern) as R,
    }))
    this.exact = exact
    this.#exactLengths = new Set([...exact.keys()].map(({ length }) => length))
    this.segments = placed.filter(({ pattern }) => pattern.kind === 'segments')
    this.prefixes = new Map(
      placed.filter(({ pattern }) => pattern.kind === 'prefix').map((place) => [place.pattern.text, place]),
    )
    this.#prefixIndex = new PrefixIndex(this.prefixes)
    this.#segmentTrie =
      this.segments.length === 0
        ? undefined
        : new SegmentTrie(this.segments.map((place) => ({ ...place.pattern, value: place })))
  }

  /** The rule that governs a path: exact before any wildcard, then by priority. */
  find(path: string): R | undefined {
    return this.#exactly(path) ?? this.#wildcard(path)
  }

  /** Listing 'a/b/' is also governed by rules for 'a/b', after those of the same kind for 'a/b/'. */
  findForList(path: string): R | undefined {
    if (!path.endsWith('/')) return this.find(path)
    const bare = path.slice(0, -1)
    return this.#exactly(path) ?? this.#exactly(bare) ?? this.#wildcard(path) ?? this.#wildcard(bare)
  }

  #exactly(path: string): R | undefined {
    return this.#exactLengths.has(path.length) ? this.exact.get(path) : undefined
  }

  #wildcard(path: string): R | undefined {
    const prefix = this.#prefixIndex.longest(path)
    return (this.#segmentTrie === undefined ? prefix : this.#segmentTrie.best(path, prefix))?.rule
  }
}

/** The rules of a set that hold at `nowMs`, merged by path, and until when that stays so. */
export interface CurrentRules {
  readonly rules: ReadonlyMap<Pattern, MergedRule>
  /** Last moment at which these are the rules; Infinity when nothing expires. Milliseconds since the epoch. */
  readonly validUntilMs: number
}

export function currentRules(
  policies: readonly ParsedPolicy[],
  identity: IdentityView | undefined,
  nowMs: number,
): CurrentRules {
  const merged = new Map<string, MergedRule>()
  let validUntilMs = Number.POSITIVE_INFINITY
  for (const policy of policies) {
    for (const rule of policy.rules) {
      const expiresAtMs = Math.min(
        policy.expiresAtMs ?? Number.POSITIVE_INFINITY,
        rule.expiresAtMs ?? Number.POSITIVE_INFINITY,
      )
      if (nowMs > expiresAtMs) continue
      const filled = filledRule(policy, rule, identity)
      if (filled === undefined) continue
      validUntilMs = Math.min(validUntilMs, expiresAtMs)
      const { path, rule: held } = filled
      const earlier = merged.get(path)
      merged.set(path, earlier === undefined ? firstRule(path, held, policy.name) : addRule(earlier, held, policy.name))
    }
  }
  const rules = new Map<Pattern, MergedRule>()
  for (const [path, rule] of merged) {
    const pattern = patternOf(path)
    if (pattern !== undefined) rules.set(pattern, rule)
  }
  return { rules, validUntilMs }
}

/** A rule as it holds for somebody. */
export interface FilledRule {
  /** In full, templates filled in. Paths start after the '/' of the API's; policies often write that '/'. */
  readonly path: string
  readonly rule: PathRule
}

/**
 * Undefined when the rule does not apply to this identity. One whose path somebody's name or metadata could widen denies
 * there: without it, what it narrows or denies would be as open as the rules around it leave it.
 */
export function filledRule(
  policy: ParsedPolicy,
  rule: PathRule,
  identity: IdentityView | undefined,
): FilledRule | undefined {
  const filled = resolveTemplate(rule.parts, identity, {
    namespacePath: policy.namespacePath,
    allowSlashes: policy.allowSlashesInTemplates,
    allowWildcards: policy.allowWildcardsInTemplates,
  })
  if (filled === undefined) return undefined
  const relative = filled.path.startsWith('/') ? filled.path.slice(1) : filled.path
  const isPattern = !relative.includes('+*')
  const path = policy.namespacePath + (isPattern ? relative : beginningOf(relative))
  if (path.length > PATH_MAX_LENGTH + policy.namespacePath.length) return undefined
  return { path, rule: filled.isWidened || !isPattern ? { ...rule, capabilities: CAN.deny } : rule }
}

/** What is no pattern could only come out of a template's value: everything that begins so is denied. No '+' may stand before the '*'. */
function beginningOf(path: string): string {
  return `${path.slice(0, path.indexOf('+*')).replace(/\++$/, '')}*`
}

export function rulePath(policy: ParsedPolicy, rule: PathRule, identity: IdentityView | undefined): string | undefined {
  return filledRule(policy, rule, identity)?.path
}

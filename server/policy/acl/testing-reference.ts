/**
 * Vault's policy semantics once more, the obvious way: every rule tried against the path, the winner found by comparing all
 * matches by the words of https://openbao.org/docs/concepts/policies/, then its conditions one by one. Tests compare the
 * compiled matcher, and the whole server, with it.
 */

export type Scalar = string | number | boolean

/** What a rule demands of parameters and wrapping. Seconds; 0 is no bound. */
export interface ReferenceConditions {
  readonly allowed: Readonly<Record<string, readonly Scalar[]>> | undefined
  readonly denied: Readonly<Record<string, readonly Scalar[]>> | undefined
  readonly required: readonly string[]
  readonly least: number
  readonly most: number
}

export interface ReferenceRule {
  readonly path: string
  readonly capabilities: readonly string[]
  readonly expiresAtMs: number | undefined
}

function matches(pattern: string, path: string): boolean {
  const open = pattern.endsWith('*')
  const wanted = (open ? pattern.slice(0, -1) : pattern).split('/')
  const parts = path.split('/')
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false
  const wild = hasSegmentWildcard(pattern)
  return wanted.every((segment, i) => {
    if (wild && segment === '+') return true
    return open && i === wanted.length - 1 ? parts[i]?.startsWith(segment) : parts[i] === segment
  })
}

function hasSegmentWildcard(pattern: string): boolean {
  return pattern === '+' || pattern.startsWith('+/') || pattern.includes('/+')
}

/** Whether `a` has lower priority than `b`: the five rules of https://openbao.org/docs/concepts/policies/#policy-syntax */
function isWeaker(a: string, b: string): boolean {
  const wildcardAt = (pattern: string) => (hasSegmentWildcard(pattern) ? pattern.indexOf('+') : pattern.length - 1)
  if (wildcardAt(a) !== wildcardAt(b)) return wildcardAt(a) < wildcardAt(b)
  if (a.endsWith('*') !== b.endsWith('*')) return a.endsWith('*')
  const count = (pattern: string) =>
    hasSegmentWildcard(pattern)
      ? pattern
          .replace(/\*$/, '')
          .split('/')
          .filter((s) => s === '+').length
      : 0
  if (count(a) !== count(b)) return count(a) > count(b)
  const bare = (pattern: string) => pattern.replace(/\*$/, '')
  if (bare(a).length !== bare(b).length) return bare(a).length < bare(b).length
  return bare(a) < bare(b)
}

const isWild = (pattern: string) => pattern.endsWith('*') || hasSegmentWildcard(pattern)

function winner(paths: readonly string[], path: string): string | undefined {
  let best: string | undefined
  for (const candidate of paths)
    if (isWild(candidate) && matches(candidate, path) && (best === undefined || isWeaker(best, candidate)))
      best = candidate
  return best
}

/** The rules of all policies that decide on a path: those of the one pattern that wins. */
export function winningRules<R extends ReferenceRule>(
  rules: readonly R[],
  path: string,
  listing: boolean,
  nowMs: number,
): readonly R[] {
  const live = rules.filter(({ expiresAtMs }) => expiresAtMs === undefined || nowMs <= expiresAtMs)
  const paths = live.map((rule) => rule.path)
  const exact = (wanted: string) => paths.find((candidate) => !isWild(candidate) && candidate === wanted)
  const bare = listing && path.endsWith('/') ? path.slice(0, -1) : undefined
  const won =
    exact(path) ??
    (bare === undefined ? undefined : exact(bare)) ??
    winner(paths, path) ??
    (bare === undefined ? undefined : winner(paths, bare))
  return live.filter((rule) => rule.path === won)
}

/** Whether some rule that holds denies the path, however closely others fit it. */
export function isDeniedSomewhere(
  rules: readonly ReferenceRule[],
  path: string,
  listing: boolean,
  nowMs: number,
): boolean {
  const paths = listing && path.endsWith('/') ? [path, path.slice(0, -1)] : [path]
  return rules.some(
    ({ path: pattern, capabilities, expiresAtMs }) =>
      capabilities.includes('deny') &&
      (expiresAtMs === undefined || nowMs <= expiresAtMs) &&
      paths.some((one) => matches(pattern, one)),
  )
}

/** What the rules of one path give together: nothing where one of them denies. */
export function grantedBy(rules: readonly ReferenceRule[]): ReadonlySet<string> {
  const granted = new Set(rules.flatMap((rule) => rule.capabilities))
  return granted.has('deny') ? new Set() : granted
}

/** Lists of one name add up; an empty one, which means any value, outlives all others. */
function added(sets: readonly (ReferenceConditions['allowed'] | undefined)[]): ReadonlyMap<string, readonly Scalar[]> {
  const all = new Map<string, readonly Scalar[]>()
  for (const rules of sets) {
    for (const [raw, values] of Object.entries(rules ?? {})) {
      const name = raw.toLowerCase()
      const earlier = all.get(name)
      const any = values.length === 0 || earlier?.length === 0
      all.set(name, any ? [] : [...(earlier ?? []), ...values])
    }
  }
  return all
}

function globbed(pattern: string, text: string): boolean {
  if (pattern.length < 2) return pattern === text
  const head = pattern.startsWith('*') ? '.*' : ''
  const tail = pattern.endsWith('*') ? '.*' : ''
  const core = pattern.slice(head === '' ? 0 : 1, tail === '' ? undefined : -1)
  return new RegExp(`^${head}${RegExp.escape(core)}${tail}$`, 's').test(text)
}
const same = (value: Scalar, sent: Scalar) =>
  typeof value === 'string' && typeof sent === 'string' ? globbed(value, sent) : value === sent
/** A denied value is denied in every spelling that an engine would take for it. */
function means(value: Scalar, sent: Scalar): boolean {
  if (same(value, sent)) return true
  if (typeof value === 'string') return globbed(value, String(sent))
  const spelling = String(sent)
  // To fields that are no text, '' is false, and 0.
  if (typeof value === 'boolean') return (value ? ['true', '1'] : ['false', '0', '']).includes(spelling)
  return spelling === String(value) || (value === 1 && sent === true) || (value === 0 && spelling === '')
}

export function allowsParameters(
  sets: readonly ReferenceConditions[],
  sent: Readonly<Record<string, Scalar>>,
): boolean {
  const names = Object.keys(sent)
  if (!sets.flatMap(({ required }) => required).every((name) => names.includes(name))) return false
  const denied = added(sets.map((rule) => rule.denied))
  if (denied.has('*') && names.length > 0) return false
  for (const name of names) {
    const values = denied.get(name.toLowerCase())
    if (values !== undefined && (values.length === 0 || values.some((value) => means(value, sent[name] as Scalar))))
      return false
  }
  const allowed = added(sets.map((rule) => rule.allowed))
  if (allowed.size === 0 || (allowed.size === 1 && allowed.has('*'))) return true
  return names.every((name) => {
    const values = allowed.get(name.toLowerCase())
    if (values === undefined) return allowed.has('*')
    return values.length === 0 || values.some((value) => same(value, sent[name] as Scalar))
  })
}

/** The shorter of the bounds that there are. */
export const shortest = (bounds: readonly number[]) => {
  const set = bounds.filter((bound) => bound > 0)
  return set.length === 0 ? 0 : Math.min(...set)
}
/** A bound of either kind means that the answer must be wrapped. `ttl` in seconds. */
export function allowsWrapping(sets: readonly ReferenceConditions[], ttl: number | undefined): boolean {
  const least = shortest(sets.map((rule) => rule.least))
  const most = shortest(sets.map((rule) => rule.most))
  if (least === 0 && most === 0) return true
  return ttl !== undefined && ttl >= least && (most === 0 || ttl <= most)
}

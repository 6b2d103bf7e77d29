/** How the path of a rule matches, and which of several matching rules wins. */

/** `exact`: the path itself. `prefix`: `text` is what stands before the final '*'. `segments`: has '+' segments, maybe a final '*'. */
export interface Pattern {
  readonly kind: 'exact' | 'prefix' | 'segments'
  /** Without the final '*'. */
  readonly text: string
  readonly open: boolean
}

/** Undefined for a path with '+*', which could only come out of a template's value. */
export function patternOf(path: string): Pattern | undefined {
  if (path.includes('+*')) return undefined
  const open = path.endsWith('*')
  const text = open ? path.slice(0, -1) : path
  if (path === '+' || path.startsWith('+/') || path.includes('/+')) return { kind: 'segments', text, open }
  return { kind: open ? 'prefix' : 'exact', text, open }
}

/** Whether the pattern alone would govern the path; of a listing, also the path without its final '/'. */
export function patternFits(pattern: Pattern, path: string, listing: boolean): boolean {
  return fits(pattern, path) || (listing && path.endsWith('/') && fits(pattern, path.slice(0, -1)))
}

function fits({ kind, text, open }: Pattern, path: string): boolean {
  if (kind === 'exact') return path === text
  if (kind === 'prefix') return path.startsWith(text)
  const wanted = text.split('/')
  const parts = path.split('/')
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false
  // Of an open pattern the last segment is a beginning, which a '+' there is taken for as it is written.
  return wanted.every((segment, i) => {
    const part = parts[i] as string
    if (open && i === wanted.length - 1) return part.startsWith(segment)
    return segment === '+' || segment === part
  })
}

interface Standing {
  readonly wildcardAt: number
  readonly open: boolean
  readonly wildcards: number
  readonly length: number
  readonly bytes: Buffer
}

function standing({ kind, text, open }: Pattern): Standing {
  const bytes = Buffer.from(text)
  const plus = kind === 'segments' ? bytes.indexOf('+') : -1
  const wildcards = kind === 'segments' ? text.split('/').filter((segment) => segment === '+').length : 0
  return { wildcardAt: plus < 0 ? bytes.length : plus, open, wildcards, length: bytes.length, bytes }
}

/**
 * Vault's priority among patterns that are not exact, the weakest first: the first wildcard earlier; open at the end; more
 * '+' segments; shorter; lexicographically smaller. Lengths and positions count UTF-8 bytes.
 * https://openbao.org/docs/concepts/policies/#policy-syntax
 */
export function byPriority(patterns: readonly Pattern[]): readonly Pattern[] {
  return patterns
    .map((pattern) => ({ pattern, ...standing(pattern) }))
    .toSorted(
      (a, b) =>
        a.wildcardAt - b.wildcardAt ||
        Number(b.open) - Number(a.open) ||
        b.wildcards - a.wildcards ||
        a.length - b.length ||
        Buffer.compare(a.bytes, b.bytes),
    )
    .map(({ pattern }) => pattern)
}

import { parametersOf, type Route } from '../../engines/engine.ts'

/**
 * A mount's rows, compiled once. The most specific row wins whatever the order of the rows: segment by segment, a literal
 * beats a parameter, a parameter beats a rest. Two rows of which neither is more specific, though one path fits both, are
 * a mistake in the table and fail the start.
 */

export interface Match<S = unknown> {
  readonly route: Route<S>
  /** Values of the pattern's parameters, in its order. */
  readonly params: Readonly<Record<string, string>>
  /** Whether each of them can be what it names. Where not, the row says who may ask, but there is no such path. */
  readonly isPath: boolean
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string; readonly least: 0 | 1 }

interface Row<S> {
  readonly route: Route<S>
  readonly shapes: readonly (readonly [param: string, shape: RegExp])[]
  readonly segments: readonly Segment[]
  /** Whether a path may end in '/': a folder that is listed, or a rest that says itself what that means. */
  readonly isFolder: boolean
}

/** More than a path has. Of a text that is split without a limit V8 remembers the parts, which costs more than to split it. */
const PARTS_MAX = 1_000_000

export class RouteClash extends Error {
  override readonly name = 'RouteClash'
}

export class RouteTable<S = unknown> {
  readonly routes: readonly Route<S>[]
  /** Rows without parameters, by path: most of `sys` is found here at once. */
  readonly #exact = new Map<string, Match<S>>()
  /** How long those are: a map makes each text that it is asked for V8's for good, which paths of requests need not be. */
  readonly #exactLengths = new Set<number>()
  /** The other rows, by what a path begins with: those whose first segment that is, and those that begin with a parameter. */
  readonly #byFirst = new Map<string, readonly Row<S>[]>()
  /** Those alone that begin with a parameter. */
  readonly #others: readonly Row<S>[]

  /** Throws RouteClash. */
  constructor(routes: readonly Route<S>[]) {
    this.routes = routes
    const rows = routes.map(rowOf)
    refuseClashes(rows)
    // More specific rows first, so that the first match is the right one.
    const sorted = rows.toSorted((a, b) => bySpecificity(a.segments, b.segments))
    this.#others = sorted.filter((row) => firstOf(row) === undefined)
    for (const first of new Set(sorted.map(firstOf))) {
      if (first === undefined) continue
      this.#byFirst.set(
        first,
        sorted.filter((row) => [first, undefined].includes(firstOf(row))),
      )
    }
    for (const { route, segments } of rows) {
      if (!segments.every((segment) => segment.kind === 'literal')) continue
      this.#exact.set(route.pattern, { route, params: {}, isPath: true })
      this.#exactLengths.add(route.pattern.length)
    }
  }

  /** The row for a path relative to the mount. Where it ends in '/', only those of folders are meant, and what is listed is one. */
  match(path: string): Match<S> | undefined {
    const isFolder = path.endsWith('/')
    const bare = isFolder ? path.slice(0, -1) : path
    const exact = !isFolder && this.#exactLengths.has(bare.length) ? this.#exact.get(bare) : undefined
    if (exact !== undefined) return exact
    const parts = bare === '' ? [] : bare.split('/', PARTS_MAX)
    for (const row of this.#byFirst.get(parts[0] ?? '') ?? this.#others) {
      if (isFolder && !row.isFolder) continue
      const params: Record<string, string> = {}
      if (fits(row.segments, 0, parts, 0, params)) return { route: row.route, params, isPath: areShaped(row, params) }
    }
    return undefined
  }
}

function rowOf<S>(route: Route<S>): Row<S> {
  const { operations, pattern, closingSlash } = route
  const segments = segmentsOf(pattern)
  const lists = operations.list !== undefined || operations.scan !== undefined
  const shapes = parametersOf(pattern).flatMap((name): [string, RegExp][] => {
    const shape = route.fields[name]?.shape
    return shape === undefined ? [] : [[name, shape]]
  })
  return { route, shapes, segments, isFolder: closingSlash ?? (lists || segments.at(-1)?.kind === 'rest') }
}

function areShaped({ shapes }: Pick<Row<never>, 'shapes'>, params: Readonly<Record<string, string>>): boolean {
  for (const [name, shape] of shapes) if (!shape.test(params[name] ?? '')) return false
  return true
}

/** The literal that a row's paths begin with, if any. */
function firstOf<S>({ segments: [first] }: Row<S>): string | undefined {
  return first?.kind === 'literal' ? first.text : undefined
}

function segmentsOf(pattern: string): readonly Segment[] {
  return pattern === '' ? [] : pattern.split('/').map(segmentOf)
}

function segmentOf(text: string): Segment {
  if (!text.startsWith(':')) return { kind: 'literal', text }
  if (text.endsWith('**')) return { kind: 'rest', name: text.slice(1, -2), least: 0 }
  if (text.endsWith('*')) return { kind: 'rest', name: text.slice(1, -1), least: 1 }
  return { kind: 'param', name: text.slice(1) }
}

function fits(
  segments: readonly Segment[],
  at: number,
  parts: readonly string[],
  from: number,
  params: Record<string, string>,
): boolean {
  const segment = segments[at]
  if (segment === undefined) return from === parts.length
  if (segment.kind === 'rest') return fitsRest(segment, segments, at, parts, from, params)
  const part = parts[from]
  if (part === undefined) return false
  if (segment.kind === 'literal') {
    return part === segment.text && fits(segments, at + 1, parts, from + 1, params)
  }
  if (!fits(segments, at + 1, parts, from + 1, params)) return false
  params[segment.name] = part
  return true
}

/** A rest takes as much as what stands behind it allows: literals behind it are the path's last segments. */
function fitsRest(
  segment: Segment & { kind: 'rest' },
  segments: readonly Segment[],
  at: number,
  parts: readonly string[],
  from: number,
  params: Record<string, string>,
): boolean {
  const behind = segments.length - at - 1
  const end = parts.length - behind
  if (end - from < segment.least) return false
  if (behind > 0 && !fits(segments, at + 1, parts, end, params)) return false
  params[segment.name] = parts.slice(from, end).join('/')
  return true
}

const RANK = { literal: 0, param: 1, rest: 2 } as const

function bySpecificity(a: readonly Segment[], b: readonly Segment[]): number {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a[i]
    const right = b[i]
    // A row that goes on behind a rest (`:path*/tune`) is more specific than one that ends there.
    if (left === undefined || right === undefined) return b.length - a.length
    const difference = RANK[left.kind] - RANK[right.kind]
    if (difference !== 0) return difference
  }
  return 0
}

function refuseClashes<S>(rows: readonly Row<S>[]): void {
  for (const [index, row] of rows.entries()) {
    for (const other of rows.slice(0, index)) {
      const left = row.segments
      const right = other.segments
      if (!overlap(left, 0, right, 0) || covers(left, right) !== covers(right, left)) continue
      throw new RouteClash(`routes '${other.route.pattern}' and '${row.route.pattern}' match the same path`)
    }
  }
}

/** Whether some path fits both. */
function overlap(a: readonly Segment[], i: number, b: readonly Segment[], j: number): boolean {
  const left = a[i]
  const right = b[j]
  if (left === undefined && right === undefined) return true
  if (left?.kind === 'rest') return overlapRest(left, a, i, b, j)
  if (right?.kind === 'rest') return overlapRest(right, b, j, a, i)
  if (left === undefined || right === undefined) return false
  if (left.kind === 'literal' && right.kind === 'literal' && left.text !== right.text) return false
  return overlap(a, i + 1, b, j + 1)
}

function overlapRest(
  rest: Segment & { kind: 'rest' },
  a: readonly Segment[],
  i: number,
  b: readonly Segment[],
  j: number,
): boolean {
  // The rest of `a` swallows any number of segments of `b` (a rest in `b` may stand for many: then anything goes).
  if (b.slice(j).some((segment) => segment.kind === 'rest')) return tailsOverlap(a, b)
  for (let taken = rest.least; j + taken <= b.length; taken++) {
    if (overlap(a, i + 1, b, j + taken)) return true
  }
  return false
}

/** With a rest in both, what stands behind the rests decides. */
function tailsOverlap(a: readonly Segment[], b: readonly Segment[]): boolean {
  for (let back = 1; ; back++) {
    const left = a.at(-back)
    const right = b.at(-back)
    if (left === undefined || right === undefined || left.kind === 'rest' || right.kind === 'rest') return true
    if (left.kind === 'literal' && right.kind === 'literal' && left.text !== right.text) return false
  }
}

/** Whether every path that fits `narrow` fits `wide`. Conservative: false when in doubt. */
function covers(wide: readonly Segment[], narrow: readonly Segment[]): boolean {
  const cover = (i: number, j: number): boolean => {
    const outer = wide[i]
    const inner = narrow[j]
    if (outer === undefined) return inner === undefined
    if (outer.kind === 'rest') {
      const behind = wide.length - i - 1
      const end = narrow.length - behind
      const taken = narrow.slice(j, end)
      const least = taken.reduce((sum, segment) => sum + (segment.kind === 'rest' ? segment.least : 1), 0)
      return (
        least >= outer.least && end >= j && wide.slice(i + 1).every((segment, k) => coversOne(segment, narrow[end + k]))
      )
    }
    return coversOne(outer, inner) && cover(i + 1, j + 1)
  }
  return cover(0, 0)
}

function coversOne(wide: Segment, narrow: Segment | undefined): boolean {
  if (narrow === undefined || narrow.kind === 'rest' || wide.kind === 'rest') return false
  return wide.kind === 'param' || (narrow.kind === 'literal' && narrow.text === wide.text)
}

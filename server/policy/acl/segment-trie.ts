import { PrefixIndex } from './prefix-index.ts'

/** Something with a place in the order of priority: the greatest wins. */
export interface Ranked {
  readonly rank: number
}

interface Node<T> {
  literals: Map<string, Node<T>> | undefined
  plus: Node<T> | undefined
  /** A pattern that ends with the segment that led here. */
  exact: T | undefined
  /** Open patterns whose last, unfinished segment starts here. */
  open: Map<string, T> | undefined
  openIndex: PrefixIndex<T> | undefined
  /** The greatest rank in this subtree: what can't win is not visited. */
  maxRank: number
}

/** Patterns with '+' segments, searched segment by segment. */
export class SegmentTrie<T extends Ranked> {
  readonly #root: Node<T> = emptyNode()
  #best: T | undefined

  constructor(patterns: Iterable<{ readonly text: string; readonly open: boolean; readonly value: T }>) {
    for (const pattern of patterns) this.#add(pattern.text, pattern.open, pattern.value)
    finish(this.#root)
  }

  #add(text: string, open: boolean, value: T): void {
    const segments = text.split('/')
    const unfinished = open ? segments.pop() : undefined
    let node = this.#root
    for (const segment of segments) node = childOf(node, segment)
    if (unfinished === undefined) {
      node.exact = value
      return
    }
    node.open ??= new Map()
    node.open.set(unfinished, value)
  }

  /** The matching pattern of greatest rank, if that is above `floor`'s. */
  best(path: string, floor: T | undefined): T | undefined {
    this.#best = floor
    this.#visit(this.#root, path, 0)
    const best = this.#best
    this.#best = undefined
    return best
  }

  #offer(candidate: T | undefined): void {
    if (candidate !== undefined && candidate.rank > (this.#best?.rank ?? -1)) this.#best = candidate
  }

  #visit(node: Node<T>, path: string, offset: number): void {
    if (node.maxRank <= (this.#best?.rank ?? -1)) return
    if (node.openIndex !== undefined) this.#offer(node.openIndex.longest(path, offset))
    const slash = path.indexOf('/', offset)
    const literal = node.literals?.get(slash < 0 ? path.slice(offset) : path.slice(offset, slash))
    if (slash < 0) {
      this.#offer(literal?.exact)
      this.#offer(node.plus?.exact)
    } else {
      if (literal !== undefined) this.#visit(literal, path, slash + 1)
      if (node.plus !== undefined) this.#visit(node.plus, path, slash + 1)
    }
  }
}

function emptyNode<T>(): Node<T> {
  return { literals: undefined, plus: undefined, exact: undefined, open: undefined, openIndex: undefined, maxRank: -1 }
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  if (segment === '+') {
    node.plus ??= emptyNode()
    return node.plus
  }
  let child = node.literals?.get(segment)
  if (child === undefined) {
    child = emptyNode()
    node.literals ??= new Map()
    node.literals.set(segment, child)
  }
  return child
}

/** Recursion is as deep as a path has segments, which the bound on a path's length keeps far from the stack's end. */
function finish<T extends Ranked>(node: Node<T>): number {
  let max = node.exact?.rank ?? -1
  for (const { rank } of node.open?.values() ?? []) max = Math.max(max, rank)
  for (const child of node.literals?.values() ?? []) max = Math.max(max, finish(child))
  if (node.plus !== undefined) max = Math.max(max, finish(node.plus))
  if (node.open !== undefined) node.openIndex = new PrefixIndex(node.open)
  node.maxRank = max
  return max
}

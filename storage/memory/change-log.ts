import { CHANGES_KEPT, type Changes, type ListCheck, type Revision } from '../backend.ts'

interface Change {
  readonly revision: Revision
  readonly path: string
  /** Whether the path was created or deleted, rather than given a new value. */
  readonly membership: boolean
}

/** The newest changes, oldest first. What is older than `#floor` is forgotten. */
export class ChangeLog {
  #changes: Change[] = []
  #floor: Revision = 0

  add(revision: Revision, path: string, membership: boolean): void {
    this.#changes.push({ revision, path, membership })
  }

  /** Forgets in strides, whole revisions at a time. */
  prune(): void {
    if (this.#changes.length <= CHANGES_KEPT * 1.1) return
    const newestForgotten = this.#changes[this.#changes.length - CHANGES_KEPT - 1]?.revision ?? 0
    this.#floor = newestForgotten
    this.#changes = this.#changes.filter((change) => change.revision > newestForgotten)
  }

  /** Whatever was known at an earlier revision has to be learnt anew. */
  forgetAll(revision: Revision): void {
    this.#floor = revision
    this.#changes = []
  }

  since(since: Revision, newest: Revision): Changes {
    if (since < this.#floor || since > newest) return { kind: 'resync', revision: newest }
    const last = new Map<string, Revision>()
    for (let at = this.#firstAfter(since); at < this.#changes.length; at++) {
      const { path, revision } = this.#changes[at] as Change
      last.set(path, revision)
    }
    return { kind: 'paths', paths: [...last.keys()], revisions: [...last.values()], revision: newest }
  }

  holds({ prefix, since }: ListCheck): boolean {
    if (since < this.#floor) return false
    for (let at = this.#firstAfter(since); at < this.#changes.length; at++) {
      const change = this.#changes[at]
      if (change?.membership && change.path.startsWith(prefix)) return false
    }
    return true
  }

  #firstAfter(since: Revision): number {
    let low = 0
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#changes[middle]?.revision ?? 0) <= since) low = middle + 1
      else high = middle
    }
    return low
  }
}

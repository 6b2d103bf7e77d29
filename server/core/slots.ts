/**
 * A set of things that come and go with each request, in an array whose slots are used again.
 *
 * Not a Set: one whose members come and go makes a new table every so many, the old table points to the new one, and once
 * the collector has moved one table to the old generation, all later ones and all that was in them stay with it. Under
 * load that is every request, until the next full collection (docs/decisions/0013-performance/memory.md).
 */
export class Slots<T extends object> {
  readonly #things: (T | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#things.length - this.#free.length
  }

  /** Returns the slot by which `remove` finds the thing. */
  add(thing: T): number {
    const slot = this.#free.pop() ?? this.#things.length
    this.#things[slot] = thing
    return slot
  }

  /** Once for each `add`. */
  remove(slot: number): void {
    this.#things[slot] = undefined
    this.#free.push(slot)
  }

  all(): T[] {
    return this.#things.filter((thing) => thing !== undefined)
  }
}

/** So many are found by looking at each. */
const LOOKED_THROUGH_MAX = 16

/**
 * Things by their paths, of which there are mostly few. Where a map is asked for a text, V8 makes that one of the texts
 * that it keeps once, in the old generation: of the paths of one transaction, that costs more than comparing them.
 */
export class ByPath<T extends { readonly path: string }> {
  readonly #things: T[] = []
  #places: Map<string, number> | undefined = undefined

  get size(): number {
    return this.#things.length
  }

  /** In the order in which their paths were first put. */
  all(): readonly T[] {
    return this.#things
  }

  get(path: string): T | undefined {
    const place = this.#placeOf(path)
    return place === undefined ? undefined : this.#things[place]
  }

  /** In the place of what was there. */
  put(thing: T): void {
    const place = this.#placeOf(thing.path)
    if (place !== undefined) {
      this.#things[place] = thing
      return
    }
    this.#places?.set(thing.path, this.#things.length)
    this.#things.push(thing)
    if (this.#things.length === LOOKED_THROUGH_MAX)
      this.#places = new Map(this.#things.map(({ path }, at) => [path, at]))
  }

  #placeOf(path: string): number | undefined {
    if (this.#places !== undefined) return this.#places.get(path)
    for (let at = 0; at < this.#things.length; at++) if (this.#things[at]?.path === path) return at
    return undefined
  }
}

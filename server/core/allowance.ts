/** Counts bytes against a bound, and against that of the whole which it is a part of. */
export class Allowance {
  readonly #most: number
  readonly #whole: Allowance | undefined
  #taken = 0

  constructor(most: number, whole?: Allowance) {
    this.#most = most
    this.#whole = whole
  }

  /** Whether there are so many left; takes them if so. A negative number gives back. */
  take(count: number): boolean {
    if (count > 0 && this.#taken + count > this.#most) return false
    if (this.#whole?.take(count) === false) return false
    this.#taken += count
    return true
  }
}

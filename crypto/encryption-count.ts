/**
 * With random 96-bit nonces, a key may encrypt 2^32 times before a repeated nonce becomes likelier than 2^-32 (NIST SP
 * 800-38D, section 8.3). We rotate at half of that by default, and stop at it.
 */
export const ENCRYPTIONS_MAX = 2 ** 32
export const ENCRYPTIONS_BEFORE_ROTATION = 2 ** 31

/** How many encryptions may be lost from the estimate when a process dies. */
const UNRECORDED_MAX = 65_536

/**
 * Counts the encryptions of the active term: those that every process recorded in storage, and those of this one since.
 * All namespaces count as if they shared one key, which errs on the safe side.
 */
export class EncryptionCount {
  #recorded = 0
  #unrecorded = 0
  readonly #onMany: () => void

  /** `onMany` is called when so many encryptions are unrecorded that they should be. */
  constructor(onMany: () => void) {
    this.#onMany = onMany
  }

  /** Throws when the term has reached its end and nobody could rotate: no plaintext is worth a repeated nonce. */
  add(): void {
    if (this.total >= ENCRYPTIONS_MAX)
      throw new RangeError('the active key has made as many encryptions as it safely can')
    this.#unrecorded++
    if (this.#unrecorded % UNRECORDED_MAX === 0) this.#onMany()
  }

  get total(): number {
    return this.#recorded + this.#unrecorded
  }

  get unrecorded(): number {
    return this.#unrecorded
  }

  /** `counted` of the unrecorded are now in storage, which knows of `recorded` in all. */
  record(counted: number, recorded: number): void {
    this.#unrecorded -= counted
    this.#recorded = recorded
  }

  /** A new term starts, with what storage knows about it. */
  restart(recorded: number): void {
    this.#unrecorded = 0
    this.#recorded = recorded
  }
}

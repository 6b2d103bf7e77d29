/** Whether the vault is sealed and serves, and when that changes. */
export interface SealWatch {
  readonly isSealed: boolean
  readonly isInitialized: boolean
  /** Not while it is sealed, nor while requests are refused because they can't be audited. */
  readonly isServing: boolean
  /** Tells at each change of any of them; what it returns ends that. */
  watch(listener: () => void): () => void
}

/** The state as it was last told, and who wants to hear of it. */
export class SealState implements SealWatch {
  isSealed = true
  isInitialized = false
  #isAuditFailing = false
  readonly #listeners = new Set<() => void>()

  get isServing(): boolean {
    return !this.isSealed && !this.#isAuditFailing
  }

  /** A vault that was open has been initialised. */
  set(isSealed: boolean, isInitialized = true): void {
    if (isSealed === this.isSealed && isInitialized === this.isInitialized) return
    this.isSealed = isSealed
    this.isInitialized = isInitialized
    this.#tell()
  }

  setAuditFailing(isFailing: boolean): void {
    this.#isAuditFailing = isFailing
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

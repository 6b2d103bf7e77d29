/** Whether the vault is sealed, and when that changes. */
export interface SealWatch {
  readonly isSealed: boolean
  readonly isInitialized: boolean
  /** Tells at each change; what it returns ends that. */
  watch(listener: (isSealed: boolean) => void): () => void
}

/** The state as it was last told, and who wants to hear of it. */
export class SealState implements SealWatch {
  isSealed = true
  isInitialized = false
  readonly #listeners = new Set<(isSealed: boolean) => void>()

  /** A vault that was open has been initialised. */
  set(isSealed: boolean, isInitialized = true): void {
    if (isSealed === this.isSealed && isInitialized === this.isInitialized) return
    this.isSealed = isSealed
    this.isInitialized = isInitialized
    for (const listener of this.#listeners) listener(isSealed)
  }

  watch(listener: (isSealed: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

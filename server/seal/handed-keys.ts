/** What one process gives another of the same machine so that it opens the vault too. Whoever has it erases it. */
export interface HandedKeys {
  readonly rootKey: Buffer
  /** Wraps the root key under operators' shares; null where a service does. */
  readonly unsealKey: Buffer | null
  /** The order to seal that stood when they were handed over. */
  readonly sealOrder: number
  /** Each behind those above it. */
  readonly namespaces: readonly HandedSealing[]
}

/** What a namespace was unsealed with. */
export interface HandedSealing {
  readonly id: string
  readonly key: Buffer
  /** The order to seal it that stood then. */
  readonly order: number
}

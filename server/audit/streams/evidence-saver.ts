import type { Output } from '../outputs/output.ts'
import type { EvidenceKeeper, StoredCheckpoint } from './evidence.ts'

export interface EvidenceSaverOptions {
  readonly output: Output
  readonly evidence: EvidenceKeeper
  /** Told when a checkpoint could not be put into storage. */
  readonly onEvidenceFailure: (error: unknown) => void
}

/** Puts the newest checkpoint that an output took into storage, without anybody waiting for it; one at a time. */
export class EvidenceSaver {
  readonly #options: EvidenceSaverOptions
  /** What storage does not have yet. */
  #unsaved: StoredCheckpoint | undefined
  #saving: Promise<void> | undefined

  constructor(options: EvidenceSaverOptions) {
    this.#options = options
  }

  /** In the place of any before it that is not in storage yet. */
  save(checkpoint: StoredCheckpoint): void {
    this.#unsaved = checkpoint
    this.#begin()
  }

  /** Once more what could not be saved, or came while another was being saved. */
  retry(): void {
    if (this.#unsaved !== undefined) this.#begin()
  }

  /** Resolves when the newest one is in storage, or could not be put there. */
  async settled(): Promise<void> {
    await this.#saving
    this.retry()
    await this.#saving
  }

  #begin(): void {
    this.#saving ??= this.#saveNewest().finally(() => {
      this.#saving = undefined
    })
  }

  async #saveNewest(): Promise<void> {
    const newest = this.#unsaved
    if (newest === undefined) return
    this.#unsaved = undefined
    const { output, evidence, onEvidenceFailure } = this.#options
    try {
      // Storage must not know of a line that a power failure could still take from the file.
      await output.file?.sync()
      await evidence.save(newest)
    } catch (error) {
      this.#unsaved ??= newest
      onEvidenceFailure(error)
    }
  }
}

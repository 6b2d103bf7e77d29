import type { BatchToSeal } from '../crypto/keys/sealing-thread.ts'

/** Encrypts many plaintexts at once beside the thread that serves requests. */
export interface BatchSealing {
  /** Whether a batch of now is taken. */
  readonly hasRoom: boolean
  /** Each plaintext as `Aead.seal` does it, in their order. Undefined: it was not done, and whoever asked does it. */
  seal(batch: BatchToSeal): Promise<readonly Buffer[] | undefined>
}

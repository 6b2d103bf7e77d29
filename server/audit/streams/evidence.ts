import type { CheckpointEvent } from './checkpoint.ts'

/** The newest checkpoint of one stream as storage keeps it. `seq` 0: the stream is about to begin, with `event`. */
export interface StoredCheckpoint {
  readonly node: string
  readonly stream: string
  readonly seq: number
  /** base64url, as in the line; '' while `seq` is 0. */
  readonly chain: string
  readonly time: string
  readonly event: CheckpointEvent
  readonly reason: string
  /** The line as it stands in the output, without its newline. */
  readonly line: string
}

/** Where one stream's newest checkpoint is kept, out of reach of whoever can write to the device's output. */
export interface EvidenceKeeper {
  load(): Promise<StoredCheckpoint | undefined>
  save(checkpoint: StoredCheckpoint): Promise<void>
}

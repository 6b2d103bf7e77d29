import type { ShorthandWriter } from '../records/shorthand.ts'

/**
 * Where a device's records go: one node's chain of lines on one output. Calls must not overlap, but for `drop`, `giveUp`,
 * `abandon`, and as many of `write` as `depth` says.
 */
export interface RecordStream {
  /** How many writes may be under way; they are done in their order. */
  readonly depth: number
  /** Of a stream that puts in itself what is marked in the texts of a write; those marked since the last write go with the next. */
  readonly shorthand?: ShorthandWriter
  /** Resolves when the output has all of them; rejects when it may lack some. */
  write(texts: readonly string[]): Promise<void>
  /** Opens the output, and writes the checkpoint that says how the stream goes on. */
  open(): Promise<void>
  /** About once a second: follows a file that was moved away, makes a checkpoint that is due, saves one that is not saved. */
  tick(): Promise<void>
  /** Makes a checkpoint of what was written since the last one, and sees it into storage. */
  checkpoint(): Promise<void>
  /** Files: closes with a checkpoint, opens what is at the path now. */
  reopen(): Promise<void>
  /** Ends the stream in order, if its output works, and forgets its keys. Never rejects. */
  close(): Promise<void>
  /** `count` records did not and will not get into the output: the next checkpoint tells. */
  drop(count: number): void
  /** Ends a write that has taken too long: nothing is tried again until the next call. */
  giveUp(): void
  /** Instead of `close`, for a stream whose output hangs. */
  abandon(): void
}

/** An output can't be used, and why: the message goes to the server's log as a sentence, so it holds nothing of a record. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
}

/** Where a stream's lines go. One stream alone drives an output, one call at a time. */
export interface Output {
  /** Opens or connects. Also after a failure; what was open before is given up. */
  open(): Promise<void>
  /**
   * Hands over whole lines, each ending in a newline; `ends` says where each one does. The bytes are the caller's again
   * once this settles. Rejects when not all was taken; how much was is not known then.
   */
  write(bytes: Buffer, ends: readonly number[]): Promise<void>
  /** Ends in order. Never rejects. */
  close(): Promise<void>
  /** Gives up at once: a write under way rejects as soon as the system lets it. */
  destroy(): void
  /** Of outputs that can be read back. */
  readonly file?: ReadBack
}

export interface ReadBack {
  size(): Promise<number>
  /** Bytes from `start` to `end`, fewer at the end of the file. */
  read(start: number, end: number): Promise<Buffer>
  /** Resolves when all that was written is on the disk. */
  sync(): Promise<void>
  /** Whether the path leads to another file, or none, by now. */
  moved(): Promise<boolean>
}

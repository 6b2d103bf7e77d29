import type { Output, ReadBack } from './outputs/output.ts'

/** A real output whose writes fail when told: before any byte, after some, or never ending. */
export class FaultyOutput {
  readonly #inner: Output
  readonly file: ReadBack | undefined
  /** Bytes that a failing write lets through. */
  short: number | undefined
  failures = 0
  hang: Promise<void> | undefined
  /** Writes that wait for the end of `hang`. */
  waiting = 0

  constructor(inner: Output) {
    this.#inner = inner
    this.file = inner.file
  }

  open = () => this.#inner.open()
  close = () => this.#inner.close()
  destroy = () => this.#inner.destroy()

  async write(bytes: Buffer, ends: readonly number[]): Promise<void> {
    this.waiting++
    await this.hang
    this.waiting--
    if (this.failures === 0) return this.#inner.write(bytes, ends)
    this.failures--
    if (this.short !== undefined && this.short > 0) await this.#inner.write(bytes.subarray(0, this.short), [])
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' })
  }
}

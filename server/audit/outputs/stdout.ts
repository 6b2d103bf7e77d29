import type { Writable } from 'node:stream'
import { type Output, OutputError } from './output.ts'

/** The server's standard output, which is never closed. */
export class StdoutOutput implements Output {
  readonly #stdout: Writable

  constructor(stdout: Writable) {
    this.#stdout = stdout
  }

  async open(): Promise<void> {
    if (this.#stdout.destroyed || this.#stdout.writableEnded) throw new OutputError('standard output is closed')
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((done, failed) => {
      this.#stdout.write(bytes, (error) => (error ? failed(error) : done()))
    })
  }

  async close(): Promise<void> {}

  destroy(): void {}
}

/** `file_path=discard`: for measuring, and to have `sys/audit-hash` without a log. */
export class DiscardOutput implements Output {
  async open(): Promise<void> {}

  async write(): Promise<void> {}

  async close(): Promise<void> {}

  destroy(): void {}
}

import type { Awaitable } from './backend.ts'
import type { Codec, Page, PutOptions, Stored, Tx } from './store.ts'

/** A transaction of a store as the view below `prefix` has it: for what is to be written together with rows outside the view. */
export class TxView implements Tx {
  readonly #tx: Tx
  readonly #prefix: string

  /** `prefix` ends in '/'. */
  constructor(tx: Tx, prefix: string) {
    this.#tx = tx
    this.#prefix = prefix
  }

  get<T>(path: string, codec: Codec<T>): Awaitable<T | undefined> {
    return this.#tx.get(this.#prefix + path, codec)
  }

  entry<T>(path: string, codec: Codec<T>): Awaitable<Stored<T> | undefined> {
    return this.#tx.entry(this.#prefix + path, codec)
  }

  list(prefix: string, page?: Page): Promise<string[]> {
    return this.#tx.list(this.#prefix + prefix, page)
  }

  scan(prefix: string, page?: Page): Promise<string[]> {
    return this.#tx.scan(this.#prefix + prefix, page)
  }

  put<T>(path: string, value: T, codec: Codec<T>, options?: PutOptions): void {
    this.#tx.put(this.#prefix + path, value, codec, options)
  }

  delete(path: string): void {
    this.#tx.delete(this.#prefix + path)
  }
}

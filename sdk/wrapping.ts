import type { Operation } from './operation.ts'
import type { WrapInfo } from './reply.ts'

/** An answer that waits for one reader. `client.unwrap` gives it with the type that it had. */
export class Wrapped<T> {
  /** Only the type: what `unwrap` of it gives. */
  declare readonly answer: T
  readonly accessor: string
  readonly ttlSeconds: number
  /** RFC 3339. */
  readonly creationTime: string
  readonly creationPath: string
  readonly #info: WrapInfo
  readonly #operation: Operation

  constructor(info: WrapInfo, operation: Operation) {
    this.accessor = info.accessor
    this.ttlSeconds = info.ttlSeconds
    this.creationTime = info.creationTime
    this.creationPath = info.creationPath
    this.#info = info
    this.#operation = operation
  }

  /** Whoever has it can read the answer, once. A secret. */
  get token(): string {
    return this.#info.token
  }

  /** What the answer looks like. */
  static shapeOf(wrapped: Wrapped<unknown>) {
    return wrapped.#operation.shape
  }
}

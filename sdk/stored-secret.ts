/** A version of a secret. `util.inspect` and JSON show everything of it but its data. */
export class StoredSecret<T> {
  readonly version: number
  /** RFC 3339. */
  readonly createdTime: string
  readonly #data: T

  constructor(version: number, createdTime: string, data: T) {
    this.version = version
    this.createdTime = createdTime
    this.#data = data
  }

  get data(): T {
    return this.#data
  }
}

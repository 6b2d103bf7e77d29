import type { CallOptions } from './caller.ts'
import { retryConflicts, type UpdateOptions } from './check-and-set.ts'
import { ApiError } from './errors.ts'
import { type KvReadData, type KvWriteData, Kv as Methods } from './gen/kv.ts'
import type { JsonMap } from './json.ts'
import { StoredSecret } from './stored-secret.ts'

/** Secrets with versions. */
export class Kv extends Methods {
  /** The newest version of a secret, or the one asked for. Undefined: there is none, or it is deleted. */
  async get<T = JsonMap>(
    path: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<StoredSecret<T> | undefined> {
    const { secret } = await this.#current<T>(path, options.version ?? 0, options)
    return secret
  }

  /**
   * Changes a secret so that nobody's change in between is lost: `change` is given the current data (undefined: there is
   * none, or it is deleted) and returns the whole new data, or undefined to leave everything as it is. It is called again
   * when somebody else was faster. Gives what was written, or undefined where nothing was.
   */
  update<T = JsonMap>(
    path: string,
    change: (current: T | undefined) => T | undefined | Promise<T | undefined>,
    options: UpdateOptions = {},
  ): Promise<KvWriteData | undefined> {
    const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal }
    return retryConflicts(this.retries, options, async () => {
      const { secret, newest } = await this.#current<T>(path, 0, call)
      const changed = await change(secret?.data)
      if (changed === undefined) return undefined
      const data = changed as Readonly<Record<string, unknown>>
      return (await this.write({ path, data, options: { cas: newest } }, call)).data
    })
  }

  /** With the number that a check-and-set has to name: also a deleted version has one. */
  async #current<T>(path: string, version: number, options: CallOptions) {
    try {
      const { data, metadata } = (await this.read({ path, version }, options)).data
      // What is stored is the caller's own: its type is what the caller says.
      const secret = new StoredSecret(metadata.version, metadata.created_time, data as T)
      return { secret, newest: metadata.version }
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_found') throw error
      const remains = error.reply?.data as Partial<KvReadData> | undefined
      return { secret: undefined, newest: remains?.metadata?.version ?? 0 }
    }
  }
}

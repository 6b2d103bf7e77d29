import type { CallOptions } from './caller.ts'
import { retryConflicts, type UpdateOptions } from './check-and-set.ts'
import { ifFound } from './errors.ts'
import { type FlatKvWriteData, FlatKv as Methods } from './gen/flat-kv.ts'
import type { JsonMap } from './json.ts'
import { StoredSecret } from './stored-secret.ts'

/** Secrets with versions, in the flat form. */
export class FlatKv extends Methods {
  /** The newest version of a secret, or the one asked for. Undefined: there is none. */
  async get<T = JsonMap>(
    path: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<StoredSecret<T> | undefined> {
    const found = await ifFound(this.read({ path, version: options.version ?? 0 }, options))
    // What is stored is the caller's own: its type is what the caller says.
    return found && new StoredSecret(found.data.version, found.data.created_time, found.data.data as T)
  }

  /** As `update` of the versioned form; the new version stays for `ttl` (seconds, or a duration such as `1h`). */
  update<T = JsonMap>(
    path: string,
    change: (current: T | undefined) => T | undefined | Promise<T | undefined>,
    options: UpdateOptions & { readonly ttl?: number | string } = {},
  ): Promise<FlatKvWriteData | undefined> {
    const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal }
    const ttl = options.ttl === undefined ? {} : { ttl: options.ttl }
    return retryConflicts(this.retries, options, async () => {
      const current = await this.get<T>(path, call)
      const changed = await change(current?.data)
      if (changed === undefined) return undefined
      const data = changed as Readonly<Record<string, unknown>>
      return (await this.write({ path, data, cas: current?.version ?? 0, ...ttl }, call)).data
    })
  }
}

import type { Clock, NamespaceRef } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type {
  QuotaConfig,
  QuotaDraft,
  QuotaPlace,
  QuotaService,
  Quotas,
  RateLimit,
} from '../../../engines/system/services/quotas.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import { leaseRows } from '../leases/rows.ts'
import type { Request } from '../request.ts'
import { LeaseCounter } from './lease-counter.ts'
import { Limiters } from './limiters.ts'
import { withMovedMount } from './moved-mount.ts'
import {
  type Asked,
  asksForKeptPath,
  asksForRole,
  bestOf,
  isExempt,
  NO_QUOTAS,
  type Placed,
  QUOTAS,
  QUOTAS_MAX,
  type QuotaTable,
  type QuotaTarget,
  quotaCodec,
} from './rules.ts'

/** What is known of a request before its body is read. */
export type Arriving = Pick<Request, 'namespace' | 'path' | 'data' | 'connection' | 'operation'>

export interface QuotasOptions {
  /** Root's view. */
  readonly store: Store
  readonly clock: Clock
  /** Where a request goes; undefined: to root, with its path as it is. Rejects when it goes nowhere. */
  readonly asked: (namespace: string, path: string) => Awaitable<Asked | undefined>
  /** What a quota's path means. Throws `invalid_request` when it means nothing. `role`: it must be one of an auth method with roles. */
  readonly targetOf: (path: string, role: string) => Promise<QuotaTarget>
  /** The path of a request with the names whose case means nothing as they are kept; undefined: as it is. */
  readonly keptPathOf: (request: Arriving) => Promise<string | undefined>
  /** The role of a login that has arrived whole, in small letters; undefined: none that there is. */
  readonly roleOf: (login: Arriving) => Promise<string | undefined>
}

/** A limit refuses a request. `headers`: name, value, name, value … */
export class RateLimited extends EgideError {
  readonly headers: readonly string[]
  /** Whether it is to be recorded. */
  readonly isAudited: boolean

  constructor(path: string, retryAfterSeconds: number, headers: readonly string[], isAudited: boolean) {
    super('rate_limited', `request path "${path}": rate limit quota exceeded`, { retryAfterSeconds })
    this.headers = headers
    this.isAudited = isAudited
  }
}

const NOTHING: readonly string[] = []

/** Rate limits, which each process counts for itself, and bounds on leases, which are counted in storage. */
export class QuotaBook implements QuotaService {
  readonly rateLimits: Quotas<RateLimit>
  readonly leaseCounts: QuotaService['leaseCounts']
  readonly #options: QuotasOptions
  readonly #store: Store
  readonly #limiters = new Limiters()
  readonly #counters = new Map<string, LeaseCounter>()

  constructor(options: QuotasOptions) {
    this.#options = options
    this.#store = options.store
    this.rateLimits = this.#kind('rateLimits')
    this.leaseCounts = this.#kind('leaseCounts')
  }

  #table(): Awaitable<QuotaTable> {
    const table = this.#store.get(QUOTAS, quotaCodec)
    return table instanceof Promise ? table.then((found) => found ?? NO_QUOTAS) : (table ?? NO_QUOTAS)
  }

  async config(): Promise<QuotaConfig> {
    return (await this.#table()).config
  }

  async configure(config: QuotaConfig): Promise<void> {
    await this.#change((table) => ({ ...table, config }))
  }

  /** The quotas of a mount go along when it moves. */
  async moveMount(namespace: NamespaceRef, from: string, to: string): Promise<void> {
    const { rateLimits, leaseCounts } = await this.#table()
    if (rateLimits.length + leaseCounts.length === 0) return
    await this.#change((table) => withMovedMount(table, namespace, from, to))
  }

  async #change(change: (table: QuotaTable) => QuotaTable): Promise<void> {
    await this.#store.transaction(async (tx) => {
      tx.put(QUOTAS, change((await tx.get(QUOTAS, quotaCodec)) ?? NO_QUOTAS), quotaCodec)
    })
  }

  #kind<K extends 'rateLimits' | 'leaseCounts'>(kind: K): Quotas<QuotaTable[K][number]> {
    type Q = QuotaTable[K][number]
    const all = async () => (await this.#table())[kind] as readonly Q[]
    return {
      names: async () => (await all()).map(({ name }) => name).sort(),
      get: async (name) => {
        const found = (await all()).find((quota) => quota.name === name)
        if (found === undefined) return undefined
        const { target, ...quota } = found
        return quota as unknown as Q
      },
      put: async (draft) => {
        const quota = await this.#placed(draft as QuotaDraft<QuotaPlace> & { readonly name: string })
        await this.#change((table) => {
          const others = (table[kind] as readonly Q[]).filter(({ name }) => name !== quota.name)
          const same = others.find((other) => isSame(other, quota))
          if (same !== undefined)
            throw invalid(`quota rule with similar properties exists under the name "${same.name}"`)
          if (others.length >= QUOTAS_MAX) throw new EgideError('conflict', `there are at most ${QUOTAS_MAX} quotas`)
          return { ...table, [kind]: [...others, quota] }
        })
      },
      delete: async (name) => {
        await this.#change((table) => ({
          ...table,
          [kind]: (table[kind] as readonly Q[]).filter((quota) => quota.name !== name),
        }))
      },
    }
  }

  async #placed<D extends QuotaDraft<QuotaPlace>>(draft: D) {
    const path = draft.path.replace(/^\/+/, '')
    const target = await this.#options.targetOf(path, draft.role)
    const isWhole = target.namespaceId === ROOT_NAMESPACE_ID && target.mountPath === ''
    return { ...draft, path, inheritable: draft.inheritable ?? isWhole, target }
  }

  /**
   * Takes a request that has arrived into account. The headers for its answer; undefined: its body has to be read first,
   * and this asked again with `isWhole`, since a limit is for a role. Throws RateLimited.
   */
  admit(request: Arriving, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    const table = this.#table()
    if (table instanceof Promise) return table.then((late) => this.#admit(late, request, isWhole))
    return table.rateLimits.length === 0 ? NOTHING : this.#admit(table, request, isWhole)
  }

  #admit(table: QuotaTable, request: Arriving, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    try {
      const headers = this.#ask(table, request, isWhole)
      return headers instanceof Promise
        ? headers.catch((error: unknown) => this.#askAgain(table, request, isWhole, error))
        : headers
    } catch (error) {
      return this.#askAgain(table, request, isWhole, error)
    }
  }

  /** Another process may have changed the limit: what it refuses brings no look at the store by itself, so the old one would stay. */
  async #askAgain(table: QuotaTable, request: Arriving, isWhole: boolean, error: unknown) {
    if (!(error instanceof RateLimited)) throw error
    // While the store can't be read, the limit that is known holds.
    await this.#store.refresh().catch(() => undefined)
    const newest = await this.#table()
    if (newest === table) throw error
    return this.#ask(newest, request, isWhole)
  }

  #ask(table: QuotaTable, request: Arriving, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    if (table.rateLimits.length === 0) return NOTHING
    const asked = this.#options.asked(request.namespace, request.path)
    if (asked instanceof Promise) return asked.then((late) => this.#take(table, request, late, isWhole))
    return this.#take(table, request, asked, isWhole)
  }

  #take(
    table: QuotaTable,
    request: Arriving,
    found: Asked | undefined,
    isWhole: boolean,
  ): Awaitable<readonly string[] | undefined> {
    const asked = found ?? { namespaceIds: [ROOT_NAMESPACE_ID], path: request.path }
    if (isExempt(table.config.exemptPaths, asked.path)) return NOTHING
    if (!asksForKeptPath(table.rateLimits, asked)) return this.#takeOf(table, request, asked, isWhole)
    return this.#options
      .keptPathOf(request)
      .then((keptPath) => this.#takeOf(table, request, { ...asked, keptPath }, isWhole))
  }

  #takeOf(
    { rateLimits, config }: QuotaTable,
    request: Arriving,
    asked: Asked,
    isWhole: boolean,
  ): Awaitable<readonly string[] | undefined> {
    const needsRole = asksForRole(rateLimits, asked)
    if (needsRole && !isWhole && request.operation === 'update') return undefined
    if (!needsRole || !isWhole) return this.#count({ rateLimits, config }, request, asked, undefined)
    return this.#options.roleOf(request).then((role) => this.#count({ rateLimits, config }, request, asked, role))
  }

  #count(
    { rateLimits, config }: Pick<QuotaTable, 'rateLimits' | 'config'>,
    request: Arriving,
    asked: Asked,
    role: string | undefined,
  ): readonly string[] {
    const rule = bestOf(rateLimits, asked, role)
    if (rule === undefined) return NOTHING
    const taken = this.#limiters.take(rule, request.connection.remoteAddress, this.#options.clock.now())
    const headers = config.responseHeaders
      ? [
          'X-Ratelimit-Limit',
          String(taken.limit),
          'X-Ratelimit-Remaining',
          String(taken.remaining),
          'X-Ratelimit-Reset',
          String(taken.resetSeconds),
        ]
      : NOTHING
    if (taken.isAllowed) return headers
    throw new RateLimited(`${request.namespace}${request.path}`, taken.retryAfterSeconds, headers, config.auditLogging)
  }

  /**
   * What `make` comes to, which makes a lease in a namespace. Rejects with `rate_limited` when there are as many as a quota
   * allows. `store` is the namespace's; a quota of a namespace bounds each namespace that it holds for by itself.
   */
  makeLease<T>(namespaceIds: readonly string[], store: Store, path: string, make: () => Promise<T>): Promise<T> {
    const table = this.#table()
    if (table instanceof Promise) return table.then((late) => this.#makeLease(late, namespaceIds, store, path, make))
    return table.leaseCounts.length === 0 ? make() : this.#makeLease(table, namespaceIds, store, path, make)
  }

  #makeLease<T>(
    { leaseCounts }: QuotaTable,
    namespaceIds: readonly string[],
    store: Store,
    path: string,
    make: () => Promise<T>,
  ): Promise<T> {
    const rule = bestOf(leaseCounts, { namespaceIds, path }, undefined)
    if (rule === undefined) return make()
    const { target, maxLeases } = rule
    const key = `${namespaceIds[namespaceIds.length - 1]} ${target.mountPath}${target.suffix}`
    return this.#counterOf(key).make(maxLeases, () => leasesAt(target, store, maxLeases), make)
  }

  #counterOf(key: string): LeaseCounter {
    const known = this.#counters.get(key)
    if (known !== undefined) return known
    const made = new LeaseCounter(this.#options.clock)
    const [oldest] = this.#counters.keys()
    if (this.#counters.size > 2 * QUOTAS_MAX && oldest !== undefined) this.#counters.delete(oldest)
    this.#counters.set(key, made)
    return made
  }
}

/** How many leases there are at a quota's place; one more than `max` at most. */
async function leasesAt({ mountPath, suffix }: QuotaTarget, store: Store, max: number): Promise<number> {
  const limit = max + 1
  if (!suffix.endsWith('*')) {
    const below = suffix === '' ? mountPath : `${mountPath}${suffix}/`
    return (await store.scan(leaseRows.all + below, { limit })).length
  }
  const beginning = mountPath + suffix.slice(0, -1)
  const folder = beginning.slice(0, beginning.lastIndexOf('/') + 1)
  const after = beginning.slice(folder.length)
  const names = await store.scan(leaseRows.all + folder, { after, limit })
  return names.filter((name) => name.startsWith(after)).length
}

const isSame = (one: Placed<QuotaPlace>, other: Placed<QuotaPlace>): boolean =>
  one.role.toLowerCase() === other.role.toLowerCase() &&
  one.target.namespaceId === other.target.namespaceId &&
  one.target.mountPath === other.target.mountPath &&
  one.target.suffix === other.target.suffix

import type { Clock, LeaseGrant, Log, Random } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import type { Store } from '../../../storage/store.ts'
import { lifetime } from '../../auth/lifetime.ts'
import { base62 } from '../tokens/token-text.ts'
import { idOfTokenRow, isSecretLease, type LeaseEntry, leaseCodec, leaseRows, tokenLeaseCodec } from './rows.ts'

/** Tries before a lease is left for an operator as irrevocable. */
const ATTEMPTS_MAX = 6
const FIRST_RETRY_SECONDS = 10
const PAGE = 500

/** How a lease of a mount is revoked and renewed; undefined when the mount is gone. */
export interface LeaseTarget {
  readonly mountDefaultSeconds: number
  readonly mountMaxSeconds: number
  revoke(type: string, internal: Readonly<Record<string, unknown>>): Promise<void>
  /** What the engine offers, in seconds; undefined: it has no say. */
  renew(
    type: string,
    internal: Readonly<Record<string, unknown>>,
    incrementSeconds: number,
  ): Promise<number | undefined>
}

export interface LeaseManagerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  target(mountUuid: string): Promise<LeaseTarget | undefined>
}

export interface RegisteredLease {
  readonly id: string
  readonly ttlSeconds: number
  readonly renewable: boolean
  readonly warnings: readonly string[]
}

export interface FoundLease {
  readonly id: string
  readonly entry: LeaseEntry
}

/** Leases of secrets. Each is a row with an expiry: while it is idle it costs nothing but disk. */
export class LeaseManager {
  readonly #options: LeaseManagerOptions
  readonly #store: Store

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** Makes the lease durable before the secret leaves. `path` is the full path of the request. */
  async register(grant: LeaseGrant, mountUuid: string, path: string, token: string): Promise<RegisteredLease> {
    const target = await this.#options.target(mountUuid)
    const { ttlSeconds, warnings } = lifetime({
      incrementSeconds: 0,
      ttlSeconds: grant.ttlSeconds,
      periodSeconds: 0,
      maxTtlSeconds: grant.maxTtlSeconds,
      explicitMaxTtlSeconds: 0,
      mountDefaultSeconds: target?.mountDefaultSeconds ?? 0,
      mountMaxSeconds: target?.mountMaxSeconds ?? 0,
      ageSeconds: 0,
    })
    const id = `${path}/${base62(this.#options.random, 24)}`
    const nowMs = this.#options.clock.now()
    const entry: LeaseEntry = {
      mountUuid,
      type: grant.type,
      internal: grant.internal,
      token,
      issuedMs: nowMs,
      ttlSeconds,
      maxTtlSeconds: grant.maxTtlSeconds,
      renewable: grant.renewable,
      expiresAtMs: nowMs + ttlSeconds * 1000,
      lastRenewalMs: 0,
      failures: 0,
      irrevocable: '',
    }
    await this.#store.transaction(async (tx) => {
      tx.put(leaseRows.lease(id), entry, leaseCodec, { expiresAtMs: entry.expiresAtMs })
      if (token !== '') tx.put(leaseRows.ofToken(token, id), {}, tokenLeaseCodec)
    })
    return { id, ttlSeconds, renewable: grant.renewable, warnings }
  }

  async lookup(id: string): Promise<FoundLease | undefined> {
    const entry = await this.#store.get(leaseRows.lease(id), leaseCodec)
    return entry !== undefined && isSecretLease(entry) ? { id, entry } : undefined
  }

  /** Extends the lease by `incrementSeconds` (0: its usual time), within its maximum. Throws `invalid_request` when it can't be. */
  async renew(
    found: FoundLease,
    incrementSeconds: number,
  ): Promise<{ ttlSeconds: number; warnings: readonly string[] }> {
    const { id, entry } = found
    const target = await this.#options.target(entry.mountUuid)
    const nowMs = this.#options.clock.now()
    if (target === undefined || nowMs >= entry.expiresAtMs) throw invalid('lease expired')
    if (!entry.renewable) throw invalid('lease is not renewable')
    const offered = await target.renew(entry.type, entry.internal, incrementSeconds)
    const { ttlSeconds, warnings } = lifetime({
      incrementSeconds: offered ?? incrementSeconds,
      ttlSeconds: entry.ttlSeconds,
      periodSeconds: 0,
      maxTtlSeconds: entry.maxTtlSeconds,
      explicitMaxTtlSeconds: 0,
      mountDefaultSeconds: target.mountDefaultSeconds,
      mountMaxSeconds: target.mountMaxSeconds,
      ageSeconds: (nowMs - entry.issuedMs) / 1000,
    })
    const expiresAtMs = nowMs + ttlSeconds * 1000
    await this.#store.transaction(async (tx) => {
      const current = await tx.get(leaseRows.lease(id), leaseCodec)
      if (current === undefined || !isSecretLease(current)) throw invalid('lease not found')
      tx.put(leaseRows.lease(id), { ...current, expiresAtMs, lastRenewalMs: nowMs }, leaseCodec, { expiresAtMs })
    })
    return { ttlSeconds, warnings }
  }

  /** Revokes through the engine. What fails stays, due again later, and rejects with the engine's error. `force`: the lease goes whatever the engine says. */
  async revoke(id: string, force = false): Promise<void> {
    const found = await this.lookup(id)
    if (found === undefined) return
    const target = await this.#options.target(found.entry.mountUuid)
    try {
      await target?.revoke(found.entry.type, found.entry.internal)
    } catch (error) {
      this.#options.log.warn({ lease: id, err: error, force }, 'revoking a lease failed')
      if (!force) {
        await this.#putOff(found)
        throw error
      }
    }
    await this.#forget(id, found.entry.token)
  }

  /** As `revoke`, for callers that need not know of failures: they are retried. */
  async revokeQuietly(id: string): Promise<void> {
    await this.revoke(id).catch(() => undefined)
  }

  async revokeByToken(tokenHash: string): Promise<void> {
    for (const name of await this.#store.list(leaseRows.byToken(tokenHash))) {
      const id = idOfTokenRow(name)
      await this.revokeQuietly(id)
      // One that failed is retried by its own row: the token need not wait for it.
      await this.#store.transaction(async (tx) => tx.delete(leaseRows.ofToken(tokenHash, id)))
    }
  }

  /** Names below a prefix, one level, as `sys/leases/lookup/PREFIX` lists them. */
  list(prefix: string): Promise<string[]> {
    return this.#store.list(leaseRows.all + prefix)
  }

  /** Ids below a prefix ('' or ending in '/'), in pages, so that a million of them don't stand in memory at once. */
  async *ids(prefix: string): AsyncGenerator<string> {
    let after = ''
    for (;;) {
      const names = await this.#store.scan(leaseRows.all + prefix, { after, limit: PAGE })
      for (const name of names) yield prefix + name
      if (names.length < PAGE) return
      after = names[names.length - 1] ?? ''
    }
  }

  async #putOff({ id, entry }: FoundLease): Promise<void> {
    const failures = entry.failures + 1
    const irrevocable = failures >= ATTEMPTS_MAX ? `the engine failed to revoke it ${failures} times` : ''
    const expiresAtMs = this.#options.clock.now() + FIRST_RETRY_SECONDS * 1000 * 2 ** (failures - 1)
    await this.#store.transaction(async (tx) => {
      const current = await tx.get(leaseRows.lease(id), leaseCodec)
      if (current === undefined || !isSecretLease(current)) return
      const due = irrevocable === '' ? { expiresAtMs } : {}
      tx.put(leaseRows.lease(id), { ...current, failures, irrevocable, expiresAtMs }, leaseCodec, due)
    })
  }

  async #forget(id: string, token: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      tx.delete(leaseRows.lease(id))
      if (token !== '') tx.delete(leaseRows.ofToken(token, id))
    })
  }
}

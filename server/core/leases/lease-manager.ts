import type { Clock, LeaseGrant, Log, Random } from '../../../engines/engine.ts'
import { denied, EgideError, invalid } from '../../../engines/errors.ts'
import { namesInPages } from '../../../storage/pages.ts'
import type { Store } from '../../../storage/store.ts'
import { lifetime, renewedEnd, type Ttl, toldSeconds } from '../../auth/lifetime.ts'
import { type FoundToken, isFromAbove } from '../../auth/token/service.ts'
import { type LifeEvents, UNOBSERVED } from '../life-events.ts'
import { tokenCodec, tokenRows } from '../tokens/entry.ts'
import type { MayRevoke } from '../tokens/revoker.ts'
import { type LeaseQuota, NO_QUOTA } from './quota.ts'
import {
  idOfRow,
  isSecretLease,
  type LeaseEntry,
  leaseCodec,
  leaseRows,
  newLeaseName,
  tokenLeaseCodec,
} from './rows.ts'

/** Tries before a lease is left for an operator as irrevocable. */
const ATTEMPTS_MAX = 6
const FIRST_RETRY_SECONDS = 10
/** How long a revocation may run before the sweeper takes it for dead. */
const CLAIM_HELD_MS = 60_000
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
  /** What the namespace's lease ids end in; absent: nothing, as in the root namespace. */
  readonly suffix?: string
  /** Runs what makes a lease at a path; rejects with `rate_limited` when there may be no more. Absent: there may. */
  readonly quota?: LeaseQuota
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events?: LifeEvents
  target(mountUuid: string): Promise<LeaseTarget | undefined>
}

/** Whose end a lease shares. */
export interface LeaseHolder {
  /** Hash of a service token, or ''. */
  readonly token: string
  /** The lease never outlasts this moment; 0: no such bound. */
  readonly endMs: number
}

/** A batch token has no row that could take its leases along: they end with its time, and with its parent. */
export function holderOf(found: FoundToken | undefined): LeaseHolder {
  if (found === undefined) return { token: '', endMs: 0 }
  const { type, parent, expiresAtMs } = found.entry
  if (type !== 'batch') return { token: found.hash, endMs: 0 }
  const isNamedAbove = parent === '' || found.from === undefined || isFromAbove(parent)
  return { token: isNamedAbove ? parent : `${found.from}.${parent}`, endMs: expiresAtMs }
}

export interface RevokeOptions {
  /** Forget the lease whatever the engine says: what it gave out may stay valid. */
  readonly force?: boolean
  /** As TokenRevoker.revokeTree. */
  readonly mayRevoke?: MayRevoke | undefined
}

interface ClaimOptions extends Pick<RevokeOptions, 'mayRevoke'> {
  readonly onlyIfDue?: boolean
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
  readonly #events: LifeEvents
  readonly #store: Store

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#events = options.events ?? UNOBSERVED
    this.#store = options.store
  }

  /** Makes the lease durable before the secret leaves. `path` is the full path of the request. */
  async register(grant: LeaseGrant, mountUuid: string, path: string, holder: LeaseHolder): Promise<RegisteredLease> {
    const target = await this.#options.target(mountUuid)
    if (target === undefined) throw new EgideError('unavailable', 'the mount is gone')
    const granted = lifetime({
      incrementSeconds: 0,
      ttlSeconds: grant.ttlSeconds,
      periodSeconds: 0,
      maxTtlSeconds: grant.maxTtlSeconds,
      explicitMaxTtlSeconds: 0,
      mountDefaultSeconds: target.mountDefaultSeconds,
      mountMaxSeconds: target.mountMaxSeconds,
      ageSeconds: 0,
    })
    const nowMs = this.#options.clock.now()
    const id = `${path.replace(/\/$/, '')}/${newLeaseName(this.#options.random, nowMs)}${this.#options.suffix ?? ''}`
    const { ttlSeconds, warnings } = beforeEnd(granted, holder.endMs, nowMs)
    const entry = newLease(grant, { mountUuid, holder, ttlSeconds, nowMs })
    const quota = this.#options.quota ?? NO_QUOTA
    const isOwned = await quota(path, () => this.#insert(id, entry)).catch(async (error: unknown) => {
      // Nobody would ever revoke what has no lease.
      await target.revoke(grant.type, grant.internal).catch((err: unknown) => {
        this.#options.log.error({ lease: id, err }, 'a secret was made that has no lease and could not be revoked')
      })
      throw error
    })
    if (!isOwned) throw denied()
    return { id, ttlSeconds, renewable: grant.renewable, warnings }
  }

  /** False: the token was revoked meanwhile. The lease is then due at once, so that the secret goes too. */
  #insert(id: string, entry: LeaseEntry): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const isOwned =
        entry.token === '' ||
        isFromAbove(entry.token) ||
        (await tx.get(tokenRows.token(entry.token), tokenCodec)) !== undefined
      const expiresAtMs = isOwned ? entry.expiresAtMs : this.#options.clock.now()
      tx.put(leaseRows.lease(id), { ...entry, isEnding: !isOwned }, leaseCodec, { expiresAtMs })
      if (isOwned && entry.token !== '') tx.put(leaseRows.ofToken(entry.token, id), {}, tokenLeaseCodec)
      return isOwned
    })
  }

  async lookup(id: string): Promise<FoundLease | undefined> {
    const entry = await this.#store.get(leaseRows.lease(id), leaseCodec)
    return entry !== undefined && isSecretLease(entry) ? { id, entry } : undefined
  }

  /** Whether there is such a lease, be it a secret's or a token's. */
  async has(id: string): Promise<boolean> {
    return (await this.#store.get(leaseRows.lease(id), leaseCodec)) !== undefined
  }

  /** Extends the lease by `incrementSeconds` (0: its usual time), within its maximum. Throws `invalid_request` when it can't be. */
  async renew(
    found: FoundLease,
    incrementSeconds: number,
  ): Promise<{ ttlSeconds: number; warnings: readonly string[] }> {
    const { id, entry } = found
    const target = await this.#options.target(entry.mountUuid)
    if (target === undefined || this.#hasEnded(entry)) throw invalid('lease expired')
    if (!entry.renewable) throw invalid('lease is not renewable')
    const offered = await target.renew(entry.type, entry.internal, incrementSeconds)
    return this.#store.transaction(async (tx) => {
      const current = await tx.get(leaseRows.lease(id), leaseCodec)
      if (current === undefined || !isSecretLease(current) || this.#hasEnded(current)) throw invalid('lease expired')
      const nowMs = this.#options.clock.now()
      const granted = lifetime({
        incrementSeconds: offered ?? incrementSeconds,
        ttlSeconds: entry.ttlSeconds,
        periodSeconds: 0,
        maxTtlSeconds: entry.maxTtlSeconds,
        explicitMaxTtlSeconds: 0,
        mountDefaultSeconds: target.mountDefaultSeconds,
        mountMaxSeconds: target.mountMaxSeconds,
        ageSeconds: (nowMs - entry.issuedMs) / 1000,
      })
      const next = beforeEnd(granted, entry.endMs, nowMs)
      if (next.leftSeconds <= 0) throw invalid('past the max TTL, cannot renew')
      const expiresAtMs = renewedEnd(next, current.expiresAtMs, nowMs)
      tx.put(leaseRows.lease(id), { ...current, expiresAtMs, lastRenewalMs: nowMs }, leaseCodec, { expiresAtMs })
      return { ttlSeconds: toldSeconds(next), warnings: next.warnings }
    })
  }

  #hasEnded({ isEnding, expiresAtMs }: LeaseEntry): boolean {
    return isEnding || this.#options.clock.now() >= expiresAtMs
  }

  /** Revokes through the engine. A lease whose revocation fails stays, due again later, and the promise rejects. */
  async revoke(id: string, { force = false, mayRevoke }: RevokeOptions = {}): Promise<void> {
    const found = await this.#claim(id, { mayRevoke })
    if (found === undefined) return
    await this.#revokeClaimed(found, { force })
    this.#events.leaseEnded('revoked')
  }

  /** As `revoke`, if the lease's time is over: it may have been renewed since it was found due. Failures are put off. */
  async expire(id: string): Promise<void> {
    const found = await this.#claim(id, { onlyIfDue: true })
    if (found === undefined) return
    await this.#revokeClaimed(found).then(() => this.#events.leaseEnded('expired'), known)
  }

  /** As `revoke`, for callers that need not know of failures: they are retried. */
  async revokeQuietly(id: string): Promise<void> {
    await this.revoke(id).catch(known)
  }

  /** Ends the lease's time; the sweeper revokes it. One that was given up is tried again. */
  async revokeSoon(id: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const current = await tx.get(leaseRows.lease(id), leaseCodec)
      if (current === undefined || !isSecretLease(current)) return
      const expiresAtMs = this.#options.clock.now()
      const ending = { ...current, isEnding: true, failures: 0, irrevocable: '' }
      tx.delete(leaseRows.irrevocable(id))
      tx.put(leaseRows.lease(id), ending, leaseCodec, { expiresAtMs })
    })
  }

  async revokeByToken(tokenHash: string): Promise<void> {
    for (const name of await this.#store.list(leaseRows.byToken(tokenHash))) {
      const id = idOfRow(name)
      await this.revokeQuietly(id)
      // One that failed is retried by its own row: the token need not wait for it.
      await this.#store.transaction(async (tx) => tx.delete(leaseRows.ofToken(tokenHash, id)))
    }
  }

  /** Removes token leases of which `isStale` says that no token has them. Resolves with how many. */
  async tidy(isStale: (id: string) => Promise<boolean>): Promise<number> {
    let removed = 0
    for await (const id of this.ids('')) {
      if ((await this.lookup(id)) !== undefined || !(await isStale(id))) continue
      await this.#forget(id, { token: '', failures: 0 })
      removed++
    }
    return removed
  }

  /** Those that are left for an operator. */
  async *irrevocable(): AsyncGenerator<FoundLease> {
    for await (const name of this.#names(leaseRows.irrevocables)) {
      const found = await this.lookup(idOfRow(name))
      if (found !== undefined && found.entry.irrevocable !== '') yield found
    }
  }

  /** From here on it can't be renewed. Should this process die, the sweeper goes on after a while. */
  #claim(id: string, { onlyIfDue = false, mayRevoke }: ClaimOptions): Promise<FoundLease | undefined> {
    return this.#store.transaction(async (tx) => {
      if (mayRevoke !== undefined && !(await mayRevoke(tx))) return undefined
      const stored = await tx.entry(leaseRows.lease(id), leaseCodec)
      if (stored === undefined || !isSecretLease(stored.value)) return undefined
      const nowMs = this.#options.clock.now()
      if (onlyIfDue && (stored.expiresAtMs === undefined || stored.expiresAtMs > nowMs)) return undefined
      const entry = { ...stored.value, isEnding: true }
      tx.put(leaseRows.lease(id), entry, leaseCodec, { expiresAtMs: nowMs + CLAIM_HELD_MS })
      return { id, entry }
    })
  }

  async #revokeClaimed(found: FoundLease, { force = false }: RevokeOptions = {}): Promise<void> {
    const { id, entry } = found
    const target = await this.#options.target(entry.mountUuid)
    try {
      await target?.revoke(entry.type, entry.internal)
    } catch (error) {
      this.#options.log.warn({ lease: id, err: error, force }, 'revoking a lease failed')
      if (!force) {
        await this.#putOff(found)
        const reason = error instanceof EgideError ? `: ${error.message}` : ''
        throw new EgideError('invalid_request', `failed to revoke lease${reason}`, { cause: error })
      }
    }
    await this.#forget(id, entry)
  }

  /** Names below a prefix, one level, as `sys/leases/lookup/PREFIX` lists them. */
  list(prefix: string): Promise<string[]> {
    return this.#store.list(leaseRows.all + prefix)
  }

  /** Ids below a prefix ('' or ending in '/'), in pages, so that a million of them don't stand in memory at once. */
  async *ids(prefix: string): AsyncGenerator<string> {
    for await (const name of this.#names(leaseRows.all + prefix)) yield prefix + name
  }

  #names(prefix: string): AsyncGenerator<string> {
    return namesInPages(PAGE, (page) => this.#store.scan(prefix, page))
  }

  async #putOff({ id, entry }: FoundLease): Promise<void> {
    const failures = entry.failures + 1
    const irrevocable = failures >= ATTEMPTS_MAX ? `the engine failed to revoke it ${failures} times` : ''
    const retryAtMs = this.#options.clock.now() + FIRST_RETRY_SECONDS * 1000 * 2 ** (failures - 1)
    await this.#store.transaction(async (tx) => {
      const current = await tx.get(leaseRows.lease(id), leaseCodec)
      if (current === undefined || !isSecretLease(current)) return
      const due = irrevocable === '' ? { expiresAtMs: retryAtMs } : {}
      if (irrevocable !== '') tx.put(leaseRows.irrevocable(id), {}, tokenLeaseCodec)
      tx.put(leaseRows.lease(id), { ...current, failures, irrevocable }, leaseCodec, due)
    })
  }

  async #forget(id: string, { token, failures }: Pick<LeaseEntry, 'token' | 'failures'>): Promise<void> {
    await this.#store.transaction(async (tx) => {
      tx.delete(leaseRows.lease(id))
      if (failures > 0) tx.delete(leaseRows.irrevocable(id))
      if (token !== '') tx.delete(leaseRows.ofToken(token, id))
    })
  }
}

/** Refused by the engine, logged and put off; anything else is for the caller. */
function known(error: unknown): void {
  if (!(error instanceof EgideError)) throw error
}

/** No longer than the token that holds the lease; 0 for one without an end. */
function beforeEnd(granted: Ttl, endMs: number, nowMs: number): Ttl {
  if (endMs === 0) return granted
  const leftSeconds = Math.min(granted.leftSeconds, (endMs - nowMs) / 1000)
  return { ...granted, leftSeconds, ttlSeconds: Math.min(granted.ttlSeconds, Math.max(0, Math.floor(leftSeconds))) }
}

interface Issued {
  readonly mountUuid: string
  readonly holder: LeaseHolder
  readonly ttlSeconds: number
  readonly nowMs: number
}

function newLease(grant: LeaseGrant, { mountUuid, holder, ttlSeconds, nowMs }: Issued): LeaseEntry {
  return {
    mountUuid,
    type: grant.type,
    internal: grant.internal,
    token: holder.token,
    endMs: holder.endMs,
    issuedMs: nowMs,
    ttlSeconds,
    maxTtlSeconds: grant.maxTtlSeconds,
    renewable: grant.renewable,
    expiresAtMs: nowMs + ttlSeconds * 1000,
    lastRenewalMs: 0,
    isEnding: false,
    failures: 0,
    irrevocable: '',
  }
}

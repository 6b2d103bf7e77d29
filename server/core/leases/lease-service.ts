import { EgideError, invalid } from '../../../engines/errors.ts'
import type {
  IrrevocableLease,
  LeaseInfo,
  LeaseService,
  RenewedLease,
} from '../../../engines/system/services/leases.ts'
import type { TokenRevoker } from '../tokens/revoker.ts'
import { type TokenStore, tokenLeaseId } from '../tokens/token-store.ts'
import type { LeaseManager, RevokeOptions } from './lease-manager.ts'

export interface LeaseServiceOptions {
  readonly leases: LeaseManager
  readonly tokens: TokenStore
  readonly revoker: TokenRevoker
  /** A path with the names whose case means nothing as they are kept. */
  readonly keptPath: (path: string) => Promise<string>
  /** Accessor of a mount; undefined when it is gone. */
  readonly accessorOf: (mountUuid: string) => Promise<string | undefined>
}

/** Leases of secrets and of tokens as one: a token's lease is shown, listed and revoked like any other. */
export class LeaseServiceOfNamespace implements LeaseService {
  readonly #options: LeaseServiceOptions
  readonly #leases: LeaseManager

  constructor(options: LeaseServiceOptions) {
    this.#options = options
    this.#leases = options.leases
  }

  async lookup(id: string): Promise<LeaseInfo | undefined> {
    const found = await this.#leases.lookup(id)
    if (found === undefined) return this.#lookupToken(id)
    const { issuedMs, expiresAtMs, lastRenewalMs, renewable, irrevocable, isEnding } = found.entry
    return {
      id,
      issuedMs,
      expiresAtMs,
      lastRenewalMs,
      renewable: renewable && !isEnding,
      path: id.slice(0, id.lastIndexOf('/')),
      revokeError: irrevocable,
    }
  }

  async #lookupToken(id: string): Promise<LeaseInfo | undefined> {
    const found = await this.#options.tokens.lookupHash(lastPart(id))
    if (found === undefined || tokenLeaseId(found.entry, found.hash) !== id) return undefined
    const { createdMs, expiresAtMs, lastRenewalMs, renewable, path } = found.entry
    return { id, issuedMs: createdMs, expiresAtMs, lastRenewalMs, renewable, path, revokeError: '' }
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.#leases.list(prefix)
  }

  async renew(id: string, incrementSeconds: number): Promise<RenewedLease> {
    const found = await this.#leases.lookup(id)
    if (found === undefined) {
      throw invalid((await this.#leases.has(id)) ? 'tokens cannot be renewed through this endpoint' : 'lease not found')
    }
    const { ttlSeconds, warnings } = await this.#leases.renew(found, incrementSeconds)
    return { ttlSeconds, renewable: found.entry.renewable, warnings }
  }

  async revoke(id: string): Promise<void> {
    if (await this.#isToken(id)) await this.#options.revoker.revokeTree(lastPart(id))
    else await this.#leases.revoke(id)
  }

  async revokeSoon(id: string): Promise<void> {
    // A token is out of use at once in any case, and what hangs on it is retried.
    if (await this.#isToken(id)) await this.#options.revoker.revokeTree(lastPart(id))
    else await this.#leases.revokeSoon(id)
  }

  async revokePrefix(prefix: string, options: RevokeOptions = {}): Promise<void> {
    let failed: unknown
    let failures = 0
    for await (const id of this.#idsBelow(prefix)) {
      try {
        await this.#revokeAny(id, options)
      } catch (error) {
        if (!(error instanceof EgideError)) throw error
        failures++
        failed ??= error
      }
    }
    if (failed instanceof EgideError) {
      throw new EgideError('invalid_request', `${failures} leases were not revoked: ${failed.message}`, {
        cause: failed,
      })
    }
  }

  async revokePrefixSoon(prefix: string): Promise<void> {
    for await (const id of this.#idsBelow(prefix)) await this.revokeSoon(id)
  }

  async tidy(): Promise<number> {
    return this.#leases.tidy(async (id) => (await this.#lookupToken(id)) === undefined)
  }

  async irrevocable(
    limit: number,
  ): Promise<{ leases: readonly IrrevocableLease[]; counts: ReadonlyMap<string, number> }> {
    const leases: IrrevocableLease[] = []
    const counts = new Map<string, number>()
    for await (const { id, entry } of this.#leases.irrevocable()) {
      const mountAccessor = (await this.#options.accessorOf(entry.mountUuid)) ?? ''
      counts.set(mountAccessor, (counts.get(mountAccessor) ?? 0) + 1)
      if (leases.length < limit) leases.push({ id, mountAccessor, error: entry.irrevocable })
    }
    return { leases, counts }
  }

  async #revokeAny(id: string, options: RevokeOptions): Promise<void> {
    if (await this.#isToken(id)) await this.#options.revoker.revokeTree(lastPart(id), options.mayRevoke)
    else await this.#leases.revoke(id, options)
  }

  async #isToken(id: string): Promise<boolean> {
    return (await this.#leases.lookup(id)) === undefined && (await this.#leases.has(id))
  }

  /** A prefix that is itself the id of a lease means that lease. */
  async *#idsBelow(prefix: string): AsyncGenerator<string> {
    const bare = prefix.replace(/\/$/, '')
    if (await this.#leases.has(bare)) yield bare
    yield* this.#leases.ids(`${bare}/`)
    const kept = await this.#options.keptPath(bare)
    if (kept !== bare) yield* this.#leases.ids(`${kept}/`)
  }
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

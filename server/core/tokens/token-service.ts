import type { AuthGrant, Clock, Connection, IssuedAuth } from '../../../engines/engine.ts'
import { denied, invalid } from '../../../engines/errors.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { lesser, lifetime, renewedEnd, toldSeconds } from '../../auth/lifetime.ts'
import type {
  FoundToken,
  Renewal,
  RenewedToken,
  TokenEntry,
  TokenService,
  TokenSpec,
} from '../../auth/token/service.ts'
import type { NamespaceIdentity } from '../identity/identity.ts'
import type { TokenHomes } from './homes.ts'
import { issuedAuth } from './spec.ts'
import { tidyTokens } from './tidy.ts'
import type { TokenStore } from './token-store.ts'

/** What the auth mount that made a token has to say about its renewal. */
export interface TokenMount {
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  /** New terms of the token, or a refusal by throwing. */
  renewAuth(internal: Readonly<Record<string, unknown>>, connection: Connection): Promise<Partial<AuthGrant>>
}

export interface TokenServiceOptions {
  readonly store: Store
  /** Where the tokens are at home that may be used here. */
  readonly homes: () => TokenHomes
  readonly tokens: TokenStore
  readonly clock: Clock
  /** Undefined when the mount is gone. */
  readonly mount: (uuid: string) => Promise<TokenMount | undefined>
  readonly policyExists: (name: string) => Promise<boolean>
  readonly identities: NamespaceIdentity
}

/** What the token method sees of a namespace's tokens. */
export class TokenServiceOfStore implements TokenService {
  readonly #options: TokenServiceOptions

  constructor(options: TokenServiceOptions) {
    this.#options = options
  }

  async lookup(token: string): Promise<FoundToken | undefined> {
    return this.#options.homes().lookup(token)
  }

  lookupCaller(token: string): Awaitable<FoundToken | undefined> {
    return this.#options.homes().lookupCaller(token)
  }

  lookupAccessor(accessor: string): Promise<FoundToken | undefined> {
    return this.#options.tokens.lookupAccessor(accessor)
  }

  accessors(): Promise<string[]> {
    return this.#options.tokens.accessors()
  }

  create(spec: TokenSpec): Promise<IssuedAuth> {
    return this.#options.tokens.create(spec)
  }

  async renew(found: FoundToken, token: string, renewal: Renewal): Promise<RenewedToken> {
    const { tokens, clock } = this.#options
    const homes = this.#options.homes()
    const { home, hash } = homes.homeOf(found)
    if (home !== homes.own) return home.service.renew({ hash, entry: found.entry }, token, renewal)
    const next = await this.#nextLifetime(found.entry, renewal.incrementSeconds, renewal.connection)
    const nowMs = clock.now()
    const change = { expiresAtMs: renewedEnd(next, found.entry.expiresAtMs, nowMs), lastRenewalMs: nowMs }
    const renewed = await tokens.extend(found.hash, () => change)
    if (renewed === undefined) throw denied()
    return { auth: issuedAuth(token, renewed, toldSeconds(next)), warnings: next.warnings }
  }

  async #nextLifetime(entry: TokenEntry, incrementSeconds: number, connection: Connection) {
    if (entry.type === 'batch') throw invalid('batch tokens cannot be renewed')
    if (incrementSeconds < 0) throw invalid('increment cannot be negative')
    if (!entry.renewable || entry.expiresAtMs === 0) throw invalid('lease is not renewable')
    const mount = await this.#options.mount(entry.mountUuid)
    if (mount === undefined) throw invalid('the auth method that made the token is gone')
    const offered = await mount.renewAuth(entry.internal, connection)
    if (offered.renewable === false) throw invalid('lease is not renewable')
    const next = lifetime({
      incrementSeconds,
      ttlSeconds: offered.ttlSeconds ?? lastTtlSeconds(entry),
      periodSeconds: offered.periodSeconds ?? entry.periodSeconds,
      maxTtlSeconds: offered.maxTtlSeconds ?? entry.maxTtlSeconds,
      // What was set when it was made can't be lifted later.
      explicitMaxTtlSeconds: lesser(entry.explicitMaxTtlSeconds, offered.explicitMaxTtlSeconds ?? 0),
      mountDefaultSeconds: mount.defaultLeaseTtlSeconds,
      mountMaxSeconds: mount.maxLeaseTtlSeconds,
      ageSeconds: (this.#options.clock.now() - entry.createdMs) / 1000,
    })
    if (next.leftSeconds <= 0) throw invalid('past the max TTL, cannot renew')
    return next
  }

  revokeTree(hash: string): Promise<void> {
    const named = this.#named(hash)
    return named.home.revoker.revokeTree(named.hash)
  }

  revokeOrphaning(hash: string): Promise<void> {
    const named = this.#named(hash)
    return named.home.revoker.revokeOrphaning(named.hash)
  }

  #named(hash: string) {
    const named = this.#options.homes().namedBy(hash)
    if (named === undefined) throw denied()
    return named
  }

  tidy(): Promise<number> {
    return tidyTokens(this.#options.store)
  }

  policyExists(name: string): Promise<boolean> {
    return this.#options.policyExists(name)
  }

  namespacePath(found: FoundToken): string {
    return this.#options.homes().homeOf(found).home.ref.path
  }

  async identityPolicies(found: FoundToken): Promise<readonly string[]> {
    return (await this.#options.homes().subjectOf(found))?.identityPolicies ?? []
  }

  async entityOfAlias(mountAccessor: string, name: string): Promise<string> {
    const { identities, store } = this.#options
    const login = await identities.ofLogin(mountAccessor, { name, metadata: {} }, undefined)
    if (login === undefined) return ''
    const entity = await store.transaction((tx) => login.record(tx))
    return entity.id
  }
}

/** What it was given last: when it was made, or at its last renewal. */
function lastTtlSeconds({ expiresAtMs, createdMs, lastRenewalMs, ttlSeconds }: TokenEntry): number {
  return lastRenewalMs > createdMs ? Math.round((expiresAtMs - lastRenewalMs) / 1000) : ttlSeconds
}

import type { Clock, Log, NamespaceRef, Random } from '../../engines/engine.ts'
import type { PolicySubjects } from '../../engines/system/services/policies.ts'
import type { Cipher, Store } from '../../storage/store.ts'
import type { PolicyStore } from '../policy/policy-store.ts'
import { AccessKeyTokens } from './access-keys/access-key-tokens.ts'
import type { NamespaceIdentity } from './identity/identity.ts'
import { LeaseManager } from './leases/lease-manager.ts'
import { LeaseServiceOfNamespace } from './leases/lease-service.ts'
import type { LifeEvents } from './life-events.ts'
import type { MountManager } from './mounts/mount-manager.ts'
import { MountViews } from './mounts/mount-views.ts'
import type { NamespacesBelow } from './namespaces/below.ts'
import { keptPath } from './pipeline/target.ts'
import { TokenBelongings } from './tokens/belongings.ts'
import type { TokenHasher } from './tokens/hasher.ts'
import { type Home, TokenHomes } from './tokens/homes.ts'
import { TokenRevoker } from './tokens/revoker.ts'
import { TokenServiceOfStore } from './tokens/token-service.ts'
import { TokenStore } from './tokens/token-store.ts'
import { suffixOf } from './tokens/token-text.ts'
import { Wrapping } from './wrapping/wrapping.ts'

export interface TokensAndLeasesOptions {
  readonly namespace: NamespaceRef
  /** The namespace's view. */
  readonly store: Store
  readonly cipher: Cipher
  readonly hasher: TokenHasher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: LifeEvents
  readonly mounts: MountManager
  readonly policies: PolicyStore
  readonly identities: NamespaceIdentity
  /** Of the namespaces above: the nearest first, root last; none for root itself. */
  readonly above: readonly Home[]
  readonly below: NamespacesBelow
}

/** What one namespace hands out and takes back: tokens, the leases of its secrets, access keys and wrapped answers. */
export class TokensAndLeases {
  readonly tokens: TokenStore
  readonly revoker: TokenRevoker
  readonly homes: TokenHomes
  readonly tokenService: TokenServiceOfStore
  readonly leases: LeaseManager
  readonly leaseService: LeaseServiceOfNamespace
  readonly accessKeys: AccessKeyTokens
  readonly wrapping: Wrapping
  readonly policySubjects: PolicySubjects

  constructor(options: TokensAndLeasesOptions) {
    const { namespace, store, cipher, hasher, clock, random, log, events } = options
    const { mounts, policies, identities, above, below } = options
    const suffix = suffixOf(namespace.id)
    const chain = [namespace.id, ...above.map(({ ref }) => ref.id)].reverse()
    const quota = <T>(path: string, make: () => Promise<T>) => below.makeLease(chain, store, path, make)
    const livesAbove = above.length === 0 ? {} : { livesAbove: (hash: string) => this.homes.livesAbove(hash) }
    const views = new MountViews(mounts, store)
    const target = (uuid: string) => views.leaseTarget(uuid)
    const tokens = new TokenStore({ store, suffix, quota, ...livesAbove, cipher, hasher, clock, random, events })
    const leases = new LeaseManager({ store, suffix, quota, clock, random, log, events, target })
    const endBelow = (id: string, hash: string) => below.endBelow(id, `${namespace.id}.${hash}`)
    const belongings = new TokenBelongings(store, leases, () => views.cubbyhole(), endBelow)
    const revoker = new TokenRevoker({ store, clock, belongings, events })
    this.tokens = tokens
    this.leases = leases
    this.revoker = revoker
    this.tokenService = new TokenServiceOfStore({
      store,
      homes: () => this.homes,
      tokens,
      clock,
      mount: (uuid) => views.tokenMount(uuid),
      policyExists: (name) => policies.exists(name),
      identities,
    })
    const own: Home = { ref: namespace, tokens, revoker, service: this.tokenService, policies, identities }
    const homes = new TokenHomes(own, above)
    this.homes = homes
    this.leaseService = new LeaseServiceOfNamespace({
      leases,
      tokens,
      revoker,
      keptPath: async (path) => keptPath(path, await mounts.router()),
      accessorOf: async (uuid) => (await views.live(uuid))?.entry.accessor,
    })
    this.accessKeys = new AccessKeyTokens({ homes, mounts, random })
    const cubbyhole = () => views.cubbyholePrefix()
    this.wrapping = new Wrapping({ store, tokens, quota, revoker, log, events, cubbyhole })
    this.policySubjects = {
      tokenPolicies: async (token) => homes.holderOf(await homes.lookup(token)),
      accessorPolicies: async (accessor) => homes.holderOf(await tokens.lookupAccessor(accessor)),
    }
  }
}

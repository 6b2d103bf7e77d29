import type { Clock, Engine, IssuedAuth, Log, NamespaceRef, Random } from '../../engines/engine.ts'
import type { EgideError } from '../../engines/errors.ts'
import type { MountFigure } from '../../engines/figure.ts'
import type { Threads } from '../../engines/threads.ts'
import type { Awaitable, Backend } from '../../storage/backend.ts'
import { createStore, type SealedStore } from '../../storage/sealed-store.ts'
import type { Cipher } from '../../storage/store.ts'
import type { AuditBroker } from '../audit/log.ts'
import { PasswordPolicyStore } from '../policy/passwords/password-policy-store.ts'
import { PolicyStore } from '../policy/policy-store.ts'
import { NamespaceAccess } from './access/access.ts'
import type { AuditLog } from './audit-port.ts'
import { type ClusterIdentity, clusterIdentity } from './cluster-identity.ts'
import { NamespaceIdentity } from './identity/identity.ts'
import { INITIAL_MOUNTS, SERVER_MOUNTS } from './initial-mounts.ts'
import { type DueOwner, DueRows } from './leases/due-rows.ts'
import type { LifeEvents } from './life-events.ts'
import { MfaAbove } from './mfa/above.ts'
import { LoginMfa } from './mfa/login-mfa.ts'
import type { FactorServices } from './mfa/services.ts'
import { figuresOf } from './mounts/figures.ts'
import { LockedUsers } from './mounts/locked-users.ts'
import { MountManager } from './mounts/mount-manager.ts'
import { tokenKeyOf } from './namespace-keys.ts'
import type { NamespacesBelow } from './namespaces/below.ts'
import { NodeLease } from './node-lease.ts'
import { NODES, type NodeDetails, Nodes } from './nodes.ts'
import { PERIODIC_HELD_MS, PeriodicWork, runEach } from './periodic.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import { RecurringBelow } from './recurring-below.ts'
import type { Request, Response } from './request.ts'
import { TokenHasher } from './tokens/hasher.ts'
import { OWN_ROOT_PATH, OWN_TOKEN } from './tokens/spec.ts'
import { TokensAndLeases } from './tokens-and-leases.ts'
import { VersionHistory } from './version-history.ts'

/** What a process that shares the storage is called. */
export interface NodeNames {
  /** This process, in leases and the audit log; `alone` is what it would be called if it were alone. */
  readonly process: (alone: string) => string
  /** The server that it is a part of, as the others see it; undefined: there are no other servers. */
  readonly server: { readonly id: string; readonly details: () => NodeDetails } | undefined
}

export interface NamespaceParts extends Threads {
  readonly namespace: NamespaceRef
  readonly backend: Backend
  readonly cipher: Cipher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly engines: ReadonlyMap<string, Engine<never>>
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  readonly clusterName: string | undefined
  /** This node among those that share the storage; undefined: it is alone. */
  readonly node: NodeNames | undefined
  readonly version: string
  readonly events: LifeEvents
  /** Of root; the namespaces below it record in its log. */
  readonly audit: (store: SealedStore, nodeId: string) => AuditBroker
  /** Of the vault as it is open now, which may have been opened anew since; undefined: it is sealed. */
  readonly auditNow: () => AuditLog | undefined
  /** The namespaces above, the nearest first and root last; none: it is root. */
  readonly above: readonly Namespace[]
  readonly below: NamespacesBelow
  /** As PolicyStoreOptions. */
  readonly denyAlwaysWins: () => Awaitable<boolean>
  /** As StoreOptions. */
  readonly cacheBytes?: number
  readonly cacheEntries?: number
  /** Services that ask people for a second factor. */
  readonly factors: FactorServices
  /** What `system` and the token method get. */
  readonly services: (engine: Engine<never>, namespace: Namespace) => unknown
}

/** Where a namespace's rows lie in the backend. */
export const prefixOf = (namespaceId: string): string => `ns/${namespaceId}/`

/** One tenant of an open vault: its store, and all that works on it. */
export class Namespace {
  readonly ref: NamespaceRef
  readonly store: SealedStore
  readonly identity: ClusterIdentity
  readonly audit: AuditBroker
  readonly versions: VersionHistory
  readonly policies: PolicyStore
  readonly passwordPolicies: PasswordPolicyStore
  readonly mounts: MountManager
  readonly identities: NamespaceIdentity
  readonly issued: TokensAndLeases
  readonly lockedUsers: LockedUsers
  readonly mfa: LoginMfa
  readonly access: NamespaceAccess
  /** Sees to the namespace's due rows. */
  readonly due: DueOwner
  /** The nearest first, root last. */
  readonly above: readonly Namespace[]
  readonly #recurringBelow: RecurringBelow | undefined
  readonly #log: Log
  readonly nodes: Nodes | undefined
  readonly #periodic: PeriodicWork
  readonly #pipeline: Pipeline
  readonly #wiped = Promise.withResolvers<void>()
  #closed = false

  private constructor(parts: NamespaceParts, store: SealedStore, identity: ClusterIdentity, hasher: TokenHasher) {
    const { namespace, clock, random, log, events, node, above, below } = parts
    const nodeId = node?.process(identity.nodeId) ?? identity.nodeId
    this.ref = namespace
    this.store = store
    this.identity = identity
    this.above = above
    this.#recurringBelow = above.length === 0 ? undefined : new RecurringBelow({ store, clock, random, log })
    this.#log = log
    this.audit = parts.audit(store.view('audit/'), nodeId)
    this.versions = new VersionHistory(store.view('versions/'), clock)
    this.policies = new PolicyStore({
      store,
      namespace,
      clock,
      random,
      identityOf: async (entityId) => (await this.identities.subjects.ofEntity(entityId))?.view,
      denyAlwaysWins: parts.denyAlwaysWins,
      above: (id) => above.find(({ ref }) => ref.id === id)?.policies,
    })
    this.passwordPolicies = new PasswordPolicyStore({ store, random })
    const { policies } = this
    this.mounts = new MountManager({
      ...parts,
      store,
      services: (engine) => parts.services(engine, this),
      onChange: (mounts) => this.#recurringBelow?.begin(mounts),
      isNamespace: (name) => below.isNamespace(namespace.id, name),
      revokePrefix: (prefix, mayRevoke) => this.issued.leaseService.revokePrefix(prefix, { mayRevoke }),
      moveQuotas: (from, to) => below.moveQuotas(namespace, from, to),
    })
    const { mounts } = this
    const mfaAbove = new MfaAbove(above)
    const identities = new NamespaceIdentity({ namespace, mounts, mfaAbove, clock, random })
    this.identities = identities
    this.access = new NamespaceAccess({ namespace, identities, mounts, policies, clock })
    this.lockedUsers = new LockedUsers(mounts)
    this.issued = new TokensAndLeases({
      ...parts,
      store,
      hasher,
      mounts,
      policies,
      identities,
      above: above.map(({ issued }) => issued.homes.own),
    })
    const { tokens, homes, revoker, leases, wrapping } = this.issued
    this.mfa = new LoginMfa({
      namespace,
      store,
      mounts,
      identity: identities,
      above: mfaAbove,
      tokens,
      clock,
      random,
      log,
      services: parts.factors,
    })
    this.#pipeline = new Pipeline({
      namespace,
      store,
      mounts,
      tokens,
      homes,
      identity: identities,
      mfa: this.mfa,
      leases,
      wrapping,
      audit: this.audit,
      auditNow: parts.auditNow,
      whyUnavailable: () => below.whyUnavailable(namespace.id),
      events,
      clock,
      log,
      version: parts.version,
    })
    const server = node?.server
    const nodes = server && new Nodes({ store, clock, nodeId: server.id, details: server.details })
    this.nodes = nodes
    const others = nodes && { [NODES]: (name: string) => nodes.forget(name) }
    this.due = new DueRows({ store, clock, revoker, leases, mounts, others })
    const lease = new NodeLease({ store, clock, node: nodeId, path: 'periodic/lease', heldMs: PERIODIC_HELD_MS })
    this.#periodic = new PeriodicWork(lease, log)
  }

  /** Builds it over its keys. Writes only what every namespace needs to have an identity of its own. */
  static async over(parts: NamespaceParts): Promise<Namespace> {
    const { backend, cipher, random } = parts
    const jitter = (): number => random.bytes(4).readUInt32BE() / 2 ** 32
    const { cacheBytes, cacheEntries } = parts
    const prefix = prefixOf(parts.namespace.id)
    const store = createStore({ backend, cipher, prefix, jitter, cacheBytes, cacheEntries })
    await store.refresh()
    const hasher = new TokenHasher(await tokenKeyOf(store, random))
    const root = parts.above[parts.above.length - 1]
    const identity = root?.identity ?? (await clusterIdentity(store, random, parts.clusterName))
    return new Namespace(parts, store, identity, hasher)
  }

  /** Writes what a new namespace starts with. */
  async prepare(): Promise<void> {
    await this.mounts.addInitial(this.#isRoot ? INITIAL_MOUNTS : SERVER_MOUNTS)
    await this.policies.addInitial()
  }

  get #isRoot(): boolean {
    return this.above.length === 0
  }

  /** Opens the audit devices and the engines. */
  async open(): Promise<void> {
    if (this.#isRoot) await this.audit.open()
    // A vault of an earlier version lacks what the server has now.
    await this.mounts.addInitial(SERVER_MOUNTS)
    await this.mounts.router()
  }

  /** A request for this namespace, its path relative to it. `isFresh`: the store was refreshed since it came. */
  handle(request: Request, isFresh = false): Promise<Response> {
    return this.#pipeline.handle(request, isFresh)
  }

  /** Records a request that goes nowhere, as of `namespace`, and throws why. */
  refuse(request: Request, namespace: NamespaceRef, refusal: EgideError): Promise<never> {
    return this.#pipeline.refuse(request, namespace, refusal)
  }

  /** Whether nothing is under way and nobody listens. */
  get isIdle(): boolean {
    return this.#pipeline.underWay === 0 && !this.store.isFollowed
  }

  /** Refuses from here on; what was decrypted is forgotten as soon as the last request under way has ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#pipeline.close(() => this.#wipeWhenIdle())
    try {
      if (this.#isRoot) await this.audit.close()
    } finally {
      this.#wipeWhenIdle()
    }
  }

  /** Resolves when it is closed and nothing is left of what was decrypted. */
  get wiped(): Promise<void> {
    return this.#wiped.promise
  }

  /** Tells those who watch what other processes changed. */
  async pollChanges(): Promise<void> {
    await this.store.pollChanges()
  }

  /** Has those who watch looked at again: a token that ended ends what it listens to. */
  async callWatchers(): Promise<void> {
    this.store.callFollowers()
  }

  /** The engines' recurring work, if this node has the lease for it. */
  async runPeriodic(): Promise<void> {
    await this.store.refresh()
    await this.#periodic.run(await this.#recurringWork())
  }

  /** What engines tell metrics of their mounts. */
  async figures(): Promise<readonly MountFigure[]> {
    await this.store.refresh()
    const { mounts } = await this.mounts.router()
    return figuresOf(mounts)
  }

  /** Below root: what the due row PERIODIC_ROW stands for, which is put off first. */
  async runPeriodicDue(): Promise<void> {
    const { mounts } = await this.mounts.router()
    await this.#recurringBelow?.putOff(mounts)
    await runEach(await this.#recurringWork(), this.#log, () => this.#closed)
  }

  async #recurringWork() {
    const { mounts } = await this.mounts.router()
    const engines = mounts.flatMap(({ entry, engine, context }) =>
      Object.entries(engine.periodic ?? {}).map(([name, work]) => ({
        name: `${entry.path} ${name}`,
        run: () => work(context),
      })),
    )
    return [...engines, { name: 'expired policies', run: () => this.policies.tidy() }]
  }

  /** `id`: the token itself, for development servers. */
  createRootToken(id?: string): Promise<IssuedAuth> {
    return this.issued.tokens.create({
      id,
      ...OWN_TOKEN,
      policies: ['root'],
      path: OWN_ROOT_PATH,
      meta: null,
      displayName: 'root',
      ttlSeconds: 0,
    })
  }

  async revokeToken(token: string): Promise<void> {
    const { revoker, tokens } = this.issued
    await revoker.revokeTree(tokens.hashOf(token))
  }

  #wipeWhenIdle(): void {
    if (this.#pipeline.underWay > 0) return
    this.issued.tokens.clear()
    this.store.wipe()
    this.#wiped.resolve()
  }
}

import type { Clock, Engine, IssuedAuth, Log, NamespaceRef, Random } from '../../engines/engine.ts'
import { notFound } from '../../engines/errors.ts'
import type { PolicySubjects } from '../../engines/system/services/policies.ts'
import type { Backend } from '../../storage/backend.ts'
import { createStore, type SealedStore } from '../../storage/sealed-store.ts'
import type { Cipher } from '../../storage/store.ts'
import type { AuditBroker } from '../audit/log.ts'
import { PasswordPolicyStore } from '../policy/password-policy-store.ts'
import { PolicyStore } from '../policy/policy-store.ts'
import { type ClusterIdentity, clusterIdentity } from './cluster-identity.ts'
import { INITIAL_MOUNTS } from './initial-mounts.ts'
import { DueRows } from './leases/due-rows.ts'
import { LeaseManager } from './leases/lease-manager.ts'
import { LeaseServiceOfNamespace } from './leases/lease-service.ts'
import { Sweeper } from './leases/sweeper.ts'
import type { LifeEvents } from './life-events.ts'
import { MountManager } from './mounts/mount-manager.ts'
import { MountViews } from './mounts/mount-views.ts'
import { tokenKeyOf } from './namespace-keys.ts'
import { NodeLease } from './node-lease.ts'
import { NODES, type NodeDetails, Nodes } from './nodes.ts'
import { PERIODIC_HELD_MS, PeriodicWork } from './periodic.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import type { Request, Response } from './request.ts'
import { TokenBelongings } from './tokens/belongings.ts'
import { TokenHasher } from './tokens/hasher.ts'
import { TokenRevoker } from './tokens/revoker.ts'
import { TokenServiceOfStore } from './tokens/token-service.ts'
import { TokenStore } from './tokens/token-store.ts'
import { VersionHistory } from './version-history.ts'
import { Wrapping } from './wrapping/wrapping.ts'

/** What a process that shares the storage is called. */
export interface NodeNames {
  /** This process, in leases and the audit log; `alone` is what it would be called if it were alone. */
  readonly process: (alone: string) => string
  /** The server that it is a part of, as the others see it; undefined: there are no other servers. */
  readonly server: { readonly id: string; readonly details: () => NodeDetails } | undefined
}

export interface NamespaceParts {
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
  readonly audit: (store: SealedStore, nodeId: string) => AuditBroker
  /** What `system` and the token method get. */
  readonly services: (engine: Engine<never>, namespace: Namespace) => unknown
}

/** How long a node that ends what is due may pause before another goes on with it. */
const SWEEP_HELD_MS = 15_000

/** Where a namespace's rows lie in the backend. */
const prefixOf = ({ id }: NamespaceRef): string => `ns/${id}/`

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
  readonly tokens: TokenStore
  readonly tokenService: TokenServiceOfStore
  readonly leaseService: LeaseServiceOfNamespace
  readonly wrapping: Wrapping
  readonly policySubjects: PolicySubjects
  readonly #revoker: TokenRevoker
  readonly #sweeper: Sweeper
  readonly nodes: Nodes | undefined
  readonly #periodic: PeriodicWork
  readonly #pipeline: Pipeline
  readonly #clock: Clock
  #inFlight = 0
  #closed = false

  private constructor(parts: NamespaceParts, store: SealedStore, identity: ClusterIdentity, hasher: TokenHasher) {
    const { namespace, clock, random, log, events, node } = parts
    const nodeId = node?.process(identity.nodeId) ?? identity.nodeId
    this.ref = namespace
    this.store = store
    this.identity = identity
    this.#clock = clock
    this.audit = parts.audit(store.view('audit/'), nodeId)
    this.versions = new VersionHistory(store.view('versions/'), clock)
    this.policies = new PolicyStore({ store, namespace, clock, random })
    this.passwordPolicies = new PasswordPolicyStore({ store, random })
    this.tokens = new TokenStore({ store, cipher: parts.cipher, hasher, clock, random, events })
    const { tokens, policies } = this
    this.mounts = new MountManager({
      ...parts,
      store,
      services: (engine) => parts.services(engine, this),
      revokePrefix: (prefix) => this.leaseService.revokePrefix(prefix, false),
    })
    const { mounts } = this
    const views = new MountViews(mounts, store)
    const leases = new LeaseManager({ store, clock, random, log, events, target: (uuid) => views.leaseTarget(uuid) })
    const belongings = new TokenBelongings(leases, () => views.cubbyhole())
    const revoker = new TokenRevoker({ store, clock, belongings, events })
    this.#revoker = revoker
    this.tokenService = new TokenServiceOfStore({
      store,
      tokens,
      revoker,
      clock,
      mount: (uuid) => views.tokenMount(uuid),
      policyExists: (name) => policies.exists(name),
    })
    this.leaseService = new LeaseServiceOfNamespace({
      leases,
      tokens,
      revoker,
      accessorOf: async (uuid) => (await views.live(uuid))?.entry.accessor,
    })
    this.wrapping = new Wrapping({ store, tokens, revoker, log, events, cubbyhole: () => views.cubbyholePrefix() })
    this.policySubjects = {
      tokenPolicies: async (token) => (await tokens.lookup(token))?.entry.policies,
      accessorPolicies: async (accessor) => (await tokens.lookupAccessor(accessor))?.entry.policies,
    }
    this.#pipeline = new Pipeline({
      namespace,
      store,
      mounts,
      tokens,
      revoker,
      leases,
      wrapping: this.wrapping,
      aclFor: (names) => policies.aclFor(names),
      audit: this.audit,
      events,
      clock,
      log,
      version: parts.version,
    })
    const server = node?.server
    const nodes = server && new Nodes({ store, clock, nodeId: server.id, details: server.details })
    this.nodes = nodes
    const others = nodes && { [NODES]: (name: string) => nodes.forget(name) }
    const due = new DueRows({ store, clock, revoker, leases, mounts, others })
    const lease = (path: string, heldMs: number) => new NodeLease({ store, clock, node: nodeId, path, heldMs })
    const sweeping = node && lease('sweep/lease', SWEEP_HELD_MS)
    this.#sweeper = new Sweeper({
      backend: parts.backend,
      owners: new Map([[prefixOf(namespace), due]]),
      log,
      mayRun: sweeping && (() => sweeping.take()),
    })
    this.#periodic = new PeriodicWork(lease('periodic/lease', PERIODIC_HELD_MS), log)
  }

  /** Builds it over its keys. Writes only what every namespace needs to have an identity of its own. */
  static async over(parts: NamespaceParts): Promise<Namespace> {
    const { backend, cipher, random } = parts
    const jitter = (): number => random.bytes(4).readUInt32BE() / 2 ** 32
    const store = createStore({ backend, cipher, prefix: prefixOf(parts.namespace), jitter })
    await store.refresh()
    const hasher = new TokenHasher(await tokenKeyOf(store, random))
    return new Namespace(parts, store, await clusterIdentity(store, random, parts.clusterName), hasher)
  }

  /** Writes what a new namespace starts with. */
  async prepare(): Promise<void> {
    await this.mounts.addInitial(INITIAL_MOUNTS)
    await this.policies.addInitial()
  }

  /** Opens the audit devices and the engines. */
  async open(): Promise<void> {
    await this.audit.open()
    await this.mounts.router()
  }

  async handle(request: Request): Promise<Response> {
    if (request.namespace !== '') throw notFound('namespace not found')
    this.#inFlight++
    try {
      return await this.#pipeline.handle(request)
    } finally {
      this.#inFlight--
      if (this.#closed) this.#wipeWhenIdle()
    }
  }

  /** Refuses from here on; what was decrypted is forgotten as soon as the last request under way has ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#pipeline.close()
    try {
      await this.audit.close()
    } finally {
      this.#wipeWhenIdle()
    }
  }

  /** Ends what is due: tokens, leases, and what another process left unfinished. */
  async sweep(): Promise<void> {
    await this.#sweeper.sweep(this.#clock.now())
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
    const { mounts } = await this.mounts.router()
    const engines = mounts.flatMap(({ entry, engine, context }) =>
      engine.periodic === undefined ? [] : [{ name: entry.path, run: () => (engine as Engine).periodic?.(context) }],
    )
    await this.#periodic.run([...engines, { name: 'expired policies', run: () => this.policies.tidy() }])
  }

  /** `id`: the token itself, for development servers. */
  createRootToken(id?: string): Promise<IssuedAuth> {
    return this.tokens.create({
      id,
      parent: '',
      policies: ['root'],
      path: 'auth/token/root',
      meta: null,
      displayName: 'root',
      numUses: 0,
      ttlSeconds: 0,
      explicitMaxTtlSeconds: 0,
      periodSeconds: 0,
      renewable: false,
      type: 'service',
      boundCidrs: [],
      entityId: '',
      role: '',
      mountUuid: '',
      internal: {},
    })
  }

  async revokeToken(token: string): Promise<void> {
    await this.#revoker.revokeTree(this.tokens.hashOf(token))
  }

  #wipeWhenIdle(): void {
    if (this.#inFlight > 0) return
    this.tokens.clear()
    this.store.wipe()
  }
}

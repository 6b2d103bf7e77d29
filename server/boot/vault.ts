import { setTimeout as sleep } from 'node:timers/promises'
import type { RsaKeyPool } from '../../crypto/keys/rsa-pool.ts'
import type { SealingThread } from '../../crypto/keys/sealing-thread.ts'
import type { Clock, Engine, EngineContext, Log, Random } from '../../engines/engine.ts'
import { sealed } from '../../engines/errors.ts'
import type { KmsServices } from '../../engines/kms/services.ts'
import { sealRoutes } from '../../engines/system/seal/index.ts'
import type { SealOperations, SealServices } from '../../engines/system/services/seal.ts'
import type { SystemServices } from '../../engines/system/services/system.ts'
import type { Backend } from '../../storage/backend.ts'
import type { SealedStore } from '../../storage/sealed-store.ts'
import type { AuditBroker, DeclaredDevice } from '../audit/log.ts'
import { outgoingFetch } from '../auth/jwks/outgoing-fetch.ts'
import type { TokenMethodServices } from '../auth/token/service.ts'
import { type SnapshotEvents, SnapshotService } from '../backup/snapshot-service.ts'
import { VaultCore } from '../core/core.ts'
import type { LifeEvents } from '../core/life-events.ts'
import { FactorServices } from '../core/mfa/services.ts'
import { Namespace, type NodeNames } from '../core/namespace.ts'
import { Namespaces } from '../core/namespaces/namespaces.ts'
import type { NodeDetails } from '../core/nodes.ts'
import { RouteTable } from '../core/route-table.ts'
import { SealedGate } from '../core/sealed-gate.ts'
import type { ServerSettings } from '../core/settings.ts'
import { keysIn } from '../seal/keys/other-keys.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from '../seal/lifecycle.ts'
import { SealManager } from '../seal/manager.ts'
import { ENGINES } from './engines.ts'
import { NamespaceOperations, type ProcessParts } from './operations.ts'
import type { Seals } from './seals.ts'
import type { ProcessFacts } from './server-facts.ts'

export interface VaultParts extends ProcessParts {
  readonly backend: Backend
  readonly clock: Clock
  readonly random: Random
  readonly rsaKeys: RsaKeyPool
  /** Undefined: this process has no processor to spare. */
  readonly batchSealing: SealingThread | undefined
  readonly serverLog: Log
  readonly facts: ProcessFacts
  readonly settings: ServerSettings
  readonly events: LifeEvents
  readonly backups: SnapshotEvents
  readonly seals: Seals
  /** This process among those that share the storage, and its server; undefined: it is alone. Asked at each unseal. */
  readonly node:
    | (() => { readonly process: (alone: string) => string; readonly server: string | undefined })
    | undefined
  /** What the rows do to the seal, where that is not this process's own affair. */
  readonly sealOperations: (own: SealManager) => SealOperations
  readonly audit: (store: SealedStore, nodeId: string) => AuditBroker
  readonly declaredDevices: readonly DeclaredDevice[]
  /** Whether this process is working on requests. */
  readonly isServing: () => boolean
  /** Where a snapshot lies while it is looked at, before it is restored. */
  readonly spoolFolder: string
  /** Told when the vault serves, and each time it is sealed; `reopens`: for a moment, by this process for itself. */
  readonly onOpened: () => void
  readonly onSealed: (reopens: boolean) => void
}

export interface Vault {
  readonly core: VaultCore
  /** This process's own. */
  readonly seal: SealManager
  /** The server's. */
  readonly operations: SealOperations
}

const ROOT_NAMESPACE = { id: ROOT_NAMESPACE_ID, path: '' }

/** Puts the seal, the core and the engines' services together over a backend. Sealed until somebody unseals it. */
export function createVault(parts: VaultParts): Vault {
  const { backend, clock, random, serverLog, facts, settings } = parts
  const gate = new SealedGate(
    new RouteTable<SealServices>(sealRoutes),
    sealedContext(parts, () => operations),
  )
  const core: VaultCore = new VaultCore({
    log: serverLog,
    gate,
    namespaces: (keys) => openNamespaces(parts, { keys, own: seal, seal: operations, core }),
    async onOpen(root) {
      await settings.open(root.store.view('settings/'))
      await root.versions.record(parts.version, facts.buildDate)
      await root.audit.declare(parts.declaredDevices)
      await root.nodes?.echo()
      facts.opened(root.identity, root.nodes, clock.now())
      parts.onOpened()
    },
    onClose(reopens) {
      facts.closed()
      settings.close()
      parts.rsaKeys.empty()
      parts.batchSealing?.end()
      parts.onSealed(reopens)
    },
  })
  const seal: SealManager = new SealManager({
    backend,
    clock,
    random,
    log: serverLog,
    lifecycle: core,
    ...parts.seals,
  })
  const operations: SealOperations = parts.sealOperations(seal)
  return { core, seal, operations }
}

function detailsOf({ hostname, apiAddress, clusterAddress, version }: ProcessFacts): NodeDetails {
  return { hostname, apiAddress, clusterAddress, version }
}

function nodeNames({ node, facts }: VaultParts): NodeNames | undefined {
  if (node === undefined) return undefined
  const { process, server } = node()
  return { process, server: server === undefined ? undefined : { id: server, details: () => detailsOf(facts) } }
}

/** Longer than people have to answer: PingID's server holds its answer back until they have. */
const ANSWER_MAX_MS = 55_000

function factorServices({ clock, serverLog, random }: VaultParts): FactorServices {
  const fetch = outgoingFetch(
    { caPem: '', serverNames: [] },
    { callMaxMs: ANSWER_MAX_MS, keptConnections: FactorServices.askedMax },
  )
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal })
  const deadline = (ms: number) => AbortSignal.timeout(ms)
  return new FactorServices({ fetch, clock, log: serverLog, pause, deadline }, random)
}

/** What the namespaces of a vault are opened with. */
interface Opened {
  readonly keys: UnsealedKeys
  /** This process's, and the server's. */
  readonly own: SealManager
  readonly seal: SealOperations
  readonly core: VaultCore
}

function openNamespaces(parts: VaultParts, opened: Opened): Promise<Namespaces> {
  const { backend, clock, random, serverLog, config } = parts
  const { keys, core } = opened
  const node = nodeNames(parts)
  const factors = factorServices(parts)
  return Namespaces.over({
    backend,
    clock,
    random,
    log: serverLog,
    keys,
    seals: opened.seal.namespaces,
    node,
    isServing: parts.isServing,
    build: (own, vault) =>
      Namespace.over({
        ...own,
        backend,
        clock,
        random,
        rsaKeys: parts.rsaKeys,
        batchSealing: parts.batchSealing,
        log: serverLog,
        engines: ENGINES,
        defaultLeaseTtlSeconds: config.defaultLeaseTtlSeconds,
        maxLeaseTtlSeconds: config.maxLeaseTtlSeconds,
        clusterName: config.clusterName,
        factors,
        node,
        version: parts.version,
        audit: own.above.length === 0 ? parts.audit : () => vault().root.audit,
        auditNow: () => core.root?.audit,
        events: parts.events,
        services: (engine, namespace) => servicesOf(engine, namespace, { ...opened, parts, vault }),
      }),
  })
}

const NO_SERVICES = {}

/** What services work on. */
interface Behind extends Opened {
  readonly parts: VaultParts
  readonly vault: () => Namespaces
}

/** Only the server's own engines get anything of the server. */
function servicesOf(engine: Engine<never>, namespace: Namespace, behind: Behind): object {
  const { parts, keys, own, seal, vault } = behind
  if (engine.type === 'token') return { tokens: namespace.issued.tokenService } satisfies TokenMethodServices
  if (engine.type === 'kms') return { accessKeys: namespace.issued.accessKeys } satisfies KmsServices
  if (engine.type === 'identity') return namespace.identities.services(() => parts.facts.apiAddress)
  if (engine.type !== 'system') return NO_SERVICES
  return {
    access: namespace.access,
    audit: namespace.audit,
    leases: namespace.issued.leaseService,
    lockouts: namespace.lockedUsers,
    mfa: namespace.mfa,
    mounts: namespace.mounts,
    namespaces: vault().serviceFor(namespace.ref),
    operations: new NamespaceOperations(parts, namespace),
    passwordPolicies: namespace.passwordPolicies,
    policies: namespace.policies,
    policySubjects: namespace.issued.policySubjects,
    quotas: vault().quotas,
    roles: namespace.identities.roles,
    seal,
    server: parts.facts,
    snapshots: new SnapshotService({
      backend: parts.backend,
      store: namespace.store,
      identity: namespace.identity,
      keys,
      vault: {
        keysIn: async (backend) => keysIn(backend, own.vault().keys, { ...parts, log: parts.serverLog }),
        reopen: () => own.reopen(),
      },
      others: async () => (await namespace.nodes?.others()) ?? [],
      version: parts.version,
      spoolFolder: parts.spoolFolder,
      clock: parts.clock,
      random: parts.random,
      log: parts.serverLog,
      events: parts.backups,
    }),
    wrapping: namespace.issued.wrapping,
  } satisfies SystemServices
}

/** What the rows of a sealed server get: the seal and nothing that is sealed. */
function sealedContext(parts: VaultParts, seal: () => SealOperations): EngineContext<SealServices> {
  return {
    get store(): never {
      throw sealed()
    },
    namespace: ROOT_NAMESPACE,
    mount: {
      path: 'sys/',
      accessor: '',
      uuid: '',
      type: 'system',
      options: {},
      defaultLeaseTtlSeconds: parts.config.defaultLeaseTtlSeconds,
      maxLeaseTtlSeconds: parts.config.maxLeaseTtlSeconds,
    },
    clock: parts.clock,
    random: parts.random,
    log: parts.serverLog,
    services: {
      get seal() {
        return seal()
      },
      server: parts.facts,
    },
  }
}

import { availableParallelism, hostname, tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RsaKeyPool } from '../../crypto/keys/rsa-pool.ts'
import { SealingThread } from '../../crypto/keys/sealing-thread.ts'
import type { Backend } from '../../storage/backend.ts'
import type { ServerConfig, StorageConfig } from '../config/types.ts'
import type { Namespace } from '../core/namespace.ts'
import { OpenApiCache } from '../core/openapi-cache.ts'
import type { Core } from '../core/request.ts'
import { ServerSettings } from '../core/settings.ts'
import { SealState } from '../grpc/seal-watch.ts'
import { openGrpcListeners, openListeners } from '../listeners/index.ts'
import type { ServerLog } from '../observe/log.ts'
import { Metrics } from '../observe/metrics.ts'
import { ObservedBackend, type StorageObserver } from '../observe/observed-backend.ts'
import { TracedCore } from '../observe/tracing.ts'
import { exportTraces, sampledRatio, type TraceExport, tracesUrl } from '../observe/tracing-export.ts'
import { createPages } from '../pages/index.ts'
import { IN_FLIGHT_MAX, InFlight } from '../rest/in-flight.ts'
import type { Member } from '../workers/member.ts'
import { auditLogs } from './audit-log.ts'
import { AutoUnseal } from './auto-unseal.ts'
import { openBackend, refuseUnfinishedRestore } from './backend.ts'
import { Background } from './background.ts'
import { chores } from './chores.ts'
import { referenceMounts } from './engines.ts'
import { Forgetting } from './forgetting.ts'
import { configuredAddresses, nodeOf } from './node-names.ts'
import { yieldPoolThreads } from './pool-threads.ts'
import { monotonicMs, random, systemClock } from './runtime.ts'
import { openSeals, type Seals } from './seals.ts'
import { ProcessFacts } from './server-facts.ts'
import { Serving } from './serving.ts'
import { StorageClock } from './storage-clock.ts'
import { honourThreadLimits } from './thread-heaps.ts'
import { createVault, type Vault } from './vault.ts'

/** How long requests under way may take to finish when the server is told to stop. */
const GRACE_MS = 25_000
/** How long saying goodbye to other nodes may take. */
const LEAVE_MS = 2000

export interface ServerParts {
  readonly config: ServerConfig
  readonly log: ServerLog
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Its place among the processes that are one server; undefined: it is the only one. */
  readonly member?: Member | undefined
}

/** A running server: one process, its listeners, its storage, its vault. */
export interface Server {
  readonly vault: Vault
  /** URLs of the listeners, in their order. */
  readonly addresses: readonly string[]
  readonly apiAddress: string
  /** Of gRPC; undefined: it is not served. */
  readonly grpcAddress: string | undefined
  /** Reads certificates again and opens audit files anew. Resolves with what could not be; that is logged. */
  reload(): Promise<readonly string[]>
  /** Finishes what is in flight, seals and closes the storage. */
  stop(): Promise<void>
}

/** Opens storage and listeners. Throws StorageError, ListenError or ConfigError with a message for the operator. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const opened = new AsyncDisposableStack()
  try {
    return await openServer(parts, opened)
  } catch (error) {
    await opened
      .disposeAsync()
      .catch((failure: unknown) => parts.log.warn({ err: failure }, 'what had been opened could not all be closed'))
    throw error
  }
}

/** Of what it opens, `opened` ends the last first, when the server stops or could not start. */
async function openServer(parts: ServerParts, opened: AsyncDisposableStack): Promise<Server> {
  const { config, log, version, member } = parts
  honourThreadLimits()
  const own = ownParts(
    parts,
    () => vault.core.root,
    () => storageClock.aheadMs,
  )
  const { facts, inFlight, settings, seal, serving, metrics } = own
  const seals = openSeals(config.seal, systemClock, random, log)
  await yieldPoolThreads()
  const backend = new ObservedBackend(await openBackend(own.storage), storageObserver(metrics, log), monotonicMs)
  opened.defer(() => backend.close())
  await refuseUnfinishedRestore(backend)
  const storageClock = new StorageClock({ backend, clock: systemClock, monotonicMs, log })
  await storageClock.compare()
  const vault = vaultOf(parts, own, backend, seals)
  opened.defer(() => vault.seal.seal())
  const traces = await tracing(parts)
  opened.defer(() => traces?.stop())
  if (member !== undefined) {
    facts.apiAddress = config.apiAddress ?? member.apiAddress
    // Before it listens: who comes in must not find it sealed while the others serve.
    await member.join({ seal: vault.seal, metrics, inFlight: () => inFlight.list(), log })
  }
  // The others notice soon enough, should storage not answer.
  opened.defer(() => Promise.race([leave(vault), sleep(LEAVE_MS, undefined, { ref: false })]))
  const background = new Background(log)
  opened.defer(() => background.stop())
  const autoUnseal = new AutoUnseal(() => member?.start(vault.seal) ?? vault.seal.start(), log)
  opened.defer(() => autoUnseal.stop())

  const served = {
    core: traces === undefined ? vault.core : (new TracedCore(vault.core, traces.provider, version) satisfies Core),
    clock: systemClock,
    random,
    log,
    inFlight,
    observe: metrics.request,
    monotonicMs,
  }
  opened.defer(() => serving.close(GRACE_MS))
  const rest = await openListeners(config.listeners, {
    rest: { ...served, cors: () => settings.cors() },
    accessKeys: vault.core,
    pages: pagesOf(parts, vault, settings, facts),
  })
  serving.rest = rest
  facts.apiAddress = config.apiAddress ?? rest.addresses[0] ?? ''
  const { sealed, initialized } = await vault.seal.status()
  seal.set(sealed, initialized)
  const grpc = await openGrpcListeners(config.grpcListeners, { ...served, refused: metrics.grpcRefused }, seal, log)
  serving.grpc = grpc

  metrics.start()
  opened.defer(() => metrics.stop())
  background.start(chores(vault, seals, storageClock))
  void autoUnseal.begin()
  opened.defer(() => member?.leave())
  return {
    vault,
    addresses: serving.addresses,
    apiAddress: facts.apiAddress,
    grpcAddress: grpc.addresses[0],
    async reload() {
      const unread = serving.reload() ? [] : ['certificates']
      if ((await vault.core.root?.audit.reopen()) === false) unread.push('audit files')
      return unread
    },
    stop: () => opened.disposeAsync(),
  }
}

function storageObserver({ commit, look, storageFailed, undone }: Metrics, log: ServerLog): StorageObserver {
  return {
    commit,
    look,
    storageFailed,
    undone(was, is) {
      undone()
      log.error(
        { was, is },
        'the database was set back: what it had acknowledged since is lost; what was cached is forgotten',
      )
    },
  }
}

/** What a server has before it opens anything. */
interface OwnParts {
  readonly storage: StorageConfig
  readonly facts: ProcessFacts
  readonly inFlight: InFlight
  readonly settings: ServerSettings
  readonly seal: SealState
  readonly serving: Serving
  readonly metrics: Metrics
}

/** `root`: the root namespace, while the vault is open. `clockAheadMs`: as StorageClock.aheadMs. */
function ownParts(
  { config, log, version }: ServerParts,
  root: () => Namespace | undefined,
  clockAheadMs: () => number | undefined,
): OwnParts {
  const storage = config.storage ?? { type: 'inmem' }
  const facts = new ProcessFacts({
    version,
    storageType: storage.type,
    hostname: hostname(),
    clusterAddress: config.clusterAddress ?? '',
    haEnabled: storage.type === 'postgresql',
  })
  const inFlight = new InFlight(config.maxRequestsInFlight ?? IN_FLIGHT_MAX)
  const settings = new ServerSettings({ clock: systemClock, log })
  const seal = new SealState()
  const serving = new Serving()
  const metrics = new Metrics({
    version,
    isSealed: () => root() === undefined,
    isInitialized: () => seal.isInitialized,
    requestsInFlight: () => inFlight.size,
    requestsRefused: () => inFlight.refused,
    connections: () => serving.connections,
    stores: () => [root()?.store.stats()].filter((stats) => stats !== undefined),
    logStreams: () => log.streams,
    clockAheadMs,
    figures: async () =>
      (await root()
        ?.figures()
        .catch(() => [])) ?? [],
  })
  return { storage, facts, inFlight, settings, seal, serving, metrics }
}

function vaultOf(parts: ServerParts, own: OwnParts, backend: Backend, seals: Seals): Vault {
  const { config, log, version, member } = parts
  const { storage, facts, inFlight, settings, seal, serving, metrics } = own
  const addresses = () => (member === undefined ? (serving.rest?.addresses ?? []) : configuredAddresses(config))
  const forgetting = new Forgetting()
  return createVault({
    backend,
    clock: systemClock,
    random,
    rsaKeys: new RsaKeyPool(),
    // Of several processes each has a processor, and needs no second one.
    batchSealing: member === undefined && availableParallelism() > 1 ? new SealingThread() : undefined,
    serverLog: log,
    version,
    config,
    facts,
    settings,
    metrics: member?.metrics(metrics) ?? metrics,
    events: metrics,
    backups: metrics,
    seals,
    node: nodeOf(storage, member, addresses),
    spoolFolder: storage.type === 'sqlite' ? dirname(resolve(storage.path)) : tmpdir(),
    sealOperations: (alone) => member?.seal(alone) ?? alone,
    log,
    logLevel: {
      current: () => log.level,
      async change(level) {
        log.change(level)
        await member?.changeLogLevel(level)
      },
    },
    isServing: () => inFlight.working > 0,
    inFlight: async () => (member === undefined ? inFlight.list() : member.inFlight(inFlight.list())),
    audit: auditLogs(config, {
      log,
      worker: member?.worker,
      onFailure: (device) => metrics.auditFailed(device),
      onRefusing: (isRefusing) => {
        facts.isAuditFailing = isRefusing
        seal.setAuditFailing(isRefusing)
      },
    }),
    declaredDevices: config.auditDevices,
    // Whoever follows the log was let in by a token that the sealed vault can't check any more.
    onSealed: (reopens) => {
      log.endStreams()
      seal.set(true)
      if (!reopens) forgetting.sealed()
      // Siblings see for themselves that they have to open anew.
      if (!reopens) member?.onSealed()
    },
    onOpened: () => {
      seal.set(false)
      forgetting.opened()
      member?.onOpened()
    },
  })
}

function pagesOf({ config, log, version }: ServerParts, vault: Vault, settings: ServerSettings, facts: ProcessFacts) {
  const reference = new OpenApiCache()
  return createPages({
    log,
    isEnabled: () => config.ui,
    uiHeaders: () => settings.uiHeaders(),
    openApi: () => reference.document(referenceMounts(), { version }),
    status: async () => {
      const status = await vault.operations.status()
      return {
        version,
        isInitialized: status.initialized,
        isSealed: status.sealed,
        clusterName: facts.clusterName,
        sealType: status.type,
        threshold: status.threshold,
        progress: status.progress,
      }
    },
  })
}

/** Tells the other nodes, and leaves behind what only this one knows. */
async function leave({ core, seal }: Vault): Promise<void> {
  await Promise.allSettled([seal.recordUsage(), core.root?.nodes?.leave(), core.namespaces?.holders?.leave()])
}

async function tracing({ config, environment, version }: ServerParts): Promise<TraceExport | undefined> {
  const url = tracesUrl(config.telemetry.otlpEndpoint, environment)
  if (url === undefined) return undefined
  return exportTraces({
    url,
    serviceName: 'egide',
    serviceVersion: version,
    instanceId: random.uuid(),
    ratio: sampledRatio(environment),
  })
}

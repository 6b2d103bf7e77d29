import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Operation, TokenType } from '../../engines/engine.ts'
import type { MountFigure } from '../../engines/figure.ts'
import type { MetricsSummary } from '../../engines/system/services/operations.ts'
import type { StoreStats } from '../../storage/sealed-store.ts'
import { summaryOf } from './metrics-summary.ts'
import { addMountFigures } from './mount-figures.ts'
import { addProcessMetrics } from './process-metrics.ts'
import { RequestLatency } from './request-latency.ts'

/** What is asked for when metrics are read, rather than told when it happens. */
export interface MetricSources {
  readonly version: string
  isSealed(): boolean
  isInitialized(): boolean
  requestsInFlight(): number
  /** So far, because too many were in flight. */
  requestsRefused(): number
  /** Connections open now, of all listeners. */
  connections(): number
  /** Of every namespace's store; none while sealed. */
  stores(): readonly StoreStats[]
  /** Readers of sys/monitor. */
  logStreams(): number
  /** As StorageClock.aheadMs. */
  clockAheadMs(): number | undefined
  /** Of the mounts that tell any; none while sealed. */
  figures(): Promise<readonly MountFigure[]>
}

export type Families = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** Why a token or lease is no more. */
export type Ending = 'expired' | 'revoked'

/**
 * The server's figures, by names that begin with `egide_`. Labels come from closed sets (mount types, operations, device
 * paths), never from what a caller sends.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #latency: RequestLatency
  readonly #tokensCreated: Counter<'type'>
  readonly #tokensEnded: Counter<'how'>
  readonly #leasesCreated: Counter<'mount_type'>
  readonly #leasesEnded: Counter<'how'>
  readonly #auditFailures: Counter<'device'>
  readonly #grpcRefused: Counter<'code'>
  readonly #snapshots: Counter<'outcome'>
  readonly #lastSnapshot: Gauge
  readonly #commitSeconds: Histogram
  readonly #batchSize: Histogram
  readonly #lookSeconds: Histogram
  readonly #storageFailures: Counter<'code'>
  readonly #loop = monitorEventLoopDelay({ resolution: 10 })

  constructor(sources: MetricSources) {
    const registers = [this.#registry]
    this.#latency = new RequestLatency(this.#registry)
    this.#tokensCreated = new Counter({
      name: 'egide_tokens_created_total',
      help: 'Tokens made by this process.',
      labelNames: ['type'],
      registers,
    })
    this.#tokensEnded = new Counter({
      name: 'egide_tokens_ended_total',
      help: 'Tokens that this process removed: revoked, or expired and swept.',
      labelNames: ['how'],
      registers,
    })
    this.#leasesCreated = new Counter({
      name: 'egide_leases_created_total',
      help: 'Leases of secrets made by this process.',
      labelNames: ['mount_type'],
      registers,
    })
    this.#leasesEnded = new Counter({
      name: 'egide_leases_ended_total',
      help: 'Leases of secrets that this process removed.',
      labelNames: ['how'],
      registers,
    })
    this.#auditFailures = new Counter({
      name: 'egide_audit_failures_total',
      help: 'Records that an audit device failed to take, by device path.',
      labelNames: ['device'],
      registers,
    })
    this.#grpcRefused = new Counter({
      name: 'egide_grpc_refused_total',
      help: 'Calls of gRPC, or messages of them, that were refused before they became a request, by status.',
      labelNames: ['code'],
      registers,
    })
    this.#snapshots = new Counter({
      name: 'egide_snapshots_total',
      help: 'Snapshots of the storage, read to their end or broken off.',
      labelNames: ['outcome'],
      registers,
    })
    this.#lastSnapshot = new Gauge({
      name: 'egide_snapshot_last_complete_timestamp_seconds',
      help: 'When this process last gave a whole snapshot; 0: not since it started.',
      registers,
    })
    this.#commitSeconds = new Histogram({
      name: 'egide_storage_commit_seconds',
      help: 'Time until a group of transactions was durable.',
      buckets: COMMIT_SECONDS,
      registers,
    })
    this.#batchSize = new Histogram({
      name: 'egide_storage_commit_transactions',
      help: 'Transactions in one commit.',
      buckets: BATCH_SIZES,
      registers,
    })
    this.#lookSeconds = new Histogram({
      name: 'egide_storage_look_seconds',
      help: 'Time until a shared storage told its newest revision, which every request waits for.',
      buckets: COMMIT_SECONDS,
      registers,
    })
    this.#storageFailures = new Counter({
      name: 'egide_storage_failures_total',
      help: 'Reads and commits that storage failed, by kind.',
      labelNames: ['code'],
      registers,
    })
    this.#addSources(sources)
    this.#addStoreTotals(sources)
    this.#addLoopDelay()
    addMountFigures(this.#registry, () => sources.figures())
    addProcessMetrics(this.#registry, sources.version)
  }

  /** What the adapters tell of each answered request. */
  readonly request = (operation: Operation, mountType: string, status: number, seconds: number): void => {
    this.#latency.observe(operation, mountType, status, seconds)
  }

  tokenCreated(type: TokenType): void {
    this.#tokensCreated.inc({ type })
  }

  tokenEnded(how: Ending): void {
    this.#tokensEnded.inc({ how })
  }

  leaseCreated(mountType: string): void {
    this.#leasesCreated.inc({ mount_type: mountType })
  }

  leaseEnded(how: Ending): void {
    this.#leasesEnded.inc({ how })
  }

  /** `code`: a status of gRPC. */
  readonly grpcRefused = (code: number): void => {
    this.#grpcRefused.inc({ code: String(code) })
  }

  /** `device` is the device's path, which an operator chose. */
  auditFailed(device: string): void {
    this.#auditFailures.inc({ device })
  }

  snapshotEnded(outcome: 'complete' | 'broken', nowMs: number): void {
    this.#snapshots.inc({ outcome })
    if (outcome === 'complete') this.#lastSnapshot.set(nowMs / 1000)
  }

  /** One commit of the backend, successful or not. */
  readonly commit = (transactions: number, seconds: number): void => {
    this.#batchSize.observe(transactions)
    this.#commitSeconds.observe(seconds)
  }

  /** One look at the newest revision, successful or not. */
  readonly look = (seconds: number): void => {
    this.#lookSeconds.observe(seconds)
  }

  /** `code` is StorageError's, or `other`. */
  readonly storageFailed = (code: string): void => {
    this.#storageFailures.inc({ code })
  }

  readonly undone = (): void => {
    this.#storageFailures.inc({ code: 'undone' })
  }

  /** Measuring the event loop costs a timer: it runs from here on, until `stop`. */
  start(): void {
    this.#loop.enable()
  }

  stop(): void {
    this.#loop.disable()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** As data, for another process to show. */
  families(): Promise<Families> {
    return this.#registry.getMetricsAsJSON()
  }

  /** Prometheus' text format. */
  render(): Promise<string> {
    return this.#registry.metrics()
  }

  /** The shape of go-metrics' summary, which is what Vault answers without a format. */
  async summary(timeMs: number): Promise<MetricsSummary> {
    return summaryOf(await this.#registry.getMetricsAsJSON(), timeMs)
  }

  #addSources(sources: MetricSources): void {
    this.#gauge('egide_sealed', 'Whether this process is sealed (1) or not (0).', () => Number(sources.isSealed()))
    this.#gauge('egide_initialized', 'Whether there is a vault (1) or none yet (0).', () =>
      Number(sources.isInitialized()),
    )
    this.#gauge('egide_requests_in_flight', 'Requests being worked on.', () => sources.requestsInFlight())
    this.#total('egide_requests_refused_total', 'Requests answered 503 because too many were in flight.', () =>
      sources.requestsRefused(),
    )
    this.#gauge('egide_connections', 'Open client connections.', () => sources.connections())
    this.#gauge('egide_log_streams', 'Readers that follow the log over sys/monitor.', () => sources.logStreams())
  }

  #addStoreTotals(sources: MetricSources): void {
    const sum = (of: (stats: StoreStats) => number) => () =>
      sources.stores().reduce((total, stats) => total + of(stats), 0)
    // Commits are counted for the whole backend, and each store tells the same.
    const most = (of: (stats: StoreStats) => number) => () => Math.max(0, ...sources.stores().map(of))
    const conflicts = 'Attempts of transactions that met a conflict and ran again.'
    this.#total(
      'egide_storage_commits_total',
      'Commits asked of the backend.',
      most((stats) => stats.commits),
    )
    this.#total(
      'egide_storage_transactions_total',
      'Transactions in them.',
      most((stats) => stats.transactions),
    )
    this.#gauge(
      'egide_storage_waiting_transactions',
      'Transactions that wait for the commit before theirs.',
      most((stats) => stats.waiting),
    )
    new Gauge({
      name: 'egide_storage_clock_offset_seconds',
      help: "How far this process's clock is ahead of the database's.",
      registers: [this.#registry],
      collect() {
        const aheadMs = sources.clockAheadMs()
        if (aheadMs === undefined) this.remove()
        else this.set(aheadMs / 1000)
      },
    })
    this.#total(
      'egide_storage_conflicts_total',
      conflicts,
      sum((stats) => stats.conflicts),
    )
    this.#total(
      'egide_cache_hits_total',
      'Reads answered from the cache.',
      sum((stats) => stats.cacheHits),
    )
    this.#total(
      'egide_cache_misses_total',
      'Reads that went to storage.',
      sum((stats) => stats.cacheMisses),
    )
    this.#gauge(
      'egide_cache_entries',
      'Documents and absences in the cache.',
      sum((stats) => stats.cacheEntries),
    )
    this.#gauge(
      'egide_cache_bytes',
      'Estimated memory of the cache.',
      sum((stats) => stats.cacheBytes),
    )
  }

  #addLoopDelay(): void {
    const loop = this.#loop
    new Gauge({
      name: 'egide_event_loop_delay_seconds',
      help: 'How late the event loop was since metrics were last read, by quantile.',
      labelNames: ['quantile'],
      registers: [this.#registry],
      collect() {
        if (loop.count === 0) return
        this.set({ quantile: '0.5' }, loop.percentile(50) / 1e9)
        this.set({ quantile: '0.99' }, loop.percentile(99) / 1e9)
        this.set({ quantile: '1' }, loop.max / 1e9)
        loop.reset()
      },
    })
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value())
      },
    })
  }

  /** A total that somebody else keeps. It starts again from 0 when the vault was sealed, as counters may. */
  #total(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  }
}

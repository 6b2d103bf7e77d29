import type { Caller } from '../../engine.ts'

/** What the operating rows of `sys/` need of the server: what it knows of itself and its machine, and settings that browsers meet. */

/** What `sys/config/cors` holds while it is enabled. */
export interface CorsSettings {
  /** Exact origins, or one '*'. */
  readonly allowedOrigins: readonly string[]
  readonly allowedHeaders: readonly string[]
  readonly allowCredentials: boolean
}

/** Header name, as the operator wrote it, to values. */
export type UiHeaders = Readonly<Record<string, readonly string[]>>

/** Settings that change while the server runs. Reads are as new as the request that makes them. */
export interface SettingsService {
  /** Undefined: off. */
  readCors(): Promise<CorsSettings | undefined>
  /** Undefined: off. Durable when this resolves, and in force on this node. */
  writeCors(settings: CorsSettings | undefined): Promise<void>
  readUiHeaders(): Promise<UiHeaders>
  /** Names are compared without case. An empty list removes the header; removing one that is not there succeeds. */
  writeUiHeader(name: string, values: readonly string[]): Promise<void>
}

export interface InFlightRequest {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedMs: number
  /** 'address:port', or '' over a Unix socket. */
  readonly remoteAddress: string
  /** With its '/v1/', without the query. */
  readonly path: string
  readonly method: string
}

export interface SummaryGauge {
  readonly Name: string
  readonly Value: number
  readonly Labels: Readonly<Record<string, string>>
}

export interface SummaryCounter {
  readonly Name: string
  readonly Count: number
  readonly Sum: number
  readonly Labels: Readonly<Record<string, string>>
}

export interface SummarySample {
  readonly Name: string
  readonly Count: number
  readonly Sum: number
  readonly Mean: number
  readonly Labels: Readonly<Record<string, string>>
}

/** The shape of go-metrics' summary. */
export interface MetricsSummary {
  readonly Timestamp: string
  readonly Gauges: readonly SummaryGauge[]
  readonly Points: readonly never[]
  readonly Counters: readonly SummaryCounter[]
  readonly Samples: readonly SummarySample[]
}

export interface MetricsService {
  /** Of `render`. */
  readonly contentType: string
  /** Prometheus' text format. */
  render(): Promise<string>
  summary(timeMs: number): Promise<MetricsSummary>
}

/** From the one that says most. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** From which level on the log is written, in all processes of this server. */
export interface LogLevelService {
  current(): LogLevel
  /**
   * Until the configuration is read again; undefined: what that says, at once. In force in this process when it resolves, and
   * in those others that answer in time.
   */
  change(level: LogLevel | undefined): Promise<void>
}

/** The log as `sys/monitor` streams it. */
export interface LogTap {
  /**
   * Lines from `level` up, as pieces of whole lines, until the signal aborts or the server is sealed. Bounded: a slow
   * reader loses lines and is told so. Throws EgideError `rate_limited` when too many read already.
   */
  stream(level: LogLevel, format: 'standard' | 'json', signal: AbortSignal | undefined): AsyncIterable<string>
}

/** What could be learnt of the machine, and what could not. */
export interface HostReport {
  readonly info: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
}

export interface InstalledVersion {
  readonly version: string
  /** When this vault was first opened by it, in milliseconds since the epoch. */
  readonly firstSeenMs: number
  /** RFC 3339, or '' when unknown. */
  readonly buildDate: string
}

/** A mount as `sys/internal/inspect/router` shows it. */
export interface RouterRecord {
  readonly accessor: string
  readonly uuid: string
  /** Of the namespace; '' is the root. */
  readonly namespacePath: string
  /** Full, ending in '/': 'auth/token/'. */
  readonly mountPath: string
  readonly mountType: string
  /** Where the mount's rows lie. */
  readonly storagePrefix: string
  /** Being unmounted or moved. */
  readonly leaving: boolean
}

export interface Operations {
  readonly version: string
  readonly settings: SettingsService
  readonly metrics: MetricsService
  readonly log: LogTap
  readonly logLevel: LogLevelService
  hostInfo(): Promise<HostReport>
  inFlight(): Promise<readonly InFlightRequest[]>
  /** Oldest first. */
  versions(): Promise<readonly InstalledVersion[]>
  /** The configuration without anything sensitive, by Vault's names. */
  sanitizedConfig(): Readonly<Record<string, unknown>>
  /** Header names that a listener's configuration sets, lower case: they are not an operator's to change over the API. */
  configuredHeaders(): ReadonlySet<string>
  countServiceTokens(): Promise<number>
  countEntities(): Promise<number>
  routerRecords(): Promise<readonly RouterRecord[]>
  /**
   * The OpenAPI document of the mounts that the caller may know of (without a caller: those that are shown to anybody).
   * `context` ends every operationId when it is not ''.
   */
  openApi(caller: Caller | undefined, context: string): Promise<object>
}

/** The part of the system engine's services that its operating rows use. */
export interface OperationsServices {
  readonly operations: Operations
}

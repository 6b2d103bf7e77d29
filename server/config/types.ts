/**
 * What the server is told to be: the outcome of config files, environment and flags. Durations are seconds or
 * milliseconds as the name says; files are paths as written, relative to where the server was started.
 */
export interface ServerConfig {
  readonly listeners: readonly ListenerConfig[]
  readonly grpcListeners: readonly GrpcListenerConfig[]
  /** Undefined when nothing says where to keep things. */
  readonly storage: StorageConfig | undefined
  readonly seal: SealConfig
  /** Devices that exist because the file says so. */
  readonly auditDevices: readonly AuditDeviceConfig[]
  /** Folder below which file audit devices write; undefined: `audit` beside the database, or where the server was started. */
  readonly auditDirectory: string | undefined
  /** URL at which clients reach this node; undefined: made from the first listener. */
  readonly apiAddress: string | undefined
  /** URL at which other nodes would reach this one. Reported by sys/leader; nothing listens there. */
  readonly clusterAddress: string | undefined
  readonly clusterName: string | undefined
  readonly logLevel: LogLevel
  readonly logFormat: 'standard' | 'json'
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  /** Whether browsers get the landing page and the API reference. */
  readonly ui: boolean
  /** File that holds the process id while the server runs. */
  readonly pidFile: string | undefined
  /** Whether `sys/audit/:path` may enable devices, which then write files on this machine. */
  readonly allowApiAuditCreation: boolean
  /** Requests of all listeners that are worked on at a time; undefined: the server's own bound. */
  readonly maxRequestsInFlight: number | undefined
  /** Processes that serve, behind the same ports. */
  readonly workers: number
  readonly telemetry: TelemetryConfig
}

export interface TelemetryConfig {
  /** Base URL of an OTLP/HTTP collector; undefined: no spans are made. */
  readonly otlpEndpoint: string | undefined
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export type ListenerConfig = TcpListenerConfig | UnixListenerConfig

interface CommonListenerConfig {
  readonly limits: ListenerLimits
  readonly responseHeaders: CustomResponseHeaders
  /** Whether slashes of a path may be escaped or doubled, as generated clients of Vault write them. */
  readonly lenientPaths: boolean
}

export interface TcpListenerConfig extends CommonListenerConfig {
  readonly type: 'tcp'
  /** An address or host name; '' is every address. */
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** Undefined: plain HTTP, which `tls_disable` asks for. */
  readonly tls: TlsConfig | undefined
  readonly forwarded: ForwardedConfig
}

export interface UnixListenerConfig extends CommonListenerConfig {
  readonly type: 'unix'
  readonly socketPath: string
  /** Permission bits. */
  readonly mode: number
  /** Names or numbers. */
  readonly user: string | undefined
  readonly group: string | undefined
}

/** Where gRPC is served; its bounds are the server's own. */
export interface GrpcListenerConfig {
  readonly type: 'grpc'
  /** An address or host name; '' is every address. */
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** Undefined: plain HTTP/2, which `tls_disable` asks for. */
  readonly tls: TlsConfig | undefined
  /** Nobody asked for it: it is done without where its port is taken, and made ready by who comes first. */
  readonly isOptional?: boolean
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

export interface TlsConfig {
  readonly certFile: string
  readonly keyFile: string
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** Certificates that client certificates must chain to; undefined: any chain, which an auth method then judges. */
  readonly clientCaFile: string | undefined
  readonly clientCertificates: 'none' | 'request' | 'require'
}

/** Undefined: the listener's own default. */
export interface ListenerLimits {
  readonly maxRequestBytes: number | undefined
  readonly maxRequestDurationMs: number | undefined
  readonly maxJsonDepth: number | undefined
  readonly maxJsonStringBytes: number | undefined
  /** Object members in a whole body. */
  readonly maxJsonKeys: number | undefined
  /** Object members and array items in a whole body. */
  readonly maxJsonValues: number | undefined
  readonly headersTimeoutMs: number | undefined
  /** For a whole request to arrive. */
  readonly requestTimeoutMs: number | undefined
  readonly keepAliveTimeoutMs: number | undefined
  readonly maxConnections: number | undefined
}

/** Whose X-Forwarded-For is believed. */
export interface ForwardedConfig {
  /** Addresses and CIDR ranges; none: nobody's. */
  readonly authorizedAddresses: readonly string[]
  readonly hopSkips: number
  readonly rejectNotPresent: boolean
  readonly rejectNotAuthorized: boolean
  /** The header, in lower case, in which they tell of the client's certificate, and how it is decoded. */
  readonly clientCertificate:
    | { readonly header: string; readonly decoders: readonly ('rfc9440' | 'url' | 'pem')[] }
    | undefined
}

/** By what they apply to: 'default', a class such as '2xx', or a status such as '404'; then header name to value. */
export type CustomResponseHeaders = Readonly<Record<string, Readonly<Record<string, string>>>>

export type StorageConfig =
  | { readonly type: 'inmem' }
  | { readonly type: 'sqlite'; readonly path: string }
  | PostgresConfig

export interface PostgresConfig {
  readonly type: 'postgresql'
  /** A URL or libpq's `key=value …`; it may hold a password. */
  readonly connectionUrl: string
  readonly passwordFile: string | undefined
  /** What the tables' names start with. */
  readonly table: string | undefined
  readonly maxParallel: number | undefined
  readonly maxIdleConnections: number | undefined
  readonly maxConnectRetries: number | undefined
  /** Names this server among those on the database. */
  readonly nodeId: string | undefined
}

/** How the vault is unsealed. */
export interface SealConfig {
  readonly active: { readonly type: 'shamir' } | AutoSealConfig
  /** A seal with `disabled`: the vault is migrated away from it. */
  readonly former: AutoSealConfig | undefined
}

export type AutoSealConfig = StaticSealConfig | TransitSealConfig

/** A secret, or the file that holds it. */
export type SecretSource = { readonly text: string } | { readonly file: string }

export interface StaticKeyConfig {
  /** Stored beside what the key wrapped. */
  readonly id: string
  readonly key: SecretSource
}

export interface StaticSealConfig {
  readonly type: 'static'
  /** Whether recovery shares open the vault too. */
  readonly breakGlass: boolean
  readonly current: StaticKeyConfig
  readonly previous: StaticKeyConfig | undefined
}

export interface TransitSealConfig {
  readonly type: 'transit'
  /** Whether recovery shares open the vault too. */
  readonly breakGlass: boolean
  /** URL of the server that holds the key. */
  readonly address: string
  readonly token: SecretSource
  readonly keyName: string
  /** Without slashes at its ends. */
  readonly mountPath: string
  readonly namespace: string | undefined
  readonly disableRenewal: boolean
  readonly tls: {
    readonly caFile: string | undefined
    readonly client: { readonly certFile: string; readonly keyFile: string } | undefined
    readonly serverName: string | undefined
    readonly insecureSkipVerify: boolean
  }
}

export interface AuditDeviceConfig {
  readonly type: string
  /** Ends in '/'. */
  readonly path: string
  readonly description: string
  readonly local: boolean
  readonly options: Readonly<Record<string, string>>
}

/** Something a config file says that this server will not do. */
export interface ConfigWarning {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** A config that the server can't start with. The message names file and line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

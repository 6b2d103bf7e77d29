// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { RawBody, Reply } from '../reply.ts'
import type { Content } from '../transport.ts'

export interface SysReadSnapshotKeyData {
  /** Ed25519, PEM. Keep it apart from the snapshots. */
  readonly public_key: string
  /** The vault that it belongs to. */
  readonly cluster_id: string
}

export interface SysCheckStorageInput {
  /** How fast it goes at most, so that others are served meanwhile; 0: as fast as it can. Default 20000. */
  readonly entries_per_second?: number
}

export type SysReadMountsData = Readonly<Record<string, {
  readonly type: string
  readonly description: string
  readonly accessor: string
  readonly uuid: string
  readonly local: boolean
  readonly seal_wrap: boolean
  readonly external_entropy_access: boolean
  readonly options: Readonly<Record<string, string>>
  readonly plugin_version: string
  readonly running_plugin_version: string
  readonly running_sha256: string
  readonly deprecation_status: string
  readonly config: {
    /** Seconds; 0: the server's. */
    readonly default_lease_ttl: number
    /** Seconds; 0: the server's. */
    readonly max_lease_ttl: number
    readonly force_no_cache: boolean
    readonly audit_non_hmac_request_keys: readonly string[]
    readonly audit_non_hmac_response_keys: readonly string[]
    readonly listing_visibility?: string
    readonly passthrough_request_headers: readonly string[]
    readonly allowed_response_headers: readonly string[]
    readonly token_type?: string
    readonly user_lockout_config?: {
      readonly user_lockout_threshold: number
      readonly user_lockout_duration: number
      readonly user_lockout_counter_reset_duration: number
      readonly user_lockout_disable: boolean
    }
  }
}>>

export interface SysReadMountInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface SysReadMountData {
  readonly type: string
  readonly description: string
  readonly accessor: string
  readonly uuid: string
  readonly local: boolean
  readonly seal_wrap: boolean
  readonly external_entropy_access: boolean
  readonly options: Readonly<Record<string, string>>
  readonly plugin_version: string
  readonly running_plugin_version: string
  readonly running_sha256: string
  readonly deprecation_status: string
  readonly config: {
    /** Seconds; 0: the server's. */
    readonly default_lease_ttl: number
    /** Seconds; 0: the server's. */
    readonly max_lease_ttl: number
    readonly force_no_cache: boolean
    readonly audit_non_hmac_request_keys: readonly string[]
    readonly audit_non_hmac_response_keys: readonly string[]
    readonly listing_visibility?: string
    readonly passthrough_request_headers: readonly string[]
    readonly allowed_response_headers: readonly string[]
    readonly token_type?: string
    readonly user_lockout_config?: {
      readonly user_lockout_threshold: number
      readonly user_lockout_duration: number
      readonly user_lockout_counter_reset_duration: number
      readonly user_lockout_disable: boolean
    }
  }
}

export interface SysMountInput {
  /** Where it is mounted. Required. */
  readonly path: string
  /** Type of the engine, such as kv, kv-v2 or transit. */
  readonly type?: string
  /** What the mount is for. */
  readonly description?: string
  /**
   * default_lease_ttl, max_lease_ttl, audit_non_hmac_request_keys, audit_non_hmac_response_keys, listing_visibility,
   * passthrough_request_headers, allowed_response_headers and, of auth methods, token_type.
   */
  readonly config?: Readonly<Record<string, unknown>>
  /** Options of the engine, such as version for kv. */
  readonly options?: Readonly<Record<string, string>>
  /** Kept and shown: every mount belongs to this one installation. Default false. */
  readonly local?: boolean
  /** Kept and shown: all that is stored is sealed. Default false. */
  readonly seal_wrap?: boolean
  /** Kept and shown. Default false. */
  readonly external_entropy_access?: boolean
  /** Type of the engine, where type is 'plugin'. */
  readonly plugin_name?: string
  /** Engines are part of the server: only the empty version exists. */
  readonly plugin_version?: string
}

export interface SysUnmountInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface SysReadMountTuningInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface SysReadMountTuningData {
  readonly description: string
  /** Seconds, in force. */
  readonly default_lease_ttl: number
  /** Seconds, in force. */
  readonly max_lease_ttl: number
  readonly force_no_cache: boolean
  readonly audit_non_hmac_request_keys: readonly string[]
  readonly audit_non_hmac_response_keys: readonly string[]
  readonly listing_visibility?: string
  readonly passthrough_request_headers: readonly string[]
  readonly allowed_response_headers: readonly string[]
  readonly token_type?: string
  readonly options: Readonly<Record<string, string>>
  readonly external_entropy_access?: boolean
  readonly user_lockout_threshold?: number
  readonly user_lockout_duration?: number
  readonly user_lockout_counter_reset_duration?: number
  readonly user_lockout_disable?: boolean
}

export interface SysWriteMountTuningInput {
  /** Where it is mounted. Required. */
  readonly path: string
  /** A duration, or 'system' for the server's default. */
  readonly default_lease_ttl?: string
  /** A duration, or 'system' for the server's maximum. */
  readonly max_lease_ttl?: string
  /** What the mount is for. */
  readonly description?: string
  /** Names that stand in clear in the audit log of requests. */
  readonly audit_non_hmac_request_keys?: readonly string[]
  /** Names that stand in clear in the audit log of replies. */
  readonly audit_non_hmac_response_keys?: readonly string[]
  /** 'unauth' shows the mount to anybody, 'hidden' or '' does not. */
  readonly listing_visibility?: string
  /** Request headers that the engine gets. */
  readonly passthrough_request_headers?: readonly string[]
  /** Response headers that the engine may set. */
  readonly allowed_response_headers?: readonly string[]
  /** Of auth methods: which tokens they make; service, batch, default-service or default-batch. */
  readonly token_type?: string
  /** Changes of the engine's options; an empty value removes one. */
  readonly options?: Readonly<Record<string, string>>
  /** Engines are part of the server: only the empty version exists. */
  readonly plugin_version?: string
  /** When users are locked out: lockout_threshold, lockout_duration, lockout_counter_reset_duration, lockout_disable. */
  readonly user_lockout_config?: Readonly<Record<string, unknown>>
}

export interface SysRemountInput {
  /** Where it is mounted, with auth/ before auth methods. */
  readonly from?: string
  /** Where it goes. */
  readonly to?: string
}

export interface SysRemountData {
  /** To ask by how it went. */
  readonly migration_id: string
}

export interface SysReadRemountStatusInput {
  /** What the move answered. Required. */
  readonly migration_id: string
}

export interface SysReadRemountStatusData {
  readonly migration_id: string
  readonly migration_info: {
    readonly source_mount: string
    readonly target_mount: string
    readonly status: "in-progress" | "success" | "failure"
  }
}

export interface SysListNamespacesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface SysListNamespacesData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    /** Ends the texts of its tokens, accessors and leases. */
    readonly id: string
    readonly uuid: string
    /** From the root namespace, ending in '/'. */
    readonly path: string
    /** Its deletion has begun. */
    readonly tainted: boolean
    readonly locked: boolean
    readonly custom_metadata: Readonly<Record<string, string>>
    /** Every denial that fits wins, also over closer paths. */
    readonly deny_always_wins: boolean
  }>>
}

export interface SysScanNamespacesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface SysReadNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
}

export interface SysReadNamespaceData {
  /** Ends the texts of its tokens, accessors and leases. */
  readonly id: string
  readonly uuid: string
  /** From the root namespace, ending in '/'. */
  readonly path: string
  /** Its deletion has begun. */
  readonly tainted: boolean
  readonly locked: boolean
  readonly custom_metadata: Readonly<Record<string, string>>
  /** Every denial that fits wins, also over closer paths. */
  readonly deny_always_wins: boolean
}

export interface SysWriteNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
  /** Text by name, to describe it. */
  readonly custom_metadata?: unknown
  /** Whether by its policies every denial that fits wins, also over closer paths; of a new one, false. */
  readonly deny_always_wins?: boolean
  /** Gives a new one shares of its own: seal "shamir" { shares = 5, threshold = 3 }, in HCL or JSON. */
  readonly seal?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
}

export interface SysWriteNamespaceData {
  /** Ends the texts of its tokens, accessors and leases. */
  readonly id: string
  readonly uuid: string
  /** From the root namespace, ending in '/'. */
  readonly path: string
  /** Its deletion has begun. */
  readonly tainted: boolean
  readonly locked: boolean
  readonly custom_metadata: Readonly<Record<string, string>>
  /** Every denial that fits wins, also over closer paths. */
  readonly deny_always_wins: boolean
  /** Of a new one with a seal, in hexadecimal; shown this once. */
  readonly key_shares: readonly string[]
  /** How many of them unseal it. */
  readonly key_threshold?: number
}

export interface SysPatchNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
  /** Text by name, to describe it. */
  readonly custom_metadata?: unknown
  /** Whether by its policies every denial that fits wins, also over closer paths; of a new one, false. */
  readonly deny_always_wins?: boolean
  /** Gives a new one shares of its own: seal "shamir" { shares = 5, threshold = 3 }, in HCL or JSON. */
  readonly seal?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
}

export interface SysDeleteNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
}

export interface SysDeleteNamespaceData {
  readonly status: string
}

export interface SysLockNamespaceInput {
  /** The namespace, below this one; absent: this one. */
  readonly path?: string
}

export interface SysLockNamespaceData {
  /** Unlocks it; shown this once. */
  readonly unlock_key: string
}

export interface SysUnlockNamespaceInput {
  /** The namespace, below this one; absent: this one. */
  readonly path?: string
  /** What locking gave; who has sudo here needs none. */
  readonly unlock_key?: string
}

export interface SysReadConfigNamespaceData {
  readonly deny_always_wins: boolean
}

export interface SysWriteConfigNamespaceInput {
  /** Whether by root's policies every denial that fits wins, also over closer paths. */
  readonly deny_always_wins?: boolean
}

export interface SysReadNamespaceSealStatusInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
}

export interface SysReadNamespaceSealStatusData {
  /** 'shamir'. */
  readonly type: string
  readonly initialized: boolean
  /** Of the node that answers. */
  readonly sealed: boolean
  /** Shares needed to unseal. */
  readonly t: number
  /** Shares there are. */
  readonly n: number
  /** Shares given so far. */
  readonly progress: number
  /** Of the attempt under way. */
  readonly nonce: string
}

export interface SysUnsealNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Forget the shares given so far, instead of giving one. Default false. */
  readonly reset?: boolean
}

export interface SysSealNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
}

export interface SysDeleteSealedNamespaceInput {
  /** Name of the namespace, directly below this one. Required. */
  readonly path: string
  /** Delete the namespaces below it too. Default false. */
  readonly force?: boolean
}

export interface SysHashInput {
  /**
   * Digest to compute: sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. Default
   * sha2-256.
   */
  readonly algorithm?: string
  /** How the answer is written: hex or base64. Default hex. */
  readonly format?: string
  /** What to hash, in base64. */
  readonly input?: string
  /** As `algorithm`, which it outranks. */
  readonly urlalgorithm?: string
}

export interface SysHashData {
  /** The digest, in the format asked for. */
  readonly sum: string
}

export interface SysRandomInput {
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
  /** Where the bytes come from: platform, seal or all. Default platform. */
  readonly source?: string
  /** As `bytes`, which it outranks. */
  readonly urlbytes?: string
}

export interface SysRandomData {
  /** The bytes, in the format asked for. */
  readonly random_bytes: string
}

export interface SysReadMetricsInput {
  /** `prometheus` for Prometheus' text format; absent: a summary in JSON. */
  readonly format?: string
}

export interface SysMonitorInput {
  /** Least level to stream: trace, debug, info, warn, error. Default info. */
  readonly log_level?: string
  /** standard or json. Default standard. */
  readonly log_format?: string
}

export interface SysReadLoggersData {
  /** The level in force. */
  readonly core?: string
}

export interface SysWriteLoggersInput {
  /** Least level to log, required: trace, debug, info, warn, error. `notice`, `warning` and `err` are taken too. */
  readonly level?: string
}

export interface SysReadLoggerInput {
  /** The logger: core. Required. */
  readonly name: string
}

export interface SysWriteLoggerInput {
  /** The logger: core. Required. */
  readonly name: string
  /** Least level to log, required: trace, debug, info, warn, error. `notice`, `warning` and `err` are taken too. */
  readonly level?: string
}

export interface SysDeleteLoggerInput {
  /** The logger: core. Required. */
  readonly name: string
}

export interface SysReadHostInfoData {
  /** When it was looked at, RFC 3339. */
  readonly timestamp: string
  /** The processors. */
  readonly cpu: Json
  /** Seconds that each spent, by kind of work. */
  readonly cpu_times: Json
  /** Mounted disks, in bytes. */
  readonly disk: Json
  /** Name, operating system, uptime. */
  readonly host: Json
  /** In bytes. */
  readonly memory: Json
}

export interface SysListVersionHistoryData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    /** When it first opened this vault, RFC 3339. */
    readonly timestamp_installed: string
    readonly build_date?: string
    readonly previous_version?: string
  }>>
}

export interface SysReadConfigCorsData {
  readonly enabled: boolean
  readonly allowed_origins: readonly string[]
  readonly allowed_headers: readonly string[]
  readonly allow_credentials?: boolean
}

export interface SysWriteConfigCorsInput {
  /** Whether browsers of other origins get answers they may read. Default true. */
  readonly enable?: boolean
  /** Origins such as https://example.com, or one '*' for all. */
  readonly allowed_origins?: readonly string[]
  /** Request headers allowed beside the standard ones. */
  readonly allowed_headers?: readonly string[]
  /** Whether browsers may send credentials. Default false. */
  readonly allow_credentials?: boolean
}

export interface SysListConfigUiHeadersData {
  readonly keys: readonly string[]
}

export interface SysReadConfigUiHeaderInput {
  /** Name of the header. Required. */
  readonly header: string
  /** Of a read: answer with all values, as `values`, and not with the first as `value`. Default false. */
  readonly multivalue?: boolean
}

export interface SysReadConfigUiHeaderData {
  readonly value?: string
  readonly values: readonly string[]
}

export interface SysWriteConfigUiHeaderInput {
  /** Name of the header. Required. */
  readonly header: string
  /** Its values. */
  readonly values?: readonly string[]
  /** Of a read: answer with all values, as `values`, and not with the first as `value`. Default false. */
  readonly multivalue?: boolean
}

export interface SysDeleteConfigUiHeaderInput {
  /** Name of the header. Required. */
  readonly header: string
  /** Of a read: answer with all values, as `values`, and not with the first as `value`. Default false. */
  readonly multivalue?: boolean
}

export interface SysReadInternalRouterInput {
  /** root, uuid, accessor or storage. Required. */
  readonly tag: string
}

export interface SysReadInternalCountersTokensData {
  readonly counters: {
    readonly service_tokens: {
      readonly total: number
    }
  }
}

export interface SysReadInternalCountersEntitiesData {
  readonly counters: {
    readonly entities: {
      readonly total: number
    }
  }
}

export interface SysReadOpenApiInput {
  /** Text that ends each operationId: letters, digits, - and _. */
  readonly context?: string
}

export interface SysReadPluginCatalogData {
  readonly auth: readonly string[]
  readonly database: readonly string[]
  readonly secret: readonly string[]
  readonly detailed: readonly {
    readonly type: string
    readonly name: string
    readonly version: string
    readonly builtin: boolean
    readonly deprecation_status: string
  }[]
}

export interface SysListPluginsInput {
  /** auth, database or secret. Required. */
  readonly type: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface SysReadPluginInput {
  /** auth, database or secret. Required. */
  readonly type: string
  /** Name of the engine. Required. */
  readonly name: string
}

export interface SysReadPluginData {
  readonly name: string
  readonly args: Json
  /** True: it is part of the server. */
  readonly builtin: boolean
  /** Empty: it is no program of its own. */
  readonly command: string
  /** Empty. */
  readonly sha256: string
  /** The server's. */
  readonly version: string
  readonly deprecation_status: string
}

export interface SysWritePluginInput {
  /** auth, database or secret. Required. */
  readonly type: string
  /** Name of the engine. Required. */
  readonly name: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface SysDeletePluginInput {
  /** auth, database or secret. Required. */
  readonly type: string
  /** Name of the engine. Required. */
  readonly name: string
}

export interface SysReloadPluginInput {
  /** Name of an engine; or give `mounts`. */
  readonly plugin?: string
  /** Paths of mounts; or give `plugin`. */
  readonly mounts?: readonly string[]
  /** Empty or global: all nodes are the same anyhow. */
  readonly scope?: string
}

export interface SysReloadPluginData {
  readonly reload_id: string
}

export interface SysReadVisibleMountsData {
  readonly secret: Readonly<Record<string, Json>>
  readonly auth: Readonly<Record<string, Json>>
}

export interface SysReadVisibleMountInput {
  /** A path at or below the mount. Required. */
  readonly path: string
}

export interface SysReadQuotaConfigData {
  readonly rate_limit_exempt_paths: readonly string[]
  readonly enable_rate_limit_audit_logging: boolean
  readonly enable_rate_limit_response_headers: boolean
}

export interface SysWriteQuotaConfigInput {
  /** Paths that no rate limit holds for. */
  readonly rate_limit_exempt_paths?: readonly string[]
  /** Record requests that a limit refuses. Default false. */
  readonly enable_rate_limit_audit_logging?: boolean
  /** Tell in headers what is left. Default false. */
  readonly enable_rate_limit_response_headers?: boolean
}

export interface SysReadRateLimitInput {
  /** Name of the quota. Required. */
  readonly name: string
}

export interface SysReadRateLimitData {
  readonly type: string
  readonly name: string
  readonly path: string
  readonly role: string
  readonly inheritable: boolean
  readonly rate: number
  /** Seconds. */
  readonly interval: number
  /** Seconds. */
  readonly block_interval: number
}

export interface SysWriteRateLimitInput {
  /** Name of the quota. Required. */
  readonly name: string
  /** What it is for: '' for all, a namespace, a mount, or a path in one. */
  readonly path?: string
  /** Only logins under this role; the path is that of an auth method. */
  readonly role?: string
  /** A quota of a namespace holds for those below it too. */
  readonly inheritable?: boolean
  /** rate-limit. Default rate-limit. */
  readonly type?: string
  /** Required. Requests that one client address may make in each interval. Default 0. */
  readonly rate?: number
  /** Length of the interval. Seconds, or a duration such as '1h30m'. Default 1. */
  readonly interval?: number | string
  /** A client that went over is refused for so long. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly block_interval?: number | string
}

export interface SysDeleteRateLimitInput {
  /** Name of the quota. Required. */
  readonly name: string
}

export interface SysReadLeaseCountInput {
  /** Name of the quota. Required. */
  readonly name: string
}

export interface SysReadLeaseCountData {
  readonly type: string
  readonly name: string
  readonly path: string
  readonly role: string
  readonly inheritable: boolean
  readonly max_leases: number
}

export interface SysWriteLeaseCountInput {
  /** Name of the quota. Required. */
  readonly name: string
  /** What it is for: '' for all, a namespace, a mount, or a path in one. */
  readonly path?: string
  /** Only logins under this role; the path is that of an auth method. */
  readonly role?: string
  /** A quota of a namespace holds for those below it too. */
  readonly inheritable?: boolean
  /** lease-count. Default lease-count. */
  readonly type?: string
  /** Required. Leases that there may be at one time. Default 0. */
  readonly max_leases?: number
}

export interface SysDeleteLeaseCountInput {
  /** Name of the quota. Required. */
  readonly name: string
}

export interface SysReadInitStatusData {
  readonly initialized: boolean
}

export interface SysInitInput {
  /** How many shares to split the unseal key into, up to 255. Default 0. */
  readonly secret_shares?: number
  /** How many of them unseal. Default 0. */
  readonly secret_threshold?: number
  /** With auto-unseal: shares of the recovery key; 0: none. Default 0. */
  readonly recovery_shares?: number
  /** With auto-unseal: how many authorise operators. Default 0. */
  readonly recovery_threshold?: number
  /** Not supported: a request that has it is refused. Default 0. */
  readonly stored_shares?: number
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly recovery_pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly root_token_pgp_key?: string
}

export interface SysInitData {
  /** The shares, in hexadecimal. */
  readonly keys: readonly string[]
  /** The same shares, in base64. */
  readonly keys_base64: readonly string[]
  readonly recovery_keys: readonly string[]
  readonly recovery_keys_base64: readonly string[]
  /** A token that may do everything. Revoke it when policies are set up. */
  readonly root_token: string
}

export interface SysSealStatusData {
  /** 'shamir', or what unseals by itself. */
  readonly type: string
  readonly initialized: boolean
  readonly sealed: boolean
  /** Shares needed to unseal, or to authorise operators under auto-unseal. */
  readonly t: number
  /** Shares there are. */
  readonly n: number
  /** Shares given so far. */
  readonly progress: number
  /** Of the attempt under way. */
  readonly nonce: string
  readonly version: string
  readonly build_date: string
  /** Whether the configured seal is another: unseal with `migrate` to move to it. */
  readonly migration: boolean
  readonly cluster_name?: string
  readonly cluster_id?: string
  readonly recovery_seal: boolean
  readonly recovery_seal_type?: string
  /** Recovery shares open the vault too. */
  readonly break_glass?: boolean
  readonly storage_type: string
}

export interface SysUnsealInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Forget the shares given so far, instead of giving one. Default false. */
  readonly reset?: boolean
  /** Move the vault to the configured seal, where its own is another. Default false. */
  readonly migrate?: boolean
}

export interface SysHealthInput {
  /** Answer as an active node does when on standby. Every node is active here. Default false. */
  readonly standbyok?: boolean
  /** Answer as an active node does when on performance standby. Every node is active here. Default false. */
  readonly perfstandbyok?: boolean
  /** Status when open for requests; default 200. */
  readonly activecode?: number
  /** Status when on standby; default 429. Every node is active here. */
  readonly standbycode?: number
  /** Status of a disaster recovery secondary; default 472. There are none here. */
  readonly drsecondarycode?: number
  /** Status when on performance standby; default 473. Every node is active here. */
  readonly performancestandbycode?: number
  /** Status while sealed; default 503. */
  readonly sealedcode?: number
  /** Status while not initialised; default 501. */
  readonly uninitcode?: number
}

export interface SysHealthData {
  readonly initialized: boolean
  readonly sealed: boolean
  readonly standby: boolean
  readonly performance_standby: boolean
  readonly replication_performance_mode: string
  readonly replication_dr_mode: string
  /** Seconds since the epoch. */
  readonly server_time_utc: number
  readonly version: string
  readonly cluster_name?: string
  readonly cluster_id?: string
  /** True while requests are refused because a required audit device is failing; else absent. */
  readonly audit_failing?: boolean
}

export interface SysLeaderData {
  /** Whether several nodes can share the storage. */
  readonly ha_enabled: boolean
  readonly is_self: boolean
  readonly active_time: string
  readonly leader_address: string
  readonly leader_cluster_address: string
  readonly performance_standby: boolean
  readonly performance_standby_last_remote_wal: number
}

export interface SysReadHaStatusData {
  readonly nodes: readonly {
    readonly hostname: string
    readonly api_address: string
    readonly cluster_address: string
    readonly active_node: boolean
    readonly last_echo?: string
    readonly version: string
  }[]
}

export interface SysReadKeyStatusData {
  readonly term: number
  readonly install_time: string
  /** Estimate. */
  readonly encryptions: number
}

export interface SysReadRotateKeyringConfigData {
  readonly enabled: boolean
  readonly interval: string | number
  readonly max_operations: number
}

export interface SysWriteRotateKeyringConfigInput {
  /** Whether the key is rotated by itself. */
  readonly enabled?: boolean
  /** At what age it is: 24 hours or more, or 0 for never by age. Seconds, or a duration such as '1h30m'. */
  readonly interval?: number | string
  /** After how many encryptions it is: from a million to 2^31. */
  readonly max_operations?: number
}

export interface SysReadRekeyInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadRekeyInitData {
  readonly nonce: string
  readonly started: boolean
  /** Threshold of the new shares. */
  readonly t: number
  /** How many new shares. */
  readonly n: number
  /** Present shares given so far. */
  readonly progress: number
  /** Present shares needed. */
  readonly required: number
  readonly pgp_fingerprints: Json
  readonly backup: boolean
  readonly verification_required: boolean
  readonly verification_nonce?: string
}

export interface SysWriteRekeyInitInput {
  /** How many new shares to make. Default 0. */
  readonly secret_shares?: number
  /** How many of them will be needed. Default 0. */
  readonly secret_threshold?: number
  /** The new shares come into force only when a quorum of them was given to `verify`. Default false. */
  readonly require_verification?: boolean
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. Default false. */
  readonly backup?: boolean
}

export interface SysDeleteRekeyInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysRekeyUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export type SysRekeyUpdateData = {
  readonly nonce: string
  readonly started: boolean
  /** Threshold of the new shares. */
  readonly t: number
  /** How many new shares. */
  readonly n: number
  /** Present shares given so far. */
  readonly progress: number
  /** Present shares needed. */
  readonly required: number
  readonly pgp_fingerprints: Json
  readonly backup: boolean
  readonly verification_required: boolean
  readonly verification_nonce?: string
  readonly complete?: undefined
  readonly keys?: undefined
  readonly keys_base64?: undefined
} | {
  readonly nonce: string
  readonly complete: boolean
  /** The shares, in hexadecimal. */
  readonly keys: readonly string[]
  /** The same shares, in base64. */
  readonly keys_base64: readonly string[]
  readonly pgp_fingerprints: Json
  readonly backup: boolean
  readonly verification_required: boolean
  readonly verification_nonce?: string
  readonly started?: undefined
  readonly t?: undefined
  readonly n?: undefined
  readonly progress?: undefined
  readonly required?: undefined
}

export interface SysReadRekeyVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysReadRekeyVerifyData {
  readonly nonce: string
  readonly started: boolean
  readonly t: number
  readonly n: number
  readonly progress: number
}

export interface SysWriteRekeyVerifyInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the verification. */
  readonly nonce?: string
}

export type SysWriteRekeyVerifyData = {
  readonly nonce: string
  readonly started: boolean
  readonly t: number
  readonly n: number
  readonly progress: number
  readonly complete?: undefined
} | {
  readonly nonce: string
  readonly complete: boolean
  readonly started?: undefined
  readonly t?: undefined
  readonly n?: undefined
  readonly progress?: undefined
}

export interface SysDeleteRekeyVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysReadRekeyRecoveryKeyInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysWriteRekeyRecoveryKeyInitInput {
  /** How many new shares to make. Default 0. */
  readonly secret_shares?: number
  /** How many of them will be needed. Default 0. */
  readonly secret_threshold?: number
  /** The new shares come into force only when a quorum of them was given to `verify`. Default false. */
  readonly require_verification?: boolean
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. Default false. */
  readonly backup?: boolean
}

export interface SysDeleteRekeyRecoveryKeyInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysRekeyRecoveryKeyUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadRekeyRecoveryKeyVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysWriteRekeyRecoveryKeyVerifyInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysDeleteRekeyRecoveryKeyVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysReadRotateRootInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysWriteRotateRootInitInput {
  /** How many new shares to make. Default 0. */
  readonly secret_shares?: number
  /** How many of them will be needed. Default 0. */
  readonly secret_threshold?: number
  /** The new shares come into force only when a quorum of them was given to `verify`. Default false. */
  readonly require_verification?: boolean
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. Default false. */
  readonly backup?: boolean
}

export interface SysDeleteRotateRootInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysRotateRootUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadRotateRootVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysWriteRotateRootVerifyInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysDeleteRotateRootVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysReadRotateRecoveryInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysWriteRotateRecoveryInitInput {
  /** How many new shares to make. Default 0. */
  readonly secret_shares?: number
  /** How many of them will be needed. Default 0. */
  readonly secret_threshold?: number
  /** The new shares come into force only when a quorum of them was given to `verify`. Default false. */
  readonly require_verification?: boolean
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_keys?: readonly string[]
  /** Not supported: a request that has it is refused, because the shares would go out in clear. Default false. */
  readonly backup?: boolean
}

export interface SysDeleteRotateRecoveryInitInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysRotateRecoveryUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadRotateRecoveryVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysWriteRotateRecoveryVerifyInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysDeleteRotateRecoveryVerifyInput {
  /** Nonce of the verification. */
  readonly nonce?: string
}

export interface SysReadGenerateRootAttemptInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadGenerateRootAttemptData {
  readonly nonce: string
  readonly started: boolean
  /** Shares given so far. */
  readonly progress: number
  /** Shares needed. */
  readonly required: number
  readonly complete: boolean
  /** The token XOR the one-time password, in base64 without padding. */
  readonly encoded_token: string
  /** The same. */
  readonly encoded_root_token: string
  readonly pgp_fingerprint: string
  /** Only where the server made it, and only once. */
  readonly otp: string
  readonly otp_length: number
}

export interface SysWriteGenerateRootAttemptInput {
  /** One-time password of `otp_length` bytes; absent: one is made. */
  readonly otp?: string
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_key?: string
}

export interface SysDeleteGenerateRootAttemptInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysGenerateRootUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadGenerateRootInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysWriteGenerateRootInput {
  /** One-time password of `otp_length` bytes; absent: one is made. */
  readonly otp?: string
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_key?: string
}

export interface SysDeleteGenerateRootInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysReadGenerateRootTokenAttemptInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysWriteGenerateRootTokenAttemptInput {
  /** One-time password of `otp_length` bytes; absent: one is made. */
  readonly otp?: string
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
  /** Not supported: a request that has it is refused, because the shares would go out in clear. */
  readonly pgp_key?: string
}

export interface SysDeleteGenerateRootTokenAttemptInput {
  /** To cancel: nonce of the attempt. */
  readonly nonce?: string
}

export interface SysGenerateRootTokenUpdateInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysDecodeTokenInput {
  /** What `generate-root` answered, in base64 without padding. */
  readonly encoded_token?: string
  /** The one-time password of the attempt. */
  readonly otp?: string
}

export interface SysDecodeTokenData {
  readonly token: string
}

export interface SysReadSealDrillData {
  /** Of the drill under way. */
  readonly nonce: string
  /** Shares given so far. */
  readonly progress: number
  /** Shares needed. */
  readonly required: number
  /** All shares were given, and are the right ones. */
  readonly complete: boolean
  /** Whether they open the vault; false: they only authorise operators, and the service of the seal opens it. */
  readonly opens: boolean
}

export interface SysWriteSealDrillInput {
  /** One key share, in hexadecimal or base64. */
  readonly key?: string
  /** Nonce of the attempt. */
  readonly nonce?: string
}

export interface SysSealDrillServiceData {
  /** Of the seal: 'transit', 'static'. */
  readonly type: string
  readonly opens: boolean
}

export interface SysWrapInput {
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface SysLookupWrappingInput {
  /** The wrapping token; absent: the calling one. */
  readonly token?: string
}

export interface SysLookupWrappingData {
  readonly creation_path: string
  readonly creation_time: string
  /** Seconds. */
  readonly creation_ttl: number
}

export interface SysUnwrapInput {
  /** The wrapping token; absent: the calling one. */
  readonly token?: string
}

export interface SysRewrapInput {
  /** The wrapping token; absent: the calling one. */
  readonly token?: string
}

export interface SysSealEventsData {
  /** Whether the vault has been initialised. */
  readonly initialized?: boolean
  /** Whether it is sealed. */
  readonly sealed?: boolean
}

const SNAPSHOT: Operation = {
  service: 'Sys',
  rpc: 'Snapshot',
  verb: 'GET',
  path: 'sys/storage/snapshot',
  safe: true,
  answers: 'bytes',
  shape: 'any',
}

const RESTORE_SNAPSHOT: Operation = {
  service: 'Sys',
  rpc: 'RestoreSnapshot',
  verb: 'POST',
  path: 'sys/storage/snapshot',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const FORCE_RESTORE_SNAPSHOT: Operation = {
  service: 'Sys',
  rpc: 'ForceRestoreSnapshot',
  verb: 'POST',
  path: 'sys/storage/snapshot-force',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_SNAPSHOT_KEY: Operation = {
  service: 'Sys',
  rpc: 'ReadSnapshotKey',
  verb: 'GET',
  path: 'sys/storage/snapshot/key',
  safe: true,
  answers: 'data',
  shape: { object: { public_key: 'value', cluster_id: 'value' } },
}

const CHECK_STORAGE: Operation = {
  service: 'Sys',
  rpc: 'CheckStorage',
  verb: 'GET',
  path: 'sys/storage/check',
  safe: true,
  answers: 'bytes',
  shape: 'any',
}

const READ_MOUNTS: Operation = {
  service: 'Sys',
  rpc: 'ReadMounts',
  verb: 'GET',
  path: 'sys/mounts',
  safe: true,
  answers: 'data',
  shape: { map: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } } },
}

const READ_MOUNT: Operation = {
  service: 'Sys',
  rpc: 'ReadMount',
  verb: 'GET',
  path: 'sys/mounts/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } },
}

const MOUNT: Operation = {
  service: 'Sys',
  rpc: 'Mount',
  verb: 'POST',
  path: 'sys/mounts/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } },
}

const UNMOUNT: Operation = {
  service: 'Sys',
  rpc: 'Unmount',
  verb: 'DELETE',
  path: 'sys/mounts/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_MOUNT_TUNING: Operation = {
  service: 'Sys',
  rpc: 'ReadMountTuning',
  verb: 'GET',
  path: 'sys/mounts/{path=**}/tune',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { description: 'value', default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', options: { map: 'value' }, external_entropy_access: 'value', user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } },
}

const WRITE_MOUNT_TUNING: Operation = {
  service: 'Sys',
  rpc: 'WriteMountTuning',
  verb: 'POST',
  path: 'sys/mounts/{path=**}/tune',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { description: 'value', default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', options: { map: 'value' }, external_entropy_access: 'value', user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } },
}

const REMOUNT: Operation = {
  service: 'Sys',
  rpc: 'Remount',
  verb: 'POST',
  path: 'sys/remount',
  safe: false,
  answers: 'data',
  shape: { object: { migration_id: 'value' } },
}

const READ_REMOUNT_STATUS: Operation = {
  service: 'Sys',
  rpc: 'ReadRemountStatus',
  verb: 'GET',
  path: 'sys/remount/status/{migration_id}',
  sole: 'migration_id',
  safe: true,
  answers: 'data',
  shape: { object: { migration_id: 'value', migration_info: { object: { source_mount: 'value', target_mount: 'value', status: 'value' } } } },
}

const LIST_NAMESPACES: Operation = {
  service: 'Sys',
  rpc: 'ListNamespaces',
  verb: 'LIST',
  path: 'sys/namespaces',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { id: 'value', uuid: 'value', path: 'value', tainted: 'value', locked: 'value', custom_metadata: { map: 'value' }, deny_always_wins: 'value' } } } } },
}

const SCAN_NAMESPACES: Operation = {
  service: 'Sys',
  rpc: 'ScanNamespaces',
  verb: 'SCAN',
  path: 'sys/namespaces',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { id: 'value', uuid: 'value', path: 'value', tainted: 'value', locked: 'value', custom_metadata: { map: 'value' }, deny_always_wins: 'value' } } } } },
}

const READ_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'ReadNamespace',
  verb: 'GET',
  path: 'sys/namespaces/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', uuid: 'value', path: 'value', tainted: 'value', locked: 'value', custom_metadata: { map: 'value' }, deny_always_wins: 'value' } },
}

const WRITE_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'WriteNamespace',
  verb: 'POST',
  path: 'sys/namespaces/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', uuid: 'value', path: 'value', tainted: 'value', locked: 'value', custom_metadata: { map: 'value' }, deny_always_wins: 'value', key_shares: { list: 'value' }, key_threshold: 'value' } },
}

const PATCH_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'PatchNamespace',
  verb: 'PATCH',
  path: 'sys/namespaces/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', uuid: 'value', path: 'value', tainted: 'value', locked: 'value', custom_metadata: { map: 'value' }, deny_always_wins: 'value' } },
}

const DELETE_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'DeleteNamespace',
  verb: 'DELETE',
  path: 'sys/namespaces/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { status: 'value' } },
}

const LOCK_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'LockNamespace',
  verb: 'POST',
  path: 'sys/namespaces/api-lock/lock{/path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { unlock_key: 'value' } },
}

const UNLOCK_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'UnlockNamespace',
  verb: 'POST',
  path: 'sys/namespaces/api-lock/unlock{/path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_CONFIG_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'ReadConfigNamespace',
  verb: 'GET',
  path: 'sys/config/namespace',
  safe: true,
  answers: 'data',
  shape: { object: { deny_always_wins: 'value' } },
}

const WRITE_CONFIG_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'WriteConfigNamespace',
  verb: 'POST',
  path: 'sys/config/namespace',
  safe: false,
  answers: 'data',
  shape: { object: { deny_always_wins: 'value' } },
}

const READ_NAMESPACE_SEAL_STATUS: Operation = {
  service: 'Sys',
  rpc: 'ReadNamespaceSealStatus',
  verb: 'GET',
  path: 'sys/namespaces/{path}/seal-status',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', initialized: 'value', sealed: 'value', t: 'value', n: 'value', progress: 'value', nonce: 'value' } },
}

const UNSEAL_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'UnsealNamespace',
  verb: 'POST',
  path: 'sys/namespaces/{path}/unseal',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', initialized: 'value', sealed: 'value', t: 'value', n: 'value', progress: 'value', nonce: 'value' } },
}

const SEAL_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'SealNamespace',
  verb: 'POST',
  path: 'sys/namespaces/{path}/seal',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_SEALED_NAMESPACE: Operation = {
  service: 'Sys',
  rpc: 'DeleteSealedNamespace',
  verb: 'DELETE',
  path: 'sys/namespaces/{path}/delete-sealed',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { status: 'value' } },
}

const HASH: Operation = {
  service: 'Sys',
  rpc: 'Hash',
  verb: 'POST',
  path: 'sys/tools/hash',
  safe: true,
  answers: 'data',
  shape: { object: { sum: 'value' } },
}

const RANDOM: Operation = {
  service: 'Sys',
  rpc: 'Random',
  verb: 'POST',
  path: 'sys/tools/random',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const READ_METRICS: Operation = {
  service: 'Sys',
  rpc: 'ReadMetrics',
  verb: 'GET',
  path: 'sys/metrics',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_IN_FLIGHT_REQUESTS: Operation = {
  service: 'Sys',
  rpc: 'ReadInFlightRequests',
  verb: 'GET',
  path: 'sys/in-flight-req',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const MONITOR: Operation = {
  service: 'Sys',
  rpc: 'Monitor',
  verb: 'GET',
  path: 'sys/monitor',
  safe: true,
  answers: 'bytes',
  shape: 'any',
}

const READ_LOGGERS: Operation = {
  service: 'Sys',
  rpc: 'ReadLoggers',
  verb: 'GET',
  path: 'sys/loggers',
  safe: true,
  answers: 'data',
  shape: { object: { core: 'value' } },
}

const WRITE_LOGGERS: Operation = {
  service: 'Sys',
  rpc: 'WriteLoggers',
  verb: 'POST',
  path: 'sys/loggers',
  safe: false,
  answers: 'data',
  shape: { object: { core: 'value' } },
}

const DELETE_LOGGERS: Operation = {
  service: 'Sys',
  rpc: 'DeleteLoggers',
  verb: 'DELETE',
  path: 'sys/loggers',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_LOGGER: Operation = {
  service: 'Sys',
  rpc: 'ReadLogger',
  verb: 'GET',
  path: 'sys/loggers/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { core: 'value' } },
}

const WRITE_LOGGER: Operation = {
  service: 'Sys',
  rpc: 'WriteLogger',
  verb: 'POST',
  path: 'sys/loggers/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { core: 'value' } },
}

const DELETE_LOGGER: Operation = {
  service: 'Sys',
  rpc: 'DeleteLogger',
  verb: 'DELETE',
  path: 'sys/loggers/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_HOST_INFO: Operation = {
  service: 'Sys',
  rpc: 'ReadHostInfo',
  verb: 'GET',
  path: 'sys/host-info',
  safe: true,
  answers: 'data',
  shape: { object: { timestamp: 'value', cpu: 'any', cpu_times: 'any', disk: 'any', host: 'any', memory: 'any' } },
}

const LIST_VERSION_HISTORY: Operation = {
  service: 'Sys',
  rpc: 'ListVersionHistory',
  verb: 'LIST',
  path: 'sys/version-history',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { timestamp_installed: 'value', build_date: 'value', previous_version: 'value' } } } } },
}

const READ_CONFIGURATION: Operation = {
  service: 'Sys',
  rpc: 'ReadConfiguration',
  verb: 'GET',
  path: 'sys/config/state/sanitized',
  safe: true,
  answers: 'data',
  shape: { map: 'any' },
}

const READ_CONFIG_CORS: Operation = {
  service: 'Sys',
  rpc: 'ReadConfigCors',
  verb: 'GET',
  path: 'sys/config/cors',
  safe: true,
  answers: 'data',
  shape: { object: { enabled: 'value', allowed_origins: { list: 'value' }, allowed_headers: { list: 'value' }, allow_credentials: 'value' } },
}

const WRITE_CONFIG_CORS: Operation = {
  service: 'Sys',
  rpc: 'WriteConfigCors',
  verb: 'POST',
  path: 'sys/config/cors',
  safe: false,
  answers: 'data',
  shape: { object: { enabled: 'value', allowed_origins: { list: 'value' }, allowed_headers: { list: 'value' }, allow_credentials: 'value' } },
}

const DELETE_CONFIG_CORS: Operation = {
  service: 'Sys',
  rpc: 'DeleteConfigCors',
  verb: 'DELETE',
  path: 'sys/config/cors',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_CONFIG_UI_HEADERS: Operation = {
  service: 'Sys',
  rpc: 'ListConfigUiHeaders',
  verb: 'LIST',
  path: 'sys/config/ui/headers',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_CONFIG_UI_HEADER: Operation = {
  service: 'Sys',
  rpc: 'ReadConfigUiHeader',
  verb: 'GET',
  path: 'sys/config/ui/headers/{header}',
  sole: 'header',
  safe: true,
  answers: 'data',
  shape: { object: { value: 'value', values: { list: 'value' } } },
}

const WRITE_CONFIG_UI_HEADER: Operation = {
  service: 'Sys',
  rpc: 'WriteConfigUiHeader',
  verb: 'POST',
  path: 'sys/config/ui/headers/{header}',
  sole: 'header',
  safe: false,
  answers: 'data',
  shape: { object: { value: 'value', values: { list: 'value' } } },
}

const DELETE_CONFIG_UI_HEADER: Operation = {
  service: 'Sys',
  rpc: 'DeleteConfigUiHeader',
  verb: 'DELETE',
  path: 'sys/config/ui/headers/{header}',
  sole: 'header',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_INTERNAL_ROUTER: Operation = {
  service: 'Sys',
  rpc: 'ReadInternalRouter',
  verb: 'GET',
  path: 'sys/internal/inspect/router/{tag}',
  sole: 'tag',
  safe: true,
  answers: 'data',
  shape: { map: { list: { map: 'any' } } },
}

const READ_INTERNAL_REQUEST: Operation = {
  service: 'Sys',
  rpc: 'ReadInternalRequest',
  verb: 'GET',
  path: 'sys/internal/inspect/request',
  safe: true,
  answers: 'data',
  shape: { map: 'any' },
}

const READ_INTERNAL_COUNTERS_REQUESTS: Operation = {
  service: 'Sys',
  rpc: 'ReadInternalCountersRequests',
  verb: 'GET',
  path: 'sys/internal/counters/requests',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_INTERNAL_COUNTERS_TOKENS: Operation = {
  service: 'Sys',
  rpc: 'ReadInternalCountersTokens',
  verb: 'GET',
  path: 'sys/internal/counters/tokens',
  safe: true,
  answers: 'data',
  shape: { object: { counters: { object: { service_tokens: { object: { total: 'value' } } } } } },
}

const READ_INTERNAL_COUNTERS_ENTITIES: Operation = {
  service: 'Sys',
  rpc: 'ReadInternalCountersEntities',
  verb: 'GET',
  path: 'sys/internal/counters/entities',
  safe: true,
  answers: 'data',
  shape: { object: { counters: { object: { entities: { object: { total: 'value' } } } } } },
}

const READ_OPEN_API: Operation = {
  service: 'Sys',
  rpc: 'ReadOpenApi',
  verb: 'GET',
  path: 'sys/internal/specs/openapi',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_PLUGIN_CATALOG: Operation = {
  service: 'Sys',
  rpc: 'ReadPluginCatalog',
  verb: 'GET',
  path: 'sys/plugins/catalog',
  safe: true,
  answers: 'data',
  shape: { object: { auth: { list: 'value' }, database: { list: 'value' }, secret: { list: 'value' }, detailed: { list: { object: { type: 'value', name: 'value', version: 'value', builtin: 'value', deprecation_status: 'value' } } } } },
}

const LIST_PLUGINS: Operation = {
  service: 'Sys',
  rpc: 'ListPlugins',
  verb: 'LIST',
  path: 'sys/plugins/catalog/{type}',
  sole: 'type',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_PLUGIN: Operation = {
  service: 'Sys',
  rpc: 'ReadPlugin',
  verb: 'GET',
  path: 'sys/plugins/catalog/{type}/{name}',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', args: 'any', builtin: 'value', command: 'value', sha256: 'value', version: 'value', deprecation_status: 'value' } },
}

const WRITE_PLUGIN: Operation = {
  service: 'Sys',
  rpc: 'WritePlugin',
  verb: 'POST',
  path: 'sys/plugins/catalog/{type}/{name}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', args: 'any', builtin: 'value', command: 'value', sha256: 'value', version: 'value', deprecation_status: 'value' } },
}

const DELETE_PLUGIN: Operation = {
  service: 'Sys',
  rpc: 'DeletePlugin',
  verb: 'DELETE',
  path: 'sys/plugins/catalog/{type}/{name}',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const RELOAD_PLUGIN: Operation = {
  service: 'Sys',
  rpc: 'ReloadPlugin',
  verb: 'POST',
  path: 'sys/plugins/reload/backend',
  safe: false,
  answers: 'data',
  shape: { object: { reload_id: 'value' } },
}

const READ_VISIBLE_MOUNTS: Operation = {
  service: 'Sys',
  rpc: 'ReadVisibleMounts',
  verb: 'GET',
  path: 'sys/internal/ui/mounts',
  safe: true,
  answers: 'data',
  shape: { object: { secret: { map: 'any' }, auth: { map: 'any' } } },
}

const READ_VISIBLE_MOUNT: Operation = {
  service: 'Sys',
  rpc: 'ReadVisibleMount',
  verb: 'GET',
  path: 'sys/internal/ui/mounts/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { map: 'any' },
}

const READ_VISIBLE_NAMESPACES: Operation = {
  service: 'Sys',
  rpc: 'ReadVisibleNamespaces',
  verb: 'GET',
  path: 'sys/internal/ui/namespaces',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_QUOTA_CONFIG: Operation = {
  service: 'Sys',
  rpc: 'ReadQuotaConfig',
  verb: 'GET',
  path: 'sys/quotas/config',
  safe: true,
  answers: 'data',
  shape: { object: { rate_limit_exempt_paths: { list: 'value' }, enable_rate_limit_audit_logging: 'value', enable_rate_limit_response_headers: 'value' } },
}

const WRITE_QUOTA_CONFIG: Operation = {
  service: 'Sys',
  rpc: 'WriteQuotaConfig',
  verb: 'POST',
  path: 'sys/quotas/config',
  safe: false,
  answers: 'data',
  shape: { object: { rate_limit_exempt_paths: { list: 'value' }, enable_rate_limit_audit_logging: 'value', enable_rate_limit_response_headers: 'value' } },
}

const LIST_RATE_LIMITS: Operation = {
  service: 'Sys',
  rpc: 'ListRateLimits',
  verb: 'LIST',
  path: 'sys/quotas/rate-limit',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_RATE_LIMIT: Operation = {
  service: 'Sys',
  rpc: 'ReadRateLimit',
  verb: 'GET',
  path: 'sys/quotas/rate-limit/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', name: 'value', path: 'value', role: 'value', inheritable: 'value', rate: 'value', interval: 'value', block_interval: 'value' } },
}

const WRITE_RATE_LIMIT: Operation = {
  service: 'Sys',
  rpc: 'WriteRateLimit',
  verb: 'POST',
  path: 'sys/quotas/rate-limit/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', name: 'value', path: 'value', role: 'value', inheritable: 'value', rate: 'value', interval: 'value', block_interval: 'value' } },
}

const DELETE_RATE_LIMIT: Operation = {
  service: 'Sys',
  rpc: 'DeleteRateLimit',
  verb: 'DELETE',
  path: 'sys/quotas/rate-limit/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_LEASE_COUNTS: Operation = {
  service: 'Sys',
  rpc: 'ListLeaseCounts',
  verb: 'LIST',
  path: 'sys/quotas/lease-count',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_LEASE_COUNT: Operation = {
  service: 'Sys',
  rpc: 'ReadLeaseCount',
  verb: 'GET',
  path: 'sys/quotas/lease-count/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', name: 'value', path: 'value', role: 'value', inheritable: 'value', max_leases: 'value' } },
}

const WRITE_LEASE_COUNT: Operation = {
  service: 'Sys',
  rpc: 'WriteLeaseCount',
  verb: 'POST',
  path: 'sys/quotas/lease-count/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', name: 'value', path: 'value', role: 'value', inheritable: 'value', max_leases: 'value' } },
}

const DELETE_LEASE_COUNT: Operation = {
  service: 'Sys',
  rpc: 'DeleteLeaseCount',
  verb: 'DELETE',
  path: 'sys/quotas/lease-count/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_INIT_STATUS: Operation = {
  service: 'Sys',
  rpc: 'ReadInitStatus',
  verb: 'GET',
  path: 'sys/init',
  safe: true,
  answers: 'data',
  shape: { object: { initialized: 'value' } },
}

const INIT: Operation = {
  service: 'Sys',
  rpc: 'Init',
  verb: 'POST',
  path: 'sys/init',
  safe: false,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, keys_base64: { list: 'value' }, recovery_keys: { list: 'value' }, recovery_keys_base64: { list: 'value' }, root_token: 'value' } },
}

const SEAL_STATUS: Operation = {
  service: 'Sys',
  rpc: 'SealStatus',
  verb: 'GET',
  path: 'sys/seal-status',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', initialized: 'value', sealed: 'value', t: 'value', n: 'value', progress: 'value', nonce: 'value', version: 'value', build_date: 'value', migration: 'value', cluster_name: 'value', cluster_id: 'value', recovery_seal: 'value', recovery_seal_type: 'value', break_glass: 'value', storage_type: 'value' } },
}

const UNSEAL: Operation = {
  service: 'Sys',
  rpc: 'Unseal',
  verb: 'POST',
  path: 'sys/unseal',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', initialized: 'value', sealed: 'value', t: 'value', n: 'value', progress: 'value', nonce: 'value', version: 'value', build_date: 'value', migration: 'value', cluster_name: 'value', cluster_id: 'value', recovery_seal: 'value', recovery_seal_type: 'value', break_glass: 'value', storage_type: 'value' } },
}

const SEAL: Operation = {
  service: 'Sys',
  rpc: 'Seal',
  verb: 'POST',
  path: 'sys/seal',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const HEALTH: Operation = {
  service: 'Sys',
  rpc: 'Health',
  verb: 'GET',
  path: 'sys/health',
  safe: true,
  answers: 'data',
  anyStatus: true,
  shape: { object: { initialized: 'value', sealed: 'value', standby: 'value', performance_standby: 'value', replication_performance_mode: 'value', replication_dr_mode: 'value', server_time_utc: 'value', version: 'value', cluster_name: 'value', cluster_id: 'value', audit_failing: 'value' } },
}

const LEADER: Operation = {
  service: 'Sys',
  rpc: 'Leader',
  verb: 'GET',
  path: 'sys/leader',
  safe: true,
  answers: 'data',
  shape: { object: { ha_enabled: 'value', is_self: 'value', active_time: 'value', leader_address: 'value', leader_cluster_address: 'value', performance_standby: 'value', performance_standby_last_remote_wal: 'value' } },
}

const READ_HA_STATUS: Operation = {
  service: 'Sys',
  rpc: 'ReadHaStatus',
  verb: 'GET',
  path: 'sys/ha-status',
  safe: true,
  answers: 'data',
  shape: { object: { nodes: { list: { object: { hostname: 'value', api_address: 'value', cluster_address: 'value', active_node: 'value', last_echo: 'value', version: 'value' } } } } },
}

const STEP_DOWN: Operation = {
  service: 'Sys',
  rpc: 'StepDown',
  verb: 'POST',
  path: 'sys/step-down',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_KEY_STATUS: Operation = {
  service: 'Sys',
  rpc: 'ReadKeyStatus',
  verb: 'GET',
  path: 'sys/key-status',
  safe: true,
  answers: 'data',
  shape: { object: { term: 'value', install_time: 'value', encryptions: 'value' } },
}

const ROTATE_KEYRING: Operation = {
  service: 'Sys',
  rpc: 'RotateKeyring',
  verb: 'POST',
  path: 'sys/rotate/keyring',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_ROTATE_KEYRING_CONFIG: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateKeyringConfig',
  verb: 'GET',
  path: 'sys/rotate/keyring/config',
  safe: true,
  answers: 'data',
  shape: { object: { enabled: 'value', interval: 'any', max_operations: 'value' } },
}

const WRITE_ROTATE_KEYRING_CONFIG: Operation = {
  service: 'Sys',
  rpc: 'WriteRotateKeyringConfig',
  verb: 'POST',
  path: 'sys/rotate/keyring/config',
  safe: false,
  answers: 'data',
  shape: { object: { enabled: 'value', interval: 'any', max_operations: 'value' } },
}

const ROTATE_ROOT: Operation = {
  service: 'Sys',
  rpc: 'RotateRoot',
  verb: 'POST',
  path: 'sys/rotate/root',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_REKEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyInit',
  verb: 'GET',
  path: 'sys/rekey/init',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const WRITE_REKEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'WriteRekeyInit',
  verb: 'POST',
  path: 'sys/rekey/init',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const DELETE_REKEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyInit',
  verb: 'DELETE',
  path: 'sys/rekey/init',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const REKEY_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'RekeyUpdate',
  verb: 'POST',
  path: 'sys/rekey/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value', complete: 'value', keys: { optional: { list: 'value' } }, keys_base64: { optional: { list: 'value' } } } },
}

const READ_REKEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyVerify',
  verb: 'GET',
  path: 'sys/rekey/verify',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value' } },
}

const WRITE_REKEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'WriteRekeyVerify',
  verb: 'POST',
  path: 'sys/rekey/verify',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', complete: 'value' } },
}

const DELETE_REKEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyVerify',
  verb: 'DELETE',
  path: 'sys/rekey/verify',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_REKEY_RECOVERY_KEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyRecoveryKeyInit',
  verb: 'GET',
  path: 'sys/rekey-recovery-key/init',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const WRITE_REKEY_RECOVERY_KEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'WriteRekeyRecoveryKeyInit',
  verb: 'POST',
  path: 'sys/rekey-recovery-key/init',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const DELETE_REKEY_RECOVERY_KEY_INIT: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyRecoveryKeyInit',
  verb: 'DELETE',
  path: 'sys/rekey-recovery-key/init',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const REKEY_RECOVERY_KEY_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'RekeyRecoveryKeyUpdate',
  verb: 'POST',
  path: 'sys/rekey-recovery-key/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value', complete: 'value', keys: { optional: { list: 'value' } }, keys_base64: { optional: { list: 'value' } } } },
}

const READ_REKEY_RECOVERY_KEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyRecoveryKeyVerify',
  verb: 'GET',
  path: 'sys/rekey-recovery-key/verify',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value' } },
}

const WRITE_REKEY_RECOVERY_KEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'WriteRekeyRecoveryKeyVerify',
  verb: 'POST',
  path: 'sys/rekey-recovery-key/verify',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', complete: 'value' } },
}

const DELETE_REKEY_RECOVERY_KEY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyRecoveryKeyVerify',
  verb: 'DELETE',
  path: 'sys/rekey-recovery-key/verify',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROTATE_ROOT_INIT: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRootInit',
  verb: 'GET',
  path: 'sys/rotate/root/init',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const WRITE_ROTATE_ROOT_INIT: Operation = {
  service: 'Sys',
  rpc: 'WriteRotateRootInit',
  verb: 'POST',
  path: 'sys/rotate/root/init',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const DELETE_ROTATE_ROOT_INIT: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRootInit',
  verb: 'DELETE',
  path: 'sys/rotate/root/init',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ROTATE_ROOT_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'RotateRootUpdate',
  verb: 'POST',
  path: 'sys/rotate/root/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value', complete: 'value', keys: { optional: { list: 'value' } }, keys_base64: { optional: { list: 'value' } } } },
}

const READ_ROTATE_ROOT_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRootVerify',
  verb: 'GET',
  path: 'sys/rotate/root/verify',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value' } },
}

const WRITE_ROTATE_ROOT_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'WriteRotateRootVerify',
  verb: 'POST',
  path: 'sys/rotate/root/verify',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', complete: 'value' } },
}

const DELETE_ROTATE_ROOT_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRootVerify',
  verb: 'DELETE',
  path: 'sys/rotate/root/verify',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROTATE_RECOVERY_INIT: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRecoveryInit',
  verb: 'GET',
  path: 'sys/rotate/recovery/init',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const WRITE_ROTATE_RECOVERY_INIT: Operation = {
  service: 'Sys',
  rpc: 'WriteRotateRecoveryInit',
  verb: 'POST',
  path: 'sys/rotate/recovery/init',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value' } },
}

const DELETE_ROTATE_RECOVERY_INIT: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRecoveryInit',
  verb: 'DELETE',
  path: 'sys/rotate/recovery/init',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ROTATE_RECOVERY_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'RotateRecoveryUpdate',
  verb: 'POST',
  path: 'sys/rotate/recovery/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', required: 'value', pgp_fingerprints: 'any', backup: 'value', verification_required: 'value', verification_nonce: 'value', complete: 'value', keys: { optional: { list: 'value' } }, keys_base64: { optional: { list: 'value' } } } },
}

const READ_ROTATE_RECOVERY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRecoveryVerify',
  verb: 'GET',
  path: 'sys/rotate/recovery/verify',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value' } },
}

const WRITE_ROTATE_RECOVERY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'WriteRotateRecoveryVerify',
  verb: 'POST',
  path: 'sys/rotate/recovery/verify',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', t: 'value', n: 'value', progress: 'value', complete: 'value' } },
}

const DELETE_ROTATE_RECOVERY_VERIFY: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRecoveryVerify',
  verb: 'DELETE',
  path: 'sys/rotate/recovery/verify',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_REKEY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyBackup',
  verb: 'GET',
  path: 'sys/rekey/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_REKEY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyBackup',
  verb: 'DELETE',
  path: 'sys/rekey/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_REKEY_RECOVERY_KEY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'ReadRekeyRecoveryKeyBackup',
  verb: 'GET',
  path: 'sys/rekey/recovery-key-backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_REKEY_RECOVERY_KEY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'DeleteRekeyRecoveryKeyBackup',
  verb: 'DELETE',
  path: 'sys/rekey/recovery-key-backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROTATE_ROOT_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRootBackup',
  verb: 'GET',
  path: 'sys/rotate/root/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROTATE_ROOT_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRootBackup',
  verb: 'DELETE',
  path: 'sys/rotate/root/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROTATE_RECOVERY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'ReadRotateRecoveryBackup',
  verb: 'GET',
  path: 'sys/rotate/recovery/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROTATE_RECOVERY_BACKUP: Operation = {
  service: 'Sys',
  rpc: 'DeleteRotateRecoveryBackup',
  verb: 'DELETE',
  path: 'sys/rotate/recovery/backup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_GENERATE_ROOT_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'ReadGenerateRootAttempt',
  verb: 'GET',
  path: 'sys/generate-root/attempt',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const WRITE_GENERATE_ROOT_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'WriteGenerateRootAttempt',
  verb: 'POST',
  path: 'sys/generate-root/attempt',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const DELETE_GENERATE_ROOT_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'DeleteGenerateRootAttempt',
  verb: 'DELETE',
  path: 'sys/generate-root/attempt',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_ROOT_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'GenerateRootUpdate',
  verb: 'POST',
  path: 'sys/generate-root/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const READ_GENERATE_ROOT: Operation = {
  service: 'Sys',
  rpc: 'ReadGenerateRoot',
  verb: 'GET',
  path: 'sys/generate-root',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const WRITE_GENERATE_ROOT: Operation = {
  service: 'Sys',
  rpc: 'WriteGenerateRoot',
  verb: 'POST',
  path: 'sys/generate-root',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const DELETE_GENERATE_ROOT: Operation = {
  service: 'Sys',
  rpc: 'DeleteGenerateRoot',
  verb: 'DELETE',
  path: 'sys/generate-root',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_GENERATE_ROOT_TOKEN_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'ReadGenerateRootTokenAttempt',
  verb: 'GET',
  path: 'sys/generate-root-token/attempt',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const WRITE_GENERATE_ROOT_TOKEN_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'WriteGenerateRootTokenAttempt',
  verb: 'POST',
  path: 'sys/generate-root-token/attempt',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const DELETE_GENERATE_ROOT_TOKEN_ATTEMPT: Operation = {
  service: 'Sys',
  rpc: 'DeleteGenerateRootTokenAttempt',
  verb: 'DELETE',
  path: 'sys/generate-root-token/attempt',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_ROOT_TOKEN_UPDATE: Operation = {
  service: 'Sys',
  rpc: 'GenerateRootTokenUpdate',
  verb: 'POST',
  path: 'sys/generate-root-token/update',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', started: 'value', progress: 'value', required: 'value', complete: 'value', encoded_token: 'value', encoded_root_token: 'value', pgp_fingerprint: 'value', otp: 'value', otp_length: 'value' } },
}

const DECODE_TOKEN: Operation = {
  service: 'Sys',
  rpc: 'DecodeToken',
  verb: 'POST',
  path: 'sys/decode-token',
  safe: true,
  answers: 'data',
  shape: { object: { token: 'value' } },
}

const READ_SEAL_DRILL: Operation = {
  service: 'Sys',
  rpc: 'ReadSealDrill',
  verb: 'GET',
  path: 'sys/seal-drill',
  safe: true,
  answers: 'data',
  shape: { object: { nonce: 'value', progress: 'value', required: 'value', complete: 'value', opens: 'value' } },
}

const WRITE_SEAL_DRILL: Operation = {
  service: 'Sys',
  rpc: 'WriteSealDrill',
  verb: 'POST',
  path: 'sys/seal-drill',
  safe: false,
  answers: 'data',
  shape: { object: { nonce: 'value', progress: 'value', required: 'value', complete: 'value', opens: 'value' } },
}

const DELETE_SEAL_DRILL: Operation = {
  service: 'Sys',
  rpc: 'DeleteSealDrill',
  verb: 'DELETE',
  path: 'sys/seal-drill',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const SEAL_DRILL_SERVICE: Operation = {
  service: 'Sys',
  rpc: 'SealDrillService',
  verb: 'POST',
  path: 'sys/seal-drill/service',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', opens: 'value' } },
}

const WRAP: Operation = {
  service: 'Sys',
  rpc: 'Wrap',
  verb: 'POST',
  path: 'sys/wrapping/wrap',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LOOKUP_WRAPPING: Operation = {
  service: 'Sys',
  rpc: 'LookupWrapping',
  verb: 'POST',
  path: 'sys/wrapping/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { creation_path: 'value', creation_time: 'value', creation_ttl: 'value' } },
}

const UNWRAP: Operation = {
  service: 'Sys',
  rpc: 'Unwrap',
  verb: 'POST',
  path: 'sys/wrapping/unwrap',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REWRAP: Operation = {
  service: 'Sys',
  rpc: 'Rewrap',
  verb: 'POST',
  path: 'sys/wrapping/rewrap',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const SEAL_EVENTS: Operation = {
  service: 'Sys',
  rpc: 'SealEvents',
  verb: '',
  path: '',
  safe: false,
  answers: 'bare',
  shape: { object: { initialized: 'value', sealed: 'value' } },
}

/** The server itself: seal, keys, mounts of engines, wrapping, what it is doing. */
export class Sys extends Group {
  /**
   * Take a snapshot of the whole storage. Everything as it was at one moment, while the server goes on. Values stay
   * sealed as they lie in storage: a snapshot is as safe as the database, and opens with the same key shares. It ends
   * in a signature; one that was cut off has none. A restore puts a snapshot, which is the body as it is, in the place
   * of everything that is stored, in one transaction, on all nodes: tokens, leases, policies and mounts are those of
   * that time. Nothing is changed until the whole of it was verified. It has to be of this vault, under the root key
   * in use. Needs sudo.
   */
  snapshot(options?: CallOptions): AsyncIterable<Reply<{ readonly content: Uint8Array }>> {
    return this.listen<{ readonly content: Uint8Array }>(SNAPSHOT, {}, options)
  }

  /**
   * Restore a snapshot of this vault. Everything as it was at one moment, while the server goes on. Values stay sealed
   * as they lie in storage: a snapshot is as safe as the database, and opens with the same key shares. It ends in a
   * signature; one that was cut off has none. A restore puts a snapshot, which is the body as it is, in the place of
   * everything that is stored, in one transaction, on all nodes: tokens, leases, policies and mounts are those of that
   * time. Nothing is changed until the whole of it was verified. It has to be of this vault, under the root key in
   * use. Needs sudo.
   */
  restoreSnapshot(content: Content, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.send<JsonMap>(RESTORE_SNAPSHOT, content, options)
  }

  /**
   * Restore a snapshot of any vault. As storage/snapshot, for a snapshot of another vault, or of a time before the
   * root key or the seal was changed: only its hashes and its signature are verified. Where the keys held do not open
   * it the server is sealed afterwards, and wants that vault's key shares. Needs sudo.
   */
  forceRestoreSnapshot(content: Content, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.send<JsonMap>(FORCE_RESTORE_SNAPSHOT, content, options)
  }

  /** The public key that signs snapshots of this vault. */
  readSnapshotKey(options?: CallOptions): Promise<Reply<SysReadSnapshotKeyData>> {
    return this.ask<SysReadSnapshotKeyData>(READ_SNAPSHOT_KEY, {}, options)
  }

  /**
   * Open every entry of the storage. Tells the paths of entries that do not open: damaged, moved or replaced behind
   * the server. One JSON object a line: `path` and `problem` of such an entry, `checked` and `damaged` from time to
   * time, and at the end `done`. `sealed`: those checked of namespaces that are sealed, of which nobody can say
   * whether they would open. Closing the connection cancels it. Needs sudo.
   */
  checkStorage(input: SysCheckStorageInput = {}, options?: CallOptions): AsyncIterable<Reply<{ readonly content: Uint8Array }>> {
    return this.listen<{ readonly content: Uint8Array }>(CHECK_STORAGE, { ...input }, options)
  }

  /** The secrets engines that are mounted. */
  readMounts(options?: CallOptions): Promise<Reply<SysReadMountsData>> {
    return this.ask<SysReadMountsData>(READ_MOUNTS, {}, options)
  }

  /**
   * Mount, show or unmount one of the secrets engines. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there.
   */
  readMount(input: string | SysReadMountInput, options?: CallOptions): Promise<Reply<SysReadMountData>> {
    return this.ask<SysReadMountData>(READ_MOUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Mount, show or unmount one of the secrets engines. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there.
   */
  mount(input: string | SysMountInput, options?: CallOptions): Promise<Reply<SysReadMountData>> {
    return this.ask<SysReadMountData>(MOUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Mount, show or unmount one of the secrets engines. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there.
   */
  unmount(input: string | SysUnmountInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(UNMOUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Settings of a mount. */
  readMountTuning(input: string | SysReadMountTuningInput, options?: CallOptions): Promise<Reply<SysReadMountTuningData>> {
    return this.ask<SysReadMountTuningData>(READ_MOUNT_TUNING, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Settings of a mount. */
  writeMountTuning(input: string | SysWriteMountTuningInput, options?: CallOptions): Promise<Reply<SysReadMountTuningData>> {
    return this.ask<SysReadMountTuningData>(WRITE_MOUNT_TUNING, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Move a mount to another path. What was given out below the old path is revoked. Data and settings go along. Needs
   * sudo.
   */
  remount(input: SysRemountInput = {}, options?: CallOptions): Promise<Reply<SysRemountData>> {
    return this.ask<SysRemountData>(REMOUNT, { ...input }, options)
  }

  /** How a move went. */
  readRemountStatus(input: string | SysReadRemountStatusInput, options?: CallOptions): Promise<Reply<SysReadRemountStatusData>> {
    return this.ask<SysReadRemountStatusData>(READ_REMOUNT_STATUS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the namespaces below this one. LIST gives those directly below, SCAN all. */
  listNamespaces(input: SysListNamespacesInput = {}, options?: CallOptions): Promise<Reply<SysListNamespacesData>> {
    return this.ask<SysListNamespacesData>(LIST_NAMESPACES, { ...input }, options)
  }

  /** List the namespaces below this one. LIST gives those directly below, SCAN all. */
  scanNamespaces(input: SysScanNamespacesInput = {}, options?: CallOptions): Promise<Reply<SysListNamespacesData>> {
    return this.ask<SysListNamespacesData>(SCAN_NAMESPACES, { ...input }, options)
  }

  /** A namespace: mounts, policies, tokens and a key of its own. */
  readNamespace(input: string | SysReadNamespaceInput, options?: CallOptions): Promise<Reply<SysReadNamespaceData>> {
    return this.ask<SysReadNamespaceData>(READ_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a namespace, or replace its metadata. */
  writeNamespace(input: string | SysWriteNamespaceInput, options?: CallOptions): Promise<Reply<SysWriteNamespaceData>> {
    return this.ask<SysWriteNamespaceData>(WRITE_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Change the metadata or the options of a namespace. */
  patchNamespace(input: string | SysPatchNamespaceInput, options?: CallOptions): Promise<Reply<SysReadNamespaceData>> {
    return this.ask<SysReadNamespaceData>(PATCH_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Delete a namespace: its data is unreadable at once, and removed in the background. */
  deleteNamespace(input: string | SysDeleteNamespaceInput, options?: CallOptions): Promise<Reply<SysDeleteNamespaceData>> {
    return this.ask<SysDeleteNamespaceData>(DELETE_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Lock a namespace and all below it: no request is answered there. */
  lockNamespace(input: string | SysLockNamespaceInput = {}, options?: CallOptions): Promise<Reply<SysLockNamespaceData>> {
    return this.ask<SysLockNamespaceData>(LOCK_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Unlock a namespace. */
  unlockNamespace(input: string | SysUnlockNamespaceInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(UNLOCK_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Options of the root namespace. Needs sudo. */
  readConfigNamespace(options?: CallOptions): Promise<Reply<SysReadConfigNamespaceData>> {
    return this.ask<SysReadConfigNamespaceData>(READ_CONFIG_NAMESPACE, {}, options)
  }

  /** Options of the root namespace. Needs sudo. */
  writeConfigNamespace(input: SysWriteConfigNamespaceInput = {}, options?: CallOptions): Promise<Reply<SysReadConfigNamespaceData>> {
    return this.ask<SysReadConfigNamespaceData>(WRITE_CONFIG_NAMESPACE, { ...input }, options)
  }

  /** Whether a namespace with shares of its own is sealed, and how far unsealing is. */
  readNamespaceSealStatus(input: string | SysReadNamespaceSealStatusInput, options?: CallOptions): Promise<Reply<SysReadNamespaceSealStatusData>> {
    return this.ask<SysReadNamespaceSealStatusData>(READ_NAMESPACE_SEAL_STATUS, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Give one key share towards unsealing a namespace. It opens on this node with the last share that is needed. Wrong
   * shares end the attempt: all are given anew.
   */
  unsealNamespace(input: string | SysUnsealNamespaceInput, options?: CallOptions): Promise<Reply<SysReadNamespaceSealStatusData>> {
    return this.ask<SysReadNamespaceSealStatusData>(UNSEAL_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Seal a namespace with shares of its own. Forgets its keys and all that was decrypted with them, here and on every
   * other node, before it answers; so it does those of the namespaces below it. Nothing in them is answered until the
   * namespace is given enough shares. A warning names the nodes that have not said within five seconds that they
   * forgot.
   */
  sealNamespace(input: string | SysSealNamespaceInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(SEAL_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Delete a namespace that is sealed, without its shares. Needs sudo. */
  deleteSealedNamespace(input: string | SysDeleteSealedNamespaceInput, options?: CallOptions): Promise<Reply<SysDeleteNamespaceData>> {
    return this.ask<SysDeleteNamespaceData>(DELETE_SEALED_NAMESPACE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Hash data with a named algorithm. */
  hash(input: SysHashInput = {}, options?: CallOptions): Promise<Reply<SysHashData>> {
    return this.ask<SysHashData>(HASH, { ...input }, options)
  }

  /** Make random bytes. */
  random(input: SysRandomInput = {}, options?: CallOptions): Promise<Reply<SysRandomData>> {
    return this.ask<SysRandomData>(RANDOM, { ...input }, options)
  }

  /** The server's figures. */
  readMetrics(input: SysReadMetricsInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_METRICS, { ...input }, options)
  }

  /**
   * The requests being worked on. An object with one member for each request, by its id. It stands in the answer
   * without an envelope.
   */
  readInFlightRequests(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_IN_FLIGHT_REQUESTS, {}, options)
  }

  /**
   * Stream the server's log. Lines come for as long as the client reads them. A reader that is too slow loses lines,
   * and is told so.
   */
  monitor(input: SysMonitorInput = {}, options?: CallOptions): AsyncIterable<Reply<{ readonly content: Uint8Array }>> {
    return this.listen<{ readonly content: Uint8Array }>(MONITOR, { ...input }, options)
  }

  /**
   * The level of the server's log. A change holds in all processes of this server until it is restarted or told to
   * read its configuration again. Deleting brings the level of the configuration back.
   */
  readLoggers(options?: CallOptions): Promise<Reply<SysReadLoggersData>> {
    return this.ask<SysReadLoggersData>(READ_LOGGERS, {}, options)
  }

  /**
   * The level of the server's log. A change holds in all processes of this server until it is restarted or told to
   * read its configuration again. Deleting brings the level of the configuration back.
   */
  writeLoggers(input: SysWriteLoggersInput = {}, options?: CallOptions): Promise<Reply<SysReadLoggersData>> {
    return this.ask<SysReadLoggersData>(WRITE_LOGGERS, { ...input }, options)
  }

  /**
   * The level of the server's log. A change holds in all processes of this server until it is restarted or told to
   * read its configuration again. Deleting brings the level of the configuration back.
   */
  deleteLoggers(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_LOGGERS, {}, options)
  }

  /** The level of the server's log, by its name. There is one logger, `core`. */
  readLogger(input: string | SysReadLoggerInput, options?: CallOptions): Promise<Reply<SysReadLoggersData>> {
    return this.ask<SysReadLoggersData>(READ_LOGGER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The level of the server's log, by its name. There is one logger, `core`. */
  writeLogger(input: string | SysWriteLoggerInput, options?: CallOptions): Promise<Reply<SysReadLoggersData>> {
    return this.ask<SysReadLoggersData>(WRITE_LOGGER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The level of the server's log, by its name. There is one logger, `core`. */
  deleteLogger(input: string | SysDeleteLoggerInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_LOGGER, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * What this machine is and how busy it is. Processors, disks, memory and the operating system, as far as they can be
   * learnt; the rest is warned about.
   */
  readHostInfo(options?: CallOptions): Promise<Reply<SysReadHostInfoData>> {
    return this.ask<SysReadHostInfoData>(READ_HOST_INFO, {}, options)
  }

  /** The versions that this vault has been opened by, oldest first. */
  listVersionHistory(options?: CallOptions): Promise<Reply<SysListVersionHistoryData>> {
    return this.ask<SysListVersionHistoryData>(LIST_VERSION_HISTORY, {}, options)
  }

  /** The configuration in force, without what is sensitive. */
  readConfiguration(options?: CallOptions): Promise<Reply<Readonly<Record<string, Json>>>> {
    return this.ask<Readonly<Record<string, Json>>>(READ_CONFIGURATION, {}, options)
  }

  /** Requests from pages of other origins. Needs sudo. */
  readConfigCors(options?: CallOptions): Promise<Reply<SysReadConfigCorsData>> {
    return this.ask<SysReadConfigCorsData>(READ_CONFIG_CORS, {}, options)
  }

  /** Requests from pages of other origins. Needs sudo. */
  writeConfigCors(input: SysWriteConfigCorsInput = {}, options?: CallOptions): Promise<Reply<SysReadConfigCorsData>> {
    return this.ask<SysReadConfigCorsData>(WRITE_CONFIG_CORS, { ...input }, options)
  }

  /** Requests from pages of other origins. Needs sudo. */
  deleteConfigCors(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CONFIG_CORS, {}, options)
  }

  /** Names of the headers added to the pages that the server shows. Needs sudo. */
  listConfigUiHeaders(options?: CallOptions): Promise<Reply<SysListConfigUiHeadersData>> {
    return this.ask<SysListConfigUiHeadersData>(LIST_CONFIG_UI_HEADERS, {}, options)
  }

  /** A header added to the pages that the server shows. Needs sudo. */
  readConfigUiHeader(input: string | SysReadConfigUiHeaderInput, options?: CallOptions): Promise<Reply<SysReadConfigUiHeaderData>> {
    return this.ask<SysReadConfigUiHeaderData>(READ_CONFIG_UI_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A header added to the pages that the server shows. Needs sudo. */
  writeConfigUiHeader(input: string | SysWriteConfigUiHeaderInput, options?: CallOptions): Promise<Reply<SysReadConfigUiHeaderData>> {
    return this.ask<SysReadConfigUiHeaderData>(WRITE_CONFIG_UI_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A header added to the pages that the server shows. Needs sudo. */
  deleteConfigUiHeader(input: string | SysDeleteConfigUiHeaderInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CONFIG_UI_HEADER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The mounts as the router knows them. Needs sudo. */
  readInternalRouter(input: string | SysReadInternalRouterInput, options?: CallOptions): Promise<Reply<Readonly<Record<string, readonly (Readonly<Record<string, Json>>)[]>>>> {
    return this.ask<Readonly<Record<string, readonly (Readonly<Record<string, Json>>)[]>>>(READ_INTERNAL_ROUTER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** This request as the server sees it. Needs sudo. */
  readInternalRequest(options?: CallOptions): Promise<Reply<Readonly<Record<string, Json>>>> {
    return this.ask<Readonly<Record<string, Json>>>(READ_INTERNAL_REQUEST, {}, options)
  }

  /** Was the number of requests by month; `metrics` has it now. */
  readInternalCountersRequests(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_INTERNAL_COUNTERS_REQUESTS, {}, options)
  }

  /** The number of service tokens. */
  readInternalCountersTokens(options?: CallOptions): Promise<Reply<SysReadInternalCountersTokensData>> {
    return this.ask<SysReadInternalCountersTokensData>(READ_INTERNAL_COUNTERS_TOKENS, {}, options)
  }

  /** The number of identity entities. */
  readInternalCountersEntities(options?: CallOptions): Promise<Reply<SysReadInternalCountersEntitiesData>> {
    return this.ask<SysReadInternalCountersEntitiesData>(READ_INTERNAL_COUNTERS_ENTITIES, {}, options)
  }

  /**
   * The OpenAPI document of this server. It has the mounts that the caller may know of; without a token, those that
   * are shown to anybody. Needs no token.
   */
  readOpenApi(input: SysReadOpenApiInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_OPEN_API, { ...input }, options)
  }

  /** The engines and auth methods that can be mounted. */
  readPluginCatalog(options?: CallOptions): Promise<Reply<SysReadPluginCatalogData>> {
    return this.ask<SysReadPluginCatalogData>(READ_PLUGIN_CATALOG, {}, options)
  }

  /** Names of the engines of a kind. Needs sudo. */
  listPlugins(input: string | SysListPluginsInput, options?: CallOptions): Promise<Reply<SysListConfigUiHeadersData>> {
    return this.ask<SysListConfigUiHeadersData>(LIST_PLUGINS, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * An engine that can be mounted. What is no part of the server cannot be registered, so there is nothing to take out
   * either. Needs sudo.
   */
  readPlugin(input: SysReadPluginInput, options?: CallOptions): Promise<Reply<SysReadPluginData>> {
    return this.ask<SysReadPluginData>(READ_PLUGIN, { ...input }, options)
  }

  /**
   * Refused: engines are part of the server. What is no part of the server cannot be registered, so there is nothing
   * to take out either. Needs sudo.
   */
  writePlugin(input: SysWritePluginInput, options?: CallOptions): Promise<Reply<SysReadPluginData>> {
    return this.ask<SysReadPluginData>(WRITE_PLUGIN, { ...input }, options)
  }

  /**
   * Takes out what was registered: nothing ever is. What is no part of the server cannot be registered, so there is
   * nothing to take out either. Needs sudo.
   */
  deletePlugin(input: SysDeletePluginInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_PLUGIN, { ...input }, options)
  }

  /**
   * Load an engine or mounts anew. Done when it is asked for: what engines keep in memory is as new as the storage, on
   * every node. Needs sudo.
   */
  reloadPlugin(input: SysReloadPluginInput = {}, options?: CallOptions): Promise<Reply<SysReloadPluginData>> {
    return this.ask<SysReloadPluginData>(RELOAD_PLUGIN, { ...input }, options)
  }

  /**
   * The mounts that the caller can do something with. Without a token: those that are shown to anybody
   * (`listing_visibility`). Needs no token.
   */
  readVisibleMounts(options?: CallOptions): Promise<Reply<SysReadVisibleMountsData>> {
    return this.ask<SysReadVisibleMountsData>(READ_VISIBLE_MOUNTS, {}, options)
  }

  /** The mount that a path belongs to, also one of a namespace below that the path begins with. Needs no token. */
  readVisibleMount(input: string | SysReadVisibleMountInput, options?: CallOptions): Promise<Reply<Readonly<Record<string, Json>>>> {
    return this.ask<Readonly<Record<string, Json>>>(READ_VISIBLE_MOUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The namespaces below this one that the caller can do something in. Needs no token. */
  readVisibleNamespaces(options?: CallOptions): Promise<Reply<SysListConfigUiHeadersData>> {
    return this.ask<SysListConfigUiHeadersData>(READ_VISIBLE_NAMESPACES, {}, options)
  }

  /** Settings of all quotas. */
  readQuotaConfig(options?: CallOptions): Promise<Reply<SysReadQuotaConfigData>> {
    return this.ask<SysReadQuotaConfigData>(READ_QUOTA_CONFIG, {}, options)
  }

  /** Settings of all quotas. */
  writeQuotaConfig(input: SysWriteQuotaConfigInput = {}, options?: CallOptions): Promise<Reply<SysReadQuotaConfigData>> {
    return this.ask<SysReadQuotaConfigData>(WRITE_QUOTA_CONFIG, { ...input }, options)
  }

  /** Names of the rate limits. */
  listRateLimits(options?: CallOptions): Promise<Reply<SysListConfigUiHeadersData>> {
    return this.ask<SysListConfigUiHeadersData>(LIST_RATE_LIMITS, {}, options)
  }

  /** A bound on the requests of one client address. */
  readRateLimit(input: string | SysReadRateLimitInput, options?: CallOptions): Promise<Reply<SysReadRateLimitData>> {
    return this.ask<SysReadRateLimitData>(READ_RATE_LIMIT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A bound on the requests of one client address. */
  writeRateLimit(input: string | SysWriteRateLimitInput, options?: CallOptions): Promise<Reply<SysReadRateLimitData>> {
    return this.ask<SysReadRateLimitData>(WRITE_RATE_LIMIT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A bound on the requests of one client address. */
  deleteRateLimit(input: string | SysDeleteRateLimitInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_RATE_LIMIT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the bounds on leases. */
  listLeaseCounts(options?: CallOptions): Promise<Reply<SysListConfigUiHeadersData>> {
    return this.ask<SysListConfigUiHeadersData>(LIST_LEASE_COUNTS, {}, options)
  }

  /** A bound on the leases, those of tokens among them, that there are at one time. */
  readLeaseCount(input: string | SysReadLeaseCountInput, options?: CallOptions): Promise<Reply<SysReadLeaseCountData>> {
    return this.ask<SysReadLeaseCountData>(READ_LEASE_COUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A bound on the leases, those of tokens among them, that there are at one time. */
  writeLeaseCount(input: string | SysWriteLeaseCountInput, options?: CallOptions): Promise<Reply<SysReadLeaseCountData>> {
    return this.ask<SysReadLeaseCountData>(WRITE_LEASE_COUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A bound on the leases, those of tokens among them, that there are at one time. */
  deleteLeaseCount(input: string | SysDeleteLeaseCountInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_LEASE_COUNT, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Whether the vault is initialised. Makes the keys of a new vault, and hands out their shares and the first root
   * token, once. Needs no token.
   */
  readInitStatus(options?: CallOptions): Promise<Reply<SysReadInitStatusData>> {
    return this.ask<SysReadInitStatusData>(READ_INIT_STATUS, {}, options)
  }

  /**
   * Initialise the vault. Makes the keys of a new vault, and hands out their shares and the first root token, once.
   * Needs no token.
   */
  init(input: SysInitInput = {}, options?: CallOptions): Promise<Reply<SysInitData>> {
    return this.ask<SysInitData>(INIT, { ...input }, options)
  }

  /** Whether the vault is sealed, and how far unsealing is. Needs no token. */
  sealStatus(options?: CallOptions): Promise<Reply<SysSealStatusData>> {
    return this.ask<SysSealStatusData>(SEAL_STATUS, {}, options)
  }

  /**
   * Give one key share towards unsealing. The vault opens with the last share that is needed. Wrong shares end the
   * attempt: all are given anew. Needs no token.
   */
  unseal(input: SysUnsealInput = {}, options?: CallOptions): Promise<Reply<SysSealStatusData>> {
    return this.ask<SysSealStatusData>(UNSEAL, { ...input }, options)
  }

  /**
   * Seal the vault. Forgets every key, on every node of the vault. A node serves nothing until it is given enough
   * shares again. Needs sudo.
   */
  seal(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(SEAL, {}, options)
  }

  /** Whether the server is initialised, unsealed and serving, told by the status code too. Needs no token. */
  health(input: SysHealthInput = {}, options?: CallOptions): Promise<Reply<SysHealthData>> {
    return this.ask<SysHealthData>(HEALTH, { ...input }, options)
  }

  /** Which node leads. Needs no token. */
  leader(options?: CallOptions): Promise<Reply<SysLeaderData>> {
    return this.ask<SysLeaderData>(LEADER, {}, options)
  }

  /** The nodes that serve. Every node is active. The first is the one that answers. */
  readHaStatus(options?: CallOptions): Promise<Reply<SysReadHaStatusData>> {
    return this.ask<SysReadHaStatusData>(READ_HA_STATUS, {}, options)
  }

  /**
   * Give up being the active node. Every node is active and none leads, so there is nothing to give up: a node goes on
   * as before. Needs sudo.
   */
  stepDown(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(STEP_DOWN, {}, options)
  }

  /** Which key encrypts, since when, and how often it was used. */
  readKeyStatus(options?: CallOptions): Promise<Reply<SysReadKeyStatusData>> {
    return this.ask<SysReadKeyStatusData>(READ_KEY_STATUS, {}, options)
  }

  /** Make a new key that encrypts from now on; what was written stays readable. Needs sudo. */
  rotateKeyring(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROTATE_KEYRING, {}, options)
  }

  /**
   * When the encrypting key is rotated by itself. After 2^31 encryptions it is in any case: with random nonces a key
   * must not make many more.
   */
  readRotateKeyringConfig(options?: CallOptions): Promise<Reply<SysReadRotateKeyringConfigData>> {
    return this.ask<SysReadRotateKeyringConfigData>(READ_ROTATE_KEYRING_CONFIG, {}, options)
  }

  /**
   * When the encrypting key is rotated by itself. After 2^31 encryptions it is in any case: with random nonces a key
   * must not make many more.
   */
  writeRotateKeyringConfig(input: SysWriteRotateKeyringConfigInput = {}, options?: CallOptions): Promise<Reply<SysReadRotateKeyringConfigData>> {
    return this.ask<SysReadRotateKeyringConfigData>(WRITE_ROTATE_KEYRING_CONFIG, { ...input }, options)
  }

  /** Replace the root key; the shares stay. Needs sudo. */
  rotateRoot(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROTATE_ROOT, {}, options)
  }

  /** Replace the shares of the unseal key: status, start, cancel. Needs no token. */
  readRekeyInit(input: SysReadRekeyInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(READ_REKEY_INIT, { ...input }, options)
  }

  /** Replace the shares of the unseal key: status, start, cancel. Needs no token. */
  writeRekeyInit(input: SysWriteRekeyInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(WRITE_REKEY_INIT, { ...input }, options)
  }

  /** Cancel. Needs no token. */
  deleteRekeyInit(input: SysDeleteRekeyInitInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_INIT, { ...input }, options)
  }

  /** Give one present share, to replace the shares of the unseal key. Needs no token. */
  rekeyUpdate(input: SysRekeyUpdateInput = {}, options?: CallOptions): Promise<Reply<SysRekeyUpdateData>> {
    return this.ask<SysRekeyUpdateData>(REKEY_UPDATE, { ...input }, options)
  }

  /** Prove that the new shares of the unseal key have arrived. Needs no token. */
  readRekeyVerify(input: SysReadRekeyVerifyInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyVerifyData>> {
    return this.ask<SysReadRekeyVerifyData>(READ_REKEY_VERIFY, { ...input }, options)
  }

  /** Prove that the new shares of the unseal key have arrived. Needs no token. */
  writeRekeyVerify(input: SysWriteRekeyVerifyInput = {}, options?: CallOptions): Promise<Reply<SysWriteRekeyVerifyData>> {
    return this.ask<SysWriteRekeyVerifyData>(WRITE_REKEY_VERIFY, { ...input }, options)
  }

  /** Start the verification anew. Needs no token. */
  deleteRekeyVerify(input: SysDeleteRekeyVerifyInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_VERIFY, { ...input }, options)
  }

  /** Replace the shares of the recovery key: status, start, cancel. Needs no token. */
  readRekeyRecoveryKeyInit(input: SysReadRekeyRecoveryKeyInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(READ_REKEY_RECOVERY_KEY_INIT, { ...input }, options)
  }

  /** Replace the shares of the recovery key: status, start, cancel. Needs no token. */
  writeRekeyRecoveryKeyInit(input: SysWriteRekeyRecoveryKeyInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(WRITE_REKEY_RECOVERY_KEY_INIT, { ...input }, options)
  }

  /** Cancel. Needs no token. */
  deleteRekeyRecoveryKeyInit(input: SysDeleteRekeyRecoveryKeyInitInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_RECOVERY_KEY_INIT, { ...input }, options)
  }

  /** Give one present share, to replace the shares of the recovery key. Needs no token. */
  rekeyRecoveryKeyUpdate(input: SysRekeyRecoveryKeyUpdateInput = {}, options?: CallOptions): Promise<Reply<SysRekeyUpdateData>> {
    return this.ask<SysRekeyUpdateData>(REKEY_RECOVERY_KEY_UPDATE, { ...input }, options)
  }

  /** Prove that the new shares of the recovery key have arrived. Needs no token. */
  readRekeyRecoveryKeyVerify(input: SysReadRekeyRecoveryKeyVerifyInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyVerifyData>> {
    return this.ask<SysReadRekeyVerifyData>(READ_REKEY_RECOVERY_KEY_VERIFY, { ...input }, options)
  }

  /** Prove that the new shares of the recovery key have arrived. Needs no token. */
  writeRekeyRecoveryKeyVerify(input: SysWriteRekeyRecoveryKeyVerifyInput = {}, options?: CallOptions): Promise<Reply<SysWriteRekeyVerifyData>> {
    return this.ask<SysWriteRekeyVerifyData>(WRITE_REKEY_RECOVERY_KEY_VERIFY, { ...input }, options)
  }

  /** Start the verification anew. Needs no token. */
  deleteRekeyRecoveryKeyVerify(input: SysDeleteRekeyRecoveryKeyVerifyInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_RECOVERY_KEY_VERIFY, { ...input }, options)
  }

  /** Replace the shares of the unseal key: status, start, cancel. */
  readRotateRootInit(input: SysReadRotateRootInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(READ_ROTATE_ROOT_INIT, { ...input }, options)
  }

  /** Replace the shares of the unseal key: status, start, cancel. */
  writeRotateRootInit(input: SysWriteRotateRootInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(WRITE_ROTATE_ROOT_INIT, { ...input }, options)
  }

  /** Cancel. */
  deleteRotateRootInit(input: SysDeleteRotateRootInitInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_ROOT_INIT, { ...input }, options)
  }

  /** Give one present share, to replace the shares of the unseal key. */
  rotateRootUpdate(input: SysRotateRootUpdateInput = {}, options?: CallOptions): Promise<Reply<SysRekeyUpdateData>> {
    return this.ask<SysRekeyUpdateData>(ROTATE_ROOT_UPDATE, { ...input }, options)
  }

  /** Prove that the new shares of the unseal key have arrived. */
  readRotateRootVerify(input: SysReadRotateRootVerifyInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyVerifyData>> {
    return this.ask<SysReadRekeyVerifyData>(READ_ROTATE_ROOT_VERIFY, { ...input }, options)
  }

  /** Prove that the new shares of the unseal key have arrived. */
  writeRotateRootVerify(input: SysWriteRotateRootVerifyInput = {}, options?: CallOptions): Promise<Reply<SysWriteRekeyVerifyData>> {
    return this.ask<SysWriteRekeyVerifyData>(WRITE_ROTATE_ROOT_VERIFY, { ...input }, options)
  }

  /** Start the verification anew. */
  deleteRotateRootVerify(input: SysDeleteRotateRootVerifyInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_ROOT_VERIFY, { ...input }, options)
  }

  /** Replace the shares of the recovery key: status, start, cancel. */
  readRotateRecoveryInit(input: SysReadRotateRecoveryInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(READ_ROTATE_RECOVERY_INIT, { ...input }, options)
  }

  /** Replace the shares of the recovery key: status, start, cancel. */
  writeRotateRecoveryInit(input: SysWriteRotateRecoveryInitInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyInitData>> {
    return this.ask<SysReadRekeyInitData>(WRITE_ROTATE_RECOVERY_INIT, { ...input }, options)
  }

  /** Cancel. */
  deleteRotateRecoveryInit(input: SysDeleteRotateRecoveryInitInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_RECOVERY_INIT, { ...input }, options)
  }

  /** Give one present share, to replace the shares of the recovery key. */
  rotateRecoveryUpdate(input: SysRotateRecoveryUpdateInput = {}, options?: CallOptions): Promise<Reply<SysRekeyUpdateData>> {
    return this.ask<SysRekeyUpdateData>(ROTATE_RECOVERY_UPDATE, { ...input }, options)
  }

  /** Prove that the new shares of the recovery key have arrived. */
  readRotateRecoveryVerify(input: SysReadRotateRecoveryVerifyInput = {}, options?: CallOptions): Promise<Reply<SysReadRekeyVerifyData>> {
    return this.ask<SysReadRekeyVerifyData>(READ_ROTATE_RECOVERY_VERIFY, { ...input }, options)
  }

  /** Prove that the new shares of the recovery key have arrived. */
  writeRotateRecoveryVerify(input: SysWriteRotateRecoveryVerifyInput = {}, options?: CallOptions): Promise<Reply<SysWriteRekeyVerifyData>> {
    return this.ask<SysWriteRekeyVerifyData>(WRITE_ROTATE_RECOVERY_VERIFY, { ...input }, options)
  }

  /** Start the verification anew. */
  deleteRotateRecoveryVerify(input: SysDeleteRotateRecoveryVerifyInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_RECOVERY_VERIFY, { ...input }, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  readRekeyBackup(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_REKEY_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  deleteRekeyBackup(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  readRekeyRecoveryKeyBackup(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_REKEY_RECOVERY_KEY_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  deleteRekeyRecoveryKeyBackup(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_REKEY_RECOVERY_KEY_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  readRotateRootBackup(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ROTATE_ROOT_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  deleteRotateRootBackup(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_ROOT_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  readRotateRecoveryBackup(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ROTATE_RECOVERY_BACKUP, {}, options)
  }

  /** The backup of PGP-encrypted shares: there is none. */
  deleteRotateRecoveryBackup(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROTATE_RECOVERY_BACKUP, {}, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. Needs no token. */
  readGenerateRootAttempt(input: SysReadGenerateRootAttemptInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(READ_GENERATE_ROOT_ATTEMPT, { ...input }, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. Needs no token. */
  writeGenerateRootAttempt(input: SysWriteGenerateRootAttemptInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(WRITE_GENERATE_ROOT_ATTEMPT, { ...input }, options)
  }

  /** Cancel. Needs no token. */
  deleteGenerateRootAttempt(input: SysDeleteGenerateRootAttemptInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GENERATE_ROOT_ATTEMPT, { ...input }, options)
  }

  /** Give one share, to make a root token. Needs no token. */
  generateRootUpdate(input: SysGenerateRootUpdateInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(GENERATE_ROOT_UPDATE, { ...input }, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. */
  readGenerateRoot(input: SysReadGenerateRootInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(READ_GENERATE_ROOT, { ...input }, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. */
  writeGenerateRoot(input: SysWriteGenerateRootInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(WRITE_GENERATE_ROOT, { ...input }, options)
  }

  /** Cancel. */
  deleteGenerateRoot(input: SysDeleteGenerateRootInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GENERATE_ROOT, { ...input }, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. */
  readGenerateRootTokenAttempt(input: SysReadGenerateRootTokenAttemptInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(READ_GENERATE_ROOT_TOKEN_ATTEMPT, { ...input }, options)
  }

  /** Make a root token with a quorum of shares: status, start, cancel. */
  writeGenerateRootTokenAttempt(input: SysWriteGenerateRootTokenAttemptInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(WRITE_GENERATE_ROOT_TOKEN_ATTEMPT, { ...input }, options)
  }

  /** Cancel. */
  deleteGenerateRootTokenAttempt(input: SysDeleteGenerateRootTokenAttemptInput = {}, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GENERATE_ROOT_TOKEN_ATTEMPT, { ...input }, options)
  }

  /** Give one share, to make a root token. */
  generateRootTokenUpdate(input: SysGenerateRootTokenUpdateInput = {}, options?: CallOptions): Promise<Reply<SysReadGenerateRootAttemptData>> {
    return this.ask<SysReadGenerateRootAttemptData>(GENERATE_ROOT_TOKEN_UPDATE, { ...input }, options)
  }

  /** The token that a root generation encoded with a one-time password. Needs no token. */
  decodeToken(input: SysDecodeTokenInput = {}, options?: CallOptions): Promise<Reply<SysDecodeTokenData>> {
    return this.ask<SysDecodeTokenData>(DECODE_TOKEN, { ...input }, options)
  }

  /**
   * Prove that shares would open the vault, without sealing it. Shares are given one by one, as for unsealing. Nothing
   * is changed, whatever comes out. Needs sudo.
   */
  readSealDrill(options?: CallOptions): Promise<Reply<SysReadSealDrillData>> {
    return this.ask<SysReadSealDrillData>(READ_SEAL_DRILL, {}, options)
  }

  /** Give one share. Shares are given one by one, as for unsealing. Nothing is changed, whatever comes out. Needs sudo. */
  writeSealDrill(input: SysWriteSealDrillInput = {}, options?: CallOptions): Promise<Reply<SysReadSealDrillData>> {
    return this.ask<SysReadSealDrillData>(WRITE_SEAL_DRILL, { ...input }, options)
  }

  /**
   * Forget the shares given so far. Shares are given one by one, as for unsealing. Nothing is changed, whatever comes
   * out. Needs sudo.
   */
  deleteSealDrill(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_SEAL_DRILL, {}, options)
  }

  /** Prove that the service of the seal would open the vault. Needs sudo. */
  sealDrillService(options?: CallOptions): Promise<Reply<SysSealDrillServiceData>> {
    return this.ask<SysSealDrillServiceData>(SEAL_DRILL_SERVICE, {}, options)
  }

  /** Wrap what is sent. X-Vault-Wrap-TTL says how long it waits for whoever gets the token. */
  wrap(input: SysWrapInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRAP, { ...input }, options)
  }

  /** When and by what request a wrapping token was made. Needs no token. */
  lookupWrapping(input: SysLookupWrappingInput = {}, options?: CallOptions): Promise<Reply<SysLookupWrappingData>> {
    return this.ask<SysLookupWrappingData>(LOOKUP_WRAPPING, { ...input }, options)
  }

  /** The answer that was wrapped, once. */
  unwrap(input: SysUnwrapInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(UNWRAP, { ...input }, options)
  }

  /** A new wrapping token for what waits under an old one. */
  rewrap(input: SysRewrapInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REWRAP, { ...input }, options)
  }

  /** Tells whether the vault is sealed: at once, and whenever that changes. Needs no token. */
  sealEvents(options?: CallOptions): AsyncIterable<Reply<SysSealEventsData>> {
    return this.listen<SysSealEventsData>(SEAL_EVENTS, {}, options)
  }
}

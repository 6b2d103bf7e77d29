/**
 * What other vault servers' config files hold and this server does not do, with the reason or what to use instead. These
 * are warnings, so that a file can be brought along as it is; what a file relies on for its safety is not among them and
 * stays an error.
 */
const REASONS: Readonly<Record<string, string>> = {
  allow_audit_log_prefixing: 'the option prefix of an audit device is always taken',
  allow_unauthenticated_workflows: 'there are no workflows',
  cache_size: 'the cache sizes itself',
  cluster_address: 'nodes meet in the database, not over a port of their own',
  default_max_request_duration: 'set max_request_duration in each listener',
  detect_deadlocks: 'one event loop holds no locks',
  disable_cache: 'cached reads are linearizable, there is nothing to gain from turning them off',
  disable_clustering: 'a node on SQLite or memory is alone, and one on a shared database is a peer',
  disable_sealwrap: 'there is no seal wrapping',
  disable_ssct_tokens: 'tokens are never server-side consistent tokens',
  disable_standby_reads: 'there are no standby nodes',
  disable_unauthed_rekey_endpoints: 'rekeying is open to whoever holds enough key shares, on every listener',
  disallow_metrics: 'metrics are served on every listener, to tokens that may read them',
  enable_response_header_hostname: 'the server adds no header with its name; custom_response_headers can',
  enable_response_header_raft_node_id: 'there is no Raft',
  experiments: 'there are none',
  ha_enabled: 'nodes on one database are all active, always',
  ha_storage: 'nodes need no other storage for high availability than the one they share',
  ha_table: 'nodes on one database are all active, and need no lock table',
  http_write_timeout: 'a client that leaves a large answer unread for 60 seconds is cut off',
  imprecise_lease_role_tracking: 'idle leases cost nothing',
  inflight_requests_logging: 'sys/in-flight-req is always for tokens that may read it',
  initialize: 'use `egide operator init`',
  introspection_endpoint: 'there is no sys/internal/inspect',
  license_path: 'there is no licence to load',
  log_file: 'the log goes to stderr, for the service manager to keep',
  log_requests_level: 'the audit log holds every request',
  log_rotate_bytes: 'the log goes to stderr, for the service manager to rotate',
  log_rotate_duration: 'the log goes to stderr, for the service manager to rotate',
  log_rotate_max_files: 'the log goes to stderr, for the service manager to rotate',
  max_json_array_element_count: 'use max_request_json_values, which counts all values of a body',
  max_json_depth: 'use max_request_json_depth',
  max_json_object_entry_count: 'use max_request_json_keys, which counts all members of a body',
  max_json_string_value_length: 'use max_request_json_string_length',
  max_request_json_memory: 'use max_request_size and max_request_json_values',
  max_request_json_strings: 'use max_request_json_keys and max_request_json_values',
  metrics_only: 'each listener serves the whole API',
  plugin: 'there are no plugins',
  plugin_auto_download: 'there are no plugins',
  plugin_auto_register: 'there are no plugins',
  plugin_directory: 'there are no plugins',
  plugin_download_behavior: 'there are no plugins',
  plugin_file_permissions: 'there are no plugins',
  plugin_file_uid: 'there are no plugins',
  plugin_tmpdir: 'there are no plugins',
  profiling: 'there is no sys/pprof',
  proxy_protocol_authorized_addrs: 'the PROXY protocol is not spoken; use x_forwarded_for_authorized_addrs',
  proxy_protocol_behavior: 'the PROXY protocol is not spoken; use x_forwarded_for_authorized_addrs',
  raw_storage_endpoint: 'there is no sys/raw',
  service_registration: 'health checks on sys/health are how others find this server',
  skip_create_table:
    'tables are made where they are missing; give the user the right, or start once with one that has it',
  tls_cipher_suites: "OpenSSL's default suites are used, none of which is known to be weak",
  tls_prefer_server_cipher_suites: 'OpenSSL decides',
  upsert_function: 'entries are written by a function of its own',
  user_lockout: 'it is set for each mount: user_lockout_config of sys/auth/PATH/tune',
  x_forwarded_for_client_cert_keep_not_forwarded:
    'a certificate in a header is believed of a proxy that forwards, and of nobody else',
  x_forwarded_for_client_cert_keep_unauthorized:
    'a certificate in a header is believed of a proxy that forwards, and of nobody else',
}

export function unsupportedReason(key: string): string | undefined {
  if (/^tls_acme_/.test(key)) return 'the server fetches no certificates itself'
  return Object.hasOwn(REASONS, key) ? REASONS[key] : undefined
}

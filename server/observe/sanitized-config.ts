import { addressText } from '../config/addresses.ts'
import type { GrpcListenerConfig, ListenerConfig, ServerConfig } from '../config/types.ts'

/** The configuration by Vault's names. What could be a credential (options of storage, seal and audit devices) is not among it. */
export function sanitizedConfig(config: ServerConfig): Readonly<Record<string, unknown>> {
  return {
    api_addr: config.apiAddress ?? '',
    audits: config.auditDevices.map(({ path, type, description }) => ({ path, type, description })),
    cluster_addr: config.clusterAddress ?? '',
    cluster_name: config.clusterName ?? '',
    default_lease_ttl: config.defaultLeaseTtlSeconds,
    enable_ui: config.ui,
    listeners: [...config.listeners, ...config.grpcListeners].map(sanitizedListener),
    log_format: config.logFormat,
    log_level: config.logLevel,
    max_lease_ttl: config.maxLeaseTtlSeconds,
    pid_file: config.pidFile ?? '',
    seals: [
      { type: config.seal.active.type, disabled: false },
      ...(config.seal.former === undefined ? [] : [{ type: config.seal.former.type, disabled: true }]),
    ],
    storage: { type: config.storage?.type ?? '', redirect_addr: config.apiAddress ?? '', disable_clustering: true },
    unsafe_allow_api_audit_creation: config.allowApiAuditCreation,
  }
}

function sanitizedListener(listener: ListenerConfig | GrpcListenerConfig): object {
  if (listener.type === 'unix') return { type: 'unix', config: { address: listener.socketPath } }
  const { tls } = listener
  const address = addressText(listener)
  if (tls === undefined) return { type: listener.type, config: { address, tls_disable: true } }
  const { certFile, keyFile, minVersion, maxVersion, clientCertificates } = tls
  return {
    type: listener.type,
    config: {
      address,
      tls_disable: false,
      tls_cert_file: certFile,
      tls_key_file: keyFile,
      tls_min_version: vaultName(minVersion),
      tls_max_version: vaultName(maxVersion),
      tls_require_and_verify_client_cert: clientCertificates === 'require',
      tls_disable_client_certs: clientCertificates === 'none',
    },
  }
}

/** 'TLSv1.3' is tls13 in a configuration file. */
function vaultName(version: string): string {
  return version.replace('TLSv', 'tls').replace('.', '')
}

import { HclError } from '../hcl/ast.ts'
import type { Section } from './section.ts'
import type { TlsConfig, TlsVersion } from './types.ts'

const VERSIONS: Readonly<Record<string, TlsVersion>> = { tls12: 'TLSv1.2', tls13: 'TLSv1.3' }

/** Undefined where `tls_disable` is set. Anything short of a certificate and its key is an error, never plain HTTP. */
export function tlsOf(section: Section): TlsConfig | undefined {
  const isDisabled = section.bool('tls_disable') ?? false
  const certFile = section.text('tls_cert_file') ?? ''
  const keyFile = section.text('tls_key_file') ?? ''
  const config = { certFile, keyFile, ...versionsOf(section), ...clientsOf(section) }
  if (isDisabled) {
    if (certFile !== '' || keyFile !== '')
      section.warn('tls_disable', 'tls_disable: the other tls_ keys of this listener have no effect')
    return undefined
  }
  if (certFile === '' || keyFile === '') {
    const given = certFile === '' ? 'tls_key_file' : 'tls_cert_file'
    throw new HclError(`${section.name} needs tls_cert_file and tls_key_file, or tls_disable = true`, section.at(given))
  }
  return config
}

function versionsOf(section: Section): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  const maxVersion = section.choice('tls_max_version', VERSIONS) ?? 'TLSv1.3'
  const minVersion = section.choice('tls_min_version', VERSIONS) ?? maxVersion
  if (minVersion > maxVersion)
    throw new HclError('tls_min_version is above tls_max_version', section.at('tls_min_version'))
  return { minVersion, maxVersion }
}

function clientsOf(section: Section): Pick<TlsConfig, 'clientCaFile' | 'clientCertificates'> {
  const isRequired = section.bool('tls_require_and_verify_client_cert') ?? false
  const isOff = section.bool('tls_disable_client_certs') ?? false
  const clientCaFile = section.text('tls_client_ca_file') || undefined
  if (isRequired && isOff)
    throw new HclError(
      'tls_require_and_verify_client_cert and tls_disable_client_certs exclude each other',
      section.at('tls_disable_client_certs'),
    )
  if (isOff && clientCaFile !== undefined)
    section.warn('tls_client_ca_file', 'tls_client_ca_file has no effect with tls_disable_client_certs')
  return { clientCaFile, clientCertificates: isRequired ? 'require' : isOff ? 'none' : 'request' }
}

import { isIP } from 'node:net'
import * as tls from 'node:tls'

/** How a server proves who it is, and the client to it. All PEM. */
export interface TlsSettings {
  /** When given, only these authorities are trusted. */
  readonly ca?: readonly string[]
  readonly cert?: string
  readonly key?: string
  /** Name to ask for and to check, or IP address to check, instead of the address's host. */
  readonly serverName?: string
  readonly dangerouslySkipVerification?: boolean
}

/** As node:https takes them. */
export function tlsOptions(settings: TlsSettings): tls.SecureContextOptions & tls.ConnectionOptions {
  const ca = authorities(settings)
  return {
    ...(ca !== undefined && { ca }),
    ...(settings.cert !== undefined && { cert: settings.cert }),
    ...(settings.key !== undefined && { key: settings.key }),
    ...(settings.serverName !== undefined && serverNameOptions(settings.serverName)),
    rejectUnauthorized: settings.dangerouslySkipVerification !== true,
  }
}

/**
 * Asks for a name and checks it, or checks an IP address, instead of the address's host. Node.js refuses to ask for an IP
 * address, which is no name to ask for (RFC 6066, 3), and still checks one.
 */
export function serverNameOptions(name: string): tls.ConnectionOptions {
  return isIP(name) === 0 ? { servername: name } : { servername: '', checkServerIdentity: identityOf(name) }
}

/** Checks that a certificate is of this name or IP address, whatever was asked for. */
export function identityOf(name: string): NonNullable<tls.ConnectionOptions['checkServerIdentity']> {
  return (_, certificate) => tls.checkServerIdentity(name, certificate)
}

/** Those that were given, else Node.js' own with the machine's, where Node.js is new enough to ask for them. */
export function authorities({ ca }: TlsSettings): string[] | undefined {
  if (ca !== undefined) return [...ca]
  const known = tls.getCACertificates as typeof tls.getCACertificates | undefined
  return known === undefined ? undefined : [...known('default'), ...known('system')]
}

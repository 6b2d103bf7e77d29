import type { EngineContext } from '../../../engines/engine.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader } from '../../../storage/store.ts'
import type { TokenParameters } from '../token-parameters.ts'
import { type Distinct, distinctCodec } from '../unchanged.ts'
import { type Certificate, certificatesOfPem, pemOfText } from './certificate.ts'
import { MountMemory } from './mount-memory.ts'

/** Whose certificates let in, and what their tokens are like. */
export interface CertRole extends Distinct {
  readonly name: string
  /** PEM: authorities, or one certificate that is trusted itself, with its issuer after it for OCSP. */
  readonly certificate: string
  readonly displayName: string
  readonly allowedNames: readonly string[]
  readonly allowedCommonNames: readonly string[]
  readonly allowedDnsSans: readonly string[]
  readonly allowedEmailSans: readonly string[]
  readonly allowedUriSans: readonly string[]
  readonly allowedOrganizationalUnits: readonly string[]
  /** 'OID:glob' and 'hex:OID:glob'. */
  readonly requiredExtensions: readonly string[]
  readonly allowedMetadataExtensions: readonly string[]
  readonly ocspEnabled: boolean
  /** PEM: who else may sign OCSP replies, and whom to trust when they are fetched over TLS. */
  readonly ocspCaCertificates: string
  readonly ocspServersOverride: readonly string[]
  readonly ocspFailOpen: boolean
  readonly ocspQueryAllServers: boolean
  readonly token: TokenParameters
}

export const ROLES = 'certs/'
export const roleCodec = distinctCodec<CertRole>()

/** Names differ by more than case. */
export const roleKey = (name: string): string => ROLES + name.toLowerCase()

export function roleNamed(name: string, { store }: { readonly store: Reader }): Awaitable<CertRole | undefined> {
  return store.get(roleKey(name), roleCodec)
}

/** A role with its certificates read. */
export interface TrustedRole {
  readonly role: CertRole
  /** What chains may end with: its authorities, or the one certificate that it is for. */
  readonly anchors: readonly Certificate[]
  readonly isPinned: boolean
  /** Certificates that may have issued the pinned one. */
  readonly issuers: readonly Certificate[]
  readonly ocspSigners: readonly Certificate[]
}

/** Roles that a mount keeps read, by name; -1: none. */
export const ROLE_CACHE_DEFAULT = 200

const memory = new MountMemory<TrustedRole>()

/** Reads the certificates of a role, or takes them from the newest that were read. */
export function trusted(role: CertRole, context: EngineContext, cacheSize: number): TrustedRole {
  const known = memory.get(context, role.name)
  // A document that was written anew is another object.
  if (known?.role === role) return known
  const certificates = certificatesOfPem(role.certificate)
  const [first] = certificates
  const isPinned = first !== undefined && !first.isCa
  const made: TrustedRole = {
    role,
    anchors: isPinned ? [first] : certificates,
    isPinned,
    issuers: certificates.slice(1),
    ocspSigners: certificatesOfPem(pemOfText(role.ocspCaCertificates)),
  }
  memory.set(context, role.name, made, cacheSize)
  return made
}

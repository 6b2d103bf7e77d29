import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import { isRowName } from '../../row-name.ts'
import type { KeyUsageName } from '../x509/extensions.ts'

/** What certificates of a role are like. Durations are seconds; 0 is not set. */
export interface Role {
  readonly name: string
  readonly issuerRef: string
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  readonly notBeforeDurationSeconds: number
  /** RFC 3339, '' for not set. */
  readonly notAfter: string
  readonly notBefore: string
  readonly notBeforeBound: (typeof NOT_BEFORE_BOUNDS)[number]
  /** One of NOT_AFTER_BOUNDS, or the last moment (RFC 3339) that a certificate may end at. */
  readonly notAfterBound: string
  readonly allowLocalhost: boolean
  readonly allowedDomains: readonly string[]
  /** The domains hold identity templates. */
  readonly allowedDomainsTemplate: boolean
  readonly allowBareDomains: boolean
  readonly allowSubdomains: boolean
  readonly allowGlobDomains: boolean
  readonly allowWildcardCertificates: boolean
  readonly allowAnyName: boolean
  readonly enforceHostnames: boolean
  readonly allowIpSans: boolean
  readonly allowedIpSansCidr: readonly string[]
  readonly allowedUriSans: readonly string[]
  readonly allowedUriSansTemplate: boolean
  /** What is filled in may hold `*`. */
  readonly allowGlobsInTemplates: boolean
  readonly allowedOtherSans: readonly string[]
  readonly allowedSerialNumbers: readonly string[]
  readonly allowedUserIds: readonly string[]
  readonly serverFlag: boolean
  readonly clientFlag: boolean
  readonly codeSigningFlag: boolean
  readonly emailProtectionFlag: boolean
  /** A kind of key, or `any` for requests alone. */
  readonly keyType: string
  readonly keyBits: number
  readonly signatureBits: number
  readonly usePss: boolean
  /** Undefined: what fits the key. */
  readonly keyUsage?: readonly KeyUsageName[]
  readonly extKeyUsage: readonly string[]
  readonly extKeyUsageOids: readonly string[]
  readonly useCsrCommonName: boolean
  readonly useCsrSans: boolean
  readonly requireCn: boolean
  readonly cnValidations: readonly string[]
  readonly organization: readonly string[]
  readonly organizationalUnit: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
  readonly streetAddress: readonly string[]
  readonly postalCode: readonly string[]
  /** Each an identifier, or the JSON of an object with `oid`, `cps`, `notice`. */
  readonly policyIdentifiers: readonly string[]
  readonly basicConstraintsValidForNonCa: boolean
  readonly generateLease: boolean
  readonly noStore: boolean
}

/** How far a caller may choose: freely, within what the role's duration gives, not at all. */
export const NOT_BEFORE_BOUNDS = ['permit', 'duration', 'forbid'] as const
export const NOT_AFTER_BOUNDS: readonly string[] = ['permit', 'ttl-limited', 'forbid']

export const ROLES = 'roles/'
export const roleCodec = json<Role>()

export function roleNamed(reader: Reader, name: string): Awaitable<Role | undefined> {
  return isRowName(name) ? reader.get(ROLES + name, roleCodec) : undefined
}

export const DEFAULT_ROLE: Role = {
  name: '',
  issuerRef: 'default',
  ttlSeconds: 0,
  maxTtlSeconds: 0,
  notBeforeDurationSeconds: 30,
  notAfter: '',
  notBefore: '',
  notBeforeBound: 'permit',
  notAfterBound: 'permit',
  allowLocalhost: true,
  allowedDomains: [],
  allowedDomainsTemplate: false,
  allowBareDomains: false,
  allowSubdomains: false,
  allowGlobDomains: false,
  allowWildcardCertificates: true,
  allowAnyName: false,
  enforceHostnames: true,
  allowIpSans: true,
  allowedIpSansCidr: [],
  allowedUriSans: [],
  allowedUriSansTemplate: false,
  allowGlobsInTemplates: false,
  allowedOtherSans: [],
  allowedSerialNumbers: [],
  allowedUserIds: [],
  serverFlag: true,
  clientFlag: true,
  codeSigningFlag: false,
  emailProtectionFlag: false,
  keyType: 'rsa',
  keyBits: 0,
  signatureBits: 0,
  usePss: false,
  extKeyUsage: [],
  extKeyUsageOids: [],
  useCsrCommonName: true,
  useCsrSans: true,
  requireCn: true,
  cnValidations: ['email', 'hostname'],
  organization: [],
  organizationalUnit: [],
  country: [],
  locality: [],
  province: [],
  streetAddress: [],
  postalCode: [],
  policyIdentifiers: [],
  basicConstraintsValidForNonCa: false,
  generateLease: false,
  noStore: false,
}

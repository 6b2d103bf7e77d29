import { hash } from 'node:crypto'
import { type AltNames, altNamesDer, uriName } from './alt-names.ts'
import {
  boolean,
  type Der,
  explicit,
  ia5String,
  implicit,
  integer,
  namedBits,
  octetString,
  oid,
  sequence,
  sequenceOf,
  utf8String,
} from './der.ts'
import { perDocument } from './per-document.ts'

/** An extension as it stands in a certificate, a request or a list (RFC 5280, 4.1). */
export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Der
  /** All of it as it stands there, where it has been written. */
  readonly whole?: Der
}

/** As it is, for one that is written into many certificates. */
export function written(extension: Extension): Extension {
  return { ...extension, whole: extensionDer(extension) }
}

export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  altNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  policies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInfo: '1.3.6.1.5.5.7.1.1',
} as const

export function extensionDer({ id, critical, value, whole }: Extension): Der {
  if (whole !== undefined) return whole
  return critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value))
}

export function extensionsDer(extensions: readonly Extension[]): Der {
  return sequenceOf(extensions.map(extensionDer))
}

const LISTS_MAX = 1_000
/** Longer lists come from callers, or are rare: they are made each time. */
const LIST_MAX_CHARS = 256

/** `make`, once for each list of names, most of which come again. No name holds a space. */
function perList<Name extends string>(make: (names: readonly Name[]) => Extension) {
  const known = new Map<string, Extension>()
  return (names: readonly Name[]): Extension => {
    const key = names.join(' ')
    const found = known.get(key)
    if (found !== undefined) return found
    const made = written(make(names))
    if (known.size < LISTS_MAX && key.length <= LIST_MAX_CHARS) known.set(key, made)
    return made
  }
}

/** Bits of the extension by the names that the API has (RFC 5280, 4.2.1.3). */
export const KEY_USAGES = {
  DigitalSignature: 0,
  ContentCommitment: 1,
  KeyEncipherment: 2,
  DataEncipherment: 3,
  KeyAgreement: 4,
  CertSign: 5,
  CRLSign: 6,
  EncipherOnly: 7,
  DecipherOnly: 8,
} as const
export type KeyUsageName = keyof typeof KEY_USAGES
export const KEY_USAGE_NAMES = Object.keys(KEY_USAGES) as readonly KeyUsageName[]

/** Names of the bits that are set. */
export function keyUsageNames(isSet: (bit: number) => boolean): readonly KeyUsageName[] {
  return KEY_USAGE_NAMES.filter((name) => isSet(KEY_USAGES[name]))
}

export const keyUsage = perList((names: readonly KeyUsageName[]) => ({
  id: EXTENSION.keyUsage,
  critical: true,
  value: namedBits(names.map((name) => KEY_USAGES[name])),
}))

/** Purposes by the names that the API has. */
export const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  Any: '2.5.29.37.0',
  ServerAuth: '1.3.6.1.5.5.7.3.1',
  ClientAuth: '1.3.6.1.5.5.7.3.2',
  CodeSigning: '1.3.6.1.5.5.7.3.3',
  EmailProtection: '1.3.6.1.5.5.7.3.4',
  IPSECEndSystem: '1.3.6.1.5.5.7.3.5',
  IPSECTunnel: '1.3.6.1.5.5.7.3.6',
  IPSECUser: '1.3.6.1.5.5.7.3.7',
  TimeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  MicrosoftServerGatedCrypto: '1.3.6.1.4.1.311.10.3.3',
  NetscapeServerGatedCrypto: '2.16.840.1.113730.4.1',
  MicrosoftCommercialCodeSigning: '1.3.6.1.4.1.311.2.1.22',
  MicrosoftKernelCodeSigning: '1.3.6.1.4.1.311.61.1.1',
}

/** Who stamps times does nothing else, and that is critical, or no stamp of theirs is taken (RFC 3161, 2.3). */
const stampsAlone = (ids: readonly string[]): boolean => ids.length === 1 && ids[0] === EXT_KEY_USAGES.TimeStamping

export const extKeyUsage = perList((ids: readonly string[]) => ({
  id: EXTENSION.extKeyUsage,
  critical: stampsAlone(ids),
  value: sequenceOf(ids.map(oid)),
}))

/** `pathLength` counts CAs below; undefined: no bound. */
export function basicConstraints(isCa: boolean, pathLength?: number): Extension {
  const members = isCa ? [boolean(true), ...(pathLength === undefined ? [] : [integer(pathLength)])] : []
  return { id: EXTENSION.basicConstraints, critical: true, value: sequenceOf(members) }
}

export function subjectKeyIdentifier(keyId: Uint8Array): Extension {
  return { id: EXTENSION.subjectKeyId, critical: false, value: octetString(keyId) }
}

/** `keyId`: of a certificate that is kept. */
export const authorityKeyIdentifier = perDocument((keyId: Uint8Array) =>
  written({ id: EXTENSION.authorityKeyId, critical: false, value: sequence(implicit(0, keyId)) }),
)

/** Critical where the subject is empty, since then it is all the certificate says (RFC 5280, 4.2.1.6). */
export function altNamesExtension(names: AltNames, critical: boolean): Extension {
  return { id: EXTENSION.altNames, critical, value: altNamesDer(names) }
}

export interface AuthorityUrls {
  readonly issuingCertificates: readonly string[]
  readonly ocspServers: readonly string[]
}

export function authorityInfo({ issuingCertificates, ocspServers }: AuthorityUrls): Extension {
  const access = (method: string, url: string): Der => sequence(oid(method), uriName(url))
  return {
    id: EXTENSION.authorityInfo,
    critical: false,
    value: sequenceOf([
      ...ocspServers.map((url) => access('1.3.6.1.5.5.7.48.1', url)),
      ...issuingCertificates.map((url) => access('1.3.6.1.5.5.7.48.2', url)),
    ]),
  }
}

/** Each URL a distribution point of its own, as Go writes them. */
export function distributionPoints(id: string, urls: readonly string[]): Extension {
  const point = (url: string): Der => sequence(explicit(0, explicit(0, uriName(url))))
  return { id, critical: false, value: sequenceOf(urls.map(point)) }
}

/** A policy that a certificate was issued under. `cps` is ASCII; `notice` and it '' for none. */
export interface CertificatePolicy {
  readonly oid: string
  readonly cps: string
  readonly notice: string
}

/** RFC 5280, 4.2.1.4. */
export function certificatePolicies(policies: readonly CertificatePolicy[]): Extension {
  return { id: EXTENSION.policies, critical: false, value: sequenceOf(policies.map(policyDer)) }
}

function policyDer(policy: CertificatePolicy): Der {
  const qualifiers = [
    ...(policy.cps === '' ? [] : [sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String(policy.cps))]),
    ...(policy.notice === '' ? [] : [sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(utf8String(policy.notice)))]),
  ]
  return qualifiers.length === 0 ? sequence(oid(policy.oid)) : sequence(oid(policy.oid), sequenceOf(qualifiers))
}

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1). It names a key; nothing rests on its strength. */
export function keyIdOf(spki: Der): Buffer {
  return hash('sha1', subjectPublicKeyBits(spki), 'buffer')
}

/** Contents of the BIT STRING that ends a SubjectPublicKeyInfo, without the count of unused bits. */
export function subjectPublicKeyBits(spki: Der): Buffer {
  const outer = headerAt(spki, 0)
  const algorithm = headerAt(spki, outer.start)
  const bits = headerAt(spki, algorithm.end)
  return spki.subarray(bits.start + 1, bits.end)
}

function headerAt(der: Der, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0
  const size = first < 0x80 ? 0 : first & 0x7f
  const length = size === 0 ? first : der.readUIntBE(at + 2, size)
  const start = at + 2 + size
  return { start, end: start + length }
}

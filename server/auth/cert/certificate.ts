import { X509Certificate } from 'node:crypto'
import { derText, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { type GeneralName, generalNameOf } from '../../../crypto/general-names.ts'
import { type NameConstraints, nameConstraintsOf } from '../../../crypto/name-constraints.ts'
import {
  booleanOf,
  context,
  contextPrimitive,
  eachElement,
  integerOf,
  oidOf,
  Reader,
  smallIntegerOf,
  soleElement,
} from './der.ts'

/** What is read of a certificate (RFC 5280). Signatures are OpenSSL's work, by `x509`. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly der: Buffer
  /** SHA-256, hex with colons. */
  readonly fingerprint: string
  /** DER, for comparing. */
  readonly subject: Buffer
  readonly issuer: Buffer
  /** Decimal. */
  readonly serial: string
  /** DER of the number alone. */
  readonly serialBytes: Buffer
  /** Bits of the public key itself, as OCSP hashes them. */
  readonly publicKeyBits: Buffer
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** The last one, or ''. */
  readonly commonName: string
  readonly organizationalUnits: readonly string[]
  readonly names: readonly GeneralName[]
  readonly subjectKeyId: Buffer | undefined
  readonly authorityKeyId: Buffer | undefined
  readonly isCa: boolean
  readonly pathLength: number | undefined
  /** Bit 0 first, as RFC 5280 counts them; undefined: not restricted. */
  readonly keyUsage: ReadonlySet<number> | undefined
  /** Object identifiers; undefined: not restricted. */
  readonly extendedKeyUsage: readonly string[] | undefined
  readonly nameConstraints: NameConstraints | undefined
  readonly ocspUrls: readonly string[]
  /** By object identifier: the DER that each holds. */
  readonly extensions: ReadonlyMap<string, Extension>
}

export interface Extension {
  readonly isCritical: boolean
  readonly value: Buffer
}

const OID = {
  commonName: '2.5.4.3',
  organizationalUnit: '2.5.4.11',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfo: '1.3.6.1.5.5.7.1.1',
  ocsp: '1.3.6.1.5.5.7.48.1',
} as const

/** Critical extensions that are understood. Policies restrict nothing where nobody asks for one. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
  OID.subjectKeyId,
  OID.authorityKeyId,
])

/** Longer than any that is in use. */
const DER_MAX_BYTES = 65_536

/** Throws an Error for what is no certificate. */
export function readCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > DER_MAX_BYTES) throw new EncodingError('the certificate is too long')
  const x509 = new X509Certificate(bytes)
  const der = x509.raw
  const outer = soleElement(TAG.sequence, der)
  const tbs = new Reader(outer.take(TAG.sequence).body)
  tbs.takeIf(context(0))
  const serialBytes = tbs.take(TAG.integer).body
  tbs.take(TAG.sequence)
  const issuer = tbs.take(TAG.sequence).whole
  tbs.take(TAG.sequence)
  const subject = tbs.take(TAG.sequence)
  const publicKey = new Reader(tbs.take(TAG.sequence).body)
  publicKey.take(TAG.sequence)
  const publicKeyBits = publicKey.take(TAG.bitString).body.subarray(1)
  tbs.takeIf(contextPrimitive(1))
  tbs.takeIf(contextPrimitive(2))
  const extensions = extensionsOf(tbs.takeIf(context(3))?.body)
  const attributes = attributesOf(subject.body)
  const content = (oid: string): Buffer | undefined => extensions.get(oid)?.value
  const texts = (oid: string) => attributes.filter((attribute) => attribute.oid === oid).map(({ text }) => text)
  return {
    x509,
    der,
    fingerprint: x509.fingerprint256,
    subject: subject.whole,
    issuer,
    serial: integerOf(serialBytes),
    serialBytes,
    publicKeyBits,
    notBeforeMs: x509.validFromDate.getTime(),
    notAfterMs: x509.validToDate.getTime(),
    commonName: texts(OID.commonName).at(-1) ?? '',
    organizationalUnits: texts(OID.organizationalUnit),
    names: read(
      content(OID.subjectAltName),
      (value) => Array.from(eachElement(soleElement(TAG.sequence, value)), generalNameOf),
      [],
    ),
    subjectKeyId: read(content(OID.subjectKeyId), (value) => new Reader(value).take(TAG.octetString).body, undefined),
    authorityKeyId: read(
      content(OID.authorityKeyId),
      (value) => soleElement(TAG.sequence, value).takeIf(contextPrimitive(0))?.body,
      undefined,
    ),
    ...read(content(OID.basicConstraints), basicConstraintsOf, { isCa: false, pathLength: undefined }),
    keyUsage: read(content(OID.keyUsage), bitsOf, undefined),
    extendedKeyUsage: read(
      content(OID.extendedKeyUsage),
      (value) => Array.from(eachElement(soleElement(TAG.sequence, value)), (one) => oidOf(one.body)),
      undefined,
    ),
    nameConstraints: read(content(OID.nameConstraints), nameConstraintsOf, undefined),
    ocspUrls: read(content(OID.authorityInfo), ocspUrlsOf, []),
    extensions,
  }
}

/** Whether it has a critical extension that is not processed here: it must be rejected (RFC 5280, section 4.2). */
export function hasUnknownCriticalExtension({ extensions }: Certificate): boolean {
  for (const [oid, { isCritical }] of extensions) if (isCritical && !UNDERSTOOD.has(oid)) return true
  return false
}

const PEM = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:TRUSTED )?CERTIFICATE-----/g
/** Certificates in one bundle. */
const BUNDLE_MAX = 100

/** The certificates of PEM text, in their order. Throws an Error for one that can't be read, and for too many. */
export function certificatesOfPem(pem: string): readonly Certificate[] {
  const blocks = Array.from(pem.matchAll(PEM), ([, base64 = '']) => Buffer.from(base64, 'base64'))
  if (blocks.length > BUNDLE_MAX) throw new Error(`more than ${BUNDLE_MAX} certificates`)
  return blocks.map(readCertificate)
}

/** PEM, or base64 of PEM or of one DER certificate, as PEM. */
export function pemOfText(text: string): string {
  if (text.trim() === '' || text.includes('-----BEGIN ')) return text
  const decoded = Buffer.from(text, 'base64')
  const inside = decoded.toString('latin1')
  if (inside.includes('-----BEGIN ')) return inside
  return `-----BEGIN CERTIFICATE-----\n${decoded.toString('base64')}\n-----END CERTIFICATE-----\n`
}

function read<T, D>(value: Buffer | undefined, parse: (value: Buffer) => T, absent: D): T | D {
  return value === undefined ? absent : parse(value)
}

function extensionsOf(value: Buffer | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  if (value === undefined) return extensions
  for (const { body: entry } of eachElement(soleElement(TAG.sequence, value))) {
    const reader = new Reader(entry)
    const oid = oidOf(reader.take(TAG.oid).body)
    const critical = reader.takeIf(TAG.boolean)
    // RFC 5280, 4.2: not more than one of a kind. Two readers could mean two of them.
    if (extensions.has(oid)) throw new EncodingError('an extension comes twice')
    extensions.set(oid, {
      isCritical: critical !== undefined && booleanOf(critical.body),
      value: reader.take(TAG.octetString).body,
    })
    reader.end()
  }
  return extensions
}

function attributesOf(name: Buffer): readonly { readonly oid: string; readonly text: string }[] {
  return Array.from(eachElement(new Reader(name))).flatMap(({ body: set }) =>
    Array.from(eachElement(new Reader(set)), ({ body: value }) => {
      const reader = new Reader(value)
      return { oid: oidOf(reader.take(TAG.oid).body), text: derText(reader.any()) ?? '' }
    }),
  )
}

function basicConstraintsOf(value: Buffer): Pick<Certificate, 'isCa' | 'pathLength'> {
  const reader = soleElement(TAG.sequence, value)
  const ca = reader.takeIf(TAG.boolean)
  const pathLength = reader.takeIf(TAG.integer)
  reader.end()
  const isCa = ca !== undefined && booleanOf(ca.body)
  return { isCa, pathLength: pathLength && smallIntegerOf(pathLength.body) }
}

function bitsOf(value: Buffer): ReadonlySet<number> {
  const outer = new Reader(value)
  const bytes = outer.take(TAG.bitString).body.subarray(1)
  outer.end()
  const set = new Set<number>()
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) set.add(index * 8 + bit)
  }
  return set
}

function ocspUrlsOf(value: Buffer): readonly string[] {
  return Array.from(eachElement(soleElement(TAG.sequence, value))).flatMap(({ body: description }) => {
    const reader = new Reader(description)
    const isOcsp = oidOf(reader.take(TAG.oid).body) === OID.ocsp
    const location = reader.any()
    return isOcsp && location.tag === contextPrimitive(6) ? [location.body.toString('latin1')] : []
  })
}

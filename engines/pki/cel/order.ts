import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { askedAltNames } from '../issuing/asked-names.ts'
import { type LeafKey, type LeafOrder, leafUsages } from '../issuing/leaf.ts'
import { validity } from '../issuing/validity.ts'
import type { AltNames } from '../x509/alt-names.ts'
import { EXT_KEY_USAGES, KEY_USAGE_NAMES, type KeyUsageName, keyUsageNames } from '../x509/extensions.ts'
import { EMPTY_SUBJECT, type Subject } from '../x509/subject.ts'
import { madeExtensions } from './made-extensions.ts'
import { addressText, oidOf, uriText } from './made-values.ts'
import type { MadeName, MadeOutput, MadeTemplate } from './output.ts'

/** A certificate begins so much before it is made, where the program does not say when: clocks differ. */
const BACKDATED_SECONDS = 30
const PURPOSES = Object.values(EXT_KEY_USAGES)

const NO_CA_WARNING =
  'IsCA has no effect without BasicConstraintsValid: the certificate is no CA, as it would be of an OpenBao server'
const NO_LEASE_WARNING =
  'no_store and generate_lease exclude each other: no_store counts, since what is not kept cannot be revoked'

export interface CelOrder extends LeafOrder {
  readonly generateLease: boolean
}

/** What a program's certificate is for. */
interface Asked {
  readonly roleName: string
  readonly key: LeafKey
  /** A request is signed, rather than a key made. */
  readonly isRequest: boolean
  readonly issuer: IssuerDocument
}

/** The certificate that a program made. What it says is checked as all that is issued: `issue` does the rest. Throws `invalid_request`. */
export function celOrder(output: MadeOutput, { roleName, key, isRequest, issuer }: Asked, nowMs: number): CelOrder {
  const { template } = output
  if (template === undefined) throw invalid('the program of the role gives no template')
  const span = validityOf(template, issuer, nowMs)
  const ca = caOf(template, isRequest)
  const asked = usagesOf(template.KeyUsage ?? 0)
  const usages = ca === undefined ? leafUsages(asked, key.spec) : { kept: asked, warnings: [] }
  const stored = output.no_store !== true
  const keyId = isRequest ? Buffer.from(output.subject_key_id ?? '', 'base64') : Buffer.alloc(0)
  if (keyId.length > KEY_ID_BYTES_MAX) throw invalid(`subject_key_id has more than ${KEY_ID_BYTES_MAX} bytes`)
  const warnings = [
    ...span.warnings,
    ...usages.warnings,
    ...(output.warnings ?? []).filter((text) => text !== ''),
    ...(template.IsCA === true && ca === undefined ? [NO_CA_WARNING] : []),
    ...(output.generate_lease === true && !stored ? [NO_LEASE_WARNING] : []),
  ]
  return {
    order: {
      subject: subjectIn(template.Subject ?? {}),
      altNames: altNamesIn(template),
      spki: key.spki,
      validity: span,
      keyUsages: usages.kept,
      extKeyUsages: purposesOf(template),
      ca,
      saysNoCa: template.BasicConstraintsValid === true && ca === undefined,
      enforceHostnames: true,
      ...(keyId.length > 0 && { subjectKeyId: keyId }),
      extensions: madeExtensions(template, ca !== undefined),
      // No role without a program can have this name.
      role: `cel/${roleName}`,
      signatureBits: output.signature_bits ?? 0,
      usePss: output.use_pss ?? false,
      stored,
    },
    validity: span,
    warnings,
    generateLease: output.generate_lease === true && stored,
  }
}

const KEY_ID_BYTES_MAX = 64

function validityOf({ NotBefore, NotAfter }: MadeTemplate, issuer: IssuerDocument, nowMs: number) {
  if (NotAfter === undefined) throw invalid('the template does not say when the certificate ends (NotAfter)')
  const asked = {
    ttlSeconds: 0,
    notAfter: NotAfter,
    notBefore: NotBefore ?? '',
    notBeforeDurationSeconds: BACKDATED_SECONDS,
  }
  return validity(asked, { ttlSeconds: 0, maxTtlSeconds: 0, issuer }, nowMs)
}

/** As Go reads a template: a CA is one only where both say so, and where a path of no length is meant has to be said. */
function caOf(template: MadeTemplate, isRequest: boolean): { readonly pathLength: number | undefined } | undefined {
  const { BasicConstraintsValid: isSaid = false, IsCA = false, MaxPathLenZero: isZero = false } = template
  const length = Number(template.MaxPathLen ?? 0)
  if (!isSaid) return undefined
  if (!IsCA) {
    if (length > 0 || length < -1 || isZero) throw invalid('only CAs are allowed to specify MaxPathLen')
    return undefined
  }
  if (length < -1 || length > Number.MAX_SAFE_INTEGER) throw invalid('MaxPathLen is out of range')
  if (length !== 0) return { pathLength: length < 0 ? undefined : length }
  return { pathLength: isZero || isRequest ? 0 : undefined }
}

function subjectIn(name: MadeName): Subject {
  return {
    ...EMPTY_SUBJECT,
    commonName: name.CommonName ?? '',
    organization: name.Organization ?? [],
    organizationalUnit: name.OrganizationUnit ?? [],
    country: name.Country ?? [],
    locality: name.Locality ?? [],
    province: name.Province ?? [],
    streetAddress: name.StreetAddress ?? [],
    postalCode: name.PostalCode ?? [],
    serialNumber: name.SerialNumber ?? '',
  }
}

function altNamesIn(template: MadeTemplate): AltNames {
  const { DNSNames: dns = [], EmailAddresses: emails = [] } = template
  const wrong = dns.find((name) => name.includes('@')) ?? emails.find((name) => !name.includes('@'))
  if (wrong !== undefined)
    throw invalid(`${JSON.stringify(wrong)} is no ${wrong.includes('@') ? 'host name' : 'e-mail address'}`)
  return askedAltNames({
    common_name: '',
    alt_names: [...dns, ...emails],
    ip_sans: (template.IPAddresses ?? []).map(({ IP = '' }) => addressText(Buffer.from(IP, 'base64'))),
    uri_sans: (template.URIs ?? []).map(uriText),
    other_sans: [],
    exclude_cn_from_sans: true,
  })
}

/** From their bits. */
function usagesOf(bits: number): readonly KeyUsageName[] {
  if (bits < 0 || bits >= 1 << KEY_USAGE_NAMES.length) throw invalid('KeyUsage holds usages that there are none of')
  return keyUsageNames((bit) => (bits & (1 << bit)) !== 0)
}

function purposesOf({ ExtKeyUsage: numbers = [], UnknownExtKeyUsage: others = [] }: MadeTemplate): readonly string[] {
  const known = numbers.map((number) => {
    const id = PURPOSES[number]
    if (id === undefined) throw invalid(`ExtKeyUsage: there is none of number ${number}`)
    return id
  })
  return [...new Set([...known, ...others.map((one) => oidOf('UnknownExtKeyUsage', one))])]
}

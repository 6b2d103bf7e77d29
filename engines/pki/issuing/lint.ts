import { type AltNames, countOf, isDnsName, isPlainAscii } from '../x509/alt-names.ts'
import type { CertificateTemplate } from '../x509/certificate.ts'
import { EXTENSION, type Extension, KEY_USAGES } from '../x509/extensions.ts'
import { type Subject, subjectFault } from '../x509/subject.ts'

/** What is known of a certificate before it is signed. */
export interface Draft {
  readonly template: CertificateTemplate
  readonly subject: Subject
  readonly altNames: AltNames
  readonly isCa: boolean
  /** Names were checked to be host names, or may be anything. */
  readonly enforceHostnames: boolean
}

/** What is wrong with a certificate that would be signed (RFC 5280): undefined for nothing. */
export function lint(draft: Draft): string | undefined {
  const { template, subject, altNames } = draft
  return (
    serialFault(template.serial) ??
    (template.notAfterMs <= template.notBeforeMs ? 'it would end before it begins' : undefined) ??
    subjectFault(subject, draft.isCa) ??
    namesFault(draft) ??
    (isEmpty(template.subject) && countOf(altNames) === 0 && !draft.isCa ? 'it would name nobody' : undefined) ??
    (isEmpty(template.subject) && draft.isCa ? 'a CA needs a name' : undefined) ??
    extensionsFault(template.extensions, draft.isCa)
  )
}

function serialFault(serial: Buffer): string | undefined {
  const first = serial[0] ?? 0
  return serial.length > 20 || serial.length < 8 || first === 0 || first > 0x7f
    ? 'the serial number is out of range'
    : undefined
}

function namesFault({ altNames, enforceHostnames }: Draft): string | undefined {
  for (const name of altNames.dns) {
    if (!isPlainAscii(name) || name.length > 253) return 'a host name is not ASCII, or too long'
    if (enforceHostnames && !isDnsName(name.replace('*', 'w'))) return 'a host name is not one'
  }
  const isAscii = altNames.email.every(isPlainAscii) && altNames.uri.every(isPlainAscii)
  return isAscii ? undefined : 'an alternative name is not ASCII'
}

const EMPTY_SEQUENCE_BYTES = 2

function isEmpty(subject: Buffer): boolean {
  return subject.length === EMPTY_SEQUENCE_BYTES
}

function extensionsFault(extensions: readonly Extension[], isCa: boolean): string | undefined {
  const ids = new Set<string>()
  for (const { id, value } of extensions) {
    if (ids.has(id)) return `the extension ${id} stands there twice`
    ids.add(id)
    // Extended key usage, policies, alternative names and distribution points are lists of one or more.
    if (LISTS.has(id) && value.length === EMPTY_SEQUENCE_BYTES) return `the extension ${id} is empty`
  }
  if (signsCertificates(extensions) && !saysCa(extensions)) return 'only the key of a CA may sign certificates'
  if (isCa && !ids.has(EXTENSION.basicConstraints)) return 'a CA has to say that it is one'
  if (isCa && !ids.has(EXTENSION.keyUsage)) return 'a CA has to say what its key is for'
  return undefined
}

const extensionOf = (extensions: readonly Extension[], id: string): Buffer | undefined =>
  extensions.find((one) => one.id === id)?.value

/** OpenSSL takes what may sign certificates and says nothing of being a CA for one (RFC 5280, 4.2.1.9 forbids it). */
function signsCertificates(extensions: readonly Extension[]): boolean {
  const first = extensionOf(extensions, EXTENSION.keyUsage)?.[USAGE_BITS_AT] ?? 0
  return (first & (0x80 >> KEY_USAGES.CertSign)) !== 0
}

/** Tag and length of the bits, and how many of the last byte are unused. */
const USAGE_BITS_AT = 3

/** `SEQUENCE { BOOLEAN TRUE, … }` */
function saysCa(extensions: readonly Extension[]): boolean {
  const value = extensionOf(extensions, EXTENSION.basicConstraints)
  return value?.[2] === 0x01 && value[4] === 0xff
}

const LISTS: ReadonlySet<string> = new Set([
  EXTENSION.extKeyUsage,
  EXTENSION.altNames,
  EXTENSION.policies,
  EXTENSION.crlDistributionPoints,
  EXTENSION.authorityInfo,
])

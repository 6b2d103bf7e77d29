import { derElement, derElements, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { type GeneralName, generalNameOf } from '../../../crypto/general-names.ts'
import {
  constrainedNames,
  firstOutside,
  type NameConstraints,
  nameConstraintsOf,
} from '../../../crypto/name-constraints.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader } from '../../../storage/store.ts'
import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { chainCertificates } from '../issuers/find.ts'
import { ipText } from '../x509/alt-names.ts'
import { type CertificateTemplate, type ParsedCertificate, storedCertificate } from '../x509/certificate.ts'
import { EXTENSION, type Extension } from '../x509/extensions.ts'
import { perDocument } from '../x509/per-document.ts'

/** Name constraints (RFC 5280, 4.2.1.10): no verifier would take a certificate whose names an authority above it does not allow. */

/** Of an authority. Undefined: there are none. Throws `invalid_request` for some that cannot be read. */
export function constraintsOf({ extensions }: Pick<ParsedCertificate, 'extensions'>): NameConstraints | undefined {
  const value = valueIn(extensions, EXTENSION.nameConstraints)
  try {
    return value && nameConstraintsOf(value)
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
    throw invalid(`the name constraints of an authority cannot be read: ${error.message}`)
  }
}

const storedConstraints = perDocument((der: Buffer) => constraintsOf(storedCertificate(der)))

/**
 * Throws `invalid_request` for a certificate with a name, of whatever kind, that the issuer or an authority of its chain, as
 * far as the mount knows it, does not allow.
 */
export function refuseOutside(
  template: Pick<CertificateTemplate, 'subject' | 'extensions'>,
  isCa: boolean,
  issuer: IssuerDocument,
  reader: Reader,
): Awaitable<void> {
  const chain = chainCertificates(reader, issuer)
  if (!(chain instanceof Promise)) return refuseOutsideOf(chain, template, isCa, issuer)
  return chain.then((late) => refuseOutsideOf(late, template, isCa, issuer))
}

function refuseOutsideOf(
  chain: readonly Buffer[],
  template: Pick<CertificateTemplate, 'subject' | 'extensions'>,
  isCa: boolean,
  issuer: IssuerDocument,
): void {
  let names: readonly GeneralName[] | undefined
  for (const authority of chain.includes(issuer.certificate) ? chain : [issuer.certificate, ...chain]) {
    const constraints = storedConstraints(authority)
    if (constraints === undefined) continue
    names ??= namesIn(template, isCa)
    const outside = firstOutside(constraints, names)
    if (outside === undefined) continue
    const whose = authority === issuer.certificate ? 'the issuer' : 'an authority above the issuer'
    throw invalid(
      `the certificate would not be valid: the name constraints of ${whose} do not allow ${shownName(outside)}`,
    )
  }
}

/** Names that were not written here, as those of a request's subject, may be none. */
function namesIn(
  { subject, extensions }: Pick<CertificateTemplate, 'subject' | 'extensions'>,
  isCa: boolean,
): readonly GeneralName[] {
  const value = valueIn(extensions, EXTENSION.altNames)
  try {
    const altNames = value === undefined ? [] : derElements(derElement(value, TAG.sequence).body).map(generalNameOf)
    return constrainedNames(subject, altNames, !isCa)
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
    throw invalid(`the certificate would not be valid: its names cannot be read: ${error.message}`)
  }
}

function valueIn(extensions: readonly Extension[], wanted: string): Buffer | undefined {
  return extensions.find(({ id }) => id === wanted)?.value
}

function shownName(name: GeneralName): string {
  if (name.kind === 'directory') return 'the subject'
  if (name.kind === 'ip') return ipText(name.bytes)
  return name.kind === 'other' ? 'a name of another kind' : name.text
}

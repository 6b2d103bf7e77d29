import { derText } from '../../../crypto/der.ts'
import { matchesAnyGlob, matchesGlob } from '../../../engines/glob.ts'
import type { Certificate } from './certificate.ts'
import { Reader } from './der.ts'
import type { CertRole } from './role.ts'

/** What a role asks of a certificate beside being vouched for. Each list that is empty asks nothing. */

/** The constraint that the certificate does not meet; undefined: it meets all. For the log. */
export function unmetConstraint(role: CertRole, certificate: Certificate): string | undefined {
  const { commonName } = certificate
  const dns = namesOf(certificate, 'dns')
  const emails = namesOf(certificate, 'email')
  const checks: readonly (readonly [name: string, patterns: readonly string[], values: readonly string[]])[] = [
    ['allowed_names', role.allowedNames, [commonName, ...dns, ...emails]],
    ['allowed_common_names', role.allowedCommonNames, [commonName]],
    ['allowed_dns_sans', role.allowedDnsSans, dns],
    ['allowed_email_sans', role.allowedEmailSans, emails],
    ['allowed_uri_sans', role.allowedUriSans, namesOf(certificate, 'uri')],
    ['allowed_organizational_units', role.allowedOrganizationalUnits, certificate.organizationalUnits],
  ]
  const unmet = checks.find(
    ([, patterns, values]) => patterns.length > 0 && !values.some((value) => matchesAnyGlob(patterns, value)),
  )
  if (unmet !== undefined) return unmet[0]
  return role.requiredExtensions.every((required) => hasExtension(certificate, required))
    ? undefined
    : 'required_extensions'
}

function namesOf({ names }: Certificate, kind: 'dns' | 'email' | 'uri'): readonly string[] {
  return names.flatMap((name) => (name.kind === kind ? [name.text] : []))
}

const OID = String.raw`\d+(?:\.\d+)+`
const REQUIRED_EXTENSION = new RegExp(`^(hex:)?(${OID}):(.*)$`, 's')
const IS_OID = new RegExp(`^${OID}$`)

export const isRequiredExtension = (text: string): boolean => REQUIRED_EXTENSION.test(text)
export const isOid = (text: string): boolean => IS_OID.test(text)

/** `OID:glob` is matched with the text that the extension holds, `hex:OID:glob` with its whole DER in lower-case hex. */
function hasExtension(certificate: Certificate, required: string): boolean {
  const [, hex, oid = '', pattern = ''] = REQUIRED_EXTENSION.exec(required) ?? []
  const extension = certificate.extensions.get(oid)
  if (extension === undefined) return false
  if (hex !== undefined) return matchesGlob(pattern.toLowerCase(), extension.value.toString('hex'))
  return matchesGlob(pattern, extensionText(certificate, oid) ?? '')
}

/** The text of an extension that holds a string; '' of one that holds anything else; undefined where there is none. */
export function extensionText({ extensions }: Certificate, oid: string): string | undefined {
  const extension = extensions.get(oid)
  if (extension === undefined) return undefined
  try {
    const reader = new Reader(extension.value)
    const text = derText(reader.any())
    reader.end()
    return text ?? ''
  } catch {
    return ''
  }
}

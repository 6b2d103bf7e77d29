import { isJsonArray, type JsonObject, type JsonValue } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { Failure, misuse, remote } from '../../failure.ts'
import { type Certificate, isSame, isSignedBy, parseCertificate } from './certificate.ts'

/** An issuer, or another certificate that the API shows with its chain. */
export interface Issuer {
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
  /** '' where the key is not there. */
  readonly keyId: string
}

/** Reads what is at `path`, such as `pki/issuer/default`. Throws Failure. */
export async function readIssuer(client: Logical, path: string): Promise<Issuer> {
  const { data } = (await remote(`Error reading ${path}`, client.read(path))) ?? {}
  if (!data) throw new Failure(`No value found at ${path}`, 2)
  try {
    return {
      certificate: parseCertificate(textOf(data, 'certificate')),
      chain: textsOf(data.ca_chain).map(parseCertificate),
      keyId: typeof data.key_id === 'string' ? data.key_id : '',
    }
  } catch {
    throw misuse(`there is no certificate with its chain at ${path}`)
  }
}

/** The text of a field; '' where it is not there. */
export function textOf(data: JsonObject, name: string): string {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

/** The texts of a list, without empty ones. */
export function textsOf(value: JsonValue | undefined): string[] {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string').filter((item) => item.trim() !== '') : []
}

export interface Relation {
  readonly subject_match: boolean
  readonly path_match: boolean
  readonly trust_match: boolean
  readonly key_id_match: boolean
  readonly signature_match: boolean
}

/** What speaks for `parent` having issued `child`. */
export function relationOf({ certificate: parent }: Issuer, child: Issuer, nowMs: number): Relation {
  return {
    subject_match: parent.subject.equals(child.certificate.issuer),
    path_match: child.chain.some((one) => isSame(one, parent)),
    trust_match: isTrusted(child, parent, nowMs),
    key_id_match: parent.subjectKeyId !== undefined && parent.subjectKeyId === child.certificate.authorityKeyId,
    signature_match: isSignedBy(child.certificate, parent),
  }
}

/** Whether who trusts `anchor` alone can trust the certificate, by what its chain has between them. */
function isTrusted({ certificate, chain }: Issuer, anchor: Certificate, nowMs: number): boolean {
  const isValid = ({ notBeforeMs, notAfterMs }: Certificate): boolean => notBeforeMs <= nowMs && nowMs <= notAfterMs
  const links = (child: Certificate, parent: Certificate): boolean =>
    child.issuer.equals(parent.subject) && isValid(parent) && isSignedBy(child, parent)
  const seen = new Set<Certificate>()
  const reaches = (from: Certificate): boolean => {
    if (isSame(from, anchor) || links(from, anchor)) return true
    seen.add(from)
    return chain.some((next) => !seen.has(next) && links(from, next) && reaches(next))
  }
  return isValid(certificate) && isValid(anchor) && reaches(certificate)
}

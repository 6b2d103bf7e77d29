import { derElement, TAG } from '../../../crypto/der.ts'
import type { ParsedRequest } from '../x509/csr.ts'
import { membersOf, wholeBytes } from '../x509/reading.ts'
import { algorithmIn, pssHashOf } from '../x509/signature-algorithm.ts'

/** `parsed_csr` of a program, by the names of Go's x509.CertificateRequest. Its key is `RawSubjectPublicKeyInfo` alone. */
export type CsrFields = ReturnType<typeof csrFields>

const KEY_ALGORITHMS: Readonly<Record<string, string>> = { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519' }

/** Signature algorithms as Go writes them; others, of post-quantum keys, by their identifiers. */
const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'SHA256-RSA',
  '1.2.840.113549.1.1.12': 'SHA384-RSA',
  '1.2.840.113549.1.1.13': 'SHA512-RSA',
  '1.2.840.10045.4.3.2': 'ECDSA-SHA256',
  '1.2.840.10045.4.3.3': 'ECDSA-SHA384',
  '1.2.840.10045.4.3.4': 'ECDSA-SHA512',
  '1.3.101.112': 'Ed25519',
}

/** `der`: the request that `request` was read from. */
export function csrFields(der: Buffer, request: ParsedRequest) {
  const [info, algorithm, signature] = membersOf(derElement(der, TAG.sequence))
  const { subject, altNames, spec } = request
  const known = algorithmIn(algorithm)
  const pss = pssHashOf(known)
  return {
    Raw: plain(der),
    RawTBSCertificateRequest: plain(info?.whole ?? Buffer.alloc(0)),
    RawSubjectPublicKeyInfo: plain(request.spki),
    RawSubject: plain(request.subjectDer),
    Version: 0n,
    Signature: plain(wholeBytes(signature)),
    SignatureAlgorithm: pss === undefined ? (SIGNATURES[known.id] ?? known.id) : `SHA${pss}-RSAPSS`,
    PublicKeyAlgorithm: KEY_ALGORITHMS[spec.kind] ?? spec.kind.toUpperCase(),
    Subject: {
      CommonName: subject.commonName,
      Country: subject.country,
      Organization: subject.organization,
      OrganizationalUnit: subject.organizationalUnit,
      Locality: subject.locality,
      Province: subject.province,
      StreetAddress: subject.streetAddress,
      PostalCode: subject.postalCode,
      ExtraNames: [],
      SerialNumber: subject.serialNumber,
    },
    Extensions: Object.fromEntries(request.extensions.map(({ id, value }) => [id, plain(value)])),
    ExtraExtensions: [],
    DNSNames: altNames.dns,
    EmailAddresses: altNames.email,
    IPAddresses: altNames.ip,
    URIs: altNames.uri,
  }
}

/** A copy without what else lies in the same memory: it goes to another thread. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

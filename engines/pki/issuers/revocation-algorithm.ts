import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { hashBits, type KeyKind, type SigningOptions, specOf } from '../x509/algorithms.ts'
import { storedCertificate } from '../x509/certificate.ts'
import type { HashBits } from '../x509/signature-algorithm.ts'

/** How an issuer signs lists and OCSP answers, by the names that Go has for algorithms. */
const RSA: Readonly<Record<string, SigningOptions>> = {
  SHA256WithRSA: { hash: 256, pss: false },
  SHA384WithRSA: { hash: 384, pss: false },
  SHA512WithRSA: { hash: 512, pss: false },
  SHA256WithRSAPSS: { hash: 256, pss: true },
  SHA384WithRSAPSS: { hash: 384, pss: true },
  SHA512WithRSAPSS: { hash: 512, pss: true },
}
const ECDSA: Readonly<Record<HashBits, string>> = {
  256: 'ECDSAWithSHA256',
  384: 'ECDSAWithSHA384',
  512: 'ECDSAWithSHA512',
}
const PURE: Readonly<Record<string, string>> = {
  ed25519: 'Ed25519',
  'ml-dsa-44': 'MLDSA44',
  'ml-dsa-65': 'MLDSA65',
  'ml-dsa-87': 'MLDSA87',
}
/** Other words for some of them, in small letters. */
const ALSO: Readonly<Record<string, string>> = {
  pureed25519: 'ed25519',
  'ml-dsa-44': 'mldsa44',
  'ml-dsa-65': 'mldsa65',
  'ml-dsa-87': 'mldsa87',
}

type Issuer = Pick<IssuerDocument, 'certificate' | 'revocationSignature'>

/** The one that is set, or that fits the key. */
export function revocationAlgorithmName({ certificate, revocationSignature }: Issuer): string {
  const spec = specOf(storedCertificate(certificate).publicKey)
  if (spec.kind === 'rsa') return revocationSignature || 'SHA256WithRSA'
  return spec.kind === 'ec' ? ECDSA[hashBits(spec, 0)] : (PURE[spec.kind] ?? '')
}

export function revocationSigning(issuer: Issuer): SigningOptions {
  const spec = specOf(storedCertificate(issuer.certificate).publicKey)
  return RSA[revocationAlgorithmName(issuer)] ?? { hash: hashBits(spec, 0), pss: false }
}

/** Of a root that is made: as its own certificate is signed, which its key may be bound to. '' where the key leaves no choice. */
export function ownAlgorithmName(kind: KeyKind, { hash, pss }: SigningOptions): string {
  if (kind !== 'rsa') return ''
  return Object.keys(RSA).find((name) => RSA[name]?.hash === hash && RSA[name]?.pss === pss) ?? ''
}

/** As it is kept, whatever the case of its letters. Throws `invalid_request` for algorithms that are none, or not the key's. */
export function checkedRevocationAlgorithm(name: string, issuer: IssuerDocument): string {
  if (name === '') return ''
  const spec = specOf(storedCertificate(issuer.certificate).publicKey)
  const names =
    spec.kind === 'rsa' ? Object.keys(RSA) : [revocationAlgorithmName({ ...issuer, revocationSignature: '' })]
  const asked = ALSO[name.toLowerCase()] ?? name.toLowerCase()
  const found = names.find((one) => one.toLowerCase() === asked)
  if (found === undefined) throw invalid(`revocation_signature_algorithm ${name} does not fit the key of the issuer`)
  return found
}

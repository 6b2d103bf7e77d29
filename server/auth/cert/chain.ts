import { constrainedNames, firstOutside } from '../../../crypto/name-constraints.ts'
import { type Certificate, hasUnknownCriticalExtension } from './certificate.ts'

/**
 * Whether a client's certificate is vouched for: paths from it to a certificate that is trusted, judged as RFC 5280
 * section 6 has it. OpenSSL verifies signatures; everything else is here, since Node.js has no call for it.
 */

/** From the client's own up to one that is trusted, both included. */
export type Chain = readonly Certificate[]

/** Certificates of one chain. */
const LENGTH_MAX = 10
/** What one login may cost, whatever comes with it. */
const STEPS_MAX = 500
const SIGNATURES_MAX = 60
/** Different ways up that are looked at. */
const CHAINS_MAX = 20
const RSA_MIN_BITS = 2048

const USAGE = { digitalSignature: 0, keyAgreement: 4, certificateSigning: 5 } as const
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const ANY_USE = '2.5.29.37.0'
/** Signatures whose hash can be made to collide: MD2, MD5 and SHA-1. */
const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
])

/** Why a certificate is good for no login at all, whoever vouches for it; undefined: it may be. For the log. */
export function unfitness(certificate: Certificate, nowMs: number): string | undefined {
  const { keyUsage } = certificate
  if (!isInTime(certificate, nowMs)) return 'it has expired or is not valid yet'
  if (!isForClients(certificate)) return 'it is not for authenticating clients'
  if (keyUsage !== undefined && !keyUsage.has(USAGE.digitalSignature) && !keyUsage.has(USAGE.keyAgreement))
    return 'its key is not for signing'
  if (hasUnknownCriticalExtension(certificate)) return 'it has a critical extension that is not understood'
  if (!isStrong(certificate)) return 'its key is too weak'
  return undefined
}

/** Finds chains. One for each login: what a signature came to is remembered for its time. */
export class ChainFinder {
  readonly #leaf: Certificate
  readonly #intermediates: readonly Certificate[]
  readonly #nowMs: number
  readonly #verdicts = new Map<string, boolean>()
  #steps = 0
  #signatures = 0

  /** `leaf` is fit by itself; `intermediates` are what the client sent with it, trusted for nothing. */
  constructor(leaf: Certificate, intermediates: readonly Certificate[], nowMs: number) {
    this.#leaf = leaf
    this.#intermediates = intermediates.slice(0, LENGTH_MAX)
    this.#nowMs = nowMs
  }

  /** The ways from the client's certificate to one of these, none of which leads through another of them. */
  to(anchors: readonly Certificate[]): readonly Chain[] {
    const found: Chain[] = []
    this.#climb([this.#leaf], anchors, found)
    return found
  }

  #climb(chain: Chain, anchors: readonly Certificate[], found: Chain[]): void {
    const top = chain.at(-1)
    if (top === undefined || found.length >= CHAINS_MAX || ++this.#steps > STEPS_MAX) return
    if (anchors.some((anchor) => anchor.fingerprint === top.fingerprint)) {
      found.push(chain)
      return
    }
    if (chain.length >= LENGTH_MAX) return
    for (const issuer of [...anchors, ...this.#intermediates]) {
      if (chain.some((below) => below.fingerprint === issuer.fingerprint)) continue
      if (this.#mayVouch(issuer, chain) && this.#hasSigned(issuer, top)) this.#climb([...chain, issuer], anchors, found)
    }
  }

  /** Everything but the signature. */
  #mayVouch(issuer: Certificate, below: Chain): boolean {
    const child = below.at(-1)
    if (child === undefined || !issuer.subject.equals(child.issuer)) return false
    if (!issuer.isCa || !(issuer.keyUsage?.has(USAGE.certificateSigning) ?? true)) return false
    if (
      !isInTime(issuer, this.#nowMs) ||
      !isForClients(issuer) ||
      hasUnknownCriticalExtension(issuer) ||
      !isStrong(issuer)
    )
      return false
    // The client's own does not count, and neither do authorities that certified themselves under a new key.
    const between = below.slice(1).filter(({ subject, issuer: by }) => !subject.equals(by)).length
    if (issuer.pathLength !== undefined && between > issuer.pathLength) return false
    return below.every((certificate, index) => {
      if (issuer.nameConstraints === undefined || (index > 0 && certificate.subject.equals(certificate.issuer)))
        return true
      const names = constrainedNames(certificate.subject, certificate.names, index === 0)
      return firstOutside(issuer.nameConstraints, names) === undefined
    })
  }

  #hasSigned(issuer: Certificate, child: Certificate): boolean {
    const pair = `${issuer.fingerprint} ${child.fingerprint}`
    const known = this.#verdicts.get(pair)
    if (known !== undefined) return known
    if (++this.#signatures > SIGNATURES_MAX) return false
    const verdict = isSignedBy(child, issuer)
    this.#verdicts.set(pair, verdict)
    return verdict
  }
}

/** Whether the names and key identifiers fit, and the signature verifies. */
export function isSignedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  if (WEAK_SIGNATURES.has(x509.signatureAlgorithmOid ?? '')) return false
  try {
    return x509.checkIssued(issuer.x509) && x509.verify(issuer.x509.publicKey)
  } catch {
    // A key of a kind that OpenSSL doesn't know.
    return false
  }
}

export function isInTime({ notBeforeMs, notAfterMs }: Certificate, nowMs: number): boolean {
  return nowMs >= notBeforeMs && nowMs <= notAfterMs
}

/** An authority that is confined to other uses can't make certificates for this one. */
export function isForClients({ extendedKeyUsage }: Certificate): boolean {
  return extendedKeyUsage === undefined || extendedKeyUsage.some((use) => use === CLIENT_AUTH || use === ANY_USE)
}

function isStrong({ x509 }: Certificate): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = x509.publicKey
    const isRsa = asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss'
    return !isRsa || (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_MIN_BITS
  } catch {
    return false
  }
}

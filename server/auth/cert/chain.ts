import { constrainedNames, firstOutside } from '../../../crypto/name-constraints.ts'
import { type Certificate, hasUnknownCriticalExtension } from './certificate.ts'

/**
 * Validation of certification paths (RFC 5280, section 6), from a client's certificate to a trust anchor. OpenSSL verifies
 * signatures; everything else is here, since Node.js has no call for it.
 */

/** A certification path: from the client's own certificate up to a trust anchor, both included. */
export type Chain = readonly Certificate[]

/** Certificates of one chain. */
const LENGTH_MAX = 10
/** What one login may cost, whatever comes with it. */
const STEPS_MAX = 500
const SIGNATURES_MAX = 60
/** Valid paths that are looked for, of those that there may be. */
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

/** For the log: why a certificate is good for no login, whatever its path; undefined: it may be. */
export function rejectionReason(certificate: Certificate, nowMs: number): string | undefined {
  const { keyUsage } = certificate
  if (!isInTime(certificate, nowMs)) return 'it has expired or is not valid yet'
  if (!isForClients(certificate)) return 'it is not for authenticating clients'
  if (keyUsage !== undefined && !keyUsage.has(USAGE.digitalSignature) && !keyUsage.has(USAGE.keyAgreement))
    return 'its key is not for signing'
  if (hasUnknownCriticalExtension(certificate)) return 'it has a critical extension that is not understood'
  if (!isStrong(certificate)) return 'its key is too weak'
  return undefined
}

/** Finds the valid paths of one login; which signatures it has verified, and how, is remembered for that login. */
export class ChainFinder {
  readonly #leaf: Certificate
  readonly #intermediates: readonly Certificate[]
  readonly #nowMs: number
  readonly #verdicts = new Map<string, boolean>()
  #steps = 0
  #signatures = 0

  /** `leaf` has no `rejectionReason`; `intermediates` came with it from the client, and are trusted for nothing. */
  constructor(leaf: Certificate, intermediates: readonly Certificate[], nowMs: number) {
    this.#leaf = leaf
    this.#intermediates = intermediates.slice(0, LENGTH_MAX)
    this.#nowMs = nowMs
  }

  /** The valid paths to one of these; none of them leads through another anchor. */
  to(anchors: readonly Certificate[]): readonly Chain[] {
    const found: Chain[] = []
    this.#extend([this.#leaf], anchors, found)
    return found
  }

  #extend(chain: Chain, anchors: readonly Certificate[], found: Chain[]): void {
    const top = chain.at(-1)
    if (top === undefined || found.length >= CHAINS_MAX || ++this.#steps > STEPS_MAX) return
    if (anchors.some((anchor) => anchor.fingerprint === top.fingerprint)) {
      found.push(chain)
      return
    }
    if (chain.length >= LENGTH_MAX) return
    for (const issuer of [...anchors, ...this.#intermediates]) {
      if (chain.some((below) => below.fingerprint === issuer.fingerprint)) continue
      if (this.#mayIssue(issuer, chain) && this.#hasSigned(issuer, top))
        this.#extend([...chain, issuer], anchors, found)
    }
  }

  /** Whether `issuer` may stand above `below`: everything but its signature. */
  #mayIssue(issuer: Certificate, below: Chain): boolean {
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
    // The path length counts neither the leaf nor self-issued certificates (RFC 5280, 4.2.1.9).
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

/** For a CA too: one that is confined to other uses can't issue client certificates. */
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

import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** A chain as it came: DER, the peer's own first. */
export type PeerChain = readonly Buffer[]

const NO_CHAIN: PeerChain = []
/** Longest chain that is looked at, the peer's own included. */
const CHAIN_MAX = 10
/** Chains that are remembered, of the newest peers. */
const REMEMBERED_MAX = 1_000

/**
 * Whole chains by the SHA-256 of the peer's own certificate. A TLS session that is resumed tells that one alone: the
 * authorities between it and the root came with the first handshake only.
 */
const remembered = new Map<string, PeerChain>()

/** To be called once for each finished handshake. Costs nothing where the peer showed no certificate. */
export function rememberChain(socket: Duplex): void {
  if (!(socket instanceof TLSSocket) || socket.isSessionReused()) return
  const own = socket.getPeerX509Certificate()
  const chain = own === undefined ? NO_CHAIN : chainFrom(own)
  if (own === undefined || chain.length < 2) return
  remembered.delete(own.fingerprint256)
  remembered.set(own.fingerprint256, chain)
  const [oldest] = remembered.keys()
  if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
}

/**
 * What the peer of a TLS connection showed, and proved at the handshake to have the key of. Nobody has judged it: neither
 * its signatures nor its dates. Empty for a peer without a certificate.
 */
export function peerChainOf(socket: Duplex): PeerChain {
  if (!(socket instanceof TLSSocket)) return NO_CHAIN
  const own = socket.getPeerX509Certificate()
  if (own === undefined) return NO_CHAIN
  if (!socket.isSessionReused()) return chainFrom(own)
  return remembered.get(own.fingerprint256) ?? chainFrom(own)
}

function chainFrom(own: X509Certificate): PeerChain {
  const chain: Buffer[] = []
  for (let next: X509Certificate | undefined = own; next !== undefined && chain.length < CHAIN_MAX; ) {
    chain.push(next.raw)
    next = next.issuerCertificate
  }
  return chain
}

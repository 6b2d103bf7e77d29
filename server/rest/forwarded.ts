import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { canonicalAddress, isWithin } from '../../engines/cidr.ts'
import { invalid } from '../../engines/errors.ts'
import { type ForwardedCertificatePolicy, forwardedChain } from './forwarded-certificate.ts'

/** Whose `X-Forwarded-For` is believed, as Vault's listener options of these names. */
export interface ForwardedPolicy {
  /** Addresses or CIDR ranges of the proxies; none: the header is never looked at. */
  readonly authorizedAddresses: readonly string[]
  /** How many addresses at the end of the list are the proxies' own. */
  readonly hopSkips: number
  /** Whether an authorised proxy must send the header. */
  readonly rejectNotPresent: boolean
  /** Whether others than the proxies may connect at all when they send the header. */
  readonly rejectNotAuthorized: boolean
  /** Where proxies tell of the client's certificate; undefined: nowhere, and no forwarded request has one. */
  readonly clientCertificate?: ForwardedCertificatePolicy | undefined
}

/** Who a proxy that is believed says it forwards for. */
export interface ForwardedClient {
  readonly address: string
  /** What stands in for the certificates of the connection, which are the proxy's own. Throws `invalid_request`. */
  readonly peerChain: () => readonly Uint8Array[]
}

/** Tells who the client is from the peer and the headers. */
export class ForwardedAddresses {
  readonly #policy: ForwardedPolicy

  constructor(policy: ForwardedPolicy) {
    this.#policy = policy
  }

  /** Undefined: the peer itself is the client. Throws `invalid_request` where the policy refuses. */
  clientOf(peer: string, headers: IncomingHttpHeaders): ForwardedClient | undefined {
    const address = this.#addressOf(peer, textOf(headers['x-forwarded-for']))
    if (address === undefined) return undefined
    const { clientCertificate } = this.#policy
    const peerChain = (): readonly Uint8Array[] =>
      clientCertificate === undefined
        ? []
        : forwardedChain(clientCertificate, textOf(headers[clientCertificate.header]))
    return { address, peerChain }
  }

  #addressOf(peer: string, header: string | undefined): string | undefined {
    const { authorizedAddresses: proxies } = this.#policy
    // An empty list would bind nothing.
    const isProxy = proxies.length > 0 && isWithin(proxies, peer)
    if (header === undefined || header === '') {
      if (isProxy && this.#policy.rejectNotPresent) throw invalid('missing x-forwarded-for header')
      return undefined
    }
    if (!isProxy) {
      if (this.#policy.rejectNotAuthorized) throw invalid('client address not authorized for x-forwarded-for')
      return undefined
    }
    const hops = header.split(',').map((hop) => hop.trim())
    const client = hops[hops.length - 1 - this.#policy.hopSkips]
    if (client === undefined) throw invalid('malformed x-forwarded-for: fewer hops than the listener skips')
    if (isIP(client) === 0) throw invalid('malformed x-forwarded-for: not an address')
    return canonicalAddress(client)
  }
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.join(', ')

import { BlockList, isIP, SocketAddress } from 'node:net'
import { invalid } from './errors.ts'

/** Most addresses and blocks that one token or role may be bound to. */
const CIDRS_MAX = 1_000

/** Compiled once per list: lists are shared, immutable documents. */
const compiled = new WeakMap<readonly string[], BlockList>()

/** '10.0.0.0/8' and '10.1.2.3' as they are kept and shown. Throws `invalid_request` naming `field`. */
export function canonicalCidrs(field: string, raw: readonly string[]): readonly string[] {
  if (raw.length > CIDRS_MAX) throw invalid(`${field} holds more than ${CIDRS_MAX} addresses`)
  return raw.map((text) => {
    const [address = '', bits, ...rest] = text.split('/')
    const family = isIP(address)
    const max = family === 6 ? 128 : 32
    if (family === 0 || rest.length > 0 || (bits !== undefined && !isPrefixLength(bits, max))) {
      throw invalid(`error parsing ${field}: invalid CIDR block or address`)
    }
    return bits === undefined ? address : `${address}/${Number(bits)}`
  })
}

/**
 * The one spelling of a peer's address. A socket for both families tells an IPv4 address as one of IPv6 (RFC 4291, 2.5.5.2),
 * and a proxy may write one of IPv6 in several ways: one client would be counted as several.
 */
export function canonicalAddress(address: string): string {
  // What is in a zone (RFC 4007) comes from the system, in its one spelling.
  const isPlain = isIP(address) === 6 && !address.includes('%')
  const spelt = isPlain ? new SocketAddress({ address, family: 'ipv6' }).address : address
  return withoutMapping(spelt)
}

const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

/** Whether the address lies in one of the blocks; an empty list binds nothing. A peer without an address (a Unix socket) lies in none. */
export function isWithin(cidrs: readonly string[], address: string): boolean {
  if (cidrs.length === 0) return true
  const plain = withoutMapping(address)
  const family = isIP(plain)
  return family !== 0 && listOf(cidrs).check(plain, family === 6 ? 'ipv6' : 'ipv4')
}

/** Whether every address of `inner` lies in one of the blocks of `outer`; an empty `outer` binds nothing. Both are canonical. */
export function areWithin(outer: readonly string[], inner: readonly string[]): boolean {
  if (outer.length === 0) return true
  return inner.every((block) =>
    outer.some((wider) => prefixLength(wider) <= prefixLength(block) && holds(wider, block)),
  )
}

function holds(wider: string, block: string): boolean {
  const [address = ''] = block.split('/')
  return isIP(address) === isIP(wider.split('/')[0] ?? '') && isWithin([wider], address)
}

function prefixLength(block: string): number {
  const [address = '', bits] = block.split('/')
  return bits === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(bits)
}

function listOf(cidrs: readonly string[]): BlockList {
  const known = compiled.get(cidrs)
  if (known !== undefined) return known
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  compiled.set(cidrs, list)
  return list
}

function isPrefixLength(text: string, max: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= max
}

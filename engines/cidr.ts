import { BlockList, isIP, SocketAddress } from 'node:net'
import { invalid } from './errors.ts'

/** Most addresses and blocks that one token or role may be bound to. */
const CIDRS_MAX = 1_000

/** Each family by itself: in a list of both, `::/0` would hold the addresses of IPv4 too, which are in `::ffff:0:0/96`. */
interface Blocks {
  readonly ipv4: BlockList
  readonly ipv6: BlockList
}

/** Compiled once per list: lists are shared, immutable documents. */
const compiled = new WeakMap<readonly string[], Blocks>()

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
  if (family === 0) return false
  const blocks = blocksOf(cidrs)
  return family === 6 ? blocks.ipv6.check(plain, 'ipv6') : blocks.ipv4.check(plain)
}

/** Whether each block of `inner` lies within one block of `outer`; an empty `outer` restricts nothing. Both are canonical. */
export function areBlocksWithin(outer: readonly string[], inner: readonly string[]): boolean {
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

function blocksOf(cidrs: readonly string[]): Blocks {
  const known = compiled.get(cidrs)
  if (known !== undefined) return known
  const blocks = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const cidr of cidrs) addBlock(blocks, cidr)
  compiled.set(cidrs, blocks)
  return blocks
}

const MAPPED_BITS = 96

function addBlock({ ipv4, ipv6 }: Blocks, cidr: string): void {
  const [address = ''] = cidr.split('/')
  const [plain, bits] = [canonicalAddress(address), prefixLength(cidr)]
  if (isIP(address) === 4) ipv4.addSubnet(address, bits)
  // A block of IPv4 that is written as one of IPv6 holds what it holds.
  else if (isIP(plain) === 4 && bits >= MAPPED_BITS) ipv4.addSubnet(plain, bits - MAPPED_BITS)
  else ipv6.addSubnet(address, bits, 'ipv6')
}

function isPrefixLength(text: string, max: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= max
}

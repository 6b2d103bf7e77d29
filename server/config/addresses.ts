import { isIP } from 'node:net'
import { HclError, type Node } from '../hcl/ast.ts'
import { textOf } from '../hcl/read.ts'

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i

/** As it is written: 'host:port', an IPv6 address in brackets. */
export function addressText({ host, port }: HostAndPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What an address that is none is told, behind its name. */
export const NO_ADDRESS = 'must be an address and a port such as 127.0.0.1:8200 or [::1]:8200'

export function hostAndPortOf(key: string, node: Node): HostAndPort {
  const found = hostAndPort(textOf(node, key))
  if (found === undefined) throw new HclError(`${key} ${NO_ADDRESS}`, node.at)
  return found
}

/** 'host:port', '[IPv6]:port', or ':port' for every address. Undefined: not one. */
export function hostAndPort(text: string): HostAndPort | undefined {
  const parts = HOST_AND_PORT.exec(text)
  const port = Number(parts?.[3])
  const [ipv6, name] = [parts?.[1], parts?.[2]]
  const isHost = ipv6 === undefined ? name === '' || isNameOrAddress(name ?? '') : isIP(ipv6.replace(/%\w+$/, '')) === 6
  if (parts === null || !isHost || port > 65_535) return undefined
  return { host: ipv6 ?? name ?? '', port }
}

/** What looks like an IPv4 address must be one: resolvers read 1.2.3 or 0300.1 in ways that nobody expects. */
function isNameOrAddress(text: string): boolean {
  return /^[\d.]+$/.test(text) ? isIP(text) === 4 : HOST_NAME.test(text)
}

/** A URL of this server, without a path or anything after it. Undefined: not one. */
export function serverUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  if (url.hostname === '' || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return undefined
  return text.replace(/\/+$/, '')
}

/** An address or a CIDR range. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32))
}

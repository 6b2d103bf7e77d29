import { HclError } from '../hcl/ast.ts'
import { type Block, textOf } from '../hcl/read.ts'
import { DEFAULT_LIMITS } from '../rest/limits.ts'
import { hostAndPortOf, isAddressRange } from './addresses.ts'
import { tlsOf } from './listener-tls.ts'
import { responseHeadersOf } from './response-headers.ts'
import { Section, type Warn } from './section.ts'
import type {
  ForwardedConfig,
  GrpcListenerConfig,
  ListenerConfig,
  ListenerLimits,
  TcpListenerConfig,
  UnixListenerConfig,
} from './types.ts'

const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 8200 }
const DEFAULT_GRPC_ADDRESS = { host: '127.0.0.1', port: 8201 }

/** A block `listener "type" { … }`. */
export function listenerOf({ labels, body, at }: Block, warn: Warn): ListenerConfig | GrpcListenerConfig {
  const type = labels[0]?.name ?? ''
  if (type !== 'tcp' && type !== 'unix' && type !== 'grpc')
    throw new HclError(`unknown listener type "${type}": there are tcp, unix and grpc`, at)
  const section = new Section(`listener "${type}"`, body, warn)
  const listener = type === 'tcp' ? tcpOf(section) : type === 'grpc' ? grpcOf(section) : unixOf(section, body.at)
  section.finish()
  return listener
}

function tcpOf(section: Section): TcpListenerConfig {
  const address = section.node('address')
  return {
    type: 'tcp',
    ...(address === undefined ? DEFAULT_ADDRESS : hostAndPortOf('address', address)),
    tls: tlsOf(section),
    forwarded: forwardedOf(section),
    limits: limitsOf(section),
    responseHeaders: responseHeadersOf(section),
    lenientPaths: section.bool('lenient_paths') ?? false,
  }
}

function grpcOf(section: Section): GrpcListenerConfig {
  const address = section.node('address')
  return {
    type: 'grpc',
    ...(address === undefined ? DEFAULT_GRPC_ADDRESS : hostAndPortOf('address', address)),
    tls: tlsOf(section),
  }
}

/** Longest path that fits `sun_path` on every system, with its closing NUL. */
const SOCKET_PATH_MAX_BYTES = 103

function unixOf(section: Section, at: HclError['at']): UnixListenerConfig {
  const socketPath = section.text('address')
  if (socketPath === undefined || socketPath === '')
    throw new HclError('a unix listener needs an address: the path of its socket', at)
  if (socketPath.includes('\0')) throw new HclError('address must not contain a NUL', section.at('address'))
  if (Buffer.byteLength(socketPath) > SOCKET_PATH_MAX_BYTES)
    throw new HclError(`address must be at most ${SOCKET_PATH_MAX_BYTES} bytes`, section.at('address'))
  return {
    type: 'unix',
    socketPath,
    mode: modeOf(section) ?? 0o600,
    user: section.text('socket_user'),
    group: section.text('socket_group'),
    limits: limitsOf(section),
    responseHeaders: responseHeadersOf(section),
    lenientPaths: section.bool('lenient_paths') ?? false,
  }
}

/** Octal digits as text. A bare number is refused: 0660 and 660 would mean two things, and neither is plain to see. */
function modeOf(section: Section): number | undefined {
  const node = section.node('socket_mode')
  if (node === undefined) return undefined
  if (node.kind !== 'string' || !/^0?[0-7]{3}$/.test(node.value))
    throw new HclError('socket_mode must be three octal digits in quotes, such as "660"', node.at)
  return Number.parseInt(node.value, 8)
}

function forwardedOf(section: Section): ForwardedConfig {
  const addresses = section.texts('x_forwarded_for_authorized_addrs')
  for (const { value, node } of addresses)
    if (!isAddressRange(value)) throw new HclError(`"${value}" is neither an address nor a CIDR range`, node.at)
  const forwarded = {
    authorizedAddresses: addresses.map(({ value }) => value),
    hopSkips: section.integer('x_forwarded_for_hop_skips', 0, 100) ?? 0,
    rejectNotPresent: section.bool('x_forwarded_for_reject_not_present') ?? true,
    rejectNotAuthorized: section.bool('x_forwarded_for_reject_not_authorized') ?? true,
    clientCertificate: forwardedCertificateOf(section, addresses.length > 0),
  }
  if (addresses.length === 0)
    for (const key of [
      'x_forwarded_for_hop_skips',
      'x_forwarded_for_reject_not_present',
      'x_forwarded_for_reject_not_authorized',
    ])
      if (section.has(key)) section.warn(key, `${key} has no effect without x_forwarded_for_authorized_addrs`)
  return forwarded
}

const CERTIFICATE_DECODERS = ['rfc9440', 'url', 'pem'] as const
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/

function forwardedCertificateOf(section: Section, hasProxies: boolean): ForwardedConfig['clientCertificate'] {
  const name = 'x_forwarded_for_client_cert_header'
  const decoders = section.texts('x_forwarded_for_client_cert_decoders').map(({ value, node }) => {
    const decoder = CERTIFICATE_DECODERS.find((one) => one === value.toLowerCase())
    if (decoder === undefined) throw new HclError(`"${value}" is none of URL, PEM and RFC9440`, node.at)
    return decoder
  })
  const header = (section.text(name) ?? '').toLowerCase()
  if (header === '') return undefined
  if (!HEADER_NAME.test(header)) throw new HclError(`${name} must be the name of a header`, section.at(name))
  // Whoever can connect could show any certificate, without its key.
  if (!hasProxies) throw new HclError(`${name} needs x_forwarded_for_authorized_addrs`, section.at(name))
  return { header, decoders }
}

const GIBIBYTE = 1024 ** 3
const MANY = 10_000_000

function limitsOf(section: Section): ListenerLimits {
  const requestTimeoutMs = orDefault(section.timer('http_read_timeout'))
  const idleMs = section.timer('http_idle_timeout')
  return {
    maxRequestBytes: maxRequestBytesOf(section),
    maxRequestDurationMs: orDefault(section.timer('max_request_duration')),
    maxJsonDepth: orDefault(section.integer('max_request_json_depth', 0, 1000)),
    maxJsonStringBytes: orDefault(section.integer('max_request_json_string_length', 0, GIBIBYTE)),
    maxJsonKeys: orDefault(section.integer('max_request_json_keys', 0, MANY)),
    maxJsonValues: orDefault(section.integer('max_request_json_values', 0, MANY)),
    headersTimeoutMs: orDefault(section.timer('http_read_header_timeout')),
    requestTimeoutMs,
    // As Vault's: no idle timeout of its own is the time that a request may take to arrive.
    keepAliveTimeoutMs: idleMs === 0 ? (requestTimeoutMs ?? DEFAULT_LIMITS.requestTimeoutMs) : idleMs,
    maxConnections: orDefault(section.integer('max_connections', 0, 1_000_000)),
  }
}

/** Nought asks for the default, as in Vault. */
const orDefault = (value: number | undefined): number | undefined => (value === 0 ? undefined : value)

function maxRequestBytesOf(section: Section): number | undefined {
  const node = section.node('max_request_size')
  if (node === undefined) return undefined
  const isNegative = /^-\d+$/.test(textOf(node, 'max_request_size'))
  if (!isNegative) return orDefault(section.integer('max_request_size', 0, GIBIBYTE))
  section.warn('max_request_size', 'max_request_size: a request without a bound is not offered, the default holds')
  return undefined
}

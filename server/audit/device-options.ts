import { CoercionError, parseBool, parseDuration } from '../../engines/coerce.ts'
import { invalid } from '../../engines/errors.ts'
import type { Delivery } from './device.ts'
import type { RecordOptions } from './records/record.ts'

export type OutputSpec =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'discard' }
  | SocketSpec
  | { readonly kind: 'syslog'; readonly facility: number; readonly tag: string; readonly socket: SocketSpec }
  | { readonly kind: 'http'; readonly uri: string; readonly headers: Readonly<Record<string, readonly string[]>> }

export interface SocketSpec {
  readonly kind: 'socket'
  readonly socketType: 'tcp' | 'udp' | 'unix'
  /** host:port, or the path of a Unix socket. */
  readonly address: string
}

export interface DeviceSettings {
  readonly record: RecordOptions
  readonly prefix: string
  readonly delivery: Delivery
  readonly skipTest: boolean
  /** Undefined: the server's default. */
  readonly timeoutMs: number | undefined
  readonly output: OutputSpec
}

type Options = Readonly<Record<string, string>>

const COMMON = [
  'delivery',
  'elide_list_responses',
  'format',
  'hmac_accessor',
  'log_raw',
  'prefix',
  'skip_test',
  'timeout',
]
const OWN: Readonly<Record<string, readonly string[]>> = {
  file: ['file_path', 'path', 'mode'],
  stdout: [],
  socket: ['address', 'socket_type', 'write_timeout'],
  syslog: ['facility', 'tag', 'address', 'socket_type'],
  http: ['uri', 'headers'],
}

const FLAGS = ['log_raw', 'hmac_accessor', 'elide_list_responses', 'skip_test']

/** As `deviceSettings`, of a device that is not stored yet: earlier builds stored flags that say nothing. */
export function newDeviceSettings(type: string, options: Options): DeviceSettings {
  const empty = FLAGS.find((name) => options[name] === '')
  if (empty !== undefined) throw invalid(`${empty} must be true or false`)
  return deviceSettings(type, options)
}

/** Reads a device's options. Throws EgideError `invalid_request` that names the option. */
export function deviceSettings(type: string, options: Options): DeviceSettings {
  const own = Object.hasOwn(OWN, type) ? OWN[type] : undefined
  if (own === undefined) throw invalid(`unknown backend type: ${JSON.stringify(type)}`)
  for (const name of Object.keys(options))
    if (!COMMON.includes(name) && !own.includes(name))
      throw invalid(`unknown option ${JSON.stringify(name)} of a ${type} audit device`)
  const format = options.format ?? 'json'
  if (format !== 'json') throw invalid(`unknown format type ${JSON.stringify(format)}: only json is written`)
  const prefix = options.prefix ?? ''
  if (/[\n\r]/.test(prefix)) throw invalid('a prefix must not contain a line break')
  if (prefix !== '' && type === 'syslog') throw invalid('prefix does not go with syslog: use tag')
  return {
    record: {
      logRaw: flag(options, 'log_raw', false),
      hmacAccessor: flag(options, 'hmac_accessor', true),
      elideListResponses: flag(options, 'elide_list_responses', false),
    },
    prefix,
    delivery: oneOf(options, 'delivery', ['required', 'best-effort'], 'required'),
    skipTest: flag(options, 'skip_test', false),
    timeoutMs:
      milliseconds(options, 'timeout') ??
      (type === 'socket' ? (milliseconds(options, 'write_timeout') ?? 2000) : undefined),
    output: outputSpec(type, options),
  }
}

function outputSpec(type: string, options: Options): OutputSpec {
  if (type === 'file') return fileSpec(options)
  if (type === 'socket') return socketSpec(required(options, 'address'), options, 'tcp')
  if (type === 'syslog') return syslogSpec(options)
  return type === 'http' ? httpSpec(options) : { kind: 'stdout' }
}

function fileSpec(options: Options): OutputSpec {
  const path = options.file_path ?? options.path ?? ''
  if (path === '') throw invalid('file_path is required')
  if (path.toLowerCase() === 'stdout') return { kind: 'stdout' }
  if (path.toLowerCase() === 'discard') return { kind: 'discard' }
  const text = options.mode ?? '0600'
  if (!/^[0-7]{1,4}$/.test(text)) throw invalid('mode must be an octal number such as 0600')
  const mode = Number.parseInt(text, 8)
  if ((mode & ~0o666) !== 0) throw invalid('mode must not make the file executable')
  if (mode !== 0 && (mode & 0o600) !== 0o600) throw invalid('mode must let the server read and write the file')
  return { kind: 'file', path, mode }
}

function socketSpec(address: string, options: Options, fallback: SocketSpec['socketType']): SocketSpec {
  const socketType = oneOf(options, 'socket_type', ['tcp', 'udp', 'unix'], fallback)
  if (socketType !== 'unix' && !/^(\[[^\]]+\]|[^:]+):\d{1,5}$/.test(address)) throw invalid('address must be host:port')
  return { kind: 'socket', socketType, address }
}

const FACILITIES: readonly string[] = (
  'KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP ' +
  'NTP AUDIT ALERT CLOCK LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7'
).split(' ')

function syslogSpec(options: Options): OutputSpec {
  const facility = FACILITIES.indexOf((options.facility ?? 'AUTH').toUpperCase())
  if (facility < 0) throw invalid(`invalid syslog facility: ${JSON.stringify(options.facility)}`)
  const tag = options.tag ?? 'egide'
  // RFC 5424, 6.2.5: an APP-NAME is printable ASCII without spaces.
  if (!/^[!-~]{1,48}$/.test(tag)) throw invalid('tag must be 1 to 48 printable characters without spaces')
  const address = options.address ?? '/dev/log'
  return {
    kind: 'syslog',
    facility,
    tag,
    socket: socketSpec(address, options, address.startsWith('/') ? 'unix' : 'udp'),
  }
}

function httpSpec(options: Options): OutputSpec {
  const uri = required(options, 'uri')
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw invalid('failed to parse uri: it must be an http or https URL')
  return { kind: 'http', uri, headers: httpHeaders(options.headers) }
}

function httpHeaders(text: string | undefined): Readonly<Record<string, readonly string[]>> {
  if (text === undefined) return {}
  const refused = invalid('failed to parse headers: a JSON object of lists of texts is expected')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refused
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw refused
  const headers: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries(parsed)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isHeaderValues(values)) throw refused
    headers[name] = values
  }
  return headers
}

const isHeaderValues = (values: unknown): values is readonly string[] =>
  Array.isArray(values) && values.every((value) => typeof value === 'string' && !/[^\t -~\u0080-\u00ff]/.test(value))

function required(options: Options, name: string): string {
  const text = options[name] ?? ''
  if (text === '') throw invalid(`${name} is required`)
  return text
}

function oneOf<const V extends string>(options: Options, name: string, values: readonly V[], fallback: V): V {
  const text = options[name] ?? fallback
  const found = values.find((value) => value === text)
  if (found === undefined) throw invalid(`${name} must be one of ${values.join(', ')}`)
  return found
}

function parsed<T>(options: Options, name: string, parse: (raw: unknown) => T): T | undefined {
  const text = options[name]
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`${name} ${error.message}`)
    throw error
  }
}

/** An empty text is mostly a variable that was not set: it must not turn off that accessors are hashed. */
function flag(options: Options, name: string, fallback: boolean): boolean {
  return options[name] === '' ? fallback : (parsed(options, name, parseBool) ?? fallback)
}

function milliseconds(options: Options, name: string): number | undefined {
  const seconds = parsed(options, name, parseDuration)
  if (seconds !== undefined && (seconds < 1 || seconds > 60)) throw invalid(`${name} must be between 1s and 60s`)
  return seconds === undefined ? undefined : seconds * 1000
}

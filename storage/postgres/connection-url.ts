import { StorageError } from '../backend.ts'

/** libpq's words, from "no TLS" to "TLS, and the certificate names this very host". */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof SSL_MODES)[number]

export interface Host {
  /** A name, an address, or the folder of a Unix socket (it starts with '/'). */
  readonly host: string
  readonly port: number
}

/** A connection string, taken apart. */
export interface ConnectionTarget {
  /** Tried in their order until one takes writes. */
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  readonly sslMode: SslMode
  /** Files, in PEM. `sslRootCert` may be the word "system". */
  readonly sslRootCert: string | undefined
  readonly sslCert: string | undefined
  readonly sslKey: string | undefined
  readonly connectTimeoutMs: number
  readonly applicationName: string
}

const DEFAULT_PORT = 5432
const CONNECT_TIMEOUT_MS = 5000
/** What may stand in the string, and what it is for. Any other word is an error: it could be one that matters. */
const KNOWN = new Set([
  'host',
  'hostaddr',
  'port',
  'dbname',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'application_name',
  'fallback_application_name',
  'target_session_attrs',
])

/**
 * Reads `postgres://user:password@host:port,host:port/database?sslmode=…` or libpq's `host=… dbname=…`. Throws
 * StorageError `invalid`; no message quotes the string, which may hold a password.
 */
export function parseConnectionUrl(text: string): ConnectionTarget {
  const trimmed = text.trim()
  const words = /^postgres(ql)?:\/\//.test(trimmed) ? wordsOfUrl(trimmed) : wordsOfPairs(trimmed)
  for (const key of words.keys()) if (!KNOWN.has(key)) throw invalid(`it holds "${key}", which is not supported`)
  const attributes = words.get('target_session_attrs') ?? 'read-write'
  if (!['any', 'read-write', 'primary'].includes(attributes)) {
    throw invalid('target_session_attrs must be read-write, primary or any: nodes need a server that takes writes')
  }
  const user = words.get('user') ?? ''
  if (user === '') throw invalid('it names no user')
  return {
    hosts: hostsOf(words),
    database: words.get('dbname') || user,
    user,
    password: words.get('password'),
    sslMode: sslModeOf(words.get('sslmode')),
    sslRootCert: words.get('sslrootcert'),
    sslCert: words.get('sslcert'),
    sslKey: words.get('sslkey'),
    connectTimeoutMs: timeoutOf(words.get('connect_timeout')),
    applicationName: words.get('application_name') ?? words.get('fallback_application_name') ?? 'egide',
  }
}

function hostsOf(words: ReadonlyMap<string, string>): Host[] {
  const names = (words.get('hostaddr') || words.get('host') || 'localhost').split(',')
  const ports = (words.get('port') || String(DEFAULT_PORT)).split(',')
  if (ports.length !== 1 && ports.length !== names.length) throw invalid('it names more ports than hosts, or fewer')
  return names.map((host, at) => {
    if (host === '') throw invalid('it names an empty host')
    return { host, port: portOf(ports[ports.length === 1 ? 0 : at] || String(DEFAULT_PORT)) }
  })
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw invalid('a port is a number from 1 to 65535')
  return port
}

function sslModeOf(text = 'prefer'): SslMode {
  const mode = SSL_MODES.find((one) => one === text)
  if (mode === undefined) throw invalid(`sslmode must be one of ${SSL_MODES.join(', ')}`)
  return mode
}

/** libpq counts in seconds, and 0 waits for ever, which is not for us. */
function timeoutOf(text: string | undefined): number {
  if (text === undefined) return CONNECT_TIMEOUT_MS
  const seconds = Number(text)
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > 600) throw invalid('connect_timeout must be 1 to 600 seconds')
  return seconds * 1000
}

// The authority may list several hosts, which the URL class does not read.
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/

function wordsOfUrl(text: string): Map<string, string> {
  const parts = URL_PARTS.exec(text)
  if (parts === null) throw invalid('it is no URL of the form postgres://user:password@host:port/database')
  const [, credentials, authority = '', database, query] = parts
  const words = new Map<string, string>()
  if (authority !== '') addAuthority(authority, words)
  if (database) words.set('dbname', decoded(database))
  if (credentials !== undefined) {
    const colon = credentials.indexOf(':')
    words.set('user', decoded(colon < 0 ? credentials : credentials.slice(0, colon)))
    if (colon >= 0) words.set('password', decoded(credentials.slice(colon + 1)))
  }
  for (const pair of query?.split('&') ?? []) {
    const equals = pair.indexOf('=')
    if (equals < 1) throw invalid('its query is not key=value&…')
    words.set(decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1)))
  }
  return words
}

function addAuthority(authority: string, words: Map<string, string>): void {
  const hosts: string[] = []
  const ports: string[] = []
  for (const one of authority.split(',')) {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(one)
    if (match === null) throw invalid('it holds a host that is none')
    hosts.push(decoded((match[1] ?? '').replace(/^\[|\]$/g, '')))
    ports.push(match[2] || String(DEFAULT_PORT))
  }
  words.set('host', hosts.join(','))
  words.set('port', ports.join(','))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('it holds a % that starts no escape')
  }
}

/** `key = 'quoted \' value' key=value`, as libpq reads it. */
function wordsOfPairs(text: string): Map<string, string> {
  const words = new Map<string, string>()
  const pair = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gsy
  let end = 0
  for (const match of text.matchAll(pair)) {
    words.set(match[1] ?? '', (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1'))
    end = match.index + match[0].length
  }
  if (words.size === 0 || end !== text.length) {
    throw invalid('it is neither postgres://user:password@host:port/database nor host=… user=… dbname=…')
  }
  return words
}

function invalid(what: string): StorageError {
  return new StorageError('invalid', `the connection string of PostgreSQL cannot be used: ${what}`)
}

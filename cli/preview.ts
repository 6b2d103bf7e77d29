import type { IncomingMessage } from 'node:http'
import { type Address, urlOf } from '../sdk/address.ts'
import type { HttpRequest, HttpResponse, Wire } from '../sdk/http.ts'
import { shellQuoted } from '../server/shell-quoted.ts'
import type { TlsFiles } from './tls-files.ts'

/** Thrown in place of sending: the request that would have gone out. */
export class Preview extends Error {
  override readonly name = 'Preview'
  readonly text: string

  constructor(text: string) {
    super('the request is shown, not sent')
    this.text = text
  }
}

/** A wire that sends nothing and shows each request as `show` puts it. */
export class PreviewWire implements Wire {
  readonly address: Address
  readonly #show: (request: HttpRequest) => string

  constructor(address: Address, show: (request: HttpRequest) => string) {
    this.address = address
    this.#show = show
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    throw new Preview(this.#show(request))
  }

  async stream(request: HttpRequest): Promise<IncomingMessage> {
    throw new Preview(this.#show(request))
  }

  close(): void {
    // Nothing was opened.
  }
}

/** The request as a curl command. The token is named, not shown. */
export function curlCommand(address: Address, tls: TlsFiles, request: HttpRequest): string {
  const headers = Object.entries(request.headers)
    .filter(([name]) => !(name === 'Content-Type' && request.method !== 'PATCH'))
    .map(([name, value]) =>
      name === 'X-Vault-Token' ? `-H "${name}: $(egide print token)"` : `-H ${shellQuoted(`${name}: ${value}`)}`,
    )
  return [
    'curl',
    ...(tls.skipVerify ? ['--insecure'] : []),
    ...(request.method === 'GET' ? [] : [`-X ${request.method}`]),
    ...(address.socketPath === undefined ? [] : [`--unix-socket ${shellQuoted(address.socketPath)}`]),
    ...fileOption('--cacert', tls.caCert),
    ...fileOption('--capath', tls.caPath),
    ...fileOption('--cert', tls.clientCert),
    ...fileOption('--key', tls.clientKey),
    ...headers.sort(),
    ...(request.body === undefined ? [] : [`-d ${shellQuoted(request.body)}`]),
    ...fileOption('--data-binary', request.file === undefined ? undefined : `@${request.file}`),
    shellQuoted(urlOf(address, request)),
  ].join(' ')
}

function fileOption(name: string, path: string | undefined): string[] {
  return path === undefined ? [] : [`${name} ${shellQuoted(path)}`]
}

const CAPABILITIES = {
  GET: ['read'],
  HEAD: ['read'],
  POST: ['create', 'update'],
  PUT: ['create', 'update'],
  PATCH: ['patch'],
  DELETE: ['delete'],
} as const

/**
 * Paths of ours, and of peers, that ask for `sudo` besides; one that is listed ends in a slash. `DELETE PKI/root` is not among
 * them, since other engines have paths like it.
 */
const SUDO = new RegExp(
  `^(?:${[
    'auth/token/(?:accessors/?|revoke-orphan)',
    'sys/audit(?:/.+)?',
    'sys/audit-(?:chain-key|evidence)/.+',
    'sys/(?:auth|mounts/auth)/.+',
    'sys/config/(?:cors|namespace|auditing/request-headers(?:/.+)?|ui/headers/.*)',
    'sys/internal/inspect/.+',
    'sys/leases(?:/lookup/.*|/revoke-(?:force|prefix)/.+)?',
    'sys/namespaces/.+/delete-sealed',
    'sys/plugins/(?:catalog|reload)/.+',
    'sys/raw(?:/.*)?',
    'sys/(?:remount|seal|step-down)',
    'sys/revoke-(?:force|prefix)/.+',
    'sys/rotate(?:/keyring|/root)?',
    'sys/seal-drill(?:/service)?',
    'sys/storage/(?:check|(?:raft/)?snapshot(?:-force)?)',
    '.+/(?:root|issuer/[^/]+)/sign-self-issued',
  ].join('|')})$`,
)

/** The policy rule that lets the request pass. */
export function policyRule(request: HttpRequest): string {
  const asked = new Map(request.query)
  const operation = asked.has('list') ? ['list'] : asked.has('scan') ? ['scan'] : CAPABILITIES[request.method]
  const path = request.path.replace(/^\/+/, '')
  const isListing = asked.has('list') || asked.has('scan')
  const needsSudo = SUDO.test(isListing ? path.replace(/\/*$/, '/') : path)
  const capabilities = [...operation, ...(needsSudo ? ['sudo'] : [])]
  return `path ${JSON.stringify(path)} {\n  capabilities = [${capabilities.map((name) => `"${name}"`).join(', ')}]\n}`
}

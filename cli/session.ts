import { type Address, parseAddress } from '../sdk/address.ts'
import type { CallerSettings } from '../sdk/caller.ts'
import { TransportError } from '../sdk/errors.ts'
import { HttpWire, type Wire } from '../sdk/http.ts'
import type { RequestSettings } from '../sdk/http-answer.ts'
import { Logical } from '../sdk/logical.ts'
import type { RestSettings } from '../sdk/rest.ts'
import { retriesOf } from '../sdk/retry.ts'
import { DURATION, parseDuration, wireDuration } from './duration.ts'
import { type Environment, variable } from './environment.ts'
import { misuse } from './failure.ts'
import { booleanOf, type FlagValues } from './flag.ts'
import type { CONNECTION, FIELD, FORMAT } from './flags.ts'
import { FORMATS, type Format } from './output/print.ts'
import { curlCommand, PreviewWire, policyRule } from './preview.ts'
import { loadTls, type TlsFiles } from './tls-files.ts'
import { storedToken } from './token-file.ts'

export type SessionFlags = FlagValues<typeof CONNECTION & typeof FORMAT & typeof FIELD>

const DEFAULT_ADDRESS = 'https://127.0.0.1:8200'

/** What one command works with: flags over environment over defaults. Nothing is opened before it is used. */
export class Session {
  readonly format: Format
  readonly field: string | undefined
  readonly interactive: boolean
  readonly #flags: SessionFlags
  readonly #environment: Environment
  #sending: Logical | undefined
  #showing: Logical | undefined

  constructor(flags: SessionFlags, environment: Environment) {
    this.#flags = flags
    this.#environment = environment
    this.format = formatOf(flags.format ?? variable(environment, 'FORMAT')?.value ?? 'table')
    this.field = flags.field === '' ? undefined : flags.field
    this.interactive = flags['non-interactive'] !== true
  }

  /** The server; or, with -output-curl-string and -output-policy, something that shows requests instead. */
  get client(): Logical {
    return this.anonymous.with({ token: this.token() ?? '' })
  }

  /** As `client`, without the token in use: a login wants none, also where that is no good. */
  get anonymous(): Logical {
    if (!this.#previewing) return this.#real
    const address = this.#address()
    this.#showing ??= this.#clientOver(new PreviewWire(address, (request) => this.#show(address, request)))
    return this.#showing
  }

  /** Always the server: for what must be known before the request that matters. Its answers are never wrapped. */
  get preflight(): Logical {
    return this.#real.with({ token: this.token() ?? '', wrapTtl: '' })
  }

  /** The token in use. Throws Failure when no header takes it. */
  token(): string | undefined {
    const set = variable(this.#environment, 'TOKEN')
    if (set !== undefined) return sendable(set.value.trim(), set.name)
    const stored = storedToken()
    return stored === undefined ? undefined : sendable(stored, '~/.egide-token or ~/.vault-token')
  }

  /** The variable that sets the token in use, if one does. */
  get tokenVariable(): string | undefined {
    return variable(this.#environment, 'TOKEN')?.name
  }

  /** Whether requests have a token with them, unless a command sends them with another, or with none. */
  get hasToken(): boolean {
    return (variable(this.#environment, 'TOKEN')?.value.trim() ?? storedToken() ?? '') !== ''
  }

  get isDefaultAddress(): boolean {
    return this.#flags.address === undefined && this.variable('ADDR') === undefined
  }

  /** Where the server is, without a trailing slash. */
  get base(): string {
    return this.#address().base
  }

  /** '' for that of the token. */
  get namespace(): string {
    return (this.#flags.namespace ?? this.variable('NAMESPACE') ?? '').replace(/^\/+/, '')
  }

  /** How the SDK reaches the server, for commands that run on. */
  connection(): RestSettings & Pick<CallerSettings, 'namespace' | 'headers'> {
    return {
      address: this.#addressText(),
      tls: loadTls(this.#tlsFiles()),
      headers: extraHeaders(this.#flags.header ?? {}),
      ...(this.namespace !== '' && { namespace: this.namespace }),
    }
  }

  close(): void {
    this.#sending?.close()
  }

  get #real(): Logical {
    this.#sending ??= this.#clientOver(this.#wire())
    return this.#sending
  }

  get #previewing(): boolean {
    return this.#flags['output-curl-string'] === true || this.#flags['output-policy'] === true
  }

  #show(address: Address, request: Parameters<typeof policyRule>[0]): string {
    return this.#flags['output-policy'] ? policyRule(request) : curlCommand(address, this.#tlsFiles(), request)
  }

  #clientOver(wire: Wire): Logical {
    const wrapTtl = this.#wrapTtl()
    const settings: RequestSettings = {
      headers: { ...extraHeaders(this.#flags.header ?? {}), ...this.#factors() },
      ...(this.namespace !== '' && { namespace: this.namespace }),
      ...(wrapTtl !== undefined && { wrapTtl }),
    }
    return new Logical(wire, settings, retriesOf({ maxRetries: this.#retries() }))
  }

  #factors(): Record<string, string> {
    const shown = this.#flags.mfa?.join(',') ?? this.variable('MFA') ?? ''
    return shown === '' ? {} : { 'X-Vault-MFA': shown }
  }

  #wire(): Wire {
    const timeoutMs = this.#number('CLIENT_TIMEOUT', parseDuration)
    return new HttpWire(this.#address(), {
      tls: loadTls(this.#tlsFiles()),
      ...(timeoutMs !== undefined && timeoutMs > 0 && { timeoutMs }),
    })
  }

  /** A person sees the error at once and decides; scripts set the variable. */
  #retries(): number {
    const read = (text: string) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined)
    return this.#number('MAX_RETRIES', read, 'a whole number from 0 to 999') ?? 0
  }

  #addressText(): string {
    return this.#flags.address ?? this.variable('ADDR') ?? DEFAULT_ADDRESS
  }

  #address(): Address {
    try {
      return parseAddress(this.#addressText())
    } catch (error) {
      const source = this.#flags.address === undefined ? variable(this.#environment, 'ADDR')?.name : '-address'
      throw misuse(`${source}: ${error instanceof TransportError ? error.message : 'the address cannot be read'}`)
    }
  }

  #tlsFiles(): TlsFiles {
    const skip = variable(this.#environment, 'SKIP_VERIFY')
    return {
      caCert: this.#flags['ca-cert'] ?? this.variable('CACERT'),
      caPath: this.#flags['ca-path'] ?? this.variable('CAPATH'),
      clientCert: this.#flags['client-cert'] ?? this.variable('CLIENT_CERT'),
      clientKey: this.#flags['client-key'] ?? this.variable('CLIENT_KEY'),
      serverName: this.#flags['tls-server-name'] ?? this.variable('TLS_SERVER_NAME'),
      skipVerify: this.#flags['tls-skip-verify'] ?? (skip !== undefined && booleanOf(skip.name, skip.value)),
    }
  }

  #wrapTtl(): string | undefined {
    const ms = this.#flags['wrap-ttl'] ?? this.#number('WRAP_TTL', parseDuration)
    return ms === undefined || ms === 0 ? undefined : wireDuration(ms)
  }

  /** For what runs offline on a server's own configuration. */
  get environment(): Environment {
    return this.#environment
  }

  /** The value of EGIDE_NAME, or of what stands in for it. */
  variable(name: string): string | undefined {
    return variable(this.#environment, name)?.value
  }

  #number(name: string, read: (text: string) => number | undefined, needed = DURATION): number | undefined {
    const found = variable(this.#environment, name)
    if (found === undefined) return undefined
    const value = read(found.value)
    if (value === undefined) throw misuse(`invalid value for ${found.name}: ${needed} is needed`)
    return value
  }
}

function formatOf(text: string): Format {
  const name = text.toLowerCase() === 'yml' ? 'yaml' : text.toLowerCase()
  const format = FORMATS.find((known) => known === name)
  if (format === undefined) throw misuse(`Invalid output format: ${text}. Known are table, json and yaml.`)
  return format
}

/** Throws Failure for a token that no header takes; it is not shown. `source` names where it came from. */
export function sendable(token: string, source: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(token)) return token
  throw misuse(`the token of ${source} holds characters that no header takes, such as a line break`)
}

function extraHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.keys(headers).find((name) => /^x-vault-/i.test(name))
  if (own !== undefined) throw misuse(`the header ${own} cannot be set: names that begin with X-Vault- are reserved`)
  return headers
}

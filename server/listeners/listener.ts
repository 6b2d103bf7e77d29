import { once } from 'node:events'
import type { Log } from '../../engines/engine.ts'
import { AwsAdapter } from '../aws/adapter.ts'
import { addressText } from '../config/addresses.ts'
import type { ListenerConfig } from '../config/types.ts'
import type { AccessKeys } from '../core/access-keys/access-key.ts'
import { RestAdapter, type RestServices } from '../rest/adapter.ts'
import { ForwardedAddresses } from '../rest/forwarded.ts'
import { HttpServer, type PageHandler } from '../rest/http-server.ts'
import { responseHeaders } from '../rest/response-headers.ts'
import { Certificates } from './certificates.ts'
import { ListenError, reasonOf } from './errors.ts'
import { restLimits } from './limits.ts'
import { clearSocketPath, listenUnix } from './unix-socket.ts'

/** What all listeners are given. */
export interface ListenerServices {
  readonly rest: RestServices
  /** Whose requests in AWS's protocol are let in. */
  readonly accessKeys: AccessKeys
  /** Answers what is not below `/v1/`. */
  readonly pages: PageHandler
  /** How often certificate files are looked at; undefined: every two seconds. */
  readonly certificatePollMs?: number
}

/** One open listener. */
export class Listener {
  readonly #config: ListenerConfig
  readonly #http: HttpServer
  readonly #adapter: RestAdapter
  readonly #aws: AwsAdapter
  readonly #certificates: Certificates | undefined
  readonly #log: Log

  /** Throws ListenError. */
  static async open(config: ListenerConfig, services: ListenerServices): Promise<Listener> {
    const listener = new Listener(config, services)
    await listener.#listen()
    return listener
  }

  private constructor(config: ListenerConfig, services: ListenerServices) {
    const limits = restLimits(config.limits)
    const tls = config.type === 'tcp' ? config.tls : undefined
    const forwarded =
      config.type === 'tcp' && config.forwarded.authorizedAddresses.length > 0 ? config.forwarded : undefined
    this.#config = config
    this.#log = services.rest.log
    this.#certificates = tls && new Certificates(tls, services.rest.log, services.certificatePollMs)
    const traits = {
      tls: tls !== undefined,
      limits,
      headersFor: responseHeaders(tls !== undefined, config.responseHeaders),
      forwarded: forwarded && new ForwardedAddresses(forwarded),
      lenientPaths: config.lenientPaths,
    }
    this.#adapter = new RestAdapter(services.rest, traits)
    this.#aws = new AwsAdapter({ ...services.rest, accessKeys: services.accessKeys }, traits)
    this.#http = new HttpServer({
      adapter: this.#adapter,
      others: [this.#aws],
      pages: services.pages,
      limits,
      tls: this.#certificates && { ...this.#certificates.options, handshakeTimeout: limits.headersTimeoutMs },
    })
  }

  /** A URL; of a Unix socket `unix://` and its path. */
  get url(): string {
    const address = this.#http.server.address()
    if (this.#config.type === 'unix' || address === null || typeof address === 'string')
      return `unix://${placeOf(this.#config)}`
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    return `${this.#certificates === undefined ? 'http' : 'https'}://${host}:${address.port}`
  }

  get connections(): number {
    return this.#http.connections
  }

  /** Whether the certificate in use is the one in the files. */
  reload(): boolean {
    return this.#certificates?.reload() ?? true
  }

  expire(): void {
    this.#adapter.expire()
    this.#aws.expire()
  }

  stop(): Promise<void> {
    this.#certificates?.unwatch()
    return this.#http.stop()
  }

  cut(): void {
    this.#http.cut()
  }

  async #listen(): Promise<void> {
    const { server } = this.#http
    const config = this.#config
    const outcome = once(server, 'listening')
    try {
      if (config.type === 'unix') {
        await clearSocketPath(config.socketPath)
        listenUnix(server, config)
      } else {
        server.listen(config.host === '' ? { port: config.port } : { host: config.host, port: config.port })
      }
      await outcome
    } catch (error) {
      outcome.catch(() => {})
      server.close()
      if (error instanceof ListenError) throw error
      throw new ListenError(`can't listen at ${placeOf(config)}: ${reasonOf(error)}`, { cause: error })
    }
    // Such as no file descriptor left for a new connection: the ones there are go on.
    server.on('error', (error) =>
      this.#log.error({ address: placeOf(config), error: String(error) }, 'a listener had an error'),
    )
    this.#certificates?.watch((context) => {
      if ('setSecureContext' in server) server.setSecureContext(context)
    })
  }
}

function placeOf(config: ListenerConfig): string {
  return config.type === 'unix' ? config.socketPath : addressText(config)
}

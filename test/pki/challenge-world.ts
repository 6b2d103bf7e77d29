import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import dnsPacket from 'dns-packet'

/** Names, web pages and certificates by which a client proves that it has a name, on ports of its own. */
export class ChallengeWorld {
  /** By token. */
  readonly pages = new Map<string, string>()
  /** TXT records by name. */
  readonly texts = new Map<string, string[]>()
  /** Key and certificate by server name. */
  readonly certificates = new Map<string, { readonly key: string; readonly cert: string }>()
  /** What was asked for over HTTP. */
  readonly asked: string[] = []
  readonly #http: HttpServer
  readonly #dns: Socket
  readonly #tls: tls.Server

  private constructor() {
    this.#http = createServer(async (request, reply) => {
      this.asked.push(request.url ?? '')
      if (request.method === 'PUT') {
        const name = decodeURIComponent(request.url?.split('/').at(-1) ?? '')
        this.texts.set(name, [...(this.texts.get(name) ?? []), await text(request)])
        reply.end()
        return
      }
      const token = request.url?.split('/').at(-1) ?? ''
      const page = this.pages.get(token)
      if (page === undefined) reply.writeHead(404).end()
      else if (page.startsWith('redirect:')) reply.writeHead(302, { location: page.slice(9) }).end()
      else reply.end(page)
    })
    this.#dns = createSocket('udp4', (message, from) => this.#dns.send(this.#answer(message), from.port, from.address))
    this.#tls = tls.createServer({
      ALPNProtocols: ['acme-tls/1'],
      SNICallback: (name, done) => {
        const found = this.certificates.get(name)
        if (found === undefined) done(new Error('no such name'))
        else done(null, tls.createSecureContext(found))
      },
    })
    this.#tls.on('tlsClientError', () => undefined)
  }

  static async start(): Promise<ChallengeWorld> {
    const world = new ChallengeWorld()
    for (const server of [world.#http, world.#tls]) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    world.#dns.bind(0, '127.0.0.1')
    await once(world.#dns, 'listening')
    return world
  }

  /** A PUT there, with a name behind it, gives the name another TXT record: for hooks of programs. */
  get textsUrl(): string {
    return `http://127.0.0.1:${this.settings.http_challenge_port}/texts/`
  }

  /** What `config/acme` needs to find this world. */
  get settings() {
    return {
      dns_resolver: `127.0.0.1:${this.#dns.address().port}`,
      http_challenge_port: (this.#http.address() as AddressInfo).port,
      tls_alpn_challenge_port: (this.#tls.address() as AddressInfo).port,
    }
  }

  /** Names below .test and example.com are here; there are no others. */
  #answer(message: Buffer): Buffer {
    const query = dnsPacket.decode(message)
    const [question] = query.questions ?? []
    const name = question?.name.toLowerCase() ?? ''
    const answers: dnsPacket.Answer[] = []
    if (question?.type === 'A' && /\.(test|example\.com)$/.test(name))
      answers.push({ type: 'A', name, ttl: 1, data: '127.0.0.1' })
    if (question?.type === 'TXT')
      for (const data of this.texts.get(name) ?? []) answers.push({ type: 'TXT', name, ttl: 1, data: [data] })
    return dnsPacket.encode({
      type: 'response',
      id: query.id ?? 0,
      flags: dnsPacket.AUTHORITATIVE_ANSWER,
      questions: query.questions ?? [],
      answers,
    })
  }

  close(): void {
    this.#http.close()
    this.#http.closeAllConnections()
    this.#tls.close()
    this.#dns.close()
  }
}

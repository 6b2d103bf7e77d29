import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type CertificateFiles, makeCertificate } from '../../../test/harness/certificate.ts'
import { jwkOf, type Signer, signed, signer } from '../jwks/testing-tokens.ts'

/**
 * An API server for tests: TLS under an authority of its own, TokenReview v1, namespaces, service accounts and the key
 * set, as they go over the wire, and failures of its kind.
 */

interface Account {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** A token that the cluster gave out. */
export interface Issued extends Account {
  readonly token: string
  readonly audiences: readonly string[]
}

export interface TokenWanted extends Partial<Account> {
  readonly audiences?: readonly string[] | string
  readonly pod?: string
  /** Laid over the claims; undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly signer?: Pick<Signer, 'kid' | 'algorithm' | 'privateKey'>
  readonly header?: object
  /** The cluster does not know it. */
  readonly isForged?: boolean
}

export const REVIEWER = 'reviewer-token'
export const AUDIENCE = 'https://kubernetes.default.svc.cluster.local'

/** Making RSA keys is slow: all clusters of a test file have one. */
const SIGNER = signer('k1', 'RS256')

export class TestCluster {
  readonly signer = SIGNER
  readonly calls = { reviews: 0, namespaces: 0, accounts: 0, keys: 0 }
  /** Calls that are worked on, and how many there were at most. */
  underWay = 0
  mostUnderWay = 0
  connections = 0
  /** Who may ask; the service account tokens of the cluster may not, unless `open`. */
  reviewer = REVIEWER
  isOpen = false
  labels: Record<string, Record<string, string>> = {}
  annotations: Record<string, Record<string, string>> = {}
  /** Takes the place of answers. */
  fault: ((request: IncomingMessage, reply: ServerResponse) => void) | undefined
  delayMs = 0
  /** Done before each answer. */
  before: (() => Promise<unknown>) | undefined
  readonly #issued = new Map<string, Issued>()
  readonly #files: CertificateFiles
  readonly #server: https.Server
  readonly #now: () => number

  private constructor(files: CertificateFiles, now: () => number) {
    this.#files = files
    this.#now = now
    const options = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }
    this.#server = https.createServer(options, (request, reply) => void this.#answer(request, reply))
    this.#server.on('secureConnection', () => {
      this.connections++
    })
  }

  /** `now` says what time its tokens are made at, in milliseconds. */
  static async open(folder: string, now: () => number): Promise<TestCluster> {
    const cluster = new TestCluster(await makeCertificate(folder), now)
    cluster.#server.listen(0, '127.0.0.1')
    await once(cluster.#server, 'listening')
    return cluster
  }

  get host(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get caPem(): string {
    return readFileSync(this.#files.caFile, 'utf8')
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Every connection that waits is cut, as a restart would. */
  cut(): void {
    this.#server.closeAllConnections()
  }

  async token(wanted: TokenWanted = {}): Promise<string> {
    const { namespace = 'apps', name = 'web', uid = `uid-of-${namespace}-${name}` } = wanted
    const audiences = wanted.audiences ?? [AUDIENCE]
    const nowSeconds = Math.floor(this.#now() / 1000)
    const claims = {
      iss: AUDIENCE,
      aud: audiences,
      sub: `system:serviceaccount:${namespace}:${name}`,
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: nowSeconds + 3600,
      'kubernetes.io': {
        namespace,
        serviceaccount: { name, uid },
        pod: { name: wanted.pod ?? 'web-0', uid: `uid-of-${wanted.pod ?? 'web-0'}` },
      },
      ...wanted.claims,
    }
    const token = await signed(wanted.signer ?? this.signer, claims, wanted.header)
    const list = typeof audiences === 'string' ? [audiences] : audiences
    if (wanted.isForged !== true) this.#issued.set(token, { namespace, name, uid, token, audiences: list })
    return token
  }

  /** As when its pod or service account is deleted. */
  forget(token: string): void {
    this.#issued.delete(token)
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay)
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    await this.before?.()
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs))
    this.underWay--
    const kind = kindOf(request.url ?? '')
    if (kind !== undefined) this.calls[kind]++
    if (this.fault !== undefined) return this.fault(request, reply)
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const isAccount = this.#issued.has(bearer)
    if (bearer !== this.reviewer && !isAccount) return this.#fail(reply, 401, 'Unauthorized')
    if (bearer !== this.reviewer && !this.isOpen) return this.#fail(reply, 403, 'Forbidden')
    if (kind === 'reviews') return this.#review(Buffer.concat(chunks).toString(), reply)
    if (kind === 'keys') return send(reply, 200, { keys: [jwkOf(this.signer)] })
    const [name = '', account] = (request.url ?? '')
      .split('/')
      .slice(4)
      .filter((part) => part !== 'serviceaccounts')
    if (kind === 'accounts')
      return send(reply, 200, {
        kind: 'ServiceAccount',
        apiVersion: 'v1',
        metadata: { name: account, namespace: name, annotations: this.annotations[`${name}/${account}`] },
      })
    const labels = this.labels[name]
    if (labels === undefined) return this.#fail(reply, 404, 'NotFound')
    return send(reply, 200, { kind: 'Namespace', apiVersion: 'v1', metadata: { name, labels } })
  }

  #review(text: string, reply: ServerResponse): void {
    const { kind, apiVersion, spec } = JSON.parse(text)
    if (kind !== 'TokenReview' || apiVersion !== 'authentication.k8s.io/v1') {
      this.#fail(reply, 400, 'BadRequest')
      return
    }
    const issued = this.#issued.get(spec.token)
    const asked: readonly string[] = spec.audiences ?? [AUDIENCE]
    const shared = issued?.audiences.filter((audience) => asked.includes(audience)) ?? []
    const isKnown = issued !== undefined && shared.length > 0
    const status = isKnown
      ? {
          authenticated: true,
          user: {
            username: `system:serviceaccount:${issued.namespace}:${issued.name}`,
            uid: issued.uid,
            groups: ['system:serviceaccounts', `system:serviceaccounts:${issued.namespace}`, 'system:authenticated'],
          },
          audiences: shared,
        }
      : { user: {}, error: '[invalid bearer token, service account token has been invalidated]' }
    send(reply, 201, { kind, apiVersion, metadata: { creationTimestamp: null }, spec, status })
  }

  #fail(reply: ServerResponse, code: number, reason: string): void {
    send(reply, code, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: reason,
      reason,
      code,
    })
  }
}

function kindOf(url: string): keyof TestCluster['calls'] | undefined {
  if (url === '/apis/authentication.k8s.io/v1/tokenreviews') return 'reviews'
  if (url === '/openid/v1/jwks') return 'keys'
  if (/^\/api\/v1\/namespaces\/[^/]+\/serviceaccounts\/[^/]+$/.test(url)) return 'accounts'
  return /^\/api\/v1\/namespaces\/[^/]+$/.test(url) ? 'namespaces' : undefined
}

function send(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/json' })
  reply.end(JSON.stringify(body))
}

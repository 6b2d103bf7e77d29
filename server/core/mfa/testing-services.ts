import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeCertificate } from '../../../test/harness/certificate.ts'
import { type OutgoingFetch, outgoingFetch } from '../../auth/jwks/outgoing-fetch.ts'

/**
 * Duo, Okta and PingID as they go over the wire, behind one server with TLS under an authority of its own. What each person
 * does is told by their name: `yes…` confirms, `no…` does not, `slow…` confirms after a while, `never…` doesn't answer.
 */

export const DUO = {
  host: 'api-1234abcd.duosecurity.com',
  integrationKey: 'DIABCDEFGHIJKLMNOPQR',
  secretKey: 'duo secret ~!*',
}
export const OKTA = { host: 'acme.okta.com', token: '00aToken' }
export const PINGID = {
  host: 'idpx.pingidentity.com',
  key: Buffer.from('a key of PingID, of 32 bytes!!!!'),
  token: 'ping-token',
  org: 'org-1',
}
export const PASSCODE = '4711'

type Params = Readonly<Record<string, string>>
interface SeenRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly params: URLSearchParams
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export class TestServices {
  /** Host and path of each request. */
  readonly seen: string[] = []
  readonly params: Params[] = []
  /** Takes the place of answers. */
  fault: ((reply: ServerResponse) => void) | undefined
  /** Laid over PingID's answers. */
  ping: { readonly header?: object; readonly body?: object; readonly key?: Buffer } = {}
  oktaPoll = `https://${OKTA.host}`
  /** Okta's users, by login. */
  readonly #polls = new Map<string, number>()
  readonly #folder: string
  readonly #server: https.Server
  readonly #caPem: string
  #beforeAnswer: (() => Promise<unknown>) | undefined

  private constructor(folder: string, server: https.Server, caPem: string) {
    this.#folder = folder
    this.#server = server
    this.#caPem = caPem
    server.on('request', (request: IncomingMessage, reply: ServerResponse) => void this.#answer(request, reply))
  }

  static async open(): Promise<TestServices> {
    const folder = mkdtempSync(path.join(tmpdir(), 'egide-mfa-'))
    const files = await makeCertificate(folder)
    const server = https.createServer({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TestServices(folder, server, readFileSync(files.caFile, 'utf8'))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Forgets what a test asked for, and what it was asked. */
  reset(): void {
    this.seen.length = 0
    this.params.length = 0
    this.fault = undefined
    this.ping = {}
    this.oktaPoll = `https://${OKTA.host}`
    this.#beforeAnswer = undefined
  }

  /** `work` is done while the next request waits for its answer. */
  beforeNextAnswer(work: () => Promise<unknown>): void {
    this.#beforeAnswer = work
  }

  /** Over TLS, as ever; only where the names lead is ours. */
  get fetch(): OutgoingFetch {
    const fetch = outgoingFetch({ caPem: this.#caPem, serverNames: [] })
    const at = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return (url, request = {}) => {
      const { host, origin } = new URL(url)
      return fetch(url.replace(origin, at), { ...request, headers: { ...request.headers, 'x-meant-for': host } })
    }
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const host = String(request.headers['x-meant-for'])
    const url = new URL(request.url ?? '/', `https://${host}`)
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded'
    const params = isForm ? new URLSearchParams(body) : url.searchParams
    const asked = { method: request.method ?? '', host, path: url.pathname, params, body, headers: request.headers }
    this.seen.push(`${asked.method} ${host}${url.pathname}`)
    this.params.push(Object.fromEntries(params))
    const work = this.#beforeAnswer
    this.#beforeAnswer = undefined
    await work?.()
    if (this.fault !== undefined) return this.fault(reply)
    const answer = this.#of(asked)
    reply.writeHead(answer.status, { 'content-type': 'application/json' })
    reply.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
  }

  #of(asked: SeenRequest): { readonly status: number; readonly body: unknown } {
    if (asked.host === DUO.host) return this.#duo(asked)
    if (asked.host === OKTA.host) return this.#okta(asked)
    return { status: 200, body: this.#pingid(asked) }
  }

  /** How often it was looked at before. */
  #polled(id: string): number {
    const before = this.#polls.get(id) ?? 0
    this.#polls.set(id, before + 1)
    return before
  }

  #duo({ method, host, path, params, headers }: SeenRequest) {
    // As the documentation has it, with another encoder than the one under test.
    const sorted = new URLSearchParams(params)
    sorted.sort()
    const query = sorted.toString().replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~')
    const canonical = [headers.date, method, host, path, query].join('\n')
    const right = createHmac('sha512', DUO.secretKey).update(canonical).digest('hex')
    const basic = Buffer.from(String(headers.authorization).replace('Basic ', ''), 'base64').toString()
    const isRight = basic === `${DUO.integrationKey}:${right}` && Number.isFinite(Date.parse(String(headers.date)))
    if (!isRight)
      return { status: 401, body: { stat: 'FAIL', code: 40103, message: 'Invalid signature in request credentials' } }
    const ok = (response: object) => ({ status: 200, body: { stat: 'OK', response } })
    const name = params.get('username') ?? params.get('txid') ?? ''
    if (path === '/auth/v2/preauth') {
      if (name.startsWith('bypass')) return ok({ result: 'allow', status_msg: 'Account is active' })
      if (name.startsWith('locked')) return ok({ result: 'deny', status_msg: 'Your account is disabled' })
      return ok({
        result: 'auth',
        status_msg: 'Account is active',
        devices: [{ device: 'DP1', capabilities: ['push'] }],
      })
    }
    if (path === '/auth/v2/auth') {
      const isPush = params.get('factor') === 'push' && params.get('device') === 'auto'
      const passcode = params.get('factor') === 'passcode' ? params.get('passcode') : undefined
      return ok({ txid: isPush ? name : passcode === PASSCODE ? 'yes-passcode' : 'no-passcode' })
    }
    return ok(duoStatus(name, this.#polled(`duo ${name}`)))
  }

  #okta({ path, params, headers, method }: SeenRequest) {
    if (headers.authorization !== `SSWS ${OKTA.token}`) return { status: 401, body: { errorCode: 'E0000011' } }
    if (path === '/api/v1/users') {
      const [, field, login = ''] = /^profile\.(login|email) eq "(.*)"$/.exec(params.get('filter') ?? '') ?? []
      if (login.startsWith('nobody')) return { status: 200, body: [] }
      if (login.startsWith('twins')) return { status: 200, body: [{ id: 'a' }, { id: 'b' }] }
      return { status: 200, body: [{ id: `${field}-${login}`, status: 'ACTIVE' }] }
    }
    const [, user = '', rest] = /^\/api\/v1\/users\/([^/]+)\/factors(.*)$/.exec(path) ?? []
    const login = decodeURIComponent(user).replace(/^(login|email)-/, '')
    if (rest === '') {
      const push = { id: 'opf1', factorType: 'push', provider: 'OKTA', status: 'ACTIVE' }
      return { status: 200, body: [{ id: 'sms1', factorType: 'sms' }, ...(login.startsWith('sms') ? [] : [push])] }
    }
    const transactions = `${this.oktaPoll}/api/v1/users/${user}/factors/opf1/transactions/t1`
    const waiting = { factorResult: 'WAITING', _links: { poll: { href: transactions } } }
    if (rest === '/opf1/verify' && method === 'POST') return { status: 201, body: waiting }
    const polls = this.#polled(`okta ${login}`)
    if (login.startsWith('yes') || (login.startsWith('slow') && polls > 2))
      return { status: 200, body: { factorResult: 'SUCCESS' } }
    return { status: 200, body: login.startsWith('no') ? { factorResult: 'REJECTED' } : waiting }
  }

  #pingid({ body, path }: SeenRequest): string {
    const [head = '', payload = '', signature = ''] = body.split('.')
    const right = createHmac('sha256', PINGID.key).update(`${head}.${payload}`).digest()
    const given = Buffer.from(signature, 'base64url')
    const isRight = given.length === right.length && timingSafeEqual(given, right)
    const { reqHeader, reqBody } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const header = JSON.parse(Buffer.from(head, 'base64url').toString())
    const isOurs =
      header.alg === 'HS256' &&
      header.org_alias === PINGID.org &&
      header.token === PINGID.token &&
      reqHeader.secretKey === PINGID.token &&
      reqHeader.orgAlias === PINGID.org &&
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(reqHeader.timestamp)
    if (!isRight || !isOurs || path !== '/pingid/rest/4/authonline/do') return 'not signed'
    const isYes =
      String(reqBody.userName).startsWith('yes') && reqBody.authType === 'CONFIRM' && reqBody.spAlias === 'web'
    const verdict = isYes ? { errorId: 200, errorMsg: 'ok' } : { errorId: 20525, errorMsg: 'Denied' }
    const responseBody = {
      sessionId: 's1',
      uniqueMsgId: 'm1',
      clientData: reqBody.clientData,
      ...verdict,
      ...this.ping.body,
    }
    const answerHeader = { alg: 'HS256', orgAlias: PINGID.org, token: PINGID.token, ...this.ping.header }
    const text = [answerHeader, { responseBody }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    const key = this.ping.key ?? PINGID.key
    return [...text, createHmac('sha256', key).update(text.join('.')).digest('base64url')].join('.')
  }
}

function duoStatus(name: string, polls: number): object {
  if (name.startsWith('yes') || (name.startsWith('slow') && polls > 2)) return { result: 'allow', status: 'allow' }
  if (name.startsWith('no')) return { result: 'deny', status: 'deny', status_msg: 'Login request denied.' }
  return { result: 'waiting', status: 'pushed', status_msg: 'Pushed a login request to your device...' }
}

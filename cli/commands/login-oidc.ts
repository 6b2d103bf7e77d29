import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '../../sdk/errors.ts'
import { formatJson, type JsonObject } from '../../sdk/json.ts'
import type { Logical } from '../../sdk/logical.ts'
import type { Secret } from '../../sdk/secret.ts'
import { Failure, misuse, remote } from '../failure.ts'
import { joinPath } from '../path.ts'
import type { Session } from '../session.ts'
import { warn } from '../terminal.ts'

/** A login at an OpenID provider's page: in a browser here, or anywhere by the server or the device flow. */

const WAIT_MS = 10 * 60_000
const FORM_MAX_BYTES = 131_072
const DOING = 'Error authenticating'

/** Names that the command line takes, with what stands in for those that are not given; all but `role` are about the way back. */
const DEFAULTS = {
  role: '',
  callbackmode: '',
  listenaddress: 'localhost',
  port: '8250',
  callbackmethod: 'http',
  callbackhost: 'localhost',
  callbackport: '',
}
type Settings = Readonly<typeof DEFAULTS>

export async function oidcLogin(
  session: Session,
  mount: string,
  fields: Readonly<Record<string, string>>,
): Promise<Secret | undefined> {
  const settings = settingsOf(fields)
  const login = new OidcLogin(session.anonymous, mount, settings)
  const begun = await login.begin(session)
  const show = (): void => {
    warn(`Open this page in a browser to log in:\n\n    ${begun.url}\n`)
    if (begun.userCode !== '') warn(`When it asks for a code, enter ${begun.userCode}\n`)
  }
  if (begun.state === '') return login.waitForBrowser(begun.url, show)
  show()
  return login.poll(begun)
}

function settingsOf(fields: Readonly<Record<string, string>>): Settings {
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(DEFAULTS, name))
  if (unknown !== undefined)
    throw misuse(`${DOING}: the oidc method takes ${Object.keys(DEFAULTS).join(', ')}, not ${unknown}`)
  const settings = { ...DEFAULTS, ...fields }
  if (!['', 'client', 'direct', 'device'].includes(settings.callbackmode)) {
    throw misuse(`${DOING}: callbackmode is client, direct or device`)
  }
  if (!/^\d{1,5}$/.test(settings.port)) throw misuse(`${DOING}: port is a number`)
  return settings
}

interface Begun {
  readonly url: string
  /** '' where a browser comes back to this command. */
  readonly state: string
  readonly intervalSeconds: number
  readonly userCode: string
}

class OidcLogin {
  readonly #client: Logical
  readonly #mount: string
  readonly #settings: Settings
  /** Shows that who gets the token is who began; it never goes through the browser. */
  readonly #nonce = randomBytes(32).toString('base64url')

  constructor(client: Logical, mount: string, settings: Settings) {
    this.#client = client
    this.#mount = mount
    this.#settings = settings
  }

  /** The role knows the way back. It is asked for the one to this command first, and then for the one to the server. */
  async begin(session: Session): Promise<Begun> {
    const { callbackmode: mode, callbackmethod, callbackhost, callbackport, port, role } = this.#settings
    const here = `${callbackmethod}://${callbackhost}:${callbackport || port}/oidc/callback`
    const server = `${session.base}/v1/${joinPath(session.namespace, 'auth', this.#mount, 'oidc/callback')}`
    for (const redirect of mode === 'direct' ? [server] : mode === '' ? [here, server] : [here]) {
      const body = { role, redirect_uri: redirect, client_nonce: this.#nonce }
      const asked = this.#client.with({ wrapTtl: '' }).write(this.#path('auth_url'), body)
      const data = (await remote(DOING, asked))?.data ?? {}
      if (textOf(data, 'auth_url') !== '') return begunOf(data)
    }
    throw new Failure(
      `${DOING}: the server begins no login with role ${JSON.stringify(role)}. The role, or the way back ${mode === 'direct' ? server : here}, is not allowed.`,
      2,
    )
  }

  /** Asks the server again and again, until they have logged in or it is over. */
  async poll({ state, intervalSeconds }: Begun): Promise<Secret | undefined> {
    let pauseSeconds = intervalSeconds
    const end = AbortSignal.timeout(WAIT_MS)
    while (!end.aborted) {
      await sleep(pauseSeconds * 1000)
      try {
        return await this.#client.write(this.#path('poll'), { state, client_nonce: this.#nonce })
      } catch (error) {
        const word = error instanceof ApiError ? error.errors[0] : undefined
        if (word === 'slow_down') pauseSeconds += 5
        else if (word !== 'authorization_pending' && !isAway(error)) return remote(DOING, Promise.reject(error))
      }
    }
    throw new Failure(`${DOING}: nobody logged in within ten minutes`, 2)
  }

  /** Serves the way back until a browser comes with the state of `url`. `ready` is called when one may come. */
  async waitForBrowser(url: string, ready: () => void): Promise<Secret | undefined> {
    const { port, listenaddress } = this.#settings
    const state = new URL(url).searchParams.get('state') ?? ''
    const arrived = Promise.withResolvers<Secret | undefined>()
    const server = createServer((request, reply) => {
      this.#serve(request, reply, state).then(
        (outcome) => outcome !== undefined && arrived.resolve(outcome.secret),
        (error: unknown) => arrived.reject(error),
      )
    })
    server.on('error', (error) => arrived.reject(misuse(`${DOING}: cannot listen on port ${port}: ${error.message}`)))
    server.listen(Number(port), listenaddress, ready)
    const late = setTimeout(
      () => arrived.reject(new Failure(`${DOING}: nobody logged in within ten minutes`, 2)),
      WAIT_MS,
    )
    try {
      return await arrived.promise
    } finally {
      clearTimeout(late)
      server.close()
      server.closeIdleConnections()
    }
  }

  /** Undefined for what is not the browser that is waited for: other pages may call here too. */
  async #serve(
    request: IncomingMessage,
    reply: ServerResponse,
    state: string,
  ): Promise<{ readonly secret: Secret | undefined } | undefined> {
    const sent = await sentBy(request)
    if (sent?.get('state') !== state) {
      answer(reply, 404, 'There is nothing here.')
      return undefined
    }
    const path = this.#path('callback')
    try {
      if (request.method === 'POST') {
        await this.#client.raw({ method: 'POST', path, query: [], body: formatJson(Object.fromEntries(sent)) })
        sent.delete('id_token')
      }
      const secret = await remote(DOING, this.#client.read(path, [...sent, ['client_nonce', this.#nonce]]))
      answer(reply, 200, 'Logged in. Go back to the terminal.')
      return { secret }
    } catch (error) {
      answer(reply, 400, 'Login failed. Go back to the terminal.')
      throw error
    }
  }

  #path(what: string): string {
    return joinPath('auth', this.#mount, 'oidc', what)
  }
}

function begunOf(data: JsonObject): Begun {
  return {
    url: textOf(data, 'auth_url'),
    state: textOf(data, 'state'),
    intervalSeconds: Math.min(Math.max(Number(textOf(data, 'poll_interval')) || 5, 1), 60),
    userCode: textOf(data, 'user_code'),
  }
}

function textOf(data: JsonObject, name: string): string {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

/** A server or provider that is away for a moment has refused nobody. */
function isAway(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 503 || error.status === 429)
}

/** What somebody brings to the way back. Undefined: they are elsewhere, or what they bring does not come whole. */
async function sentBy(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  if (url?.pathname !== '/oidc/callback') return undefined
  if (request.method !== 'POST') return url.searchParams
  return bodyOf(request).then(
    (body) => new URLSearchParams(body),
    () => undefined,
  )
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > FORM_MAX_BYTES) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function answer(reply: ServerResponse, status: number, text: string): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    connection: 'close',
  }
  reply.writeHead(status, headers).end(`<!DOCTYPE html><title>${text}</title><p>${text}</p>\n`)
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** A real OpenID provider in this process, and somebody with a browser who logs in at it. */

const jwk = (kid: string, alg: string, key: KeyObject) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg,
  use: 'sig',
})

export interface ProviderClient {
  readonly id: string
  readonly secret: string
}

export const CODE_CLIENT: ProviderClient = { id: 'vault', secret: 'secret/of+the client' }
export const IMPLICIT_CLIENT: ProviderClient = { id: 'vault-implicit', secret: 'another-secret' }

export class OpenidProvider {
  readonly issuer: string
  readonly #server: Server

  private constructor(issuer: string, server: Server) {
    this.issuer = issuer
    this.#server = server
  }

  /** `redirectUris` are the places that it sends people back to. */
  static async start(redirectUris: readonly string[]): Promise<OpenidProvider> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CODE_CLIENT.id,
          client_secret: CODE_CLIENT.secret,
          application_type: 'native',
          grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
          redirect_uris: [...redirectUris],
          response_types: ['code'],
        },
        {
          client_id: IMPLICIT_CLIENT.id,
          client_secret: IMPLICIT_CLIENT.secret,
          application_type: 'native',
          grant_types: ['implicit'],
          redirect_uris: [...redirectUris],
          response_types: ['id_token'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      claims: { openid: ['sub'], groups: ['groups', 'department'] },
      scopes: ['openid', 'groups'],
      // The account's name decides what is said of it.
      findAccount: (_, accountId) => ({
        accountId,
        claims: async () => ({ sub: accountId, groups: ['staff', `${accountId}-team`], department: 'engineering' }),
      }),
      features: { deviceFlow: { enabled: true } },
      cookies: { keys: ['a key for the cookies of one test'] },
      ttl: {
        AccessToken: 600,
        AuthorizationCode: 60,
        IdToken: 600,
        DeviceCode: 600,
        Grant: 600,
        Interaction: 600,
        Session: 600,
      },
      jwks: {
        keys: [
          jwk('rsa', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
          jwk('ec', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
        ],
      },
    })
    server.on('request', provider.callback())
    return new OpenidProvider(issuer, server)
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** What came at the end: a page that asks for nothing, or the place that the provider sends back to. */
export interface Arrival {
  readonly url: string
  readonly text: string
  /** The form that was posted there, if one was. */
  readonly posted?: URLSearchParams
}

const STEPS_MAX = 20

/**
 * A browser without scripts: follows redirects with cookies, fills in every form by its hidden inputs and the account's
 * name, and stops at what begins with `stopAt`, before it is asked for.
 */
export async function logIn(start: string, account: string, stopAt: string): Promise<Arrival> {
  const cookies = new Map<string, string>()
  let url = start
  let body: URLSearchParams | undefined
  for (let step = 0; step < STEPS_MAX; step++) {
    if (url.startsWith(stopAt)) return body === undefined ? { url, text: '' } : { url, text: '', posted: body }
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie }, ...(body && { method: 'POST', body }) })
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = reply.headers.get('location')
    const text = await reply.text()
    body = undefined
    if (location !== null) {
      url = new URL(location, url).href
      continue
    }
    const form = formOf(text, account)
    if (form === undefined) return { url, text }
    const action = new URL(form.action || url, url)
    if (form.isGet) action.search = form.body.toString()
    else body = form.body
    url = action.href
  }
  throw new Error(`the provider leads nowhere: ${url}`)
}

interface Form {
  readonly action: string
  readonly isGet: boolean
  readonly body: URLSearchParams
}

function formOf(html: string, account: string): Form | undefined {
  const [, attributes, inside = ''] = /<form([^>]*)>(.*?)<\/form>/s.exec(html) ?? []
  if (attributes === undefined) return undefined
  const body = new URLSearchParams()
  for (const [input] of inside.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, 'name')
    const value = attribute(input, 'value').replaceAll('&amp;', '&')
    if (name !== '') body.set(name, name === 'login' || name === 'password' ? account : value)
  }
  const action = attribute(attributes, 'action').replaceAll('&amp;', '&')
  return { action, isGet: attribute(attributes, 'method').toLowerCase() === 'get', body }
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}

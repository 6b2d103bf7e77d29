import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../../../engines/engine.ts'
import { jwkOf, type Signer, signed, signer } from '../../jwks/testing-tokens.ts'

/** A provider that says what a test wants it to say: also what no honest one would. */
export class TestingProvider {
  readonly key: Signer = signer('provider')
  issuer = ''
  /** What the token endpoint answers, given the claims that an honest one would put into the ID token. */
  answer: (claims: Readonly<Record<string, unknown>>) => Promise<{ status?: number; body: object | string }> = async (
    claims,
  ) => ({ body: { access_token: 'access', token_type: 'bearer', id_token: await signed(this.key, claims) } })
  userInfo: object = { sub: 'alice', from: 'user info' }
  /** Laid over the metadata of discovery. */
  metadata: object = {}
  /** Forms that came to the token endpoint. */
  readonly asked: URLSearchParams[] = []
  /** How it was told who asks. */
  authorization: string | undefined
  readonly #clock: Clock
  #nonce = ''
  #challenge = ''
  readonly #server: Server = createServer((request, reply) => void this.#serve(request, reply))

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Somebody logs in at the page: what comes back with them. */
  visit(authUrl: string): URLSearchParams {
    const sent = new URL(authUrl).searchParams
    this.#nonce = sent.get('nonce') ?? ''
    this.#challenge = sent.get('code_challenge') ?? ''
    return new URLSearchParams({ state: sent.get('state') ?? '', code: 'the-code', iss: this.issuer })
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const json = (value: unknown, status = 200): void => {
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (request.url === '/.well-known/openid-configuration') {
      return json({
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        userinfo_endpoint: `${this.issuer}/me`,
        device_authorization_endpoint: `${this.issuer}/device`,
        jwks_uri: `${this.issuer}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
        ...this.metadata,
      })
    }
    if (request.url === '/keys') return json({ keys: [jwkOf(this.key)] })
    if (request.url === '/me') return json(this.userInfo)
    if (request.url === '/device') {
      const verification = { verification_uri: `${this.issuer}/enter`, user_code: 'ABCD-EFGH' }
      return json({ device_code: 'device', ...verification, expires_in: 600, interval: 7 })
    }
    const form = new URLSearchParams(await textOf(request))
    this.asked.push(form)
    this.authorization = request.headers.authorization
    if (form.has('code') && challengeOf(form.get('code_verifier') ?? '') !== this.#challenge) {
      return json({ error: 'invalid_grant' }, 400)
    }
    const { status = 200, body } = await this.answer(this.#honestClaims(form.has('code')))
    if (typeof body === 'object') json(body, status)
    else reply.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

  #honestClaims(hasNonce: boolean): Readonly<Record<string, unknown>> {
    const now = Math.floor(this.#clock.now() / 1000)
    const claims = { iss: this.issuer, sub: 'alice', aud: 'vault', iat: now, exp: now + 300, auth_time: now }
    return hasNonce ? { ...claims, nonce: this.#nonce } : claims
  }
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

import { createHash } from 'node:crypto'
import { type CallOptions, TestNamespace } from '../../../../test/core/test-namespace.ts'

/** A namespace with an OpenID provider, clients, and somebody who has logged in. */

export const REDIRECT = 'https://app.test/callback'
export const VERIFIER = 'verifier-of-at-least-forty-three-characters'
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
export const ISSUER = 'https://vault.test:8200/v1/identity/oidc/provider/p'

/** An answer of one of OAuth's endpoints. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

export class ProviderWorld {
  readonly vault: TestNamespace
  /** Of bob, who is assigned. */
  token = ''
  entityId = ''
  /** Id and secret of the confidential client `app`. */
  app = { id: '', secret: '' }
  /** Id of the public client `spa`. */
  spa = ''

  private constructor(vault: TestNamespace) {
    this.vault = vault
  }

  static async create(): Promise<ProviderWorld> {
    const world = new ProviderWorld(await TestNamespace.create())
    await world.#fill()
    return world
  }

  async #fill(): Promise<void> {
    const bob = await this.logIn('bob')
    this.token = bob.token
    this.entityId = bob.entityId
    await this.put('key/k', { algorithm: 'ES256', allowed_client_ids: '*' })
    await this.put('scope/profile', {
      template: '{"name": {{identity.entity.name}}, "groups": {{identity.entity.groups.names}}}',
    })
    await this.put('scope/team', { template: '{"team": {{identity.entity.metadata.team}}}' })
    await this.put('scope/clash', { template: '{"name": "x"}' })
    await this.put('assignment/staff', { entity_ids: this.entityId })
    await this.put('client/app', { key: 'k', redirect_uris: REDIRECT, assignments: 'staff' })
    await this.put('client/spa', { key: 'k', redirect_uris: REDIRECT, assignments: 'allow_all', client_type: 'public' })
    await this.put('provider/p', { allowed_client_ids: '*', scopes_supported: 'profile,team,clash' })
    const app = await this.vault.data('read', 'identity/oidc/client/app')
    this.app = { id: String(app.client_id), secret: String(app.client_secret) }
    this.spa = String((await this.vault.data('read', 'identity/oidc/client/spa')).client_id)
  }

  async logIn(name: string, namespace = ''): Promise<{ token: string; entityId: string }> {
    const login = { policies: [], alias: { name, metadata: {} } }
    const { auth } = await this.vault.call('update', 'auth/door/login', login, { token: undefined, namespace })
    return { token: String(auth?.clientToken), entityId: String(auth?.entityId) }
  }

  async put(path: string, data: object = {}, options: CallOptions = {}): Promise<void> {
    await this.vault.call('update', `identity/oidc/${path}`, data, options)
  }

  async ask(
    operation: 'read' | 'update',
    path: string,
    data: object,
    options: CallOptions,
    vault = this.vault,
  ): Promise<Answer> {
    const { raw } = await vault.call(operation, `identity/oidc/provider/${path}`, data, options)
    if (raw === null) throw new Error(`${path} answered with an envelope`)
    const body = JSON.parse(String(raw.body)) as Record<string, unknown>
    return { status: raw.status, headers: raw.headers ?? {}, body }
  }

  authorize(data: object = {}, options: CallOptions = {}): Promise<Answer> {
    const asked = {
      client_id: this.app.id,
      redirect_uri: REDIRECT,
      scope: 'openid',
      response_type: 'code',
      state: 's',
      ...data,
    }
    return this.ask('read', 'p/authorize', asked, { token: this.token, ...options })
  }

  async code(data: object = {}): Promise<string> {
    const { status, body } = await this.authorize(data)
    if (status !== 200) throw new Error(`no code: ${JSON.stringify(body)}`)
    return String(body.code)
  }

  /** As the confidential client, with its secret in the body, unless told otherwise. */
  exchange(data: object, options: CallOptions = {}, vault = this.vault): Promise<Answer> {
    const asked = {
      grant_type: 'authorization_code',
      redirect_uri: REDIRECT,
      client_id: this.app.id,
      client_secret: this.app.secret,
      ...data,
    }
    return this.ask('update', 'p/token', asked, { token: undefined, ...options }, vault)
  }

  /** Rows of codes and access tokens. */
  async grants(): Promise<string[]> {
    return (await this.vault.rows('')).filter((row) => /oidc\/(code|access)\//.test(row))
  }

  userinfo(token: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.ask('read', 'p/userinfo', {}, { token: String(token), ...options })
  }
}

/** A refusal in one line. */
export const said = ({ status, body }: Answer): string =>
  `${status} ${String(body.error)}: ${String(body.error_description)}`

/** The claims of a token, unverified. */
export function claimsIn(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}

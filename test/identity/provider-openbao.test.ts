import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { prepareBao } from '../clients/client-programs.ts'
import { beforeAllUnlessAbsent } from '../clients/unless-absent.ts'
import { at, call } from '../harness/http.ts'
import { openbao } from '../harness/program.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** The same requests to OpenBao's OpenID provider and to this one: the answers are the same, but where it is said why not. */

const CALLBACK = 'https://app.test/callback'
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

/** A server with what the requests speak of: ids and secrets that they are filled in with. */
class Side {
  readonly server: Server
  /** What stands for `{name}` in requests, and is written `{name}` in answers. */
  readonly values = new Map<string, string>()

  constructor(server: Server) {
    this.server = server
    this.values.set('address', server.address)
    this.values.set('root', server.rootToken)
  }

  async prepare(): Promise<void> {
    await this.server.call('POST', 'sys/auth/userpass', { body: { type: 'userpass' } })
    for (const name of ['ada', 'eve']) {
      const password = 'a good password'
      await this.server.call('POST', `auth/userpass/users/${name}`, { body: { password } })
      const login = await this.server.call('POST', `auth/userpass/login/${name}`, { body: { password } })
      this.values.set(name, String(at(login.body, 'auth', 'client_token')))
      this.values.set(`${name}_entity`, String(at(login.body, 'auth', 'entity_id')))
    }
    await this.server.call('POST', `identity/entity/id/${this.values.get('ada_entity')}`, { body: { name: 'Ada' } })
    const members = { name: 'staff', member_entity_ids: this.values.get('ada_entity') }
    await this.server.call('POST', 'identity/group', { body: members })
    for (const [name, body] of Object.entries(CLIENTS)) {
      await this.server.call('POST', `identity/oidc/client/${name}`, { body })
      const { body: read } = await this.server.call('GET', `identity/oidc/client/${name}`)
      this.values.set(`${name}_id`, String(at(read, 'data', 'client_id')))
      const secret = at(read, 'data', 'client_secret')
      if (secret !== undefined) this.values.set(`${name}_secret`, String(secret))
    }
  }

  filled(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => this.values.get(name) ?? whole)
  }

  /** With what differs from server to server as what it stands for. */
  plain(text: string): string {
    let plain = text
    for (const [name, value] of this.values) plain = plain.replaceAll(value, `{${name}}`)
    return plain
  }

  async ask({ method, path, body, token }: Asked): Promise<Answer> {
    const reply = await call(method, `${this.server.address}/v1/identity/oidc/${this.filled(path)}`, {
      ...(token === '{access_token}'
        ? { headers: { authorization: `Bearer ${this.filled(token)}` } }
        : { token: this.filled(token ?? '{root}') }),
      ...(body !== undefined && { body: JSON.parse(this.filled(JSON.stringify(body))) as object }),
    })
    const { data, errors, request_id: _, ...raw } = (reply.body ?? {}) as Record<string, unknown>
    const answer = data ?? errors ?? ('lease_id' in raw ? null : raw)
    for (const name of ['code', 'access_token']) if (name in raw) this.values.set(name, String(raw[name]))
    if ('id_token' in raw) raw.id_token = shapeOf(String(raw.id_token))
    if ('keys' in raw) raw.keys = (raw.keys as object[]).map((key) => Object.keys(key).sort())
    return { status: reply.status, answer: JSON.parse(this.plain(JSON.stringify(answer)), inOrder) as unknown }
  }
}

interface Answer {
  readonly status: number
  readonly answer: unknown
}

/** Ids of clients are chance, and so is their order. */
function inOrder(name: string, value: unknown): unknown {
  return name === 'allowed_client_ids' && Array.isArray(value) ? value.sort() : value
}

/** An ID token without what is another each time. */
function shapeOf(token: string): object {
  const { kid, typ: _, ...header } = decodeProtectedHeader(token)
  const { iat = 0, exp = 0, at_hash: atHash, c_hash: cHash, auth_time: authTime, ...claims } = decodeJwt(token)
  return { header, claims, life: exp - iat, made: [typeof kid, typeof atHash, typeof cHash, typeof authTime] }
}

const CLIENTS: Readonly<Record<string, object>> = {
  app: { redirect_uris: `${CALLBACK},http://127.0.0.1/cb`, assignments: 'allow_all', id_token_ttl: '30m' },
  spa: { redirect_uris: CALLBACK, assignments: 'allow_all', client_type: 'public' },
  closed: { redirect_uris: CALLBACK },
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly token?: string
  /** What this server answers otherwise than OpenBao, on purpose. */
  readonly ours?: object
}

const get = (path: string, token?: string): Asked => ({ method: 'GET', path, ...(token !== undefined && { token }) })
const list = (path: string): Asked => ({ method: 'LIST', path })
const put = (path: string, body: object = {}): Asked => ({ method: 'POST', path, body })
const remove = (path: string): Asked => ({ method: 'DELETE', path })
const authorize = (parameters: Record<string, string> = {}, token = '{ada}'): Asked => {
  const asked = {
    client_id: '{app_id}',
    redirect_uri: CALLBACK,
    scope: 'openid',
    response_type: 'code',
    state: 's t',
    ...parameters,
  }
  const query = Object.entries(asked).map(([name, value]) => `${name}=${value.replaceAll(' ', '%20')}`)
  return get(`provider/p/authorize?${query.join('&')}`, token)
}
const exchange = (body: object = {}, path = 'provider/p/token'): Asked => ({
  method: 'POST',
  path,
  token: '',
  body: {
    grant_type: 'authorization_code',
    code: '{code}',
    redirect_uri: CALLBACK,
    client_id: '{app_id}',
    client_secret: '{app_secret}',
    ...body,
  },
})

const CONFIGURATION: readonly Asked[] = [
  get('provider/default'),
  list('provider'),
  list('assignment'),
  list('key'),
  get('key/default'),
  get('assignment/allow_all'),
  list('scope'),
  put('assignment/allow_all', { entity_ids: 'x' }),
  remove('assignment/allow_all'),
  remove('provider/default'),
  put('assignment/team', { entity_ids: 'A,b,a', group_ids: ['G'] }),
  get('assignment/team'),
  put('assignment/team', { group_ids: '' }),
  get('assignment/team'),
  put('scope/openid', { template: '{}' }),
  put('scope/bad', { template: '{"iss": 1}' }),
  put('scope/who', { template: '{"name": {{identity.entity.name}}}', description: 'who' }),
  put('scope/team', { template: Buffer.from('{"groups": {{identity.entity.groups.names}}}').toString('base64') }),
  put('scope/again', { template: '{"name": "x"}' }),
  get('scope/who'),
  get('scope/team'),
  list('scope'),
  put('provider/p', { scopes_supported: 'none' }),
  put('provider/p', { issuer: 'https://a/b' }),
  put('provider/p', { scopes_supported: 'who,team,again,who', allowed_client_ids: '{app_id},{spa_id},{closed_id}' }),
  get('provider/p'),
  remove('scope/who'),
  put('client/x', { key: 'none' }),
  put('client/x', { assignments: 'none' }),
  {
    ...put('client/x', { client_type: 'other' }),
    ours: ['error converting input for field "client_type": must be one of confidential, public'],
  },
  put('client/x', { id_token_ttl: '25h' }),
  get('client/x'),
  get('client/app'),
  get('client/spa'),
  put('client/app', { key: 'other' }),
  put('client/app', { client_type: 'public' }),
  put('client/closed', { assignments: 'team' }),
  remove('assignment/team'),
  remove('key/default'),
  list('client'),
  get('provider/none/.well-known/openid-configuration', ''),
  get('provider/none/.well-known/keys', ''),
]

const LOGINS: readonly Asked[] = [
  authorize({ client_id: '' }),
  authorize({ client_id: 'unknown' }),
  authorize({ redirect_uri: '' }),
  authorize({ redirect_uri: 'https://evil.test/' }),
  authorize({ redirect_uri: 'http://127.0.0.1:1234/cb/x' }),
  authorize({ scope: 'who' }),
  authorize({ response_type: '' }),
  authorize({ response_type: 'token' }),
  { ...authorize({ request: 'x' }), ours: { state: 's t' } },
  { ...authorize({ request_uri: 'x' }), ours: { state: 's t' } },
  authorize({}, '{root}'),
  authorize({ client_id: '{closed_id}' }),
  authorize({ client_id: '{spa_id}' }),
  authorize({ code_challenge: CHALLENGE, code_challenge_method: 'S1' }),
  authorize({ code_challenge: 'short' }),
  authorize({ max_age: '0' }),
  { ...authorize({}), path: authorize({}).path.replace('/p/', '/none/') },
  authorize({}, ''),
  exchange({ client_id: '' }),
  exchange({ client_secret: 'wrong' }),
  exchange({ client_id: 'unknown' }),
  exchange({ grant_type: '' }),
  exchange({ grant_type: 'password' }),
  exchange({ code: '' }),
  exchange({ code: 'unknown' }),
  exchange({}, 'provider/none/token'),
  authorize(),
  exchange({ client_id: '{closed_id}', client_secret: '{closed_secret}' }),
  exchange(),
  authorize(),
  exchange({ redirect_uri: `${CALLBACK}x` }),
  authorize(),
  exchange({ code_verifier: VERIFIER }),
  authorize({ code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
  exchange(),
  authorize({ code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
  exchange({ code_verifier: `${VERIFIER}x` }),
  authorize({ client_id: '{spa_id}', code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
  exchange({ client_id: '{spa_id}', client_secret: '' }),
  {
    ...exchange({ grant_type: 'client_credentials', client_id: '{spa_id}', client_secret: '' }),
    ours: { error: 'unauthorized_client', error_description: 'client is not authorized to use this grant_type' },
  },
  authorize({ nonce: 'n', scope: 'openid who team unknown', max_age: '600' }),
  { ...exchange(), ours: { scope: 'openid team who' } },
  get('provider/p/userinfo', '{access_token}'),
  { ...get('provider/p/userinfo', '{access_token}'), method: 'POST' },
  authorize({ scope: 'openid who again' }),
  {
    ...exchange(),
    ours: { error_description: 'two of the scopes have the same top-level claim "name"' },
  },
  authorize({ client_id: '{spa_id}', code_challenge: VERIFIER, redirect_uri: CALLBACK }),
  {
    ...exchange({ client_id: '{spa_id}', client_secret: '', code_verifier: VERIFIER }),
    ours: { scope: 'openid' },
  },
  get('provider/p/userinfo', '{access_token}'),
  authorize({ redirect_uri: 'http://127.0.0.1:5/cb' }),
  exchange({ redirect_uri: 'http://127.0.0.1/cb' }),
  get('provider/p/.well-known/keys', ''),
  {
    ...get('provider/p/.well-known/openid-configuration', ''),
    ours: {
      code_challenge_methods_supported: ['plain', 'S256'],
      grant_types_supported: ['authorization_code', 'client_credentials'],
    },
  },
  remove('client/app'),
  get('provider/p/userinfo', '{access_token}'),
]

let theirs: Side
let ours: Side
beforeAllUnlessAbsent(async () => {
  const command = await prepareBao()
  theirs = new Side(await startUnsealed({ program: openbao(command) }))
  ours = new Side(await startUnsealed({ storage: 'inmem' }))
  for (const side of [theirs, ours]) await side.prepare()
})
afterAll(async () => {
  await theirs?.server.remove()
  await ours?.server.remove()
})

function withOurs({ status, answer }: Answer, own: object | undefined): Answer {
  if (own === undefined) return { status, answer }
  return { status, answer: Array.isArray(own) ? own : { ...(answer as object), ...own } }
}

for (const [what, requests] of Object.entries({ CONFIGURATION, LOGINS }))
  test(what, async () => {
    for (const asked of requests) {
      const [their, our] = [await theirs.ask(asked), await ours.ask(asked)]
      expect.soft(our, JSON.stringify(asked)).toEqual(withOurs(their, asked.ours))
    }
  })

import { createHash } from 'node:crypto'
import Type from 'typebox'
import { base62 } from '../../../base62.ts'
import { type Caller, type EngineRequest, type Reply, route } from '../../../engine.ts'
import { field } from '../../../field.ts'
import { isAllowedRedirect } from '../../../redirect-uri.ts'
import type { Entity } from '../../documents.ts'
import { entityOf } from '../../entities.ts'
import type { Context } from '../../shown.ts'
import { challengeOf } from './challenge.ts'
import { isAssigned, scopesOf } from './claims.ts'
import { type Authorization, authorizationCodec, type Client, type Provider, providerRows } from './documents.ts'
import { answer, integerOf, OAUTH_CLEAR, parameter, Refusal, refusing, textOf } from './oauth.ts'
import { clientWithId, isAllowed, providerNamed } from './stored.ts'

/**
 * The authorization endpoint: who has a token of this vault gets a code for a client, which the client exchanges. OpenID
 * Connect Core 1.0, section 3.1.2. As in Vault the answer is JSON; what shows the login page sends people on.
 */

const CODE_CHARS = 32
const CODE_LIFE_MS = 5 * 60_000
export const ID_MAX_CHARS = 256
export const URI_MAX_CHARS = 2048
const STATE_MAX_CHARS = 8192
const NONCE_MAX_CHARS = 1024
const WORD_MAX_CHARS = 64

const fields = {
  name: field.name({ required: true, description: 'Name of the provider.' }),
  client_id: parameter('Id of the client.'),
  scope: parameter("Scopes, with spaces between them; 'openid' is one of them."),
  redirect_uri: parameter('Where the answer goes: one of those that the client has.'),
  response_type: parameter("What is asked for: 'code'."),
  state: parameter('Given back as it is.'),
  nonce: parameter('Stands in the ID token.'),
  max_age: parameter('How many seconds ago the login may have been.', Type.Integer()),
  code_challenge: parameter('What the code is bound to (RFC 7636); a public client must have one.'),
  code_challenge_method: parameter("How it was made of its verifier: 'S256' or 'plain'; 'plain' unless said."),
}
type AuthorizeRequest = EngineRequest<typeof fields>

const handler = refusing(authorize, (refusal, { fields }) =>
  answer(400, { error: refusal.code, error_description: refusal.message, state: stateOf(fields.state) }),
)

export const authorization = route('oidc/provider/:name/authorize', {
  summary: 'A code that tells a client who has logged in',
  fields,
  auditClear: OAUTH_CLEAR,
  operations: { read: handler, update: handler },
})

async function authorize(request: AuthorizeRequest, context: Context): Promise<Reply> {
  const { fields, caller } = request
  const { store, clock, random } = context
  const state = textOf(fields.state, 'state', STATE_MAX_CHARS)
  const client = await clientFor(fields.client_id, context)
  const redirectUri = redirectFor(fields.redirect_uri, client)
  const provider = await providerFor(fields.name, client, context)
  refuseRequestObjects(request)
  const scopes = scopesOf(fields.scope, provider)
  checkResponseType(fields.response_type)
  const entity = await entityFor(caller, client, context)
  const challenge = challengeOf(fields.code_challenge, fields.code_challenge_method)
  if (challenge === undefined && client.type === 'public')
    throw new Refusal('invalid_request', 'PKCE is required for public clients')
  const nowMs = clock.now()
  const granted: Authorization = {
    provider: fields.name,
    clientId: client.id,
    entityId: entity.id,
    redirectUri,
    nonce: textOf(fields.nonce, 'nonce', NONCE_MAX_CHARS),
    scopes,
    authTimeMs: authTimeOf(fields.max_age, caller, nowMs),
    challenge,
    expiresAtMs: nowMs + CODE_LIFE_MS,
    exchangedFor: undefined,
  }
  const code = base62(random, CODE_CHARS)
  const { expiresAtMs } = granted
  await store.transaction((tx) => tx.put(providerRows.code(hashOf(code)), granted, authorizationCodec, { expiresAtMs }))
  return answer(200, { code, state })
}

/** What a row has in the place of a code or token, which has 190 bits of its own. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** What can't be a state is not given back. */
function stateOf(raw: unknown): string {
  return typeof raw === 'string' && raw.length <= STATE_MAX_CHARS ? raw : ''
}

async function clientFor(raw: unknown, { store }: Context): Promise<Client> {
  const id = textOf(raw, 'client_id', ID_MAX_CHARS)
  if (id === '') throw new Refusal('invalid_client_id', 'client_id parameter is required')
  const client = await clientWithId(store, id)
  if (client === undefined) throw new Refusal('invalid_client_id', 'client with client_id not found')
  if (!client.mayUseCodes) throw new Refusal('unauthorized_client', 'client is not authorized to use codes')
  return client
}

function redirectFor(raw: unknown, client: Client): string {
  const uri = textOf(raw, 'redirect_uri', URI_MAX_CHARS)
  if (uri === '') throw new Refusal('invalid_request', 'redirect_uri parameter is required')
  if (!isAllowedRedirect(uri, client.redirectUris))
    throw new Refusal('invalid_redirect_uri', 'redirect_uri is not allowed for the client')
  return uri
}

async function providerFor(name: string, client: Client, { store }: Context): Promise<Provider> {
  const provider = await providerNamed(store, name)
  if (provider === undefined) throw new Refusal('invalid_request', 'provider not found')
  if (!isAllowed(provider.allowedClientIds, client.id))
    throw new Refusal('unauthorized_client', 'client is not authorized to use the provider')
  return provider
}

/** OpenID Connect Core 1.0, section 6: who has no use for them says so. */
function refuseRequestObjects({ data }: AuthorizeRequest): void {
  if (Object.hasOwn(data, 'request')) throw new Refusal('request_not_supported', 'request parameter is not supported')
  if (Object.hasOwn(data, 'request_uri'))
    throw new Refusal('request_uri_not_supported', 'request_uri parameter is not supported')
}

function checkResponseType(raw: unknown): void {
  const type = textOf(raw, 'response_type', WORD_MAX_CHARS)
  if (type === '') throw new Refusal('invalid_request', 'response_type parameter is required')
  if (type !== 'code') throw new Refusal('unsupported_response_type', 'unsupported response_type value')
}

/** Entities are of one namespace: a token from above has none here. */
async function entityFor(caller: Caller | undefined, client: Client, { store }: Context): Promise<Entity> {
  const id = caller === undefined || caller.from !== undefined ? '' : caller.entityId
  if (id === '') throw new Refusal('access_denied', 'identity entity must be associated with the request')
  const entity = await entityOf(store, id)
  if (entity === undefined) throw new Refusal('access_denied', 'identity entity associated with the request not found')
  if (!(await isAssigned(store, entity, client)))
    throw new Refusal('access_denied', 'identity entity not authorized by client assignment')
  return entity
}

/**
 * When the caller logged in, if the client asks. A token that was made with another token says nothing of that: its holder
 * has to log in anew.
 */
function authTimeOf(raw: unknown, caller: Caller | undefined, nowMs: number): number | undefined {
  const maxAgeSeconds = integerOf(raw, 'max_age')
  if (maxAgeSeconds === undefined) return undefined
  if (maxAgeSeconds < 1) throw new Refusal('invalid_request', 'max_age must be greater than zero')
  const loggedInMs = caller === undefined || caller.path.startsWith('auth/token/') ? 0 : caller.tokenIssueTimeMs
  if (nowMs - loggedInMs > maxAgeSeconds * 1000)
    throw new Refusal('max_age_violation', 'active re-authentication is required by max_age')
  return loggedInMs
}

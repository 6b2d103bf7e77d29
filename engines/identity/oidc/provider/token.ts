import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { field } from '../../../field.ts'
import type { Context } from '../../shown.ts'
import { namedKey } from '../keys.ts'
import { authenticated } from './client-authentication.ts'
import { clientToken } from './client-credentials.ts'
import { type Exchange, exchangeCode } from './exchange.ts'
import { answer, OAUTH_CLEAR, parameter, Refusal, refusing, textOf } from './oauth.ts'
import { issuerOf } from './providers.ts'
import { isAllowed, providerNamed } from './stored.ts'

/** The token endpoint: RFC 6749, section 3.2. The client proves who it is; nobody needs a token of the vault. */

const WORD_MAX_CHARS = 64

const fields = {
  name: field.name({ required: true, description: 'Name of the provider.' }),
  grant_type: parameter("What is exchanged: 'authorization_code', or 'client_credentials'."),
  code: parameter('The code that the authorization endpoint gave.'),
  redirect_uri: parameter('Where the code went.'),
  code_verifier: parameter('What the challenge of the code was made of.'),
  scope: parameter("Scopes of a client's own token, with spaces between them; 'openid' is one of them."),
  client_id: parameter('Id of the client, if it is not in the header Authorization.'),
  client_secret: parameter('Secret of the client, if it is not in the header Authorization.'),
}
type TokenRequest = EngineRequest<typeof fields>

export const token = route('oidc/provider/:name/token', {
  summary: 'Exchange a code for tokens',
  fields,
  access: 'none',
  headers: ['authorization'],
  auditClear: OAUTH_CLEAR,
  operations: { update: refusing(exchange, rendered) },
})

/** RFC 6749, section 5.2. */
function rendered({ code, message }: Refusal): Reply {
  const body = { error: code, error_description: message }
  return code === 'invalid_client' ? answer(401, body, { 'www-authenticate': 'Basic' }) : answer(400, body)
}

async function exchange({ fields, headers }: TokenRequest, context: Context): Promise<Reply> {
  const { store } = context
  const provider = await providerNamed(store, fields.name)
  if (provider === undefined) throw new Refusal('invalid_request', 'provider not found')
  const client = await authenticated(fields, headers.authorization, store)
  if (!isAllowed(provider.allowedClientIds, client.id))
    throw new Refusal('invalid_client', 'client is not authorized to use the provider')
  const key = await namedKey(client.key, store, context)
  if (key === undefined || !isAllowed(key.allowedClientIds, client.id))
    throw new Refusal('invalid_client', 'client is not authorized to use the key')
  const asked: Exchange = { client, key, provider: fields.name, issuer: issuerOf(fields.name, provider, context) }
  const grant = textOf(fields.grant_type, 'grant_type', WORD_MAX_CHARS)
  if (grant === 'authorization_code' && client.mayUseCodes) return exchangeCode(fields, asked, context)
  if (grant === 'client_credentials' && client.mayUseItsCredentials)
    return clientToken(fields.scope, asked, provider, context)
  if (grant === 'authorization_code' || grant === 'client_credentials')
    throw new Refusal('unauthorized_client', 'client is not authorized to use this grant_type')
  throw new Refusal('unsupported_grant_type', 'unsupported grant_type or parameter is empty value')
}

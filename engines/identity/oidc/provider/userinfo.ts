import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { field } from '../../../field.ts'
import { entityOf } from '../../entities.ts'
import type { Context } from '../../shown.ts'
import { hashOf } from './authorize.ts'
import { claimsOfScopes, isAssigned } from './claims.ts'
import { type Access, accessCodec, providerRows } from './documents.ts'
import { answer, OAUTH_CLEAR, Refusal, refusing } from './oauth.ts'
import { clientWithId, isAllowed, providerNamed } from './stored.ts'

/** The userinfo endpoint: OpenID Connect Core 1.0, section 5.3. An access token is no token of the vault. */

const fields = { name: field.name({ required: true, description: 'Name of the provider.' }) }
type UserinfoRequest = EngineRequest<typeof fields>

const handler = refusing(tell, rendered)

export const userinfo = route('oidc/provider/:name/userinfo', {
  summary: 'Claims of who logged in, for the access token of the login',
  fields,
  access: 'none',
  auditClear: OAUTH_CLEAR,
  operations: { read: handler, update: { handler, pure: true } },
})

/** RFC 6750, section 3. */
function rendered({ code, message }: Refusal): Reply {
  const status = code === 'invalid_token' ? 401 : code === 'access_denied' ? 403 : 400
  const challenge = {
    'www-authenticate': `Bearer error="${code}",error_description="${message.replace(/["\\]/g, '')}"`,
  }
  return answer(status, { error: code, error_description: message }, code === 'access_denied' ? {} : challenge)
}

async function tell({ fields, token }: UserinfoRequest, context: Context): Promise<Reply> {
  const { store, clock } = context
  const provider = await providerNamed(store, fields.name)
  if (provider === undefined) throw new Refusal('invalid_request', 'provider not found')
  const access = await accessOf(token, fields.name, context)
  const client = await clientWithId(store, access.clientId)
  if (client === undefined) throw new Refusal('access_denied', 'client not found')
  const entity = await entityOf(store, access.entityId)
  if (entity === undefined) throw new Refusal('access_denied', 'identity entity associated with the request not found')
  if (!(await isAssigned(store, entity, client)))
    throw new Refusal('access_denied', 'identity entity not authorized by client assignment')
  if (!isAllowed(provider.allowedClientIds, client.id))
    throw new Refusal('access_denied', 'client is not authorized to use the provider')
  const scopes = access.scopes.filter((scope) => provider.scopes.includes(scope))
  const claims = await claimsOfScopes(store, scopes, entity, clock.now())
  return answer(200, { ...claims, sub: entity.id })
}

async function accessOf(token: string | undefined, provider: string, { store, clock }: Context): Promise<Access> {
  if (token === undefined || token === '')
    throw new Refusal('invalid_token', 'access token must be sent as a Bearer token')
  const access = await store.get(providerRows.access(hashOf(token)), accessCodec)
  if (access === undefined || access.provider !== provider)
    throw new Refusal('invalid_token', 'access token is malformed or invalid')
  if (access.expiresAtMs <= clock.now()) throw new Refusal('invalid_token', 'access token is expired')
  return access
}

import { textOf } from '../../../engines/coerce.ts'
import {
  type EngineContext,
  type EngineRequest,
  type LoginAttempt,
  type Reply,
  route,
} from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { TokenRefused } from '../jwks/verify-token.ts'
import { checkAudiences, checkBoundClaims, checkIssuer, checkSubject, checkTimes, identityOf } from './claims.ts'
import { storedConfig } from './config.ts'
import { grantOf } from './grant.ts'
import { type Provider, providerOf } from './provider.ts'
import { loginError } from './refusal.ts'
import { storedRole } from './role.ts'

export const loginFields = {
  role: field.text({ default: '', description: "The role to log in to; none: the mount's default role" }),
  jwt: field.text({ default: '', description: 'The signed token' }),
}

export const login = route('login', {
  summary: 'Log in with a signed token',
  fields: loginFields,
  access: 'none',
  auditClear: ['role'],
  operations: { update },
})

async function update(request: EngineRequest<typeof loginFields>, context: EngineContext): Promise<Reply> {
  const provider = await providerOf(context)
  const roleName = roleNameOf(request.fields.role, provider)
  if (request.fields.jwt === '') throw invalid('missing token')
  try {
    return await enter(request, provider, roleName, context)
  } catch (error) {
    throw loginError(error, context, roleName)
  }
}

/** Throws `invalid_request` where neither the caller nor the mount names one. */
export function roleNameOf(sent: string, { config }: Provider): string {
  const name = sent.toLowerCase() || config.defaultRole
  if (name === '') throw invalid('missing role')
  return name
}

/** The role of a login, for quotas; undefined where neither the caller nor the mount names one. */
export async function loginRole({ data }: LoginAttempt, { store }: EngineContext): Promise<string | undefined> {
  const name = textOf(data.role).toLowerCase()
  return name || (await storedConfig(store))?.defaultRole || undefined
}

async function enter(
  { fields: { jwt }, connection }: EngineRequest<typeof loginFields>,
  provider: Provider,
  roleName: string,
  context: EngineContext,
): Promise<Reply> {
  const role = await storedRole(context.store, roleName)
  if (role?.type !== 'jwt') throw new TokenRefused('there is no such role for tokens')
  const claims = await provider.verify(jwt)
  checkTimes(claims, role.leeways, context.clock.now() / 1000)
  checkIssuer(claims, provider.config.boundIssuer)
  checkSubject(claims, role.boundSubject)
  checkAudiences(claims, role.boundAudiences)
  checkBoundClaims(claims, role)
  const identity = identityOf(claims, role, roleName, provider.config.provider)
  return { auth: grantOf(role, roleName, identity, connection) }
}

import { canonicalCidrs, isWithin } from '../../../../engines/cidr.ts'
import {
  type AuthGrant,
  type EngineContext,
  type EngineRequest,
  type Reply,
  route,
} from '../../../../engines/engine.ts'
import { EgideError, invalid } from '../../../../engines/errors.ts'
import { TokenRefused } from '../../jwks/verify-token.ts'
import { requireRoleUnchanged } from '../../unchanged.ts'
import { checkAudiences, checkIssuer, checkTimes } from '../claims.ts'
import { loginFields, roleNameOf } from '../login.ts'
import { type Provider, providerOf } from '../provider.ts'
import { loginError } from '../refusal.ts'
import { runProgram } from './evaluation-thread.ts'
import { type CelRole, celRoleName, storedCelRole } from './roles.ts'

type LoginRequest = EngineRequest<typeof loginFields>

export const celLogin = route('cel/login', {
  summary: 'Log in with a signed token, by a role whose program decides',
  fields: loginFields,
  access: 'none',
  auditClear: ['role'],
  operations: { update },
})

async function update(request: LoginRequest, context: EngineContext): Promise<Reply> {
  const provider = await providerOf(context)
  const roleName = roleNameOf(request.fields.role, provider)
  if (request.fields.jwt === '') throw invalid('missing token')
  const role = await storedCelRole(context.store, roleName)
  try {
    if (role === undefined) throw new TokenRefused('there is no such role with a program')
    return { auth: await grant(request, provider, role, roleName, context) }
  } catch (error) {
    const told = loginError(error, context, roleName)
    const isRefusal = told instanceof EgideError && told.code === 'invalid_request'
    throw isRefusal && role !== undefined && role.message !== '' ? invalid(role.message) : told
  }
}

async function grant(
  { fields: { jwt }, connection }: LoginRequest,
  provider: Provider,
  role: CelRole,
  roleName: string,
  { clock }: EngineContext,
): Promise<AuthGrant> {
  const claims = await provider.verify(jwt)
  const nowMs = clock.now()
  checkTimes(claims, role.leeways, nowMs / 1000)
  checkIssuer(claims, provider.config.boundIssuer)
  if (role.boundAudiences.length > 0) checkAudiences(claims, role.boundAudiences)
  const verdict = await runProgram({ program: role.program, claims: JSON.stringify(claims), nowMs })
  if ('refusal' in verdict) throw new TokenRefused(verdict.refusal)
  const made = grantOf(verdict.auth as MadeAuth, roleName)
  if (!isWithin(made.boundCidrs, connection.remoteAddress)) throw new TokenRefused('the address')
  const internal = { role: roleName, uid: role.uid, cel: true }
  return { ...made, internal, within: requireRoleUnchanged(role, (reader) => storedCelRole(reader, roleName)) }
}

/** `pb.Auth` as JSON: what is at its default is absent, and long numbers are text. */
interface MadeAuth {
  readonly lease_options?: { readonly TTL?: string; readonly MaxTTL?: string; readonly renewable?: boolean }
  readonly display_name?: string
  readonly policies?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly period?: string
  readonly num_uses?: string
  readonly alias?: MadeAlias
  readonly group_aliases?: readonly MadeAlias[]
  readonly bound_cidrs?: readonly string[]
  readonly explicit_max_ttl?: string
  readonly no_default_policy?: boolean
}
interface MadeAlias {
  readonly name?: string
  readonly metadata?: Readonly<Record<string, string>>
}

function grantOf(made: MadeAuth, roleName: string): AuthGrant {
  const { alias, lease_options: lease = {} } = made
  if ((made.policies ?? []).some((policy) => policy.trim().toLowerCase() === 'root')) {
    throw new TokenRefused('the program gives the root policy')
  }
  return {
    displayName: made.display_name ?? alias?.name ?? '',
    policies: made.policies ?? [],
    noDefaultPolicy: made.no_default_policy ?? false,
    meta: made.metadata ?? {},
    ttlSeconds: secondsOf(lease.TTL),
    maxTtlSeconds: secondsOf(lease.MaxTTL),
    explicitMaxTtlSeconds: secondsOf(made.explicit_max_ttl),
    periodSeconds: secondsOf(made.period),
    renewable: lease.renewable ?? false,
    numUses: countOf(made.num_uses),
    boundCidrs: cidrsOf(made.bound_cidrs ?? []),
    tokenType: 'default',
    role: celRoleName(roleName),
    ...(alias?.name && { alias: { name: alias.name, metadata: alias.metadata ?? {} } }),
    groupAliases: (made.group_aliases ?? []).flatMap(({ name }) => (name ? [name] : [])),
  }
}

function cidrsOf(raw: readonly string[]): readonly string[] {
  try {
    return canonicalCidrs('bound_cidrs', raw)
  } catch {
    throw new TokenRefused('the program gives bound_cidrs that are none')
  }
}

/** From nanoseconds. */
function secondsOf(nanoseconds: string | undefined): number {
  return Math.trunc(countOf(nanoseconds) / 1e9)
}

function countOf(text: string | undefined): number {
  const count = Number(text ?? 0)
  if (!(count >= 0)) throw new TokenRefused('the program gives a negative time or number')
  return count
}

import Type from 'typebox'
import { canonicalCidrs, isWithin } from '../../engines/cidr.ts'
import type { AuthGrant, Connection } from '../../engines/engine.ts'
import { denied, invalid } from '../../engines/errors.ts'
import { field, type Values } from '../../engines/field.ts'
import { normalPolicies } from './policy-names.ts'

/**
 * The `token_…` fields that roles and users of every auth method have: what tokens of their logins are like.
 * https://openbao.org/api-docs/auth/approle/#createupdate-approle (the same parameters stand at each method)
 */
export const tokenFields = {
  token_ttl: field.duration({ description: "How long a token lives at first; 0: the mount's default" }),
  token_max_ttl: field.duration({
    description: "How long a token lives at most, renewals included; 0: the mount's maximum",
  }),
  token_policies: field.list({ description: 'Policies of the tokens' }),
  token_bound_cidrs: field.bounds({ description: 'Addresses and CIDR blocks to log in from and to use tokens from' }),
  token_explicit_max_ttl: field.duration({ description: 'No token lives longer, whatever renewals and periods say' }),
  token_no_default_policy: field.bool({ description: 'Tokens do not get the default policy unasked' }),
  token_num_uses: field.int({ description: 'How many requests a token is good for; 0: no limit' }),
  token_period: field.duration({ description: 'Tokens are periodic: each renewal gives this long, without a maximum' }),
  token_type: field.text({ description: 'service, batch, or default for what the mount is tuned to' }),
  token_strictly_bind_ip: field.bool({ description: 'A token may be used only from the address that logged in' }),
}

const texts = Type.Array(Type.String())

/** The same fields as they are shown. */
export const tokenReply = {
  token_ttl: Type.Integer(),
  token_max_ttl: Type.Integer(),
  token_policies: texts,
  token_bound_cidrs: texts,
  token_explicit_max_ttl: Type.Integer(),
  token_no_default_policy: Type.Boolean(),
  token_num_uses: Type.Integer(),
  token_period: Type.Integer(),
  token_type: Type.String(),
  token_strictly_bind_ip: Type.Boolean(),
}

/** Names that some methods still take for the same. Each declares those that it has. */
export const olderTokenFields = {
  policies: field.list({ deprecated: true, description: 'Older name of token_policies' }),
  ttl: field.duration({ deprecated: true, description: 'Older name of token_ttl' }),
  max_ttl: field.duration({ deprecated: true, description: 'Older name of token_max_ttl' }),
  period: field.duration({ deprecated: true, description: 'Older name of token_period' }),
  bound_cidrs: field.bounds({ deprecated: true, description: 'Older name of token_bound_cidrs' }),
  num_uses: field.int({ deprecated: true, description: 'Older name of token_num_uses' }),
}

const TYPES = ['default', 'service', 'batch', 'default-service', 'default-batch'] as const

/** As stored in a role or user. Durations are seconds; 0 is not set. */
export interface TokenParameters {
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  /** As they were written, so that who wrote them reads the same: their normal names are the token's. */
  readonly policies: readonly string[]
  readonly boundCidrs: readonly string[]
  readonly explicitMaxTtlSeconds: number
  readonly noDefaultPolicy: boolean
  readonly numUses: number
  readonly periodSeconds: number
  readonly type: (typeof TYPES)[number]
  readonly strictlyBindIp: boolean
  /** Older names that they were set by: shown under both. */
  readonly older: readonly OlderName[]
}
type OlderName = keyof typeof olderTokenFields

/** Values of those older fields that a method declares; its `request.fields` is one. */
type OlderValues = { readonly [K in OlderName]?: readonly string[] | number | undefined } & {
  readonly policies?: readonly string[] | undefined
  readonly bound_cidrs?: readonly string[] | undefined
  readonly ttl?: number | undefined
  readonly max_ttl?: number | undefined
  readonly period?: number | undefined
  readonly num_uses?: number | undefined
}

/** What of the fields was sent; a request is one. */
type Sent = {
  readonly fields: { readonly [K in keyof typeof tokenFields]?: Values<typeof tokenFields>[K] | undefined }
}

/** What the request says over what there was. Throws `invalid_request` naming the field. */
export function tokenParameters(
  { fields }: Sent,
  before: TokenParameters | undefined,
  older: OlderValues = {},
): TokenParameters {
  const used = new Set(before?.older ?? [])
  const pick = <T>(value: T | undefined, name: OlderName, olderValue: T | undefined, kept: T): T => {
    if (value !== undefined) {
      used.delete(name)
      return value
    }
    if (olderValue === undefined) return kept
    used.add(name)
    return olderValue
  }
  const cidrs = pick(fields.token_bound_cidrs, 'bound_cidrs', older.bound_cidrs, before?.boundCidrs ?? [])
  const olderPolicies = older.policies && normalPolicies(older.policies)
  const policies = pick(fields.token_policies, 'policies', olderPolicies, before?.policies ?? [])
  const parameters: Omit<TokenParameters, 'older'> = {
    ttlSeconds: natural('token_ttl', pick(fields.token_ttl, 'ttl', older.ttl, before?.ttlSeconds ?? 0)),
    maxTtlSeconds: natural(
      'token_max_ttl',
      pick(fields.token_max_ttl, 'max_ttl', older.max_ttl, before?.maxTtlSeconds ?? 0),
    ),
    policies,
    boundCidrs: canonicalCidrs('token_bound_cidrs', cidrs),
    explicitMaxTtlSeconds: natural(
      'token_explicit_max_ttl',
      fields.token_explicit_max_ttl ?? before?.explicitMaxTtlSeconds ?? 0,
    ),
    noDefaultPolicy: fields.token_no_default_policy ?? before?.noDefaultPolicy ?? false,
    numUses: natural('token_num_uses', pick(fields.token_num_uses, 'num_uses', older.num_uses, before?.numUses ?? 0)),
    periodSeconds: natural(
      'token_period',
      pick(fields.token_period, 'period', older.period, before?.periodSeconds ?? 0),
    ),
    type: typeOf(fields.token_type) ?? before?.type ?? 'default',
    strictlyBindIp: fields.token_strictly_bind_ip ?? before?.strictlyBindIp ?? false,
  }
  check(parameters)
  return { ...parameters, older: [...used] }
}

function natural(name: string, value: number): number {
  if (value < 0) throw invalid(`'${name}' cannot be negative`)
  return value
}

function typeOf(raw: string | undefined): TokenParameters['type'] | undefined {
  if (raw === undefined) return undefined
  const found = TYPES.find((type) => type === (raw || 'default'))
  if (found === undefined) throw invalid(`invalid 'token_type' value "${raw}"`)
  return found
}

function check({ type, numUses, periodSeconds, ttlSeconds, maxTtlSeconds, policies }: Omit<TokenParameters, 'older'>) {
  if (normalPolicies(policies).includes('root')) throw invalid('auth methods cannot create root tokens')
  if (maxTtlSeconds > 0 && ttlSeconds > maxTtlSeconds) {
    throw invalid("'token_ttl' cannot be greater than 'token_max_ttl'")
  }
  if (type !== 'batch' && type !== 'default-batch') return
  const refuse = (what: string): never => {
    throw invalid(`'token_type' cannot be 'batch' or 'default_batch' when set to generate ${what}`)
  }
  if (numUses !== 0) refuse('tokens with limited use count')
  if (periodSeconds !== 0) refuse('periodic tokens')
}

/** As a reader of the role or user is shown them. */
export function shownTokenParameters(parameters: TokenParameters): Readonly<Record<string, unknown>> {
  const byOlderName: Readonly<Record<OlderName, unknown>> = {
    policies: parameters.policies,
    ttl: parameters.ttlSeconds,
    max_ttl: parameters.maxTtlSeconds,
    period: parameters.periodSeconds,
    bound_cidrs: parameters.boundCidrs,
    num_uses: parameters.numUses,
  }
  return {
    token_ttl: parameters.ttlSeconds,
    token_max_ttl: parameters.maxTtlSeconds,
    token_policies: parameters.policies,
    token_bound_cidrs: parameters.boundCidrs,
    token_explicit_max_ttl: parameters.explicitMaxTtlSeconds,
    token_no_default_policy: parameters.noDefaultPolicy,
    token_num_uses: parameters.numUses,
    token_period: parameters.periodSeconds,
    token_type: parameters.type,
    token_strictly_bind_ip: parameters.strictlyBindIp,
    ...Object.fromEntries(parameters.older.map((name) => [name, byOlderName[name]])),
  }
}

/** The part of a grant that the parameters decide. Throws `permission_denied` for a login from an address that they do not allow. */
export function tokenGrant(
  parameters: TokenParameters,
  { remoteAddress }: Pick<Connection, 'remoteAddress'>,
): Pick<
  AuthGrant,
  | 'policies'
  | 'noDefaultPolicy'
  | 'ttlSeconds'
  | 'maxTtlSeconds'
  | 'explicitMaxTtlSeconds'
  | 'periodSeconds'
  | 'numUses'
  | 'boundCidrs'
  | 'tokenType'
> {
  if (!isWithin(parameters.boundCidrs, remoteAddress)) throw denied()
  // A peer without an address (a Unix socket) has nothing to be bound to.
  if (parameters.strictlyBindIp && remoteAddress === '') throw denied()
  return {
    policies: parameters.policies,
    noDefaultPolicy: parameters.noDefaultPolicy,
    ttlSeconds: parameters.ttlSeconds,
    maxTtlSeconds: parameters.maxTtlSeconds,
    explicitMaxTtlSeconds: parameters.explicitMaxTtlSeconds,
    periodSeconds: parameters.periodSeconds,
    numUses: parameters.numUses,
    boundCidrs: parameters.strictlyBindIp ? canonicalCidrs('address', [remoteAddress]) : parameters.boundCidrs,
    tokenType: parameters.type,
  }
}

import { canonicalCidrs } from '../../../engines/cidr.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { normalPolicies } from '../policy-names.ts'
import { ROLE_TOKEN_TYPES, ROLES, type RoleTokenType, roleCodec, roleNamed, type TokenRole } from './role.ts'
import type { TokenMethodServices } from './service.ts'

/** `auth/token/roles`: https://developer.hashicorp.com/vault/api-docs/auth/token#create-update-token-role */

const fields = {
  role_name: field.name({ required: true, description: 'Name of the role' }),
  allowed_policies: field.bounds({ description: 'Policies that tokens of this role may have' }),
  allowed_policies_glob: field.bounds({ description: 'As allowed_policies, with * for any run of characters' }),
  disallowed_policies: field.bounds({ description: 'Policies that tokens of this role may not have' }),
  disallowed_policies_glob: field.bounds({ description: 'As disallowed_policies, with * for any run of characters' }),
  orphan: field.bool({ default: false, description: 'Tokens have no parent' }),
  renewable: field.bool({ default: true, description: 'Tokens can be renewed' }),
  path_suffix: field.text({
    description: "Ends the path of tokens, so that one revision of a role's tokens can be revoked by prefix",
  }),
  allowed_entity_aliases: field.list({
    description: 'Entity aliases that tokens may be made for, with * for any run of characters',
  }),
  token_type: field.text({ description: 'service, batch, default-service or default-batch' }),
  token_no_default_policy: field.bool({ default: false, description: 'Tokens do not get the default policy unasked' }),
  token_num_uses: field.int({ default: 0, description: 'How many requests a token is good for; 0: no limit' }),
  token_period: field.duration({ description: 'Tokens are periodic: each renewal gives this long, without a maximum' }),
  token_explicit_max_ttl: field.duration({ description: 'No token lives longer, whatever renewals say' }),
  token_bound_cidrs: field.bounds({ description: 'Addresses and CIDR blocks that tokens may be used from' }),
  period: field.duration({ deprecated: true, description: 'Older name of token_period' }),
  explicit_max_ttl: field.duration({ deprecated: true, description: 'Older name of token_explicit_max_ttl' }),
  bound_cidrs: field.bounds({ deprecated: true, description: 'Older name of token_bound_cidrs' }),
}
type RoleRequest = EngineRequest<typeof fields>
type Context = EngineContext<TokenMethodServices>

const PATH_SUFFIX = /^\w[\w-.]+\w$/

export const roles = route('roles', {
  summary: 'List the token roles',
  fields: {},
  operations: {
    list: async (_request, context: Context) => {
      const keys = await context.store.list(ROLES)
      if (keys.length === 0) throw notFound()
      return { data: { keys } }
    },
  },
})

export const role = route('roles/:role_name', {
  summary: 'What tokens made under the role are like',
  fields,
  exists: async (request, context: Context) => (await roleNamed(request.fields.role_name, context)) !== undefined,
  operations: { create: write, update: write, read, delete: remove },
})

async function read(request: RoleRequest, context: Context): Promise<Reply> {
  const found = await roleNamed(request.fields.role_name, context)
  if (found === undefined) throw notFound()
  return { data: rendered(found) }
}

async function remove(request: RoleRequest, context: Context): Promise<undefined> {
  await context.store.transaction(async (tx) => tx.delete(ROLES + request.fields.role_name))
}

async function write(request: RoleRequest, context: Context): Promise<Reply | undefined> {
  const path = ROLES + request.fields.role_name
  const warnings: string[] = []
  await context.store.transaction(async (tx) => {
    warnings.length = 0
    const role = changed(request, await tx.get(path, roleCodec), warnings)
    refuseImpossibleBatch(role)
    const { maxLeaseTtlSeconds: allowed } = context.mount
    if (role.explicitMaxTtlSeconds > allowed) {
      warnings.push(
        `the explicit maximum of ${role.explicitMaxTtlSeconds} s is longer than what the mount allows: tokens of this role live for ${allowed} s at most`,
      )
    }
    tx.put(path, role, roleCodec)
  })
  return warnings.length === 0 ? undefined : { warnings }
}

/** What the request says over what there was, over the defaults. */
function changed(request: RoleRequest, before: TokenRole | undefined, warnings: string[]): TokenRole {
  const { fields } = request
  const { legacy } = before ?? {}
  const period = renamed(
    request,
    ['token_period', 'period'],
    { value: before?.periodSeconds ?? 0, legacy: legacy?.period ?? false },
    warnings,
  )
  const maxTtl = renamed(
    request,
    ['token_explicit_max_ttl', 'explicit_max_ttl'],
    { value: before?.explicitMaxTtlSeconds ?? 0, legacy: legacy?.explicitMaxTtl ?? false },
    warnings,
  )
  const cidrs = renamed(
    request,
    ['token_bound_cidrs', 'bound_cidrs'],
    { value: before?.boundCidrs ?? [], legacy: legacy?.boundCidrs ?? false },
    warnings,
  )
  const numUses = request.has('token_num_uses') ? fields.token_num_uses : (before?.numUses ?? 0)
  if (numUses < 0) throw invalid("'token_num_uses' cannot be negative")
  return {
    name: fields.role_name,
    orphan: request.has('orphan') ? fields.orphan : (before?.orphan ?? fields.orphan),
    renewable: request.has('renewable') ? fields.renewable : (before?.renewable ?? fields.renewable),
    pathSuffix: checkedSuffix(fields.path_suffix ?? before?.pathSuffix ?? ''),
    allowedPolicies: policies(fields.allowed_policies, before?.allowedPolicies),
    disallowedPolicies: policies(fields.disallowed_policies, before?.disallowedPolicies),
    allowedPoliciesGlob: policies(fields.allowed_policies_glob, before?.allowedPoliciesGlob),
    disallowedPoliciesGlob: policies(fields.disallowed_policies_glob, before?.disallowedPoliciesGlob),
    allowedEntityAliases:
      fields.allowed_entity_aliases?.map((alias) => alias.toLowerCase()) ?? before?.allowedEntityAliases ?? [],
    tokenType: tokenType(fields.token_type) ?? before?.tokenType ?? 'default-service',
    noDefaultPolicy: request.has('token_no_default_policy')
      ? fields.token_no_default_policy
      : (before?.noDefaultPolicy ?? false),
    numUses,
    periodSeconds: positive('token_period', period.value),
    explicitMaxTtlSeconds: positive('token_explicit_max_ttl', maxTtl.value),
    boundCidrs: canonicalCidrs('token_bound_cidrs', cidrs.value),
    legacy: { period: period.legacy, explicitMaxTtl: maxTtl.legacy, boundCidrs: cidrs.legacy },
  }
}

/** What a role has of a field with an older name. `legacy`: it came by that, and is shown under it too. */
interface Renamed<T> {
  readonly value: T
  readonly legacy: boolean
}

/** The newer name wins, with a warning if both are given. */
function renamed<T>(
  request: RoleRequest,
  [name, older]: readonly [keyof typeof fields, keyof typeof fields],
  before: Renamed<T>,
  warnings: string[],
): Renamed<T> {
  const value = request.fields[name] as T | undefined
  const olderValue = request.fields[older] as T | undefined
  if (value !== undefined) {
    if (olderValue !== undefined) {
      warnings.push(`Both '${name}' and deprecated '${older}' value supplied, ignoring the deprecated value`)
    }
    return { value, legacy: false }
  }
  return olderValue === undefined ? before : { value: olderValue, legacy: true }
}

function policies(given: readonly string[] | undefined, before: readonly string[] | undefined): readonly string[] {
  return given === undefined ? (before ?? []) : normalPolicies(given)
}

function positive(name: string, seconds: number): number {
  if (seconds < 0) throw invalid(`error parsing role fields: '${name}' cannot be negative`)
  return seconds
}

function checkedSuffix(suffix: string): string {
  if (suffix !== '' && (!PATH_SUFFIX.test(suffix) || suffix.includes('..'))) {
    throw invalid(`given role path suffix contains invalid characters; must match ${PATH_SUFFIX.source}`)
  }
  return suffix
}

function tokenType(raw: string | undefined): RoleTokenType | undefined {
  if (raw === undefined) return undefined
  const found = ROLE_TOKEN_TYPES.find((type) => type === raw)
  if (found === undefined) throw invalid("invalid 'token_type' value")
  return found
}

function refuseImpossibleBatch(role: TokenRole): void {
  if (role.tokenType !== 'batch') return
  const refuse = (what: string): never => {
    throw invalid(`'token_type' cannot be 'batch' when role is set to generate ${what}`)
  }
  if (!role.orphan) refuse('non-orphan tokens')
  if (role.periodSeconds !== 0) refuse('periodic tokens')
  if (role.renewable) refuse('renewable tokens')
  if (role.explicitMaxTtlSeconds !== 0) refuse('tokens with an explicit max TTL')
}

function rendered(role: TokenRole): Readonly<Record<string, unknown>> {
  return {
    name: role.name,
    orphan: role.orphan,
    renewable: role.renewable,
    path_suffix: role.pathSuffix,
    allowed_policies: role.allowedPolicies,
    disallowed_policies: role.disallowedPolicies,
    allowed_policies_glob: role.allowedPoliciesGlob,
    disallowed_policies_glob: role.disallowedPoliciesGlob,
    allowed_entity_aliases: role.allowedEntityAliases,
    token_type: role.tokenType,
    token_no_default_policy: role.noDefaultPolicy,
    period: role.legacy.period ? role.periodSeconds : 0,
    token_period: role.periodSeconds,
    explicit_max_ttl: role.legacy.explicitMaxTtl ? role.explicitMaxTtlSeconds : 0,
    token_explicit_max_ttl: role.explicitMaxTtlSeconds,
    ...(role.boundCidrs.length > 0 && { token_bound_cidrs: role.boundCidrs }),
    ...(role.legacy.boundCidrs && role.boundCidrs.length > 0 && { bound_cidrs: role.boundCidrs }),
    ...(role.numUses > 0 && { token_num_uses: role.numUses }),
  }
}

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import {
  olderTokenFields,
  shownTokenParameters,
  tokenFields,
  tokenParameters,
  tokenReply,
} from '../token-parameters.ts'
import { uidWhenWritten } from '../unchanged.ts'
import { scalarsOf } from './claims.ts'
import { leewayFields, leewayReply, leewaysOf, shownLeeways } from './leeways.ts'
import { CALLBACK_MODES, CLAIMS_TYPES, type JwtRole, ROLE_TYPES, ROLES, roleCodec, storedRole } from './role.ts'

/** `role`: https://openbao.org/api-docs/auth/jwt/#createupdate-role */

const fields = {
  name: field.name({
    anyCase: true,
    required: true,
    description: 'Name of the role, which is the same in capitals and small letters',
  }),
  role_type: field.text({ description: 'oidc (the default): people log in at the provider; jwt: tokens are sent' }),
  ...leewayFields,
  bound_subject: field.text({ description: 'What sub must be' }),
  bound_audiences: field.bounds({ description: 'One of them must be in aud' }),
  bound_claims_type: field.text({ description: 'string (the default), or glob: * is any run of characters' }),
  bound_claims: field.map({
    description: 'Claims by name or JSON pointer, and the value or values of which one must be there',
  }),
  claim_mappings: field.stringMap({
    description: "Claims by name or JSON pointer that become metadata, and the metadata's names",
  }),
  user_claim: field.text({ description: 'The claim that says who it is' }),
  user_claim_json_pointer: field.bool({ description: 'user_claim is a JSON pointer' }),
  groups_claim: field.text({ description: 'The claim, by name or JSON pointer, that says which groups they are in' }),
  oidc_scopes: field.list({ description: 'Scopes to ask for beside openid' }),
  allowed_redirect_uris: field.list({
    description: 'Where the provider may send people back to; the port of those on this machine does not matter',
  }),
  callback_mode: field.text({
    description:
      'client (the default): back to the command that logs in; direct: to this server, which the command polls; device: ' +
      'nowhere, the provider shows a page to enter a code at',
  }),
  poll_interval: field.int({ description: 'Seconds between polls; 0: what the provider says, or 5' }),
  verbose_oidc_logging: field.bool({
    description: 'Log the names of the claims that come, at debug level; never their values',
  }),
  max_age: field.duration({ description: 'How long ago the provider may have asked who it is; 0: however long' }),
  oidc_disable_confirmation: field.bool({
    description: 'In direct mode, log in without the page that asks whether the login is theirs',
  }),
  ...tokenFields,
  ...olderTokenFields,
}
type RoleRequest = EngineRequest<typeof fields>

const CLEAR = [
  'name',
  'role_type',
  ...Object.keys(leewayFields),
  'bound_claims_type',
  'user_claim',
  'user_claim_json_pointer',
  'groups_claim',
  'oidc_scopes',
  'allowed_redirect_uris',
  'callback_mode',
  'poll_interval',
  'verbose_oidc_logging',
  'max_age',
  'oidc_disable_confirmation',
  ...Object.keys(tokenFields),
]

const texts = Type.Array(Type.String())

export const role = route('role/:name', {
  summary: 'Which tokens let in, and what they give',
  fields,
  exists: async (request, { store }) => (await storedRole(store, nameOf(request))) !== undefined,
  auditClear: CLEAR,
  returns: Type.Object({
    role_type: Type.String(),
    ...leewayReply,
    bound_audiences: texts,
    bound_subject: Type.String(),
    bound_claims_type: Type.String(),
    bound_claims: Type.Record(Type.String(), Type.Any()),
    claim_mappings: Type.Record(Type.String(), Type.String()),
    user_claim: Type.String(),
    user_claim_json_pointer: Type.Boolean(),
    groups_claim: Type.String(),
    oidc_scopes: texts,
    allowed_redirect_uris: texts,
    callback_mode: Type.String(),
    poll_interval: Type.Optional(Type.Integer()),
    verbose_oidc_logging: Type.Boolean(),
    max_age: Type.Integer(),
    oidc_disable_confirmation: Type.Boolean(),
    ...tokenReply,
  }),
  operations: { create: write, update: write, read, delete: remove },
})

export const roles = route('role', {
  summary: 'List the roles',
  fields: pageFields,
  operations: {
    list: async ({ fields: page }, { store }: EngineContext) => listed(await store.list(ROLES, pageOf(page))),
  },
})

function nameOf({ fields: { name } }: RoleRequest): string {
  return name.toLowerCase()
}

async function read(request: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await storedRole(store, nameOf(request))
  if (found === undefined) throw notFound()
  return { data: shown(found) }
}

async function remove(request: RoleRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction((tx) => tx.delete(ROLES + nameOf(request)))
}

/** What is not sent stays as it was. */
async function write(request: RoleRequest, context: EngineContext): Promise<Reply | undefined> {
  const { store, mount } = context
  const made = await store.transaction(async (tx) => {
    const role = roleOf(request, await storedRole(tx, nameOf(request)), context)
    check(role, mount.maxLeaseTtlSeconds)
    tx.put(ROLES + nameOf(request), role, roleCodec)
    return role
  })
  if (made.token.maxTtlSeconds <= mount.maxLeaseTtlSeconds) return undefined
  return {
    warnings: ["token_max_ttl is greater than the mount's maximum; tokens live no longer than the mount allows"],
  }
}

function roleOf(request: RoleRequest, before: JwtRole | undefined, context: EngineContext): JwtRole {
  const { fields: sent } = request
  return {
    uid: uidWhenWritten(before, context),
    type: oneOf('role_type', ROLE_TYPES, sent.role_type, before?.type),
    token: tokenParameters(request, before?.token, sent),
    leeways: leewaysOf(sent, before?.leeways),
    boundAudiences: sent.bound_audiences ?? before?.boundAudiences ?? [],
    boundSubject: sent.bound_subject ?? before?.boundSubject ?? '',
    boundClaimsType: oneOf('bound_claims_type', CLAIMS_TYPES, sent.bound_claims_type, before?.boundClaimsType),
    boundClaims: sent.bound_claims ?? before?.boundClaims ?? {},
    claimMappings: sent.claim_mappings ?? before?.claimMappings ?? {},
    userClaim: sent.user_claim ?? before?.userClaim ?? '',
    userClaimIsPointer: sent.user_claim_json_pointer ?? before?.userClaimIsPointer ?? false,
    groupsClaim: sent.groups_claim ?? before?.groupsClaim ?? '',
    scopes: sent.oidc_scopes ?? before?.scopes ?? [],
    allowedRedirectUris: sent.allowed_redirect_uris ?? before?.allowedRedirectUris ?? [],
    callbackMode: oneOf('callback_mode', CALLBACK_MODES, sent.callback_mode, before?.callbackMode),
    pollInterval: sent.poll_interval ?? before?.pollInterval ?? 0,
    verboseLogging: sent.verbose_oidc_logging ?? before?.verboseLogging ?? false,
    maxAgeSeconds: sent.max_age ?? before?.maxAgeSeconds ?? 0,
    confirmationDisabled: sent.oidc_disable_confirmation ?? before?.confirmationDisabled ?? false,
  }
}

function oneOf<const T extends string>(
  name: string,
  known: readonly [T, ...T[]],
  sent: string | undefined,
  before: T | undefined,
): T {
  if (sent === undefined || sent === '') return before ?? known[0]
  const found = known.find((one) => one === sent)
  if (found === undefined) throw invalid(`invalid '${name}': must be one of ${known.join(', ')}`)
  return found
}

function check(role: JwtRole, maxLeaseTtlSeconds: number): void {
  if (role.userClaim === '') throw invalid('a user claim must be defined on the role')
  if (role.token.periodSeconds > maxLeaseTtlSeconds)
    throw invalid("'token_period' is greater than the mount's maximum lease TTL")
  if (role.pollInterval < 0) throw invalid("'poll_interval' cannot be negative")
  if (role.maxAgeSeconds < 0) throw invalid("'max_age' cannot be negative")
  checkBoundClaims(role)
  checkMappings(role)
  if (role.type === 'oidc') {
    if (role.allowedRedirectUris.length === 0 && role.callbackMode !== 'device') {
      throw invalid("'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.")
    }
    return
  }
  // The audience of a token that a provider gives to this server is this server; others must be bound to something.
  const isBound =
    role.boundAudiences.length > 0 ||
    role.token.boundCidrs.length > 0 ||
    role.boundSubject !== '' ||
    Object.keys(role.boundClaims).length > 0
  if (!isBound) throw invalid('must have at least one bound constraint when creating/updating a role')
}

function checkBoundClaims({ boundClaims, boundClaimsType }: JwtRole): void {
  for (const wanted of Object.values(boundClaims)) {
    const values = scalarsOf(wanted)
    if (values === undefined || values.length < (Array.isArray(wanted) ? wanted.length : 1)) {
      throw invalid("values of 'bound_claims' must be text, numbers, flags or lists of them")
    }
    if (boundClaimsType === 'glob' && !values.every((value) => typeof value === 'string')) {
      throw invalid("values of 'bound_claims' must be text where 'bound_claims_type' is glob")
    }
  }
}

function checkMappings({ claimMappings }: JwtRole): void {
  const targets = Object.values(claimMappings)
  if (targets.includes('role')) throw invalid('metadata key "role" is reserved and may not be a mapping destination')
  if (new Set(targets).size < targets.length) throw invalid('multiple keys are mapped to one metadata key')
}

function shown(role: JwtRole): Readonly<Record<string, unknown>> {
  return {
    role_type: role.type,
    ...shownLeeways(role.leeways),
    bound_audiences: role.boundAudiences,
    bound_subject: role.boundSubject,
    bound_claims_type: role.boundClaimsType,
    bound_claims: role.boundClaims,
    claim_mappings: role.claimMappings,
    user_claim: role.userClaim,
    user_claim_json_pointer: role.userClaimIsPointer,
    groups_claim: role.groupsClaim,
    oidc_scopes: role.scopes,
    allowed_redirect_uris: role.allowedRedirectUris,
    callback_mode: role.callbackMode,
    ...(role.pollInterval > 0 && { poll_interval: role.pollInterval }),
    verbose_oidc_logging: role.verboseLogging,
    max_age: role.maxAgeSeconds,
    oidc_disable_confirmation: role.confirmationDisabled,
    ...shownTokenParameters(role.token),
  }
}

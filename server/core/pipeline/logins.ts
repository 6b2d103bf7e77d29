import type { AuthGrant, IssuedAuth, TokenType } from '../../../engines/engine.ts'
import { denied, invalid } from '../../../engines/errors.ts'
import type { MfaRequirement } from '../../../engines/mfa-requirement.ts'
import type { Tx } from '../../../storage/store.ts'
import { TxView } from '../../../storage/tx-view.ts'
import { lifetime } from '../../auth/lifetime.ts'
import { canonicalPolicies, policiesWithDefault, refuseUnassignable } from '../../auth/policy-names.ts'
import type { TokenSpec } from '../../auth/token/service.ts'
import type { LoginRequest } from '../mfa/login-mfa.ts'
import { type LiveMount, mountPrefix } from '../mounts/router.ts'
import type { PipelineParts } from './parts.ts'

export interface Login {
  readonly auth: IssuedAuth
  readonly warnings: readonly string[]
}

/** As Vault says it. */
const WAITS =
  'A login request was issued that is subject to MFA validation. Please make sure to validate the login by sending another request to sys/mfa/validate endpoint.'
const NOT_ENFORCED = 'Found MFA header but failed to find MFA Enforcement Config'

/**
 * Makes the token that an auth method grants, for the entity of the alias that logged in; where a second factor is enforced
 * that is not shown at once, has the login wait for it. What the login uses up, the entity that it makes and the token (or
 * the wait) are durable together or not at all. `path` is the full path of the login. Refuses a grant of `root`, or of what
 * the server alone gives, and a disabled entity.
 */
export async function issueToken(
  grant: AuthGrant,
  mount: LiveMount,
  path: string,
  request: LoginRequest,
  { tokens, identity, mfa }: Pick<PipelineParts, 'tokens' | 'identity' | 'mfa'>,
): Promise<Login> {
  const login = await identity.ofLogin(mount.entry.accessor, grant.alias, grant.groupAliases)
  const { spec, warnings } = specOf(grant, mount, path, login?.entity.id ?? '')
  const enforcements = await mfa.enforcements(mount, login)
  const { within } = grant
  const showsFactors = (request.mfaValues ?? []).length > 0
  const isProven = showsFactors && enforcements.length > 0
  const together = async (tx: Tx): Promise<string | undefined> => {
    await within?.(new TxView(tx, mountPrefix(mount.entry)))
    if (login === undefined || (login.entity === login.before && !isProven)) return undefined
    const settled = await login.record(tx)
    // Whoever was asked for a factor may have taken a minute to show it, and it was theirs.
    if (isProven && login.before !== undefined && settled.id !== login.before.id) throw denied()
    await mfa.checkUnchanged(tx, mount, settled, enforcements)
    return settled.id
  }
  if (enforcements.length === 0 || login === undefined) {
    const told = showsFactors ? [...warnings, NOT_ENFORCED] : warnings
    return { auth: await tokens.create(spec, together), warnings: told }
  }
  if (isProven) {
    const prove = await mfa.proveAtOnce(mount, enforcements, login, request)
    const proven = async (tx: Tx) => {
      await prove(tx)
      return together(tx)
    }
    return { auth: await tokens.create(spec, proven), warnings }
  }
  const requirement = await mfa.wait({ spec, aliasName: login.aliasName, warnings }, mount, enforcements, together)
  return { auth: waitingFor(requirement), warnings: [...warnings, WAITS] }
}

function waitingFor(mfaRequirement: MfaRequirement): IssuedAuth {
  return {
    issued: true,
    clientToken: '',
    accessor: '',
    policies: [],
    tokenPolicies: [],
    identityPolicies: [],
    metadata: null,
    leaseDurationSeconds: 0,
    renewable: false,
    entityId: '',
    tokenType: 'service',
    orphan: false,
    numUses: 0,
    mfaRequirement,
  }
}

function specOf(
  grant: AuthGrant,
  mount: LiveMount,
  path: string,
  entityId: string,
): { readonly spec: TokenSpec; readonly warnings: readonly string[] } {
  const policies = grant.noDefaultPolicy === true ? canonicalPolicies(grant.policies) : withDefault(grant.policies)
  if (policies.includes('root')) throw invalid('auth methods cannot create root tokens')
  refuseUnassignable(policies)
  const type = tokenTypeOf(grant, mount)
  const { ttlSeconds, warnings } = lifetime({
    incrementSeconds: 0,
    ttlSeconds: grant.ttlSeconds,
    periodSeconds: grant.periodSeconds,
    maxTtlSeconds: grant.maxTtlSeconds,
    explicitMaxTtlSeconds: grant.explicitMaxTtlSeconds,
    mountDefaultSeconds: mount.context.mount.defaultLeaseTtlSeconds,
    mountMaxSeconds: mount.context.mount.maxLeaseTtlSeconds,
    ageSeconds: 0,
  })
  const isBatch = type === 'batch'
  const spec: TokenSpec = {
    parent: '',
    policies,
    path,
    meta: grant.meta,
    displayName: displayName(mount.entry.path, grant.displayName),
    // A batch token has no row that could count or be extended.
    numUses: isBatch ? 0 : grant.numUses,
    ttlSeconds,
    explicitMaxTtlSeconds: isBatch ? 0 : grant.explicitMaxTtlSeconds,
    maxTtlSeconds: grant.maxTtlSeconds,
    periodSeconds: isBatch ? 0 : grant.periodSeconds,
    renewable: !isBatch && grant.renewable,
    type,
    boundCidrs: grant.boundCidrs,
    entityId,
    role: '',
    mountUuid: mount.entry.uuid,
    authRole: grant.role,
    internal: grant.internal ?? {},
  }
  return { spec, warnings }
}

/** What roles give that can't change, with `default`: the same at every login. */
const known = new WeakMap<readonly string[], readonly string[]>()

function withDefault(policies: readonly string[]): readonly string[] {
  if (!Object.isFrozen(policies)) return policiesWithDefault(policies)
  let made = known.get(policies)
  if (made === undefined) {
    made = policiesWithDefault(policies)
    known.set(policies, made)
  }
  return made
}

/** The mount may insist; otherwise the method chooses, and where it leaves it open the mount's default stands. */
function tokenTypeOf(grant: AuthGrant, mount: LiveMount): TokenType {
  const ofMount = mount.entry.config.tokenType
  if (ofMount === 'service' || ofMount === 'batch') return ofMount
  if (grant.tokenType === 'service' || grant.tokenType === 'batch') return grant.tokenType
  const open = grant.tokenType === 'default' ? ofMount : grant.tokenType
  return open === 'default-batch' ? 'batch' : 'service'
}

/** 'userpass-bob' for a login at auth/userpass/. */
function displayName(mountPath: string, name: string): string {
  const prefix = mountPath.replace(/^auth\//, '').replaceAll('/', '-')
  return name === '' ? prefix.slice(0, -1) : prefix + name
}

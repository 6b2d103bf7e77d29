import type { AuthGrant, IssuedAuth, TokenType } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import type { Tx } from '../../../storage/store.ts'
import { TxView } from '../../../storage/tx-view.ts'
import { lifetime } from '../../auth/lifetime.ts'
import { canonicalPolicies } from '../../auth/policy-names.ts'
import type { TokenSpec } from '../../auth/token/service.ts'
import { type LiveMount, mountPrefix } from '../mounts/router.ts'
import type { PipelineParts } from './parts.ts'

export interface Login {
  readonly auth: IssuedAuth
  readonly warnings: readonly string[]
}

/**
 * Makes the token that an auth method grants, for the entity of the alias that logged in. `path` is the full path of the
 * login. Refuses a grant of `root`, and a disabled entity.
 */
export async function issueToken(
  grant: AuthGrant,
  mount: LiveMount,
  path: string,
  { tokens, identity }: Pick<PipelineParts, 'tokens' | 'identity'>,
): Promise<Login> {
  const policies = canonicalPolicies(grant.policies, grant.noDefaultPolicy !== true)
  if (policies.includes('root')) throw invalid('auth methods cannot create root tokens')
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
    entityId: await identity.entityAtLogin(mount.entry.accessor, grant.alias, grant.groupAliases),
    role: '',
    mountUuid: mount.entry.uuid,
    authRole: grant.role,
    internal: grant.internal ?? {},
  }
  const { within } = grant
  const together = within && ((tx: Tx) => within(new TxView(tx, mountPrefix(mount.entry))))
  return { auth: await tokens.create(spec, together), warnings }
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

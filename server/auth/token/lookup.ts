import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { denied, EgideError, invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { FoundToken, TokenMethodServices } from './service.ts'

/** Look-ups: https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token */

type Context = EngineContext<TokenMethodServices>

const byToken = { token: field.text({ query: true, description: 'The token; absent: the calling one' }) }
const auditClear = ['ttl', 'creation_ttl', 'type', 'orphan', 'renewable', 'num_uses', 'policies', 'identity_policies']

export const lookup = route('lookup', {
  summary: 'What a token is and may do',
  fields: byToken,
  auditClear,
  operations: {
    read: (request, context: Context) => answerSelf(request, context),
    update: {
      pure: true,
      handler: (request, context: Context) =>
        request.fields.token ? answer(request.fields.token, context) : answerSelf(request, context),
    },
  },
})

export const lookupSelf = route('lookup-self', {
  summary: 'What the calling token is and may do',
  fields: { token: field.text({ description: 'Not used: it is always the calling token' }) },
  auditClear,
  operations: {
    read: (request, context: Context) => answerSelf(request, context),
    update: { pure: true, handler: (request, context: Context) => answerSelf(request, context) },
  },
})

export const lookupAccessor = route('lookup-accessor', {
  summary: "What the accessor's token is and may do, without the token itself",
  fields: { accessor: field.text({ default: '', description: 'Accessor of the token' }) },
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request, context: Context) => {
        const found = await byAccessor(request.fields.accessor, context)
        return { data: await rendered(found, '', context) }
      },
    },
  },
})

export const accessors = route('accessors', {
  summary: 'List the accessors of all tokens',
  fields: {},
  access: 'sudo',
  operations: {
    list: async (_request: EngineRequest, context: Context) => {
      const keys = await context.services.tokens.accessors()
      if (keys.length === 0) throw notFound()
      return { data: { keys } }
    },
  },
})

export async function byAccessor(accessor: string, context: Context): Promise<FoundToken> {
  if (accessor === '') throw invalid('missing accessor')
  const found = accessor.includes('/') ? undefined : await context.services.tokens.lookupAccessor(accessor)
  if (found === undefined) throw invalid('invalid accessor')
  return found
}

/** The calling token was let in, so it is shown, though this may be its last use. */
async function answerSelf({ token, caller }: EngineRequest, context: Context): Promise<Reply> {
  if (token === undefined || caller === undefined) throw denied()
  const found = await context.services.tokens.lookupCaller(token)
  if (found === undefined) throw denied()
  return { data: await rendered(found, token, context) }
}

async function answer(token: string, context: Context): Promise<Reply> {
  const found = await context.services.tokens.lookup(token)
  if (found === undefined) throw new EgideError('permission_denied', 'bad token')
  return { data: await rendered(found, token, context) }
}

/** The parent is left out on purpose: who knew it could climb. */
async function rendered(found: FoundToken, id: string, { clock, services }: Context) {
  const { entry } = found
  const nowMs = clock.now()
  const identityPolicies = await services.tokens.identityPolicies(found)
  const expires = entry.expiresAtMs !== 0
  return {
    accessor: entry.accessor,
    ...(entry.boundCidrs.length > 0 && { bound_cidrs: entry.boundCidrs }),
    creation_time: Math.floor(entry.createdMs / 1000),
    creation_ttl: entry.ttlSeconds,
    display_name: entry.displayName,
    entity_id: entry.entityId,
    expire_time: expires ? new Date(entry.expiresAtMs).toISOString() : null,
    explicit_max_ttl: entry.explicitMaxTtlSeconds,
    id,
    ...(identityPolicies.length > 0 && { identity_policies: identityPolicies }),
    issue_time: new Date(entry.createdMs).toISOString(),
    ...(entry.lastRenewalMs !== 0 && {
      last_renewal: new Date(entry.lastRenewalMs).toISOString(),
      last_renewal_time: Math.floor(entry.lastRenewalMs / 1000),
    }),
    meta: entry.meta,
    num_uses: Math.max(0, entry.numUses),
    orphan: entry.parent === '',
    path: entry.path,
    ...(entry.periodSeconds !== 0 && { period: entry.periodSeconds }),
    policies: entry.policies,
    renewable: expires && entry.renewable,
    ...(entry.role !== '' && { role: entry.role }),
    // Never 0 while it lives: that would say that it does not end.
    ttl: expires ? Math.max(0, Math.floor((entry.expiresAtMs - nowMs) / 1000)) : 0,
    type: entry.type,
  }
}

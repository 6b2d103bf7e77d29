import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { denied, EgideError, invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { FoundToken, TokenEntry, TokenMethodServices } from './service.ts'

/** Look-ups: https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token */

type Context = EngineContext<TokenMethodServices>

const byToken = { token: field.text({ query: true, description: 'The token; absent: the calling one' }) }
const auditClear = ['ttl', 'creation_ttl', 'type', 'orphan', 'renewable', 'num_uses', 'policies', 'identity_policies']

export const lookup = route('lookup', {
  summary: 'What a token is and may do',
  fields: byToken,
  auditClear,
  operations: { read: answerAsked, update: { pure: true, handler: answerAsked } },
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

function answerAsked(request: EngineRequest<typeof byToken>, context: Context): Awaitable<Reply> {
  const { token } = request.fields
  return token ? answer(token, context) : answerSelf(request, context)
}

/** The calling token was let in, so it is shown, though this may be its last use; mostly it is at hand. */
function answerSelf({ token, caller }: EngineRequest, context: Context): Awaitable<Reply> {
  if (token === undefined || caller === undefined) throw denied()
  const reply = (found: FoundToken | undefined): Reply => {
    if (found === undefined) throw denied()
    return { data: shown(found, token, caller.identityPolicies, context) }
  }
  const found = context.services.tokens.lookupCaller(token)
  return found instanceof Promise ? found.then(reply) : reply(found)
}

async function answer(token: string, context: Context): Promise<Reply> {
  const found = await context.services.tokens.lookup(token)
  if (found === undefined) throw new EgideError('permission_denied', 'bad token')
  return { data: await rendered(found, token, context) }
}

async function rendered(found: FoundToken, id: string, context: Context): Promise<Shown> {
  const identityPolicies = await context.services.tokens.identityPolicies(found)
  return shown(found, id, identityPolicies, context)
}

type Shown = Readonly<Record<string, unknown>>

/** What of an entry does not change with the time, worked out once: entries are stored documents, which never change. */
const dates = new WeakMap<TokenEntry, { readonly issued: string; readonly expires: string | null }>()

function datesOf(entry: TokenEntry) {
  const known = dates.get(entry)
  if (known !== undefined) return known
  const expires = entry.expiresAtMs === 0 ? null : new Date(entry.expiresAtMs).toISOString()
  const made = { issued: new Date(entry.createdMs).toISOString(), expires }
  dates.set(entry, made)
  return made
}

/** The parent is left out on purpose: who knew it could climb. Member by member: it is made for every look, and spreading costs more. */
function shown(found: FoundToken, id: string, identityPolicies: readonly string[], context: Context): Shown {
  const { entry } = found
  const { issued, expires } = datesOf(entry)
  const data: Record<string, unknown> = { accessor: entry.accessor }
  if (entry.boundCidrs.length > 0) data.bound_cidrs = entry.boundCidrs
  data.creation_time = Math.floor(entry.createdMs / 1000)
  data.creation_ttl = entry.ttlSeconds
  data.display_name = entry.displayName
  data.entity_id = entry.entityId
  data.expire_time = expires
  data.explicit_max_ttl = entry.explicitMaxTtlSeconds
  data.id = id
  if (identityPolicies.length > 0) data.identity_policies = identityPolicies
  data.issue_time = issued
  if (entry.lastRenewalMs !== 0) {
    data.last_renewal = new Date(entry.lastRenewalMs).toISOString()
    data.last_renewal_time = Math.floor(entry.lastRenewalMs / 1000)
  }
  data.meta = entry.meta
  const namespacePath = context.services.tokens.namespacePath(found)
  if (namespacePath !== '') data.namespace_path = namespacePath
  data.num_uses = Math.max(0, entry.numUses)
  data.orphan = entry.parent === ''
  data.path = entry.path
  if (entry.periodSeconds !== 0) data.period = entry.periodSeconds
  data.policies = entry.policies
  data.renewable = expires !== null && entry.renewable
  if (entry.role !== '') data.role = entry.role
  // Never 0 while it lives: that would say that it does not end.
  data.ttl = expires === null ? 0 : Math.max(1, Math.floor((entry.expiresAtMs - context.clock.now()) / 1000))
  data.type = entry.type
  return data
}

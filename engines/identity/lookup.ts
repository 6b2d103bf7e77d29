import { type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { entityNamed, entityOf, entityOfAlias, entityOfFactors } from './entities.ts'
import { groupNamed, groupOf, groupOfAlias, groupOfFactors } from './groups.ts'
import { AUDIT_CLEAR, type Context, EntityReply, GroupReply, shownEntity, shownGroup } from './shown.ts'

/** `identity/lookup`: https://openbao.org/api-docs/secret/identity/lookup/ */

const fields = {
  id: field.text({ description: 'Look for the one with this id.' }),
  name: field.text({ description: 'Look for the one with this name.' }),
  alias_id: field.text({ description: 'Look for the one whose alias this is.' }),
  alias_name: field.text({ description: 'Look for the one with this alias, together with alias_mount_accessor.' }),
  alias_mount_accessor: field.text({ description: 'Accessor of the mount of alias_name.' }),
}
type LookupRequest = EngineRequest<typeof fields>

/** The ways to ask; exactly one is taken. */
interface Ways<T> {
  readonly id: (id: string) => Promise<T | undefined>
  readonly name: (name: string) => Promise<T | undefined>
  readonly alias: (id: string) => Promise<T | undefined>
  readonly factors: (accessor: string, name: string) => Promise<T | undefined>
}

export const lookupEntity = route('lookup/entity', {
  summary: 'Find an entity',
  fields,
  auditClear: AUDIT_CLEAR,
  returns: EntityReply,
  operations: { update: { handler: findEntity, pure: true } },
})

export const lookupGroup = route('lookup/group', {
  summary: 'Find a group',
  fields,
  auditClear: AUDIT_CLEAR,
  returns: GroupReply,
  operations: { update: { handler: findGroup, pure: true } },
})

/** What is not there is a 204, as in Vault. */
async function findEntity(request: LookupRequest, context: Context): Promise<Reply | undefined> {
  const { store } = context
  const found = await lookedUp(request, {
    id: async (id) => entityOf(store, id),
    name: (name) => entityNamed(store, name),
    alias: async (id) => (await entityOfAlias(store, id))?.entity,
    factors: async (accessor, name) => (await entityOfFactors(store, accessor, name))?.entity,
  })
  return found && shownEntity(found, context)
}

async function findGroup(request: LookupRequest, context: Context): Promise<Reply | undefined> {
  const { store } = context
  const found = await lookedUp(request, {
    id: async (id) => groupOf(store, id),
    name: (name) => groupNamed(store, name),
    alias: (id) => groupOfAlias(store, id),
    factors: (accessor, name) => groupOfFactors(store, accessor, name),
  })
  return found && shownGroup(found, context)
}

function lookedUp<T>({ fields }: LookupRequest, ways: Ways<T>): Promise<T | undefined> {
  const { id, name, alias_id: aliasId, alias_name: aliasName, alias_mount_accessor: accessor } = fields
  const given = [id, name, aliasId, aliasName, accessor].filter((value) => value !== undefined)
  if (given.length === 0) throw invalid('query parameter not supplied')
  if (aliasName !== undefined && accessor !== undefined && given.length === 2) return ways.factors(accessor, aliasName)
  if (given.length > 1) throw invalid('query parameter conflict; please supply distinct set of query parameters')
  if (id !== undefined) return ways.id(id)
  if (name !== undefined) return ways.name(name)
  if (aliasId !== undefined) return ways.alias(aliasId)
  throw invalid("both 'alias_name' and 'alias_mount_accessor' needs to be set")
}

import type { Tx } from '../../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { pageFields, pageOf } from '../../listing.ts'
import { checkedName } from '../documents.ts'
import { entityOf } from '../entities.ts'
import { groupOf } from '../groups.ts'
import { type Context, KeyList, listedWithInfo, readEach } from '../shown.ts'
import { ENFORCEMENTS_MAX, type Enforcement, enforcementCodec, enforcementsChanged, mfaRows } from './documents.ts'
import { placedMethod } from './methods.ts'
import { EnforcementReply, shownEnforcement } from './shown.ts'

/** `identity/mfa/login-enforcement`: https://openbao.org/api-docs/secret/identity/mfa/login-enforcement/ */

const fields = {
  name: field.name({ required: true, description: 'Name of the enforcement.' }),
  mfa_method_ids: field.list({ description: 'Methods, any one of which is enough.' }),
  auth_method_accessors: field.list({ description: 'Logins at auth mounts with these accessors need one.' }),
  auth_method_types: field.list({ description: 'Logins at auth mounts of these types need one.' }),
  identity_group_ids: field.list({ description: 'Logins of members of these groups need one.' }),
  identity_entity_ids: field.list({ description: 'Logins of these entities need one.' }),
}
type EnforcementRequest = EngineRequest<typeof fields>

/** Items of one list. */
const LIST_MAX = 500

const auditClear = [...Object.keys(fields), 'id', 'keys', 'namespace_id', 'namespace_path']

export const enforcement = route('mfa/login-enforcement/:name', {
  summary: 'Which logins need a second factor',
  fields,
  auditClear,
  returns: EnforcementReply,
  operations: { read, update: put, delete: remove },
})

export const enforcements = route('mfa/login-enforcement', {
  summary: 'Names of the enforcements of MFA at logins',
  fields: pageFields,
  auditClear,
  returns: KeyList,
  operations: { list },
})

async function read({ fields: { name } }: EnforcementRequest, { store, namespace }: Context): Promise<Reply> {
  const found = await store.get(mfaRows.enforcement(name), enforcementCodec)
  if (found === undefined) throw notFound()
  return { data: shownEnforcement(found, namespace) }
}

async function remove({ fields: { name } }: EnforcementRequest, { store, random }: Context): Promise<undefined> {
  await store.transaction(async (tx) => {
    if ((await tx.get(mfaRows.enforcement(name), enforcementCodec)) === undefined) return
    tx.delete(mfaRows.enforcement(name))
    enforcementsChanged(tx, random)
  })
}

async function list({ fields: page }: EngineRequest<typeof pageFields>, { store, namespace }: Context): Promise<Reply> {
  const names = await store.list(mfaRows.enforcements, pageOf(page))
  const found = await readEach(names, async (row) => store.get(mfaRows.enforcements + row, enforcementCodec))
  return listedWithInfo(found.map((one) => ({ key: one.name, info: shownEnforcement(one, namespace) })))
}

async function put({ fields }: EnforcementRequest, context: Context): Promise<undefined> {
  const { store, random } = context
  const name = checkedName(fields.name)
  const methodIds = bounded('mfa_method_ids', fields.mfa_method_ids)
  if (methodIds === undefined || methodIds.length === 0) throw invalid('missing method ids')
  const mountAccessors = bounded('auth_method_accessors', fields.auth_method_accessors)
  const mountTypes = bounded('auth_method_types', fields.auth_method_types)
  const groupIds = bounded('identity_group_ids', fields.identity_group_ids)
  const entityIds = bounded('identity_entity_ids', fields.identity_entity_ids)
  await checkMounts(mountAccessors, mountTypes, context)
  const made = random.uuid()
  await store.transaction(async (tx) => {
    const before = await tx.get(mfaRows.enforcement(name), enforcementCodec)
    const after: Enforcement = {
      id: before?.id ?? made,
      name,
      methodIds,
      mountAccessors: mountAccessors ?? before?.mountAccessors ?? [],
      mountTypes: mountTypes ?? before?.mountTypes ?? [],
      groupIds: groupIds ?? before?.groupIds ?? [],
      entityIds: entityIds ?? before?.entityIds ?? [],
    }
    if (before === undefined && (await tx.list(mfaRows.enforcements)).length >= ENFORCEMENTS_MAX)
      throw invalid(`a namespace has at most ${ENFORCEMENTS_MAX} login enforcements`)
    if (fitsNothing(after)) throw invalid(SOMETHING)
    await checkMethods(tx, methodIds, context)
    await checkIdentities(tx, groupIds ?? [], entityIds ?? [])
    tx.put(mfaRows.enforcement(name), after, enforcementCodec)
    enforcementsChanged(tx, random)
  })
}

const SOMETHING =
  'One of auth_method_accessors, auth_method_types, identity_group_ids, identity_entity_ids must be specified'

function fitsNothing({ mountAccessors, mountTypes, groupIds, entityIds }: Enforcement): boolean {
  return mountAccessors.length + mountTypes.length + groupIds.length + entityIds.length === 0
}

function bounded(name: string, items: readonly string[] | undefined): readonly string[] | undefined {
  const unique = items && [...new Set(items)]
  if (unique !== undefined && unique.length > LIST_MAX) throw invalid(`${name} cannot have more than ${LIST_MAX} items`)
  return unique
}

async function checkMounts(
  accessors: readonly string[] | undefined,
  types: readonly string[] | undefined,
  { services }: Context,
): Promise<void> {
  if (accessors === undefined && types === undefined) return
  const mounts = await services.authMounts()
  if (accessors?.some((accessor) => !mounts.some((mount) => mount.accessor === accessor)))
    throw invalid('one of the auth method accessors provided is invalid')
  if (types?.some((type) => !mounts.some((mount) => mount.type === type)))
    throw invalid('one of the auth method types provided is invalid')
}

async function checkMethods(tx: Tx, ids: readonly string[], context: Context): Promise<void> {
  for (const id of ids) {
    if ((await placedMethod(id, tx, context)) === undefined)
      throw invalid("one of the provided method ids doesn't exist")
  }
}

async function checkIdentities(tx: Tx, groupIds: readonly string[], entityIds: readonly string[]): Promise<void> {
  for (const id of groupIds) {
    if ((await groupOf(tx, id)) === undefined) throw invalid("one of the provided group ids doesn't exist")
  }
  for (const id of entityIds) {
    if ((await entityOf(tx, id)) === undefined) throw invalid("one of the provided entity ids doesn't exist")
  }
}

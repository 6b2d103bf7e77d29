import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { folder, listed } from '../../listing.ts'
import {
  type AclRequest,
  AUDIT_CLEAR,
  aclFields,
  allNames,
  type Context,
  changeOf,
  describe,
  draftOf,
  folderField,
  nameWarnings,
  PolicyList,
  PolicyReply,
} from './acl-fields.ts'

/** `sys/policies/acl`: the ACL policies. */

export const aclPolicies = route('policies/acl', {
  summary: 'Names of the ACL policies',
  fields: {},
  auditClear: AUDIT_CLEAR,
  returns: PolicyList,
  operations: { list: listAll },
})

export const aclPolicy = route('policies/acl/:name*', {
  summary: 'An ACL policy',
  description: 'Every path that the policy names, and what tokens that carry it may do there.',
  fields: aclFields,
  auditClear: AUDIT_CLEAR,
  operations: {
    read: { handler: readPolicy, returns: PolicyReply, summary: 'Read an ACL policy' },
    list: { handler: listBelow, returns: PolicyList, summary: 'Names of the ACL policies below a folder' },
    update: { handler: writePolicy, summary: 'Write or replace an ACL policy' },
    patch: { handler: patchPolicy, summary: 'Change some of an ACL policy' },
    delete: { handler: deletePolicy, summary: 'Delete an ACL policy' },
  },
})

const DetailedList = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(Type.String(), PolicyReply),
})

export const detailedPolicies = route('policies/detailed/acl', {
  summary: 'The ACL policies, with what there is to know of each',
  fields: {},
  auditClear: AUDIT_CLEAR,
  returns: DetailedList,
  operations: { list: listAllDetailed },
})

const detailedFields = { name: folderField }
type DetailedRequest = EngineRequest<typeof detailedFields>

export const detailedBelow = route('policies/detailed/acl/:name*', {
  summary: 'The ACL policies below a folder, with what there is to know of each',
  fields: detailedFields,
  auditClear: AUDIT_CLEAR,
  returns: DetailedList,
  operations: { list: listDetailedBelow },
})

async function listAll(_request: EngineRequest, context: Context): Promise<Reply> {
  return listed(await allNames('', context))
}

async function listBelow({ fields }: AclRequest, context: Context): Promise<Reply> {
  return listed(await allNames(folder(fields.name), context))
}

async function listAllDetailed(_request: EngineRequest, context: Context): Promise<Reply> {
  return detailed(await allNames('', context), context)
}

async function listDetailedBelow({ fields }: DetailedRequest, context: Context): Promise<Reply> {
  return detailed(await allNames(folder(fields.name), context), context)
}

async function detailed(names: readonly string[], context: Context): Promise<Reply> {
  const infos = await Promise.all(names.map((name) => context.services.policies.get(name)))
  const present = infos.filter((info) => info !== undefined)
  const reply = listed(present.map(({ name }) => name))
  const keyInfo = Object.fromEntries(present.map((info) => [info.name, { ...describe(info), policy: info.text }]))
  return { data: { ...reply.data, key_info: keyInfo } }
}

async function readPolicy({ fields }: AclRequest, { services }: Context): Promise<Reply> {
  const info = await services.policies.get(fields.name)
  if (info === undefined) throw notFound()
  return { data: { ...describe(info), policy: info.text } }
}

async function writePolicy(request: AclRequest, context: Context): Promise<Reply | undefined> {
  const { name, cas, policy } = request.fields
  await context.services.policies.put(name, draftOf(request, policy, context), cas)
  return warned(nameWarnings(name))
}

async function patchPolicy(request: AclRequest, context: Context): Promise<Reply | undefined> {
  const { name, cas } = request.fields
  await context.services.policies.patch(name, changeOf(request, context), cas)
  return warned(nameWarnings(name))
}

async function deletePolicy({ fields }: AclRequest, { services }: Context): Promise<undefined> {
  await services.policies.delete(fields.name)
}

export function warned(warnings: readonly string[]): Reply | undefined {
  return warnings.length === 0 ? undefined : { warnings }
}

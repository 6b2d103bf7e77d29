import { type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { folder, listed } from '../../listing.ts'
import { warned } from './acl.ts'
import {
  type AclRequest,
  AUDIT_CLEAR,
  aclFields,
  allNames,
  type Context,
  describe,
  draftOf,
  nameWarnings,
  PolicyList,
  RulesReply,
} from './acl-fields.ts'

/** `sys/policy`: the same policies by their first names, which many clients still use. Answers stand at the top level too. */

export const policies = route('policy', {
  summary: 'Names of the ACL policies',
  fields: {},
  auditClear: AUDIT_CLEAR,
  returns: PolicyList,
  operations: { read: listAll, list: listAll },
})

const fields = {
  ...aclFields,
  rules: field.text({ default: '', deprecated: true, description: "Use 'policy' instead." }),
}
type LegacyRequest = EngineRequest<typeof fields>

export const policy = route('policy/:name*', {
  summary: 'An ACL policy',
  description: "The same as 'sys/policies/acl/', with the text called 'rules' when it is read.",
  fields,
  auditClear: AUDIT_CLEAR,
  operations: {
    read: { handler: readPolicy, returns: RulesReply, summary: 'Read an ACL policy' },
    list: { handler: listBelow, returns: PolicyList, summary: 'Names of the ACL policies below a folder' },
    update: { handler: writePolicy, summary: 'Write or replace an ACL policy' },
    delete: { handler: deletePolicy, summary: 'Delete an ACL policy' },
  },
})

async function listAll(_request: EngineRequest, context: Context): Promise<Reply> {
  return twice(await allNames('', context))
}

async function listBelow(request: AclRequest, context: Context): Promise<Reply> {
  return twice(await allNames(folder(request.fields.name), context))
}

function twice(names: readonly string[]): Reply {
  return { data: { ...listed(names).data, policies: names }, topLevel: true }
}

async function readPolicy({ fields: { name } }: LegacyRequest, { services }: Context): Promise<Reply> {
  const info = await services.policies.get(name)
  if (info === undefined) throw notFound()
  return { data: { ...describe(info), rules: info.text }, topLevel: true }
}

async function writePolicy(request: LegacyRequest, context: Context): Promise<Reply | undefined> {
  const { name, cas, policy: text, rules } = request.fields
  const old = text === '' && rules !== ''
  await context.services.policies.put(name, draftOf(request, old ? rules : text, context), cas)
  const warnings = old ? ["'rules' is deprecated, please use 'policy' instead"] : []
  return warned([...nameWarnings(name), ...warnings])
}

async function deletePolicy(request: LegacyRequest, { services }: Context): Promise<undefined> {
  await services.policies.delete(request.fields.name)
}

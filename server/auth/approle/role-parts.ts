import Type from 'typebox'
import {
  type EngineContext,
  type EngineRequest,
  type OperationSpec,
  type Reply,
  type Route,
  route,
} from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import type { Fields } from '../../../engines/field.ts'
import { normalPolicies } from '../policy-names.ts'
import { hasherOf } from './hasher.ts'
import { type AppRole, roleNameOf, storedRole } from './role.ts'
import { type RoleChange, roleFields, roleName, shownFields, shownRole } from './role-fields.ts'
import { putChanged, ROLE_CLEAR } from './role-routes.ts'

/** A path of its own for one setting of a role, so that a policy can allow that setting alone. */
interface Part {
  readonly path: string
  readonly summary: string
  /** Its fields; the first goes by default where none is sent. */
  readonly names: readonly (keyof typeof roleFields)[]
  /** What deleting it goes back to; undefined: it can't be deleted. */
  readonly reset?: RoleChange
  readonly isReadOnly?: boolean
  readonly warning?: string
}

const CIDR_LIST_WARNING =
  'The "bound_cidr_list" field is deprecated and will be removed. Please use "secret_id_bound_cidrs" instead.'

const PARTS: readonly Part[] = [
  {
    path: 'bind-secret-id',
    summary: 'Whether a login needs a secret id',
    names: ['bind_secret_id'],
    reset: { bind_secret_id: true },
  },
  {
    path: 'bound-cidr-list',
    summary: 'Older path of secret-id-bound-cidrs',
    names: ['bound_cidr_list'],
    reset: { secret_id_bound_cidrs: [] },
    warning: CIDR_LIST_WARNING,
  },
  {
    path: 'secret-id-bound-cidrs',
    summary: 'Where logins may come from',
    names: ['secret_id_bound_cidrs'],
    reset: { secret_id_bound_cidrs: [] },
  },
  {
    path: 'token-bound-cidrs',
    summary: 'Where tokens may be used from',
    names: ['token_bound_cidrs'],
    reset: { token_bound_cidrs: [] },
  },
  {
    path: 'local-secret-ids',
    summary: 'Whether secret ids belong to this cluster alone',
    names: ['local_secret_ids'],
    isReadOnly: true,
  },
  {
    path: 'period',
    summary: 'How long each renewal of a periodic token gives',
    names: ['token_period', 'period'],
    reset: { token_period: 0 },
  },
  {
    path: 'policies',
    summary: 'Policies of tokens',
    names: ['token_policies', 'policies'],
    reset: { token_policies: [] },
  },
  { path: 'role-id', summary: 'The id to log in with', names: ['role_id'] },
  {
    path: 'secret-id-num-uses',
    summary: 'How many logins a secret id is good for',
    names: ['secret_id_num_uses'],
    reset: { secret_id_num_uses: 0 },
  },
  {
    path: 'secret-id-ttl',
    summary: 'How long a secret id is good for',
    names: ['secret_id_ttl'],
    reset: { secret_id_ttl: 0 },
  },
  { path: 'token-ttl', summary: 'How long tokens live at first', names: ['token_ttl'], reset: { token_ttl: 0 } },
  {
    path: 'token-max-ttl',
    summary: 'How long tokens live at most',
    names: ['token_max_ttl'],
    reset: { token_max_ttl: 0 },
  },
  {
    path: 'token-num-uses',
    summary: 'How many requests a token is good for',
    names: ['token_num_uses'],
    reset: { token_num_uses: 0 },
  },
]

export const roleParts: readonly Route[] = PARTS.map(rowOf)

type PartRequest = EngineRequest<{ role_name: typeof roleName }>

function rowOf(part: Part): Route {
  const { reset } = part
  const own = Object.fromEntries(part.names.map((name) => [name, roleFields[name]]))
  const schemas = Object.fromEntries(part.names.map((name) => [name, shownFields[name]]))
  const operations: Record<string, OperationSpec<{ role_name: typeof roleName }>> = {
    read: { handler: (request, context) => read(part, request, context), returns: Type.Object(schemas) },
  }
  if (part.isReadOnly !== true) operations.update = { handler: (request, context) => update(part, request, context) }
  if (reset !== undefined) operations.delete = { handler: (request, context) => remove(reset, request, context) }
  return route(`role/:role_name/${part.path}`, {
    summary: part.summary,
    fields: { role_name: roleName, ...(part.isReadOnly === true ? {} : (own as Fields)) } as {
      role_name: typeof roleName
    },
    auditClear: ROLE_CLEAR,
    operations,
  })
}

async function read(part: Part, request: PartRequest, { store }: EngineContext): Promise<Reply> {
  const role = await storedRole(store, roleNameOf(request))
  if (role === undefined) throw notFound()
  const all = withNames(role)
  const data = Object.fromEntries(part.names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]))
  return { data, ...(part.warning === undefined ? {} : { warnings: [part.warning] }) }
}

/** Also what a reader of the whole role is not shown. */
function withNames(role: AppRole): Readonly<Record<string, unknown>> {
  return { ...shownRole(role), role_id: role.roleId, bound_cidr_list: role.secretIdBoundCidrs }
}

async function update(part: Part, request: PartRequest, context: EngineContext): Promise<Reply | undefined> {
  const sent = request.fields as RoleChange
  const change: RoleChange = Object.fromEntries(part.names.map((name) => [name, sent[name]]))
  const given = part.names.find((name) => change[name] !== undefined)
  if (given === undefined) throw invalid(`missing ${part.names[0]}`)
  const cidrs = change.secret_id_bound_cidrs ?? change.bound_cidr_list
  if (cidrs?.length === 0) throw invalid('missing bound_cidr_list')
  const { token_policies: policies } = change
  const kept = policies === undefined ? change : { ...change, token_policies: normalPolicies(policies) }
  const warnings = await changeRole(kept, request, context)
  if (warnings === undefined) throw notFound('unsupported path')
  return warnings.length === 0 ? undefined : { warnings }
}

async function remove(reset: RoleChange, request: PartRequest, context: EngineContext): Promise<undefined> {
  await changeRole(reset, request, context)
}

/** Undefined where there is no such role. */
async function changeRole(
  change: RoleChange,
  request: PartRequest,
  context: EngineContext,
): Promise<readonly string[] | undefined> {
  const name = roleNameOf(request)
  const hasher = await hasherOf(context)
  return context.store.transaction(async (tx) => {
    if ((await storedRole(tx, name)) === undefined) return undefined
    return (await putChanged(tx, name, change, hasher, context)).warnings
  })
}

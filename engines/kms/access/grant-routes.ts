import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { pageFields, pageOf } from '../../listing.ts'
import { keyArn } from '../arn.ts'
import { refused } from '../errors.ts'
import { keyIdOf } from '../keys/key-store.ts'
import { written } from '../keys/metadata.ts'
import { callOf, dryRunField, grantTokensField, keyField } from '../route-fields.ts'
import { GRANT_OPERATIONS } from './actions.ts'
import { grantToken, type NamedGrant, parsedGrantToken } from './grant-store.ts'
import {
  constraintsOf,
  createGrant,
  type KeyGrant,
  listGrants,
  listRetirableGrants,
  retireGrant,
  revokeGrant,
} from './grants.ts'

/** Rows of grants. */

const Context = Type.Optional(Type.Record(Type.String(), Type.String()))
const GrantReply = Type.Object({
  grant_id: Type.String(),
  key_id: Type.String(),
  key_arn: Type.String(),
  name: Type.Optional(Type.String()),
  grantee_principal: Type.String(),
  retiring_principal: Type.Optional(Type.String()),
  issuing_account: Type.Optional(Type.String({ description: 'Entity or display name of who made it.' })),
  operations: Type.Array(Type.String()),
  encryption_context_equals: Context,
  encryption_context_subset: Context,
  creation_date: Type.String({ format: 'date-time' }),
})
const HASHED: ReadonlySet<string> = new Set(['encryption_context_equals', 'encryption_context_subset'])
const auditClear = [
  ...Object.keys(GrantReply.properties).filter((name) => !HASHED.has(name)),
  'after',
  'dry_run',
  'grant_token',
  'keys',
  'limit',
  'next',
]

function grantReply(context: EngineContext, { keyId, grant }: KeyGrant) {
  const { equals, subset } = grant.constraints ?? {}
  return {
    grant_id: grant.id,
    key_id: keyId,
    key_arn: keyArn(context, keyId),
    ...(grant.name !== undefined && { name: grant.name }),
    grantee_principal: grant.grantee,
    ...(grant.retiring !== undefined && { retiring_principal: grant.retiring }),
    issuing_account: grant.issuer,
    operations: [...grant.operations],
    ...(equals && { encryption_context_equals: equals }),
    ...(subset && { encryption_context_subset: subset }),
    creation_date: written(grant.createdMs),
  }
}

const WHO = 'an entity (`entity:ID`) or who has a policy (`policy:NAME`), or the ARN of either'

const createFields = {
  id: keyField,
  grantee_principal: field.text({ description: `Whom it gives the operations: ${WHO}.` }),
  retiring_principal: field.text({ description: `Who may retire it: ${WHO}.` }),
  operations: field.list({ default: [], description: `What it gives: ${GRANT_OPERATIONS.join(', ')}.` }),
  encryption_context_equals: field.stringMap({ description: 'Only with this encryption context. Of symmetric keys.' }),
  encryption_context_subset: field.stringMap({
    description: 'Only with an encryption context that has these pairs. Of symmetric keys.',
  }),
  name: field.text({ description: 'Asking again with the same name, and all else the same, gives the same grant.' }),
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
  ...pageFields,
}
type CreateRequest = EngineRequest<typeof createFields>

const GrantList = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(Type.String(), GrantReply),
})

export const grantRow = route('keys/:id/grants', {
  summary: 'Grant somebody the use of a key, and list the grants',
  fields: createFields,
  auditClear,
  operations: {
    list: { returns: GrantList, handler: list },
    update: {
      returns: Type.Object({ grant_id: Type.String(), grant_token: Type.String(), key_id: Type.String() }),
      handler: create,
    },
  },
})

async function list(request: CreateRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  const only = { grantee: fields.grantee_principal }
  const { keyId, grants } = await listGrants(callOf(request, context), fields.id, only)
  const { after = '', limit = grants.length } = pageOf(fields)
  const from = after === '' ? 0 : grants.findIndex(({ id }) => id === after) + 1
  if (after !== '' && from === 0) throw refused('Validation', 'after is no grant of the key')
  return grantList(
    context,
    grants.slice(from, from + limit).map((grant) => ({ keyId, grant })),
  )
}

/** A list of nothing is a 404, as in Vault. */
function grantList(context: EngineContext, grants: readonly KeyGrant[]): Reply {
  if (grants.length === 0) throw notFound()
  return {
    data: {
      keys: grants.map(({ grant }) => grant.id),
      key_info: Object.fromEntries(grants.map((found) => [found.grant.id, grantReply(context, found)])),
    },
  }
}

async function create(request: CreateRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  if (fields.grantee_principal === undefined) throw refused('Validation', 'grantee_principal is missing')
  const { keyId, grant } = await createGrant(callOf(request, context), {
    key: fields.id,
    grantee: fields.grantee_principal,
    retiring: fields.retiring_principal,
    operations: fields.operations,
    constraints: constraintsOf(fields.encryption_context_equals, fields.encryption_context_subset),
    name: fields.name,
    grantTokens: fields.grant_tokens,
  })
  return { data: { grant_id: grant.id, grant_token: grantToken(keyId, grant), key_id: keyId } }
}

const oneFields = {
  id: keyField,
  grant_id: field.text({ required: true, description: 'Id of the grant.' }),
  dry_run: dryRunField,
}

export const oneGrantRow = route('keys/:id/grants/:grant_id', {
  summary: 'Read and revoke a grant',
  fields: oneFields,
  returns: GrantReply,
  auditClear,
  operations: {
    read: async (request: EngineRequest<typeof oneFields>, context) => {
      const { id, grant_id: grantId } = request.fields
      const { keyId, grants } = await listGrants(callOf(request, context), id, { grantId })
      const [grant] = grants
      if (grant === undefined) throw refused('NotFound', 'no such grant')
      return { data: grantReply(context, { keyId, grant }) }
    },
    delete: async (request: EngineRequest<typeof oneFields>, context) => {
      await revokeGrant(callOf(request, context), request.fields.id, request.fields.grant_id)
      return undefined
    },
  },
})

const retireFields = {
  grant_token: field.text({ description: 'The token that came with the grant.' }),
  key_id: field.text({ description: 'In place of the token: the key, with grant_id.' }),
  grant_id: field.text({ description: 'In place of the token: the grant, with key_id.' }),
  dry_run: dryRunField,
}

export const retireRow = route('grants/retire', {
  summary: 'Retire a grant, by the one who may',
  description: 'The grant says who: its retiring principal, and its grantee where RetireGrant is among the operations.',
  fields: retireFields,
  auditClear,
  operations: {
    update: async (request: EngineRequest<typeof retireFields>, context) => {
      await retireGrant(callOf(request, context), await namedGrant(request.fields, context))
      return undefined
    },
  },
})

async function namedGrant(
  { grant_token: token, key_id: key, grant_id: grantId }: EngineRequest<typeof retireFields>['fields'],
  context: EngineContext,
): Promise<NamedGrant> {
  if (token !== undefined && key === undefined && grantId === undefined) return parsedGrantToken(token)
  if (token !== undefined || key === undefined || grantId === undefined) {
    throw refused('Validation', 'either grant_token is given, or key_id and grant_id')
  }
  return { keyId: await keyIdOf(context.store, key, context), grantId }
}

const retirableFields = {
  retiring_principal: field.text({ required: true, query: true, description: `Who may retire them: ${WHO}.` }),
  ...pageFields,
}

export const retirableRow = route('grants/retirable', {
  summary: 'List the grants that somebody may retire, of all keys',
  description: '`after` goes on behind what `next` of the former page says.',
  fields: retirableFields,
  auditClear,
  operations: {
    list: {
      returns: Type.Object({ ...GrantList.properties, next: Type.Optional(Type.String()) }),
      handler: async (request: EngineRequest<typeof retirableFields>, context) => {
        const { retiring_principal: principal } = request.fields
        const found = await listRetirableGrants(callOf(request, context), principal, pageOf(request.fields))
        const { data } = grantList(context, found.grants)
        return { data: { ...data, ...(found.next !== undefined && { next: found.next }) } }
      },
    },
  },
})

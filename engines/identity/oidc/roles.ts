import Type from 'typebox'
import { base62 } from '../../base62.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { keyCodec, type OidcRole, oidcRows, roleCodec } from './documents.ts'
import { namedKey } from './keys.ts'
import { checkedTemplate } from './template.ts'

/** `identity/oidc/role`: what identity tokens say, for whom, and how long. */

const TTL_SECONDS = 86_400
/** Of one that is made up. */
const CLIENT_ID_CHARS = 26
const CLIENT_ID_MAX_CHARS = 256

const fields = {
  name: field.name({ required: true, description: 'Name of the role.' }),
  key: field.text({ description: 'Name of the key that signs its tokens.' }),
  template: field.text({ description: 'More claims: JSON with templates, or that in base64.' }),
  client_id: field.text({ description: 'Audience of its tokens; one is made up unless said.' }),
  ttl: field.duration({ description: 'How long a token lives; a day unless said.' }),
}
type RoleRequest = EngineRequest<typeof fields>

const RoleReply = Type.Object({
  client_id: Type.String(),
  key: Type.String(),
  template: Type.String(),
  ttl: Type.Integer({ description: 'Seconds.' }),
})
const auditClear = ['key', 'client_id', 'ttl', 'template', 'keys']

export const oidcRole = route('oidc/role/:name', {
  summary: 'A kind of identity token',
  fields,
  auditClear,
  returns: RoleReply,
  exists: async ({ fields }, { store }) => (await store.get(oidcRows.role(fields.name), roleCodec)) !== undefined,
  operations: { read, create: put, update: put, delete: remove },
})

export const oidcRoles = route('oidc/role', {
  summary: 'Names of the kinds of identity tokens',
  fields: pageFields,
  auditClear,
  operations: {
    list: async ({ fields }, { store }) => listed(await store.list(oidcRows.roles, pageOf(fields))),
  },
})

async function put({ fields }: RoleRequest, context: EngineContext): Promise<undefined> {
  const template = fields.template === undefined ? undefined : checkedTemplate(fields.template)
  if ((fields.client_id?.length ?? 0) > CLIENT_ID_MAX_CHARS)
    throw invalid(`a client_id has at most ${CLIENT_ID_MAX_CHARS} characters`)
  const path = oidcRows.role(fields.name)
  const keyName = fields.key ?? (await context.store.get(path, roleCodec))?.key ?? ''
  if (keyName === '') throw invalid('the key parameter is required')
  // The key that is always there may have no row yet.
  await namedKey(keyName, context.store, context)
  await context.store.transaction(async (tx) => {
    const key = await tx.get(oidcRows.key(keyName), keyCodec)
    if (key === undefined) throw invalid(`cannot find key "${keyName}"`)
    const before = await tx.get(path, roleCodec)
    const role: OidcRole = {
      key: keyName,
      template: template ?? before?.template ?? '',
      clientId: fields.client_id || before?.clientId || base62(context.random, CLIENT_ID_CHARS),
      ttlSeconds: fields.ttl ?? before?.ttlSeconds ?? TTL_SECONDS,
    }
    if (role.ttlSeconds < 1) throw invalid("'ttl' must be at least a second")
    if (role.ttlSeconds > key.verificationSeconds)
      throw invalid("a role's token ttl cannot be longer than the verification_ttl of the key it references")
    tx.put(path, role, roleCodec)
  })
}

async function read({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const role = await store.get(oidcRows.role(fields.name), roleCodec)
  if (role === undefined) throw notFound()
  return { data: { client_id: role.clientId, key: role.key, template: role.template, ttl: role.ttlSeconds } }
}

async function remove({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  const path = oidcRows.role(fields.name)
  await store.transaction(async (tx) => tx.delete(path))
}

import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { invalid, notFound } from '../../../errors.ts'
import { field } from '../../../field.ts'
import { listed, pageFields, pageOf } from '../../../listing.ts'
import { type Context, readEach } from '../../shown.ts'
import { checkedTemplate } from '../template.ts'
import { providerCodec, providerRows, scopeCodec } from './documents.ts'

/** `identity/oidc/scope`: https://openbao.org/api-docs/secret/identity/oidc-provider/ */

/** The scope that every request has, and that has no claims: OpenID Connect Core 1.0, section 3.1.2.1. */
export const OPENID = 'openid'

const DESCRIPTION_MAX_CHARS = 4096
const auditClear = ['template', 'description', 'keys']

const fields = {
  name: field.name({ required: true, description: 'Name of the scope.' }),
  template: field.text({ description: 'The claims: JSON with templates, or that in base64.' }),
  description: field.text({ description: 'What the scope is for.' }),
}
type ScopeRequest = EngineRequest<typeof fields>

export const scope = route('oidc/scope/:name', {
  summary: 'Claims that clients may ask for',
  fields,
  auditClear,
  returns: Type.Object({ template: Type.String(), description: Type.String() }),
  exists: async ({ fields }, { store }) => (await store.get(providerRows.scope(fields.name), scopeCodec)) !== undefined,
  operations: { read, create: put, update: put, delete: remove },
})

export const scopes = route('oidc/scope', {
  summary: 'Names of the scopes',
  fields: pageFields,
  auditClear,
  operations: {
    list: async ({ fields }, { store }) => listed(await store.list(providerRows.scopes, pageOf(fields))),
  },
})

async function read({ fields }: ScopeRequest, { store }: Context): Promise<Reply> {
  const found = await store.get(providerRows.scope(fields.name), scopeCodec)
  if (found === undefined) throw notFound()
  return { data: { template: found.template, description: found.description } }
}

async function put({ fields }: ScopeRequest, { store }: Context): Promise<undefined> {
  if (fields.name === OPENID) throw invalid(`the "${OPENID}" scope name is reserved`)
  if ((fields.description?.length ?? 0) > DESCRIPTION_MAX_CHARS)
    throw invalid(`a description has at most ${DESCRIPTION_MAX_CHARS} characters`)
  const template = fields.template === undefined ? undefined : checkedTemplate(fields.template)
  const path = providerRows.scope(fields.name)
  await store.transaction(async (tx) => {
    const before = await tx.get(path, scopeCodec)
    const after = {
      template: template ?? before?.template ?? '',
      description: fields.description ?? before?.description ?? '',
    }
    tx.put(path, after, scopeCodec)
  })
}

async function remove({ fields }: ScopeRequest, { store }: Context): Promise<undefined> {
  const { name } = fields
  await store.transaction(async (tx) => {
    const users = await readEach(await tx.list(providerRows.providers), async (provider) => {
      const found = await tx.get(providerRows.provider(provider), providerCodec)
      return found?.scopes.includes(name) === true ? provider : undefined
    })
    if (users.length > 0)
      throw invalid(
        `unable to delete scope "${name}" because it is currently referenced by these providers: ${users.join(', ')}`,
      )
    tx.delete(providerRows.scope(name))
  })
}

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader } from '../../../storage/store.ts'
import {
  olderTokenFields,
  shownTokenParameters,
  type TokenParameters,
  tokenFields,
  tokenParameters,
  tokenReply,
} from '../token-parameters.ts'
import { type Distinct, distinctCodec, uidWhenWritten } from '../unchanged.ts'
import { readSelector } from './selector.ts'

/** `auth/kubernetes/role`: https://openbao.org/api-docs/auth/kubernetes/#create-role */

/** Which service accounts let in, and what their tokens are like. */
export interface KubernetesRole extends Distinct {
  /** With * for any run of characters. */
  readonly names: readonly string[]
  readonly namespaces: readonly string[]
  /** JSON or YAML; '': none. */
  readonly namespaceSelector: string
  /** '': any. */
  readonly audience: string
  readonly aliasNameSource: AliasNameSource
  readonly token: TokenParameters
}

const ALIAS_NAME_SOURCES = ['serviceaccount_uid', 'serviceaccount_name'] as const
type AliasNameSource = (typeof ALIAS_NAME_SOURCES)[number]

export const ROLES = 'role/'
export const roleCodec = distinctCodec<KubernetesRole>()
const keyOf = (name: string): string => ROLES + name.toLowerCase()

const fields = {
  name: field.name({ anyCase: true, required: true, description: 'Name of the role; its case does not matter' }),
  bound_service_account_names: field.list({
    description: 'Service accounts that let in; * is any run of characters',
  }),
  bound_service_account_namespaces: field.list({ description: 'Namespaces that let in; * is any run of characters' }),
  bound_service_account_namespace_selector: field.text({
    description: 'JSON or YAML: labels of namespaces that let in too',
  }),
  audience: field.text({ description: 'What must be among the audiences of tokens' }),
  alias_name_source: field.text({
    description: 'serviceaccount_uid (the default), or serviceaccount_name: namespace/name, which outlives the account',
  }),
  ...tokenFields,
  ...olderTokenFields,
}
type RoleRequest = EngineRequest<typeof fields>

const texts = Type.Array(Type.String())

export const roles = route('role', {
  summary: 'List the roles',
  fields: pageFields,
  operations: { list: async ({ fields }, { store }) => listed(await store.list(ROLES, pageOf(fields))) },
})

export const role = route('role/:name', {
  summary: 'Which service accounts let in, and what they give',
  fields,
  auditClear: Object.keys(fields),
  exists: async ({ fields }, context) => (await roleNamed(fields.name, context)) !== undefined,
  returns: Type.Object({
    bound_service_account_names: texts,
    bound_service_account_namespaces: texts,
    bound_service_account_namespace_selector: Type.String(),
    audience: Type.Optional(Type.String()),
    alias_name_source: Type.String(),
    ...tokenReply,
  }),
  operations: { create: write, update: write, read, delete: remove },
})

export function roleNamed(name: string, { store }: { readonly store: Reader }): Awaitable<KubernetesRole | undefined> {
  return store.get(keyOf(name), roleCodec)
}

async function read({ fields }: RoleRequest, context: EngineContext): Promise<Reply> {
  const found = await roleNamed(fields.name, context)
  if (found === undefined) throw notFound()
  return {
    data: {
      bound_service_account_names: found.names,
      bound_service_account_namespaces: found.namespaces,
      bound_service_account_namespace_selector: found.namespaceSelector,
      ...(found.audience !== '' && { audience: found.audience }),
      alias_name_source: found.aliasNameSource,
      ...shownTokenParameters(found.token),
    },
  }
}

async function remove({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction(async (tx) => tx.delete(keyOf(fields.name)))
}

async function write(request: RoleRequest, context: EngineContext): Promise<Reply | undefined> {
  const { store, mount } = context
  const { fields: sent } = request
  const made = await store.transaction(async (tx) => {
    const before = await tx.get(keyOf(sent.name), roleCodec)
    const changed: KubernetesRole = {
      uid: uidWhenWritten(before, context),
      names: sent.bound_service_account_names ?? before?.names ?? [],
      namespaces: sent.bound_service_account_namespaces ?? before?.namespaces ?? [],
      namespaceSelector: sent.bound_service_account_namespace_selector ?? before?.namespaceSelector ?? '',
      audience: sent.audience ?? before?.audience ?? '',
      aliasNameSource: aliasNameSource(sent.alias_name_source) ?? before?.aliasNameSource ?? 'serviceaccount_uid',
      token: tokenParameters(request, before?.token, sent),
    }
    check(changed, mount.maxLeaseTtlSeconds)
    tx.put(keyOf(sent.name), changed, roleCodec)
    return changed
  })
  if (made.token.maxTtlSeconds <= mount.maxLeaseTtlSeconds) return undefined
  return {
    warnings: [
      "max_ttl is greater than the system or backend mount's maximum TTL value; issued tokens' max TTL value will be truncated",
    ],
  }
}

function aliasNameSource(raw: string | undefined): AliasNameSource | undefined {
  if (raw === undefined || raw === '') return undefined
  const found = ALIAS_NAME_SOURCES.find((one) => one === raw)
  if (found === undefined) throw invalid(`alias_name_source must be one of ${ALIAS_NAME_SOURCES.join(', ')}`)
  return found
}

function check({ names, namespaces, namespaceSelector, token }: KubernetesRole, mountMaxSeconds: number): void {
  if (names.length === 0) throw invalid('"bound_service_account_names" can not be empty')
  if (namespaces.length === 0 && namespaceSelector === '')
    throw invalid(
      '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set',
    )
  for (const list of [names, namespaces])
    if (list.length > 1 && list.includes('*')) throw invalid('can not mix "*" with values')
  if (token.periodSeconds > mountMaxSeconds) throw invalid("token_period is greater than the mount's maximum lease TTL")
  if (namespaceSelector === '') return
  try {
    readSelector(namespaceSelector)
  } catch {
    throw invalid('invalid "bound_service_account_namespace_selector" configured')
  }
}

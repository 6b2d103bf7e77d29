import Type from 'typebox'
import type { Reader } from '../../../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { invalid, notFound } from '../../../errors.ts'
import { field } from '../../../field.ts'
import { pageFields } from '../../../listing.ts'
import { type Context, KeyList, listedWithInfo, readEach } from '../../shown.ts'
import { checkedIssuer, serverIssuer } from '../issuer.ts'
import { claimNamesOf } from '../template.ts'
import { DEFAULT_PROVIDER, type Provider, providerCodec, providerRows, scopeCodec } from './documents.ts'
import { distinct, isAllowed, namesWith, providerNamed } from './stored.ts'

/** `identity/oidc/provider`: https://openbao.org/api-docs/secret/identity/oidc-provider/ */

const CLIENTS_MAX = 10_000
const SCOPES_MAX = 200

const fields = {
  name: field.name({ required: true, description: 'Name of the provider.' }),
  issuer: field.text({
    description: "Scheme, host and port that its tokens name as their issuer; '': the server's own.",
  }),
  allowed_client_ids: field.list({ description: "Ids of the clients that may use it; '*': all." }),
  scopes_supported: field.list({ description: 'Scopes that clients may ask for, beside openid.' }),
}
type ProviderRequest = EngineRequest<typeof fields>

const ProviderReply = Type.Object({
  issuer: Type.String(),
  allowed_client_ids: Type.Array(Type.String()),
  scopes_supported: Type.Array(Type.String()),
})

const listFields = {
  ...pageFields,
  allowed_client_id: field.text({ default: '', query: true, description: 'Only those that this client may use.' }),
}

const auditClear = [...Object.keys(fields), 'keys']

export const provider = route('oidc/provider/:name', {
  summary: 'An OpenID provider: an address where clients have people log in',
  fields,
  auditClear,
  returns: ProviderReply,
  exists: async ({ fields }, { store }) => (await providerNamed(store, fields.name)) !== undefined,
  operations: {
    read: async ({ fields }: ProviderRequest, context: Context): Promise<Reply> => {
      const found = await providerNamed(context.store, fields.name)
      if (found === undefined) throw notFound()
      return { data: shown(fields.name, found, context) }
    },
    create: put,
    update: put,
    delete: remove,
  },
})

export const providers = route('oidc/provider', {
  summary: 'Names of the OpenID providers',
  fields: listFields,
  auditClear: [...auditClear, 'allowed_client_id'],
  operations: { list: { handler: list, returns: KeyList } },
})

async function list({ fields }: EngineRequest<typeof listFields>, context: Context): Promise<Reply> {
  const { store } = context
  const { allowed_client_id: clientId } = fields
  const names = await namesWith(store, providerRows.providers, DEFAULT_PROVIDER, fields)
  const infos = await readEach(names, async (name) => {
    const found = await providerNamed(store, name)
    const isShown = found !== undefined && (clientId === '' || isAllowed(found.allowedClientIds, clientId))
    return isShown ? { key: name, info: shown(name, found, context) } : undefined
  })
  return listedWithInfo(infos)
}

function shown(name: string, provider: Provider, context: Context): Readonly<Record<string, unknown>> {
  return {
    issuer: issuerOf(name, provider, context),
    allowed_client_ids: provider.allowedClientIds,
    scopes_supported: provider.scopes,
  }
}

export function issuerOf(name: string, { issuer }: Provider, context: Context): string {
  return `${serverIssuer(issuer, context)}/provider/${name}`
}

async function put({ fields }: ProviderRequest, { store }: Context): Promise<Reply | undefined> {
  if (fields.issuer !== undefined) checkedIssuer(fields.issuer)
  if ((fields.allowed_client_ids?.length ?? 0) > CLIENTS_MAX)
    throw invalid(`'allowed_client_ids' has at most ${CLIENTS_MAX} ids`)
  if ((fields.scopes_supported?.length ?? 0) > SCOPES_MAX)
    throw invalid(`'scopes_supported' has at most ${SCOPES_MAX} names`)
  const warnings = await store.transaction(async (tx) => {
    const before = await providerNamed(tx, fields.name)
    const after: Provider = {
      issuer: fields.issuer ?? before?.issuer ?? '',
      allowedClientIds: distinct(fields.allowed_client_ids ?? before?.allowedClientIds ?? []),
      scopes: distinct(fields.scopes_supported ?? before?.scopes ?? []),
    }
    tx.put(providerRows.provider(fields.name), after, providerCodec)
    return [...issuerWarnings(after), ...(await clashesIn(tx, after.scopes))]
  })
  return warnings.length === 0 ? undefined : { warnings }
}

function issuerWarnings({ issuer }: Provider): readonly string[] {
  if (issuer === '') return []
  return ['Tokens are of this issuer from now on: whoever verifies them must be able to reach it.']
}

/** Claims that two scopes have: a client that asks for both gets neither. Throws for a scope that is not there. */
async function clashesIn(reader: Pick<Reader, 'get'>, scopes: readonly string[]): Promise<readonly string[]> {
  const scopeOf = new Map<string, string>()
  const warnings: string[] = []
  for (const scope of scopes) {
    const found = await reader.get(providerRows.scope(scope), scopeCodec)
    if (found === undefined) throw invalid(`scope "${scope}" does not exist`)
    for (const claim of claimNamesOf(found.template)) {
      const other = scopeOf.get(claim)
      if (other !== undefined)
        warnings.push(
          `The scopes "${other}" and "${scope}" both have the claim "${claim}": a request for both is refused.`,
        )
      scopeOf.set(claim, scope)
    }
  }
  return warnings
}

async function remove({ fields }: ProviderRequest, { store }: Context): Promise<undefined> {
  if (fields.name === DEFAULT_PROVIDER) throw invalid(`deletion of OIDC provider "${DEFAULT_PROVIDER}" not allowed`)
  await store.transaction((tx) => tx.delete(providerRows.provider(fields.name)))
}

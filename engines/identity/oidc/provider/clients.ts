import { timingSafeEqual } from 'node:crypto'
import Type from 'typebox'
import type { Tx } from '../../../../storage/store.ts'
import { base62 } from '../../../base62.ts'
import { type EngineRequest, type Random, type Reply, route } from '../../../engine.ts'
import { invalid, notFound } from '../../../errors.ts'
import { field } from '../../../field.ts'
import { pageFields, pageOf } from '../../../listing.ts'
import { type Context, KeyList, listedWithInfo } from '../../shown.ts'
import { keyCodec, oidcRows } from '../documents.ts'
import { namedKey } from '../keys.ts'
import { CLIENT_TYPES, type Client, clientCodec, clientNameCodec, providerRows } from './documents.ts'
import { checkedRedirects } from './redirect.ts'
import { assignmentNamed, clientsIn, distinct } from './stored.ts'

/** `identity/oidc/client`: https://openbao.org/api-docs/secret/identity/oidc-provider/ */

const DAY_SECONDS = 86_400
const REDIRECTS_MAX = 100
const ASSIGNMENTS_MAX = 200
const ID_CHARS = 32
/** Vault's prefix, which scanners for leaked secrets know. */
const SECRET_PREFIX = 'hvo_secret_'
const SECRET_CHARS = 64

const fields = {
  name: field.name({ required: true, description: 'Name of the client.' }),
  redirect_uris: field.list({
    description: 'Where people may be sent back to, exactly; of loopback addresses the port does not matter.',
  }),
  assignments: field.list({ description: "Assignments that say who may log in; 'allow_all': every entity." }),
  key: field.text({ description: "Key that signs its ID tokens, 'default' unless said. It stays." }),
  id_token_ttl: field.duration({ description: 'How long an ID token is good; a day unless said.' }),
  access_token_ttl: field.duration({ description: 'How long an access token is good; a day unless said.' }),
  client_type: field.oneOf(CLIENT_TYPES)({
    description: "Whether it can keep a secret; 'confidential' unless said. It stays.",
  }),
  authorization_code: field.bool({ description: 'Whether it may have people log in; true unless said.' }),
  client_credentials: field.bool({ description: 'Whether it may have tokens of its own; false unless said.' }),
}
type ClientRequest = EngineRequest<typeof fields>

const ClientReply = Type.Object({
  redirect_uris: Type.Array(Type.String()),
  assignments: Type.Array(Type.String()),
  key: Type.String(),
  id_token_ttl: Type.Integer({ description: 'Seconds.' }),
  access_token_ttl: Type.Integer({ description: 'Seconds.' }),
  client_type: Type.String(),
  client_id: Type.String(),
  client_secret: Type.Optional(Type.String()),
  authorization_code: Type.Boolean(),
  client_credentials: Type.Boolean(),
})

const auditClear = [...Object.keys(fields), 'client_id', 'keys']

export const client = route('oidc/client/:name', {
  summary: 'An application that people log in at',
  fields,
  auditClear,
  returns: ClientReply,
  exists: async ({ fields }, { store }) =>
    (await store.get(providerRows.client(fields.name), clientCodec)) !== undefined,
  operations: { read, create: put, update: put, delete: remove },
})

export const clients = route('oidc/client', {
  summary: 'Names of the applications that people log in at',
  fields: pageFields,
  auditClear,
  operations: {
    list: {
      returns: KeyList,
      handler: async ({ fields }: EngineRequest<typeof pageFields>, { store }: Context): Promise<Reply> => {
        const found = await clientsIn(store, await store.list(providerRows.clients, pageOf(fields)))
        return listedWithInfo(found.map(({ name, client }) => ({ key: name, info: shown(client) })))
      },
    },
  },
})

async function read({ fields }: ClientRequest, { store }: Context): Promise<Reply> {
  const found = await store.get(providerRows.client(fields.name), clientCodec)
  if (found === undefined) throw notFound()
  const secret = found.secret && { client_secret: Buffer.from(found.secret).toString() }
  return { data: { ...shown(found), ...secret } }
}

/** All but the secret. */
function shown(client: Client): Readonly<Record<string, unknown>> {
  return {
    redirect_uris: client.redirectUris,
    assignments: client.assignments,
    key: client.key,
    id_token_ttl: client.idTokenSeconds,
    access_token_ttl: client.accessTokenSeconds,
    client_type: client.type,
    client_id: client.id,
    authorization_code: client.mayUseCodes,
    client_credentials: client.mayUseItsCredentials,
  }
}

async function put({ fields }: ClientRequest, context: Context): Promise<undefined> {
  const { store } = context
  const path = providerRows.client(fields.name)
  const isThere = (await store.get(path, clientCodec)) !== undefined
  if (!isThere) await namedKey(fields.key ?? 'default', store, context)
  await store.transaction(async (tx) => {
    const before = await tx.get(path, clientCodec)
    const base = before ?? newClient(fields.client_type ?? 'confidential', fields.key ?? 'default', context.random)
    if (fields.key !== undefined && fields.key !== base.key) throw invalid('key modification is not allowed')
    if (fields.client_type !== undefined && fields.client_type !== base.type)
      throw invalid('client_type modification is not allowed')
    const after: Client = {
      ...base,
      redirectUris: fields.redirect_uris === undefined ? base.redirectUris : checkedRedirects(fields.redirect_uris),
      assignments: fields.assignments === undefined ? base.assignments : distinct(fields.assignments),
      idTokenSeconds: fields.id_token_ttl ?? base.idTokenSeconds,
      accessTokenSeconds: fields.access_token_ttl ?? base.accessTokenSeconds,
      mayUseCodes: fields.authorization_code ?? base.mayUseCodes,
      mayUseItsCredentials: fields.client_credentials ?? base.mayUseItsCredentials,
    }
    await check(tx, after)
    tx.put(path, after, clientCodec)
    tx.put(providerRows.clientId(after.id), { name: fields.name }, clientNameCodec)
  })
}

function newClient(type: Client['type'], key: string, random: Random): Client {
  return {
    id: base62(random, ID_CHARS),
    secret: type === 'public' ? undefined : Buffer.from(SECRET_PREFIX + base62(random, SECRET_CHARS)),
    type,
    redirectUris: [],
    assignments: [],
    key,
    idTokenSeconds: DAY_SECONDS,
    accessTokenSeconds: DAY_SECONDS,
    mayUseCodes: true,
    mayUseItsCredentials: false,
  }
}

async function check(tx: Tx, client: Client): Promise<void> {
  if (client.redirectUris.length > REDIRECTS_MAX) throw invalid(`a client has at most ${REDIRECTS_MAX} redirect_uris`)
  if (client.assignments.length > ASSIGNMENTS_MAX) throw invalid(`a client has at most ${ASSIGNMENTS_MAX} assignments`)
  for (const name of client.assignments) {
    if ((await assignmentNamed(tx, name)) === undefined) throw invalid(`assignment "${name}" does not exist`)
  }
  const key = await tx.get(oidcRows.key(client.key), keyCodec)
  if (key === undefined) throw invalid(`key "${client.key}" does not exist`)
  if (client.idTokenSeconds < 1 || client.accessTokenSeconds < 1)
    throw invalid('id_token_ttl and access_token_ttl must be at least a second')
  if (client.idTokenSeconds > key.verificationSeconds)
    throw invalid("a client's id_token_ttl cannot be greater than the verification_ttl of the key it references")
  if (client.mayUseItsCredentials && client.type === 'public')
    throw invalid('client_credentials needs a confidential client: a public one proves nothing of itself')
}

/** Its codes and access tokens are worth nothing from here on: they are looked at with the client. */
async function remove({ fields }: ClientRequest, { store }: Context): Promise<undefined> {
  const path = providerRows.client(fields.name)
  await store.transaction(async (tx) => {
    const found = await tx.get(path, clientCodec)
    if (found === undefined) return
    tx.delete(path)
    tx.delete(providerRows.clientId(found.id))
  })
}

/** Compared in a time that tells nothing but the length, which is that of all secrets. */
export function hasSecret({ secret }: Client, given: string): boolean {
  if (secret === undefined) return false
  const bytes = Buffer.from(given)
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}

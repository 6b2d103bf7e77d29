import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { isJsonObject } from '../../json-object.ts'
import { pageFields, pageOf } from '../../listing.ts'
import { pgpKeysField, refusePgp } from '../seal/pgp.ts'
import { writtenShares } from '../seal/share.ts'
import type { NamespaceInfo, NamespaceServices } from '../services/namespaces.ts'

type Context = EngineContext<NamespaceServices>

const Info = Type.Object({
  id: Type.String({ description: 'Ends the texts of its tokens, accessors and leases.' }),
  uuid: Type.String(),
  path: Type.String({ description: "From the root namespace, ending in '/'." }),
  tainted: Type.Boolean({ description: 'Its deletion has begun.' }),
  locked: Type.Boolean(),
  custom_metadata: Type.Record(Type.String(), Type.String()),
  deny_always_wins: Type.Boolean({ description: 'Every denial that fits wins, also over closer paths.' }),
})
const Made = Type.Object({
  ...Info.properties,
  key_shares: Type.Optional(
    Type.Array(Type.String(), { description: 'Of a new one with a seal, in hexadecimal; shown this once.' }),
  ),
  key_threshold: Type.Optional(Type.Integer({ description: 'How many of them unseal it.' })),
})
/** Null: there is none to delete, as a warning says. */
export const Removal = Type.Union([Type.Object({ status: Type.String() }), Type.Null()])
const Listing = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(Type.String(), Info),
})
const AUDIT_CLEAR = ['path', 'id', 'uuid', 'tainted', 'locked', 'status', 'keys', 'deny_always_wins', 'key_threshold']

export const namespaces = route('namespaces', {
  summary: 'List the namespaces below this one',
  description: 'LIST gives those directly below, SCAN all.',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: Listing,
  operations: { list: listNamespaces, scan: scanNamespaces },
})

const fields = {
  path: field.text({ required: true, description: 'Name of the namespace, directly below this one.' }),
  custom_metadata: field.any({ description: 'Text by name, to describe it.' }),
  deny_always_wins: field.bool({
    description: 'Whether by its policies every denial that fits wins, also over closer paths; of a new one, false.',
  }),
  seal: field.text({
    default: '',
    description: 'Gives a new one shares of its own: seal "shamir" { shares = 5, threshold = 3 }, in HCL or JSON.',
  }),
  pgp_keys: pgpKeysField,
}
type NamespaceRequest = EngineRequest<typeof fields>

export const namespace = route('namespaces/:path*', {
  summary: 'A namespace: mounts, policies, tokens and a key of its own',
  fields,
  auditClear: AUDIT_CLEAR,
  returns: Info,
  operations: {
    read: readNamespace,
    update: { handler: writeNamespace, summary: 'Make a namespace, or replace its metadata', returns: Made },
    patch: { handler: patchNamespace, summary: 'Change the metadata or the options of a namespace' },
    delete: {
      handler: deleteNamespace,
      summary: 'Delete a namespace: its data is unreadable at once, and removed in the background',
      returns: Removal,
    },
  },
})

async function listNamespaces({ fields: page }: EngineRequest<typeof pageFields>, context: Context): Promise<Reply> {
  return listing(await context.services.namespaces.list(pageOf(page)), context)
}

async function scanNamespaces({ fields }: EngineRequest<typeof pageFields>, context: Context): Promise<Reply> {
  const { after = '', limit } = pageOf(fields)
  const all = await context.services.namespaces.scan()
  const rest = all.filter(({ path }) => path.slice(context.namespace.path.length) > after)
  return listing(rest.slice(0, limit), context)
}

function listing(infos: readonly NamespaceInfo[], { namespace: { path } }: Context): Reply {
  if (infos.length === 0) throw notFound()
  const entries = infos.map((info) => [info.path.slice(path.length), dataOf(info)] as const)
  return { data: { keys: entries.map(([key]) => key), key_info: Object.fromEntries(entries) } }
}

async function readNamespace(request: NamespaceRequest, { services }: Context): Promise<Reply> {
  const info = await services.namespaces.get(request.fields.path)
  if (info === undefined) throw notFound()
  return { data: dataOf(info) }
}

async function writeNamespace({ fields: sent }: NamespaceRequest, { services }: Context): Promise<Reply> {
  refusePgp({ pgp_keys: sent.pgp_keys })
  const { info, shares, threshold } = await services.namespaces.put(sent.path, {
    customMetadata: metadataOf(sent.custom_metadata),
    denyAlwaysWins: sent.deny_always_wins,
    seal: sent.seal,
  })
  if (shares.length === 0) return { data: dataOf(info) }
  return { data: { ...dataOf(info), key_shares: writtenShares(shares).hex, key_threshold: threshold } }
}

async function patchNamespace(request: NamespaceRequest, { services }: Context): Promise<Reply> {
  const { deny_always_wins: denyAlwaysWins } = request.fields
  refusePgp({ pgp_keys: request.fields.pgp_keys })
  if (request.fields.seal !== '') throw invalid('cannot modify existing namespace seal config')
  const patch = {
    ...(request.has('custom_metadata') && { customMetadata: patchOf(request.data.custom_metadata) }),
    ...(denyAlwaysWins !== undefined && { denyAlwaysWins }),
  }
  return { data: dataOf(await services.namespaces.patch(request.fields.path, patch)) }
}

async function deleteNamespace(request: NamespaceRequest, { services }: Context): Promise<Reply> {
  if (!(await services.namespaces.remove(request.fields.path)))
    return { warnings: ['requested namespace does not exist'] }
  return { data: { status: 'in-progress' } }
}

function metadataOf(raw: unknown): Readonly<Record<string, string>> {
  if (raw === undefined || raw === null) return {}
  if (typeof raw !== 'object' || Array.isArray(raw)) throw invalid('custom_metadata must be a map')
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value !== 'string') throw invalid('custom_metadata values must be strings')
    metadata[key] = value
  }
  return metadata
}

function patchOf(raw: unknown): Readonly<Record<string, string | null>> | null {
  if (raw === null) return null
  if (!isJsonObject(raw)) throw invalid('custom_metadata must be a map')
  const change: Record<string, string | null> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value !== 'string' && value !== null) throw invalid('metadata patch can only have string or null values')
    change[key] = value
  }
  return change
}

function dataOf(info: NamespaceInfo): Readonly<Record<string, unknown>> {
  return {
    uuid: info.uuid,
    id: info.id,
    path: info.path,
    tainted: info.tainted,
    locked: info.locked,
    custom_metadata: info.customMetadata,
    deny_always_wins: info.denyAlwaysWins,
  }
}

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import type { OperationsServices, RouterRecord } from '../services/operations.ts'

/** What the server is made of at this moment: its versions, configuration, mounts and counts. */

type Context = EngineContext<OperationsServices>

export const versionHistory = route('version-history', {
  summary: 'The versions that this vault has been opened by, oldest first',
  fields: {},
  auditClear: ['keys', 'key_info'],
  returns: Type.Object({
    keys: Type.Array(Type.String()),
    key_info: Type.Record(
      Type.String(),
      Type.Object({
        timestamp_installed: Type.String({ description: 'When it first opened this vault, RFC 3339.' }),
        build_date: Type.Union([Type.String(), Type.Null()]),
        previous_version: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  }),
  operations: { list: listVersions },
})

async function listVersions(_request: EngineRequest, { services }: Context): Promise<Reply> {
  const versions = await services.operations.versions()
  const info = versions.map(({ version, firstSeenMs, buildDate }, at) => [
    version,
    {
      timestamp_installed: new Date(firstSeenMs).toISOString(),
      build_date: buildDate || null,
      previous_version: versions[at - 1]?.version ?? null,
    },
  ])
  return { data: { keys: versions.map(({ version }) => version), key_info: Object.fromEntries(info) } }
}

export const sanitizedConfig = route('config/state/sanitized', {
  summary: 'The configuration in force, without what is sensitive',
  fields: {},
  returns: Type.Record(Type.String(), Type.Any()),
  operations: {
    read: async (_request: EngineRequest, { services }: Context) => ({ data: services.operations.sanitizedConfig() }),
  },
})

const tagField = { tag: field.text({ required: true, description: 'root, uuid, accessor or storage.' }) }

export const inspectRouter = route('internal/inspect/router/:tag', {
  summary: 'The mounts as the router knows them',
  fields: tagField,
  access: 'sudo',
  auditClear: ['tag'],
  returns: Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Any()))),
  operations: { read: readRouter },
})

async function readRouter({ fields }: EngineRequest<typeof tagField>, { services }: Context): Promise<Reply> {
  const show = Object.hasOwn(VIEWS, fields.tag) ? VIEWS[fields.tag] : undefined
  if (show === undefined) throw notFound('unsupported path')
  const { order, render } = show
  const records = (await services.operations.routerRecords()).toSorted((a, b) => (a[order] < b[order] ? -1 : 1))
  return { data: { [fields.tag]: records.map(render) } }
}

const VIEWS: Readonly<
  Record<
    string,
    { order: 'mountPath' | 'uuid' | 'accessor' | 'storagePrefix'; render: (record: RouterRecord) => object }
  >
> = {
  root: { order: 'mountPath', render: routeEntry },
  uuid: { order: 'uuid', render: mountEntry },
  accessor: { order: 'accessor', render: mountEntry },
  storage: { order: 'storagePrefix', render: routeEntry },
}

function mountEntry(record: RouterRecord): object {
  return {
    accessor: record.accessor,
    mount_namespace: record.namespacePath,
    mount_path: record.mountPath,
    mount_type: record.mountType,
    uuid: record.uuid,
  }
}

function routeEntry(record: RouterRecord): object {
  return { ...mountEntry(record), storage_prefix: record.storagePrefix, tainted: record.leaving }
}

/** Unlike Vault's it does not repeat the caller's token. */
export const inspectRequest = route('internal/inspect/request', {
  summary: 'This request as the server sees it',
  fields: {},
  access: 'sudo',
  returns: Type.Record(Type.String(), Type.Any()),
  operations: { read: readRequest },
})

async function readRequest(request: EngineRequest, context: Context): Promise<Reply> {
  const { caller, connection } = request
  const { mount, namespace, services } = context
  return {
    data: {
      data: request.data,
      req: {
        id: request.id,
        operation: request.operation,
        path: request.path,
        namespace: namespace.path,
        mount_point: mount.path,
        mount_type: mount.type,
        mount_accessor: mount.accessor,
        client_token_accessor: caller?.accessor ?? '',
        display_name: caller?.displayName ?? '',
        entity_id: caller?.entityId ?? '',
        policies: caller?.policies ?? [],
        connection: { remote_addr: connection.remoteAddress, remote_port: connection.remotePort, tls: connection.tls },
        headers: withoutCredentials(request.headers),
        wrap_info: request.wrapTtlSeconds === undefined ? null : { TTL: request.wrapTtlSeconds },
        unauthenticated: caller === undefined,
      },
      vault_version: services.operations.version,
    },
  }
}

/** What a client sends to show who it is, to us or to a proxy in front of us. */
const CREDENTIALS = /^(?:authorization|proxy-authorization|cookie)$|token|secret|password|signature|api-?key/

function withoutCredentials(headers: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.test(name)))
}

export const countRequests = route('internal/counters/requests', {
  summary: 'Was the number of requests by month; `metrics` has it now',
  fields: {},
  operations: {
    read: async () => {
      throw notFound('The functionality has been removed on this path')
    },
  },
})

const totals = (name: string) =>
  Type.Object({ counters: Type.Object({ [name]: Type.Object({ total: Type.Integer() }) }) })

export const countTokens = route('internal/counters/tokens', {
  summary: 'The number of service tokens',
  fields: {},
  auditClear: ['counters'],
  returns: totals('service_tokens'),
  operations: {
    read: async (_request: EngineRequest, { services }: Context) => ({
      data: { counters: { service_tokens: { total: await services.operations.countServiceTokens() } } },
    }),
  },
})

export const countEntities = route('internal/counters/entities', {
  summary: 'The number of identity entities',
  fields: {},
  auditClear: ['counters'],
  returns: totals('entities'),
  operations: {
    read: async (_request: EngineRequest, { services }: Context) => ({
      data: { counters: { entities: { total: await services.operations.countEntities() } } },
    }),
  },
})

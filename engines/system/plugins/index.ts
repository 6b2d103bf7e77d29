import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields } from '../../listing.ts'
import type { EngineType, MountServices } from '../services/mounts.ts'
import type { OperationsServices } from '../services/operations.ts'

/**
 * `sys/plugins`: what can be mounted. Engines are part of the server, so there is nothing to register and nothing to load
 * anew. https://developer.hashicorp.com/vault/api-docs/system/plugins-catalog
 */

type PluginServices = MountServices & OperationsServices
type Context = EngineContext<PluginServices>

const KINDS = ['auth', 'database', 'secret'] as const

const PluginReply = Type.Object({
  name: Type.String(),
  args: Type.Null(),
  builtin: Type.Boolean({ description: 'True: it is part of the server.' }),
  command: Type.String({ description: 'Empty: it is no program of its own.' }),
  sha256: Type.String({ description: 'Empty.' }),
  version: Type.String({ description: "The server's." }),
  deprecation_status: Type.String(),
})

const names = Type.Array(Type.String())
const CatalogReply = Type.Object({
  auth: names,
  database: names,
  secret: names,
  detailed: Type.Array(
    Type.Object({
      type: Type.String(),
      name: Type.String(),
      version: Type.String(),
      builtin: Type.Boolean(),
      deprecation_status: Type.String(),
    }),
  ),
})
const auditClear = ['auth', 'database', 'secret', 'detailed', 'keys', 'type', 'name', 'version', 'builtin']

const catalog = route('plugins/catalog', {
  summary: 'The engines and auth methods that can be mounted',
  fields: {},
  returns: CatalogReply,
  auditClear,
  closingSlash: true,
  operations: {
    read: async (_request: EngineRequest, { services }: Context): Promise<Reply> => ({
      data: {
        ...Object.fromEntries(KINDS.map((kind) => [kind, namesOf(services, kind)])),
        detailed: KINDS.flatMap((kind) =>
          namesOf(services, kind).map((name) => ({
            type: kind,
            name,
            version: versionOf(services),
            builtin: true,
            deprecation_status: 'supported',
          })),
        ),
      },
    }),
  },
})

const typeField = field.text({ required: true, description: 'auth, database or secret.' })

const catalogOfType = route('plugins/catalog/:type', {
  summary: 'Names of the engines of a kind',
  fields: { ...pageFields, type: typeField },
  access: 'sudo',
  returns: Type.Object({ keys: names }),
  auditClear,
  operations: {
    list: async ({ fields: { type, after, limit } }, { services }: Context) => {
      const rest = namesOf(services, kindOf(type)).filter((name) => name > after)
      return listed(limit > 0 ? rest.slice(0, limit) : rest)
    },
  },
})

const pluginFields = { type: typeField, name: field.text({ required: true, description: 'Name of the engine.' }) }
type PluginRequest = EngineRequest<typeof pluginFields>

const plugin = route('plugins/catalog/:type/:name', {
  summary: 'An engine that can be mounted',
  description: 'What is no part of the server cannot be registered, so there is nothing to take out either.',
  fields: pluginFields,
  access: 'sudo',
  returns: PluginReply,
  auditClear,
  closingSlash: true,
  // What a client that registers sends of its program is refused with it.
  freeForm: true,
  operations: {
    read: async ({ fields }: PluginRequest, { services }: Context): Promise<Reply> => {
      if (!namesOf(services, kindOf(fields.type)).includes(fields.name)) throw notFound()
      return {
        data: {
          name: fields.name,
          args: null,
          builtin: true,
          command: '',
          sha256: '',
          version: versionOf(services),
          deprecation_status: 'supported',
        },
      }
    },
    update: {
      summary: 'Refused: engines are part of the server',
      handler: async ({ fields }: PluginRequest) => {
        kindOf(fields.type)
        throw invalid('could not set plugin: engines are part of the server, other programs cannot be registered')
      },
    },
    delete: {
      summary: 'Takes out what was registered: nothing ever is',
      handler: async ({ fields }: PluginRequest): Promise<undefined> => void kindOf(fields.type),
    },
  },
})

const reloadFields = {
  plugin: field.text({ default: '', description: 'Name of an engine; or give `mounts`.' }),
  mounts: field.list({ default: [], description: 'Paths of mounts; or give `plugin`.' }),
  scope: field.text({ default: '', description: 'Empty or global: all nodes are the same anyhow.' }),
}

const reload = route('plugins/reload/backend', {
  summary: 'Load an engine or mounts anew',
  description: 'Done when it is asked for: what engines keep in memory is as new as the storage, on every node.',
  fields: reloadFields,
  access: 'sudo',
  returns: Type.Object({ reload_id: Type.String() }),
  auditClear: [...Object.keys(reloadFields), 'reload_id'],
  operations: { update: reloadEngines },
})

async function reloadEngines(
  { fields: { plugin: name, mounts, scope } }: EngineRequest<typeof reloadFields>,
  { services, random }: Context,
): Promise<Reply> {
  if (name !== '' && mounts.length > 0) throw invalid('plugin and mounts cannot be set at the same time')
  if (name === '' && mounts.length === 0) throw invalid('plugin or mounts must be provided')
  if (scope !== '' && scope !== 'global') throw invalid('scope must be unset or "global"')
  if (name !== '' && !KINDS.some((kind) => namesOf(services, kind).includes(name))) {
    throw invalid(`plugin not found in the catalog: ${JSON.stringify(name.slice(0, 100))}`)
  }
  for (const path of mounts) {
    const whole = path.endsWith('/') ? path : `${path}/`
    if ((await services.mounts.at(whole)) === undefined) {
      throw invalid(`cannot fetch mount entry on ${JSON.stringify(whole.slice(0, 200))}`)
    }
  }
  return { data: { reload_id: random.uuid() } }
}

function kindOf(type: string): EngineType['kind'] | 'database' {
  const found = KINDS.find((kind) => kind === type)
  if (found === undefined) throw invalid(`type: must be one of ${KINDS.join(', ')}`)
  return found
}

function namesOf({ mounts }: PluginServices, wanted: EngineType['kind'] | 'database'): readonly string[] {
  return mounts
    .engineTypes()
    .filter(({ kind }) => kind === wanted)
    .map(({ type }) => type)
    .toSorted()
}

const versionOf = ({ operations }: PluginServices): string => `v${operations.version}+builtin`

export const pluginRoutes: readonly Route<PluginServices>[] = [catalog, catalogOfType, plugin, reload]

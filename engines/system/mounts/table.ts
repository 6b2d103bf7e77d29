import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { MountServices, NewMount } from '../services/mounts.ts'
import { checkOptions, parseConfig, pluginNameOf } from './config.ts'
import { FLAT_KV, Mount, shownMount } from './shown.ts'

/** `sys/mounts` and `sys/auth`: https://developer.hashicorp.com/vault/api-docs/system/mounts */

type Context = EngineContext<MountServices>
type Kind = 'secret' | 'auth'

/** Where the table of a kind stands, and what its mounts' paths begin with. */
interface Table {
  readonly kind: Kind
  readonly at: 'mounts' | 'auth'
  readonly prefix: '' | 'auth/'
  readonly noun: string
}

export const SECRET_TABLE: Table = { kind: 'secret', at: 'mounts', prefix: '', noun: 'secrets engine' }
export const AUTH_TABLE: Table = { kind: 'auth', at: 'auth', prefix: 'auth/', noun: 'auth method' }

const fields = {
  path: field.text({ required: true, description: 'Where it is mounted.' }),
  type: field.text({ default: '', description: 'Type of the engine, such as kv, kv-v2 or transit.' }),
  description: field.text({ default: '', description: 'What the mount is for.' }),
  config: field.map({
    default: {},
    description:
      'default_lease_ttl, max_lease_ttl, audit_non_hmac_request_keys, audit_non_hmac_response_keys, listing_visibility, passthrough_request_headers, allowed_response_headers and, of auth methods, token_type.',
  }),
  options: field.stringMap({ default: {}, description: 'Options of the engine, such as version for kv.' }),
  local: field.bool({ default: false, description: 'Kept and shown: every mount belongs to this one installation.' }),
  seal_wrap: field.bool({ default: false, description: 'Kept and shown: all that is stored is sealed.' }),
  external_entropy_access: field.bool({ default: false, description: 'Kept and shown.' }),
  plugin_name: field.text({ default: '', description: "Type of the engine, where type is 'plugin'." }),
  plugin_version: field.text({
    default: '',
    description: 'Engines are part of the server: only the empty version exists.',
  }),
}
type MountRequest = EngineRequest<typeof fields>

const auditClear = Object.keys(fields)

export const mounts = listOf(SECRET_TABLE)
export const mount = rowOf(SECRET_TABLE)
export const authMethods = listOf(AUTH_TABLE)
export const authMethod = rowOf(AUTH_TABLE)

function listOf(table: Table): Route<MountServices> {
  return route(table.at, {
    summary: `The ${table.noun}s that are mounted`,
    fields: {},
    returns: Type.Record(Type.String(), Mount),
    operations: {
      async read(_request: EngineRequest, { services }: Context): Promise<Reply> {
        const data: Record<string, unknown> = {}
        for (const entry of await services.mounts.all()) {
          if (entry.kind === table.kind) data[entry.path.slice(table.prefix.length)] = shownMount(entry)
        }
        return { data, topLevel: true }
      },
    },
  })
}

function rowOf(table: Table): Route<MountServices> {
  return route(`${table.at}/:path*`, {
    summary: `Mount, show or unmount one of the ${table.noun}s`,
    description: 'Unmounting revokes all that was given out below the path, and deletes all that was stored there.',
    fields,
    access: table.kind === 'auth' ? 'sudo' : 'token',
    auditClear,
    returns: Mount,
    operations: {
      read: (request: MountRequest, context: Context) => read(table, request, context),
      update: (request: MountRequest, context: Context) => enable(table, request, context),
      async delete({ fields }: MountRequest, { services }: Context): Promise<undefined> {
        const path = fullPath(table.prefix, fields.path)
        // Auth methods need `sudo`, which this path does not ask for.
        if (table.kind === 'secret' && path.startsWith(AUTH_TABLE.prefix)) throw invalid(`cannot unmount "${path}"`)
        await services.mounts.unmount(path)
      },
    },
  })
}

/** 'secret/' for 'secret' and 'secret/'. */
export function fullPath(prefix: string, path: string): string {
  return `${prefix}${path.replace(/\/+$/, '')}/`
}

async function read(table: Table, { fields }: MountRequest, { services }: Context): Promise<Reply> {
  const entry = await services.mounts.at(fullPath(table.prefix, fields.path))
  // Vault's clients read an auth method at `sys/mounts/auth/…`, which needs no `sudo`.
  if (entry === undefined) {
    const noun = table.kind === 'auth' ? 'auth engine' : 'secret engine mount'
    throw invalid(`No ${noun} at ${fullPath('', fields.path)}`)
  }
  return { data: shownMount(entry), topLevel: true }
}

async function enable(table: Table, { fields }: MountRequest, { services }: Context): Promise<Reply | undefined> {
  const { config: raw } = fields
  const { config, ignored } = parseConfig(withoutPlugin(raw), table.kind)
  const { defaultLeaseTtlSeconds = 0, maxLeaseTtlSeconds = 0 } = config
  if (maxLeaseTtlSeconds !== 0 && defaultLeaseTtlSeconds > maxLeaseTtlSeconds) {
    throw invalid('given default lease TTL greater than given max lease TTL')
  }
  await services.mounts.mount({
    kind: table.kind,
    path: fullPath(table.prefix, fields.path),
    ...typeOf(fields, table),
    description: fields.description,
    config,
    local: fields.local,
    sealWrap: fields.seal_wrap,
    externalEntropyAccess: fields.external_entropy_access,
  })
  if (ignored.length === 0) return undefined
  const warning = `Endpoint ignored these unrecognized parameters of config: [${ignored.toSorted().join(' ')}]`
  // Of the status of what has no data, since there are clients that take no other for a mount that was made.
  return { status: 204, warnings: [warning] }
}

function withoutPlugin(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { plugin_name, plugin_version, ...rest } = config
  if (plugin_version !== undefined && plugin_version !== '') throw noSuchVersion()
  return rest
}

function noSuchVersion(): Error {
  return invalid('cannot select a version: engines are part of the server')
}

/** The engine and its options. `kv-v1`, `kv-v2` and `kv-flat` are kv of that version; version 1 was once called `generic`. */
function typeOf(fields: MountRequest['fields'], table: Table): Pick<NewMount, 'type' | 'options'> {
  if (fields.type === '') throw invalid('backend type must be specified as a string')
  if (fields.plugin_version !== '') throw noSuchVersion()
  const options = checkOptions(fields.options)
  const type = fields.type === 'plugin' ? pluginNameOf(fields.plugin_name, fields.config) : fields.type
  if (type === 'kv-v1' || type === 'generic') return { type: 'kv', options: { ...options, version: '1' } }
  if (type === 'kv-v2') return { type: 'kv', options: { ...options, version: '2' } }
  if (type === FLAT_KV) return { type: 'kv', options: { ...options, version: 'flat' } }
  if (type !== 'kv' && (options.version ?? '') !== '') {
    throw invalid(`${table.noun} ${JSON.stringify(type)} does not allow setting a version`)
  }
  return { type, options }
}

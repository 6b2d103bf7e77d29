import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { MountChange, MountConfig, MountEntry, MountServices } from '../services/mounts.ts'
import { checkOptions, LIST_SETTINGS, parseSetting, tokenTypeOf } from './config.ts'
import { ShownLockout, shownLockout, tunedLockout } from './lockout.ts'
import { shownOptions, TunedSettings, tunedSettings } from './shown.ts'
import { AUTH_TABLE, fullPath, SECRET_TABLE } from './table.ts'

type Context = EngineContext<MountServices>

const fields = {
  path: field.text({ required: true, description: 'Where it is mounted.' }),
  default_lease_ttl: field.text({ description: "A duration, or 'system' for the server's default." }),
  max_lease_ttl: field.text({ description: "A duration, or 'system' for the server's maximum." }),
  description: field.text({ description: 'What the mount is for.' }),
  audit_non_hmac_request_keys: field.list({ description: 'Names that stand in clear in the audit log of requests.' }),
  audit_non_hmac_response_keys: field.list({ description: 'Names that stand in clear in the audit log of replies.' }),
  listing_visibility: field.text({ description: "'unauth' shows the mount to anybody, 'hidden' or '' does not." }),
  passthrough_request_headers: field.list({ description: 'Request headers that the engine gets.' }),
  allowed_response_headers: field.list({ description: 'Response headers that the engine may set.' }),
  token_type: field.text({
    description: 'Of auth methods: which tokens they make; service, batch, default-service or default-batch.',
  }),
  options: field.stringMap({ description: "Changes of the engine's options; an empty value removes one." }),
  plugin_version: field.text({
    default: '',
    description: 'Engines are part of the server: only the empty version exists.',
  }),
  user_lockout_config: field.map({
    default: {},
    description:
      'When users are locked out: lockout_threshold, lockout_duration, lockout_counter_reset_duration, lockout_disable.',
  }),
}
type TuneRequest = EngineRequest<typeof fields>

/** The server's own mounts can't be changed but in what is audited. */
const UNTUNABLE = new Set(['system', 'cubbyhole', 'identity'])
const ALWAYS_TUNABLE = new Set(['path', 'audit_non_hmac_request_keys', 'audit_non_hmac_response_keys'])

const Tuning = Type.Object({
  description: Type.String(),
  default_lease_ttl: Type.Integer({ description: 'Seconds, in force.' }),
  max_lease_ttl: Type.Integer({ description: 'Seconds, in force.' }),
  force_no_cache: Type.Boolean(),
  ...TunedSettings,
  options: Type.Optional(Type.Record(Type.String(), Type.String())),
  external_entropy_access: Type.Optional(Type.Boolean()),
  ...Type.Partial(ShownLockout).properties,
})

export const tuneMount = rowAt(SECRET_TABLE.at, SECRET_TABLE.prefix, 'token')
export const tuneAuthMethod = rowAt(AUTH_TABLE.at, AUTH_TABLE.prefix, 'sudo')

function rowAt(at: string, prefix: string, access: 'token' | 'sudo'): Route<MountServices> {
  return route(`${at}/:path*/tune`, {
    summary: 'Settings of a mount',
    fields,
    access,
    auditClear: Object.keys(fields),
    returns: Tuning,
    operations: {
      read: (request: TuneRequest, context: Context) => read(fullPath(prefix, request.fields.path), context),
      update: (request: TuneRequest, context: Context) => tune(fullPath(prefix, request.fields.path), request, context),
    },
  })
}

async function read(path: string, { services }: Context): Promise<Reply> {
  const entry = await services.mounts.at(path)
  if (entry === undefined) throw invalid(`cannot fetch sysview for path "${path}"`)
  const ttls = services.mounts.effectiveTtls(entry)
  const options = shownOptions(entry) ?? {}
  const data = {
    description: entry.description,
    default_lease_ttl: ttls.defaultLeaseTtlSeconds,
    max_lease_ttl: ttls.maxLeaseTtlSeconds,
    force_no_cache: false,
    ...tunedSettings(entry),
    ...shownLockout(entry),
    ...(entry.externalEntropyAccess ? { external_entropy_access: true } : {}),
    ...(Object.keys(options).length > 0 && { options }),
  }
  return { data, topLevel: true }
}

async function tune(path: string, request: TuneRequest, { services }: Context): Promise<Reply | undefined> {
  let upgrade: string | undefined
  await services.mounts.tune(path, (entry) => {
    refuseUntunable(entry, request)
    const change = changeOf(entry, request)
    upgrade = upgradeOf(entry, change)
    return change
  })
  return upgrade === undefined ? undefined : { warnings: [upgrade] }
}

function refuseUntunable(entry: MountEntry, request: TuneRequest): void {
  if (!UNTUNABLE.has(entry.type)) return
  for (const name of Object.keys(fields) as (keyof typeof fields)[]) {
    if (request.has(name) && !ALWAYS_TUNABLE.has(name)) {
      throw invalid(`cannot tune parameter ${name} of ${entry.path}`)
    }
  }
}

function changeOf(entry: MountEntry, request: TuneRequest): MountChange {
  const { fields } = request
  if (fields.plugin_version !== '') throw invalid('cannot select a version: engines are part of the server')
  return {
    ...(fields.description === undefined ? {} : { description: fields.description }),
    ...(fields.options === undefined ? {} : { options: tunedOptions(entry, checkOptions(fields.options)) }),
    config: { ...ttlsOf(entry, request), ...settingsOf(entry, request), ...lockoutOf(entry, request) },
  }
}

/** '' leaves a lifetime as it is. */
function ttlsOf(entry: MountEntry, { fields }: TuneRequest): Partial<MountConfig> {
  const given = {
    ...(fields.default_lease_ttl ? parseSetting('default_lease_ttl', fields.default_lease_ttl, entry.kind) : {}),
    ...(fields.max_lease_ttl ? parseSetting('max_lease_ttl', fields.max_lease_ttl, entry.kind) : {}),
  }
  const { defaultLeaseTtlSeconds, maxLeaseTtlSeconds } = { ...entry.config, ...given }
  if (maxLeaseTtlSeconds !== 0 && maxLeaseTtlSeconds < defaultLeaseTtlSeconds) {
    throw invalid(
      `backend max lease TTL of ${maxLeaseTtlSeconds} would be less than backend default lease TTL of ${defaultLeaseTtlSeconds}`,
    )
  }
  return given
}

function lockoutOf(entry: MountEntry, { fields: { user_lockout_config: sent } }: TuneRequest): Partial<MountConfig> {
  return Object.keys(sent).length === 0 ? {} : { lockout: tunedLockout(entry, sent) }
}

function settingsOf(entry: MountEntry, request: TuneRequest): Partial<MountConfig> {
  let config: Partial<MountConfig> = {}
  for (const name of [...Object.keys(LIST_SETTINGS), 'listing_visibility'] as (keyof typeof fields)[]) {
    const value = request.fields[name]
    if (value !== undefined) config = { ...config, ...parseSetting(name, value, entry.kind) }
  }
  const tokenType = request.fields.token_type
  if (tokenType === undefined) return config
  if (entry.kind !== 'auth') throw invalid("'token_type' can only be modified on auth mounts")
  if (entry.type === 'token') throw invalid("'token_type' cannot be set for 'token' or 'ns_token' auth mounts")
  return { ...config, tokenType: tokenTypeOf(tokenType) }
}

/** What is given over what there is. Versions of kv only go up: data with versions can't be read without them. */
function tunedOptions(entry: MountEntry, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const options: Record<string, string> = { ...entry.options }
  for (const [name, value] of Object.entries(given)) {
    if (value === '') delete options[name]
    else options[name] = value
  }
  if (Object.hasOwn(given, 'version')) checkVersion(entry, given.version ?? '')
  return options
}

function checkVersion(entry: MountEntry, version: string): void {
  if (entry.type !== 'kv') throw invalid(`"${entry.type}" does not allow setting a version`)
  if (version !== '1' && version !== '2') throw invalid(`invalid version provided: ${version.slice(0, 20)}`)
  const before = entry.options.version ?? '1'
  if (before !== version && before !== '1') throw invalid(`cannot downgrade mount from version ${before}`)
}

function upgradeOf(entry: MountEntry, { options }: MountChange): string | undefined {
  const before = entry.options.version ?? '1'
  if (entry.type !== 'kv' || options?.version !== '2' || before === '2') return undefined
  return `Upgrading mount from version ${before} to version 2. This mount will be unavailable for a brief period and will resume service shortly.`
}

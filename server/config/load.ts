import { addressText } from './addresses.ts'
import { type Document, readDocument } from './document.ts'
import {
  oneOf,
  settingsOfEnvironment,
  storageOfEnvironment,
  telemetryOfEnvironment,
  workerCount,
} from './environment.ts'
import { configFilesAt, parseConfig, placed, readConfigFile, told } from './files.ts'
import { sealConfigOf } from './seal.ts'
import { ConfigError, type ConfigWarning, type ServerConfig } from './types.ts'
import { LOG_FORMATS, LOG_LEVELS } from './words.ts'

/** What the command line sets; it outranks environment and files. */
export interface ConfigFlags {
  readonly logLevel?: string | undefined
  readonly logFormat?: string | undefined
  readonly workers?: string | undefined
}

/** A configuration that comes with the command, such as that of `-dev`. */
export interface Preset {
  /** Stands for the file in messages. */
  readonly name: string
  /** HCL or JSON. */
  readonly text: string
}

export interface LoadedConfig {
  readonly config: ServerConfig
  readonly warnings: readonly ConfigWarning[]
}

/** Vault's, and OpenBao's: 32 days. */
const LEASE_TTL_SECONDS = 768 * 3600

const DEFAULTS: ServerConfig = {
  listeners: [],
  grpcListeners: [],
  storage: undefined,
  seal: { active: { type: 'shamir' }, former: undefined },
  auditDevices: [],
  auditDirectory: undefined,
  apiAddress: undefined,
  clusterAddress: undefined,
  clusterName: undefined,
  logLevel: 'info',
  logFormat: 'standard',
  defaultLeaseTtlSeconds: LEASE_TTL_SECONDS,
  maxLeaseTtlSeconds: LEASE_TTL_SECONDS,
  ui: true,
  pidFile: undefined,
  allowApiAuditCreation: true,
  maxRequestsInFlight: undefined,
  workers: 1,
  telemetry: { otlpEndpoint: undefined },
}

/**
 * Reads config files (HCL or JSON; a folder stands for its *.hcl and *.json files in order of name) and lays the
 * environment (`EGIDE_*`) and then the flags over them. Later files outrank earlier ones; blocks that may repeat add up.
 * A preset lies below them all. Throws ConfigError.
 */
export function loadConfig(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  flags: ConfigFlags = {},
  preset?: Preset,
): LoadedConfig {
  const warnings: ConfigWarning[] = []
  const sources = files.flatMap(configFilesAt).map((file) => ({ file, root: readConfigFile(file) }))
  if (preset !== undefined) sources.unshift({ file: preset.name, root: parseConfig(preset.name, preset.text) })
  const documents = sources.map(({ file, root }) => {
    const read = () => readDocument(root, (line, message) => warnings.push({ file, line, message }))
    // Of what comes with the command nobody sees lines.
    return file === preset?.name ? told(file, read) : placed(file, read)
  })
  const settings = layered([
    ...documents.map((document) => document.settings),
    settingsOfEnvironment(env),
    settingsOfFlags(flags),
  ])
  const config: ServerConfig = {
    ...DEFAULTS,
    // Who shortens the longest lease need not say that the usual one is no longer.
    defaultLeaseTtlSeconds: Math.min(LEASE_TTL_SECONDS, settings.maxLeaseTtlSeconds ?? LEASE_TTL_SECONDS),
    ...layered([...documents.map(blocksOf), { telemetry: telemetryOfEnvironment(env) }]),
    ...settings,
    // Those of the last file that says any: a seal is not to be put together from several.
    seal: sealConfigOf(documents.findLast(({ seals }) => seals.length > 0)?.seals ?? [], env),
    listeners: documents.flatMap(({ listeners }) => listeners.filter((listener) => listener.type !== 'grpc')),
    grpcListeners: documents.flatMap(({ listeners }) => listeners.filter((listener) => listener.type === 'grpc')),
    auditDevices: documents.flatMap(({ auditDevices }) => auditDevices),
  }
  return { config: checked({ ...config, storage: storageOfEnvironment(env, config.storage) }), warnings }
}

const blocksOf = ({ storage, telemetry }: Document) => ({ storage, telemetry })

function settingsOfFlags({ logLevel, logFormat, workers }: ConfigFlags): Partial<Document['settings']> {
  return {
    logLevel: logLevel === undefined ? undefined : oneOf(LOG_LEVELS)(logLevel, '-log-level'),
    logFormat: logFormat === undefined ? undefined : oneOf(LOG_FORMATS)(logFormat, '-log-format'),
    workers: workers === undefined ? undefined : workerCount(workers, '-workers'),
  }
}

/** The layers as one: where several say something, the last does. */
function layered<T extends object>(layers: readonly T[]): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const merged: { [Name in keyof T]?: NonNullable<T[Name]> } = {}
  for (const layer of layers)
    for (const name of Object.keys(layer) as (keyof T)[]) {
      const value = layer[name]
      if (value !== undefined && value !== null) merged[name] = value
    }
  return merged
}

/** What no file can be blamed for alone. */
function checked(config: ServerConfig): ServerConfig {
  if (config.defaultLeaseTtlSeconds > config.maxLeaseTtlSeconds)
    throw new ConfigError('default_lease_ttl is above max_lease_ttl')
  if (config.workers > 1 && config.storage?.type === 'inmem')
    throw new ConfigError('several workers need a storage that they can share: sqlite or postgresql')
  if (config.workers > 1 && config.listeners.some(({ type }) => type === 'unix'))
    throw new ConfigError('a listener "unix" can serve one worker only')
  const paths = config.auditDevices.map(({ path }) => path)
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) throw new ConfigError(`two audit devices at ${twice}`)
  const addresses = [...config.listeners, ...config.grpcListeners].map((listener) =>
    listener.type === 'unix' ? listener.socketPath : addressText(listener),
  )
  const taken = addresses.find((address, at) => addresses.indexOf(address) !== at && !address.endsWith(':0'))
  if (taken !== undefined) throw new ConfigError(`two listeners at ${taken}`)
  return config
}

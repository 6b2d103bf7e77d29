import { serverUrl } from './addresses.ts'
import { type Document, WORKERS_MAX } from './document.ts'
import { ConfigError, type StorageConfig, type TelemetryConfig } from './types.ts'
import { type Environment, variable } from './variables.ts'
import { LOG_FORMATS, LOG_LEVELS } from './words.ts'

type Settings = Partial<Document['settings']>

/** What the environment says. An empty variable says nothing. Throws ConfigError, naming the variable. */
export function settingsOfEnvironment(env: Environment): Settings {
  return {
    apiAddress: read(env, 'API_ADDR', urlOf),
    clusterAddress: read(env, 'CLUSTER_ADDR', urlOf),
    clusterName: read(env, 'CLUSTER_NAME', (text) => text),
    logLevel: read(env, 'LOG_LEVEL', oneOf(LOG_LEVELS)),
    logFormat: read(env, 'LOG_FORMAT', oneOf(LOG_FORMATS)),
    workers: read(env, 'WORKERS', workerCount),
    ui: read(env, 'UI', oneOf({ true: true, 1: true, false: false, 0: false })),
  }
}

/** The connection string of PostgreSQL, which may hold a password that no file should. */
export function storageOfEnvironment(env: Environment, storage: StorageConfig | undefined): StorageConfig | undefined {
  if (storage?.type !== 'postgresql') return storage
  const connectionUrl = read(env, 'PG_CONNECTION_URL', (text) => text) ?? storage.connectionUrl
  if (connectionUrl === '') {
    throw new ConfigError('storage "postgresql" needs a connection_url, or EGIDE_PG_CONNECTION_URL in the environment')
  }
  return { ...storage, connectionUrl }
}

/** OpenTelemetry's own variable. */
export function telemetryOfEnvironment(env: Environment): TelemetryConfig | undefined {
  const name = 'OTEL_EXPORTER_OTLP_ENDPOINT'
  const text = env[name]
  return text === undefined || text === '' ? undefined : { otlpEndpoint: urlOf(text, name) }
}

function read<T>(env: Environment, name: string, parse: (text: string, name: string) => T): T | undefined {
  const found = variable(env, name)
  return found && parse(found.text, found.name)
}

/** A count of workers. */
export function workerCount(text: string, name: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= WORKERS_MAX) return count
  throw new ConfigError(`${name} must be a number from 1 to ${WORKERS_MAX}`)
}

function urlOf(text: string, name: string): string {
  const url = serverUrl(text)
  if (url === undefined) throw new ConfigError(`${name} must be an http or https URL`)
  return url
}

/** A reader of one of `words`, in either case. */
export function oneOf<T>(words: Readonly<Record<string, T>>): (text: string, name: string) => T {
  return (text, name) => {
    const word = text.trim().toLowerCase()
    const value = Object.hasOwn(words, word) ? words[word] : undefined
    if (value === undefined) throw new ConfigError(`${name} must be one of ${Object.keys(words).join(', ')}`)
    return value
  }
}

import { HclError } from '../hcl/ast.ts'
import { type Block, textOf } from '../hcl/read.ts'
import { suggestion } from '../suggestion.ts'
import { serverUrl } from './addresses.ts'
import { Section, type Warn } from './section.ts'
import type { AuditDeviceConfig, PostgresConfig, StorageConfig, TelemetryConfig } from './types.ts'

/** A block `storage "type" { … }`, or `backend` by its old name. */
export function storageOf({ labels, body, at }: Block, warn: Warn): StorageConfig {
  const type = labels[0]?.name ?? ''
  const section = new Section(`storage "${type}"`, body, warn)
  const storage = storageOfType(type, section, at)
  section.finish()
  return storage
}

function storageOfType(type: string, section: Section, at: HclError['at']): StorageConfig {
  if (type === 'inmem') return { type }
  if (type === 'postgresql') return postgresOf(section)
  if (type !== 'sqlite') {
    const meant = suggestion(type, ['postgresql', 'sqlite', 'inmem'])
    throw new HclError(`unknown storage type "${type}": there are postgresql, sqlite and inmem${meant}`, at)
  }
  const path = section.text('path') ?? ''
  if (path === '') throw new HclError('storage "sqlite" needs a path: its database file', at)
  if (path.includes('\0')) throw new HclError('path must not contain a NUL', section.at('path'))
  return { type, path }
}

/** By Vault's names. The environment may have the connection string, so that it is not needed here. */
function postgresOf(section: Section): PostgresConfig {
  const connectionUrl = section.text('connection_url') ?? ''
  const table = section.text('table')
  if (table !== undefined && !/^[a-z_][a-z0-9_]{0,39}$/.test(table)) {
    const rule = 'lower-case letters, digits and _, at most 40, and no digit first'
    throw new HclError(`table is what the tables' names start with: ${rule}`, section.at('table'))
  }
  const nodeId = section.text('node_id') || undefined
  if (nodeId !== undefined && !/^[\w.:/-]{0,199}[A-Za-z0-9]$/.test(nodeId))
    throw new HclError('node_id must be letters, digits, and . : / _ -, at most 200', section.at('node_id'))
  return {
    type: 'postgresql',
    connectionUrl,
    passwordFile: section.text('password_file'),
    table,
    maxParallel: section.integer('max_parallel', 1, 1000),
    maxIdleConnections: section.integer('max_idle_connections', 0, 1000),
    maxConnectRetries: section.integer('max_connect_retries', 0, 1000),
    nodeId,
  }
}

const DEVICE_PATH = /^[^\s/\\\0]+(\/[^\s/\\\0]+)*\/?$/

/** A block `audit "type" "path" { … }`. What a type's options mean is the device's to judge. */
export function auditDeviceOf({ labels, body, at }: Block, warn: Warn): AuditDeviceConfig {
  const [type = '', path = ''] = labels.map(({ name }) => name)
  if (type === '') throw new HclError('audit: the type must not be empty', at)
  if (!DEVICE_PATH.test(path) || /(^|\/)\.{1,2}(\/|$)/.test(path))
    throw new HclError(`audit: "${path}" is no path for a device`, at)
  const section = new Section(`audit "${type}"`, body, warn)
  const device = {
    type,
    path: path.endsWith('/') ? path : `${path}/`,
    description: section.text('description') ?? '',
    local: section.bool('local') ?? false,
    options: optionsOf(section.section('options')),
  }
  section.finish()
  return device
}

function optionsOf(section: Section | undefined): Readonly<Record<string, string>> {
  const options: Record<string, string> = Object.create(null)
  for (const [key, node] of section?.entries() ?? []) options[key] = textOf(node, key)
  return { ...options }
}

export function telemetryOf({ body }: Block, warn: Warn): TelemetryConfig {
  const section = new Section('telemetry', body, warn)
  const text = section.text('otlp_endpoint') || undefined
  const otlpEndpoint = text === undefined ? undefined : serverUrl(text)
  if (text !== undefined && otlpEndpoint === undefined)
    throw new HclError('otlp_endpoint must be an http or https URL', section.at('otlp_endpoint'))
  section.finish()
  return { otlpEndpoint }
}

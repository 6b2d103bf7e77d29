import { HclError, type Item, type Node, type ObjectNode } from '../hcl/ast.ts'
import { type Block, blocksOf } from '../hcl/read.ts'
import { suggestion } from '../suggestion.ts'
import { serverUrl } from './addresses.ts'
import { auditDeviceOf, storageOf, telemetryOf } from './blocks.ts'
import { listenerOf } from './listener.ts'
import { refuseMoreSeals, type SealBlock, sealBlockOf } from './seal.ts'
import { Section, type Warn } from './section.ts'
import type {
  AuditDeviceConfig,
  GrpcListenerConfig,
  ListenerConfig,
  LogLevel,
  ServerConfig,
  StorageConfig,
  TelemetryConfig,
} from './types.ts'
import { unsupportedReason } from './unsupported.ts'
import { LOG_FORMATS, LOG_LEVELS } from './words.ts'

type Settings = Pick<
  ServerConfig,
  | 'apiAddress'
  | 'clusterAddress'
  | 'clusterName'
  | 'auditDirectory'
  | 'logLevel'
  | 'logFormat'
  | 'defaultLeaseTtlSeconds'
  | 'maxLeaseTtlSeconds'
  | 'ui'
  | 'pidFile'
  | 'allowApiAuditCreation'
  | 'maxRequestsInFlight'
  | 'workers'
>

/** What one file says. Undefined, or an empty list: it says nothing about it. */
export interface Document {
  readonly settings: { readonly [Name in keyof Settings]: Settings[Name] | undefined }
  readonly listeners: readonly (ListenerConfig | GrpcListenerConfig)[]
  readonly auditDevices: readonly AuditDeviceConfig[]
  readonly storage: StorageConfig | undefined
  readonly seals: readonly SealBlock[]
  readonly telemetry: TelemetryConfig | undefined
}

/** More would only contend for one database. */
export const WORKERS_MAX = 64

const BLOCKS = new Set(['listener', 'storage', 'backend', 'seal', 'audit', 'telemetry'])

/** Throws HclError. */
export function readDocument(root: ObjectNode, warn: Warn): Document {
  const known = root.items.filter((item) => !isForeignBlock(item, warn))
  const blocks = (name: string, labels: number) => known.flatMap((item) => blocksIn(item, name, labels))
  const section = new Section(
    'the config',
    { ...root, items: known.filter(({ keys }) => !BLOCKS.has(keys[0].name)) },
    warn,
  )
  const settings = settingsOf(section)
  section.finish()
  const storage = sole('storage', [...blocks('storage', 1), ...blocks('backend', 1)])
  const seals = blocks('seal', 1).map((block) => ({ block: sealBlockOf(block, warn), at: block.at }))
  refuseMoreSeals(seals)
  const telemetry = sole('telemetry', blocks('telemetry', 0))
  return {
    settings,
    listeners: blocks('listener', 1).map((block) => listenerOf(block, warn)),
    auditDevices: blocks('audit', 2).map((block) => auditDeviceOf(block, warn)),
    storage: storage && storageOf(storage, warn),
    seals: seals.map(({ block }) => block),
    telemetry: telemetry && telemetryOf(telemetry, warn),
  }
}

/** The blocks of one item. An empty object where labels are due would otherwise be no block, and go unnoticed. */
function blocksIn(item: Item, name: string, labels: number): readonly Block[] {
  const { at } = item.keys[0]
  const blocks = blocksOf({ kind: 'object', items: [item], at }, name, labels)
  const isMissing = blocks.length === 0 && item.keys[0].name === name && item.value.kind === 'object'
  if (isMissing) throw new HclError(labels === 2 ? `${name} needs a type and a path` : `${name} needs a type`, at)
  return blocks
}

function sole(what: string, blocks: readonly Block[]): Block | undefined {
  const second = blocks[1]
  if (second !== undefined) throw new HclError(`more than one ${what} block`, second.at)
  return blocks[0]
}

/** A block that is none of ours: tells of one that other servers have, throws on one that nobody has. */
function isForeignBlock({ keys, value }: Item, warn: Warn): boolean {
  const [{ name, at }] = keys
  if (BLOCKS.has(name)) return false
  if (keys.length === 1 && !holdsBlock(value)) return false
  const reason = unsupportedReason(name)
  if (reason === undefined) throw new HclError(`unknown block ${name}${suggestion(name, [...BLOCKS])}`, at)
  warn(at.line, `${name} has no effect: ${reason}`)
  return true
}

function holdsBlock(node: Node): boolean {
  return node.kind === 'object' || (node.kind === 'list' && node.elements.some(holdsBlock))
}

const NO_LOCK =
  'disable_mlock has no effect: Node.js cannot lock memory, so key material may be swapped out; turn swap off, or encrypt it'

function settingsOf(section: Section): Document['settings'] {
  if (section.bool('disable_mlock') !== undefined) section.warn('disable_mlock', NO_LOCK)
  const settings = {
    apiAddress: urlOf(section, 'api_addr'),
    clusterAddress: urlOf(section, 'cluster_addr'),
    clusterName: section.text('cluster_name') || undefined,
    auditDirectory: section.text('audit_directory') || undefined,
    logLevel: section.choice<LogLevel>('log_level', LOG_LEVELS),
    logFormat: section.choice('log_format', LOG_FORMATS),
    defaultLeaseTtlSeconds: section.seconds('default_lease_ttl') || undefined,
    maxLeaseTtlSeconds: section.seconds('max_lease_ttl') || undefined,
    ui: section.bool('ui'),
    pidFile: section.text('pid_file') || undefined,
    allowApiAuditCreation: section.bool('unsafe_allow_api_audit_creation'),
    maxRequestsInFlight: section.integer('max_requests_in_flight', 0, 1_000_000) || undefined,
    workers: section.integer('workers', 1, WORKERS_MAX),
  }
  return settings
}

function urlOf(section: Section, key: string): string | undefined {
  const text = section.text(key)
  if (text === undefined || text === '') return undefined
  const url = serverUrl(text)
  if (url === undefined)
    throw new HclError(`${key} must be an http or https URL such as https://vault.example.com:8200`, section.at(key))
  return url
}

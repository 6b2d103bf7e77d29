import { isJsonObject, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import type { Secret } from '../../sdk/secret.ts'
import { plain, sortedEntries } from '../output/plain.ts'
import { serialised } from '../output/print.ts'
import { table } from '../output/table.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'

/** A column of a listing of mounts: its heading, and what it shows of a mount. */
export type Column = readonly [heading: string, cell: (mount: JsonObject) => string]

export const field =
  (name: string) =>
  (mount: JsonObject): string =>
    plain(mount[name] ?? '')

const config =
  (name: string) =>
  (mount: JsonObject): string => {
    const settings = mount.config
    return isJsonObject(settings) ? plain(settings[name] ?? '') : ''
  }

/** 0 means that the system's applies; what has no leases has neither. */
const ttl =
  (name: string) =>
  (mount: JsonObject): string => {
    if (mount.type === 'system' || mount.type === 'cubbyhole') return ''
    const seconds = config(name)(mount)
    return seconds === '0' || seconds === '' ? 'system' : seconds
  }

/** Every detail, around the one column in which engines and methods differ. */
export function detailedColumns(own: Column): readonly Column[] {
  return [
    ['Plugin', field('type')],
    ['Accessor', field('accessor')],
    ['Default TTL', ttl('default_lease_ttl')],
    ['Max TTL', ttl('max_lease_ttl')],
    own,
    ['Replication', (mount) => (mount.local === true ? 'local' : 'replicated')],
    ['Seal Wrap', (mount) => String(mount.seal_wrap === true)],
    ['External Entropy Access', (mount) => String(mount.external_entropy_access === true)],
    ['Options', (mount) => plain(mount.options ?? {})],
    ['Description', field('description')],
    ['UUID', field('uuid')],
    ['Version', field('plugin_version')],
    ['Running Version', field('running_plugin_version')],
    ['Running SHA256', field('running_sha256')],
    ['Deprecation Status', field('deprecation_status')],
  ]
}

export const FORCE_NO_CACHE: Column = ['Force No Cache', (mount) => config('force_no_cache')(mount) || 'false']
export const TOKEN_TYPE: Column = ['Token Type', config('token_type')]

/** Mounts by path, as an answer lists them. */
export function mountsOf(secret: Secret | undefined): JsonObject {
  return secret?.data ?? {}
}

export async function printMounts(session: Session, mounts: JsonObject, columns: readonly Column[]): Promise<void> {
  if (session.format !== 'table') return printLine(await serialised(session.format, mounts))
  const header = ['Path', ...columns.map(([heading]) => heading)]
  printLine(
    table(
      header,
      sortedEntries(mounts).map(([path, mount]) => [path, ...cellsOf(mount, columns)]),
    ),
  )
}

function cellsOf(mount: JsonValue, columns: readonly Column[]): string[] {
  return columns.map(([, cell]) => cell(isJsonObject(mount) ? mount : {}))
}

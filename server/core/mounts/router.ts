import type { Engine, EngineContext, MountRef, Route } from '../../../engines/engine.ts'
import { effectiveLockout } from '../../../engines/lockout.ts'
import type { MountEntry } from '../../../engines/system/services/mounts.ts'
import type { Store } from '../../../storage/store.ts'
import { PrefixIndex } from '../../policy/acl/prefix-index.ts'
import { RouteTable } from '../route-table.ts'

/** A mount, ready for requests. */
export interface LiveMount {
  readonly entry: MountEntry
  /** With `context`, which was made for it. */
  readonly engine: Engine
  readonly table: RouteTable
  readonly context: EngineContext
}

export interface Routed {
  readonly mount: LiveMount
  /** Below the mount. */
  readonly path: string
}

/** One immutable set of mounts; replaced whole when the table changes. */
export class Router {
  /** Those that take requests; one that is leaving takes none. */
  readonly mounts: readonly LiveMount[]
  readonly #byPath: PrefixIndex<LiveMount>
  readonly #byUuid = new Map<string, LiveMount>()

  constructor(mounts: readonly LiveMount[]) {
    this.mounts = mounts.filter(({ entry }) => !entry.leaving)
    for (const mount of mounts) {
      this.#byUuid.set(mount.entry.uuid, mount)
    }
    this.#byPath = new PrefixIndex(new Map(this.mounts.map((mount) => [mount.entry.path, mount])))
  }

  /** The mount that holds `path`. No mount lies within another, so the first that fits is the one; 'secret' means 'secret/'. */
  route(path: string): Routed | undefined {
    const mount = this.#byPath.longest(path) ?? this.#byPath.longest(`${path}/`)
    return mount && { mount, path: path.slice(mount.entry.path.length) }
  }

  /** Those that are leaving among them: their leases are still to be revoked. */
  byUuid(uuid: string): LiveMount | undefined {
    return this.#byUuid.get(uuid)
  }
}

/** Route tables by engine and options: mounts of one kind share one. */
export class RouteTables {
  readonly #static = new Map<string, RouteTable>()

  of(engine: Engine<never>, options: Readonly<Record<string, string>>): RouteTable {
    const key =
      typeof engine.routes === 'function'
        ? `${engine.type} ${JSON.stringify(Object.entries(options).sort())}`
        : engine.type
    const known = this.#static.get(key)
    if (known !== undefined) return known
    const routes = typeof engine.routes === 'function' ? engine.routes(options) : engine.routes
    // Each mount's context has the services that its own engine's rows name.
    const table = new RouteTable(routes as readonly Route[])
    if (this.#static.size > 1000) this.#static.clear()
    this.#static.set(key, table)
    return table
  }
}

/** All that engines store lies below this, in the namespace's store. */
export const MOUNT_ROWS = 'mount/'

/** Where a mount's rows lie within the namespace's store. */
export function mountPrefix(entry: MountEntry): string {
  return `${MOUNT_ROWS}${entry.uuid}/`
}

export function mountStore(store: Store, entry: MountEntry): Store {
  return store.view(mountPrefix(entry))
}

export function mountRef(
  entry: MountEntry,
  ttls: Pick<MountRef, 'defaultLeaseTtlSeconds' | 'maxLeaseTtlSeconds'>,
): MountRef {
  return {
    path: entry.path,
    accessor: entry.accessor,
    uuid: entry.uuid,
    type: entry.type,
    options: entry.options,
    // The server's default may be longer than a mount's maximum.
    defaultLeaseTtlSeconds: Math.min(ttls.defaultLeaseTtlSeconds, ttls.maxLeaseTtlSeconds),
    maxLeaseTtlSeconds: ttls.maxLeaseTtlSeconds,
    lockout: effectiveLockout(entry.config.lockout),
  }
}

import type { Clock, Engine, EngineContext, Log, NamespaceRef, Random, Route } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import type {
  MountChange,
  MountEntry,
  MountService,
  NewMount,
  RemountStatus,
} from '../../../engines/system/services/mounts.ts'
import type { Store } from '../../../storage/store.ts'
import { Departures } from './departures.ts'
import { type LiveMount, mountRef, mountStore, Router, RouteTables } from './router.ts'
import {
  canonicalMountPath,
  changeTable,
  EMPTY_TABLE,
  isSingleton,
  MOUNT_TABLE,
  type MountTable,
  mountTableCodec,
  newMountEntry,
  refuseTaken,
  withChange,
  withMount,
} from './table.ts'

export interface MountManagerOptions {
  readonly store: Store
  readonly namespace: NamespaceRef
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly engines: ReadonlyMap<string, Engine<never>>
  /** What `system` and the token method get; other engines get an empty object. */
  readonly services: (engine: Engine<never>) => unknown
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  /** Ends every lease and token that came from below a path. */
  readonly revokePrefix: (prefix: string) => Promise<void>
}

/** The mounts of one namespace: the table in storage, and the router made of it. */
export class MountManager implements MountService {
  readonly #options: MountManagerOptions
  readonly #store: Store
  readonly #tables = new RouteTables()
  readonly #departures: Departures
  readonly #opened = new Set<string>()
  #made: { readonly table: MountTable; readonly router: Router } | undefined

  constructor(options: MountManagerOptions) {
    this.#options = options
    this.#store = options.store
    this.#departures = new Departures(options)
  }

  /** The router of the table as it is now. The same object as long as the table is the same. */
  async router(): Promise<Router> {
    const table = await this.#table()
    if (this.#made?.table === table) return this.#made.router
    const live: LiveMount[] = []
    for (const entry of table.mounts) live.push(await this.#bring(entry))
    const router = new Router(live)
    this.#made = { table, router }
    return router
  }

  async all(): Promise<readonly MountEntry[]> {
    return (await this.#table()).mounts
  }

  async at(path: string): Promise<MountEntry | undefined> {
    return (await this.all()).find((entry) => entry.path === path)
  }

  async holding(path: string): Promise<MountEntry | undefined> {
    return (await this.router()).route(path)?.mount.entry
  }

  async mount(mount: NewMount): Promise<MountEntry> {
    const path = canonicalMountPath(mount.path)
    const engine = this.#options.engines.get(mount.type)
    if (engine === undefined || engine.kind !== mount.kind)
      throw invalid(`plugin not found in the catalog: ${mount.type}`)
    if (isSingleton(mount)) {
      throw invalid(`mount type of "${mount.type}" is not mountable`)
    }
    const entry = newMountEntry({ ...mount, path }, this.#options.random)
    // Options that the engine refuses never reach the table.
    this.#tables.of(engine, entry.options)
    await this.#change((table) => {
      refuseTaken(table.mounts, mount.kind, path)
      return withMount(table, entry)
    })
    // The engine prepares its store before the mount's first request.
    await this.router()
    return entry
  }

  /** Adds the mounts that a new vault starts with, the server's own among them, if they are not there. */
  async addInitial(mounts: readonly NewMount[]): Promise<void> {
    await this.#change((table) =>
      mounts.reduce((all, mount) => {
        const there = all.mounts.some((entry) => entry.path === mount.path)
        return there ? all : withMount(all, newMountEntry(mount, this.#options.random))
      }, table),
    )
  }

  async unmount(path: string): Promise<void> {
    const entry = await this.at(path)
    if (entry === undefined) return
    if (isSingleton(entry)) throw invalid(`cannot unmount "${path}"`)
    await this.#departures.beginRemoval(entry)
    await this.#departures.finishRemoval(entry.uuid)
    this.#opened.delete(entry.uuid)
  }

  async tune(path: string, change: MountChange): Promise<void> {
    await this.#change((table) => {
      const entry = table.mounts.find((mount) => mount.path === path)
      if (entry === undefined) throw invalid(`no mount entry found for ${path}`)
      const tuned: MountEntry = {
        ...entry,
        description: change.description ?? entry.description,
        options: change.options ?? entry.options,
        config: { ...entry.config, ...change.config },
      }
      const engine = this.#options.engines.get(entry.type)
      if (engine !== undefined) this.#tables.of(engine, tuned.options)
      return withChange(table, entry.uuid, tuned)
    })
  }

  async remount(from: string, to: string): Promise<string> {
    const entry = await this.at(from)
    const target = canonicalMountPath(to)
    if (entry === undefined || entry.leaving) throw invalid(`no matching mount at "${from}"`)
    if (isSingleton(entry)) throw invalid(`cannot remount "${from}"`)
    const id = await this.#departures.beginMove(entry, target)
    await this.#departures.finishMove(id)
    return id
  }

  remountStatus(id: string): Promise<RemountStatus | undefined> {
    return this.#departures.moveStatus(id)
  }

  /** Takes up what another process left unfinished. `row` is the path of a due row of these. */
  resume(row: string): Promise<void> {
    return this.#departures.resume(row)
  }

  effectiveTtls(entry: MountEntry): { defaultLeaseTtlSeconds: number; maxLeaseTtlSeconds: number } {
    const maxLeaseTtlSeconds = entry.config.maxLeaseTtlSeconds || this.#options.maxLeaseTtlSeconds
    const defaultLeaseTtlSeconds = entry.config.defaultLeaseTtlSeconds || this.#options.defaultLeaseTtlSeconds
    return { defaultLeaseTtlSeconds: Math.min(defaultLeaseTtlSeconds, maxLeaseTtlSeconds), maxLeaseTtlSeconds }
  }

  routesOf(entry: MountEntry): readonly Route[] {
    const engine = this.#options.engines.get(entry.type)
    return engine === undefined ? [] : this.#tables.of(engine, entry.options).routes
  }

  async #table(): Promise<MountTable> {
    return (await this.#store.get(MOUNT_TABLE, mountTableCodec)) ?? EMPTY_TABLE
  }

  async #change(change: (table: MountTable) => MountTable): Promise<void> {
    await this.#store.transaction((tx) => changeTable(tx, change))
  }

  async #bring(entry: MountEntry): Promise<LiveMount> {
    const engine = this.#options.engines.get(entry.type)
    if (engine === undefined) throw new Error(`the mount table names an engine that this version lacks: ${entry.type}`)
    const context: EngineContext = {
      store: mountStore(this.#store, entry),
      namespace: this.#options.namespace,
      mount: mountRef(entry, this.effectiveTtls(entry)),
      clock: this.#options.clock,
      random: this.#options.random,
      log: this.#options.log,
      services: this.#options.services(engine),
    }
    if (!this.#opened.has(entry.uuid)) {
      // Each engine gets the services that its own context type names.
      await (engine as Engine).open?.(context)
      this.#opened.add(entry.uuid)
    }
    return { entry, engine, table: this.#tables.of(engine, entry.options), context }
  }
}

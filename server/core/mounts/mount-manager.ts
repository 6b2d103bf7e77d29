import { isDeepStrictEqual } from 'node:util'
import { textOf } from '../../../engines/coerce.ts'
import type {
  Clock,
  Engine,
  EngineContext,
  Log,
  LoginAttempt,
  NamespaceRef,
  Random,
  Route,
} from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import {
  type EngineType,
  isSingleton,
  type MountChange,
  type MountEntry,
  type MountService,
  type NewMount,
  type RemountStatus,
} from '../../../engines/system/services/mounts.ts'
import type { Threads } from '../../../engines/threads.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { isUntouchedInitialMount } from '../initial-mounts.ts'
import { MountTransitions, type RevokePrefix } from './mount-transitions.ts'
import { NameClaims } from './name-claims.ts'
import { type LiveMount, mountRef, mountStore, Router, RouteTables } from './router.ts'
import {
  canonicalMountPath,
  changeTable,
  EMPTY_TABLE,
  MOUNT_TABLE,
  type MountTable,
  mountTableCodec,
  newMountEntry,
  refuseTaken,
  withChange,
  withMount,
} from './table.ts'
import { UNAVAILABLE } from './unavailable.ts'

export interface MountManagerOptions extends Threads {
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
  /** As NamespacesBelow.isNamespace. */
  readonly isNamespace: (name: string) => Promise<boolean>
  /** Told of each new set of mounts. */
  readonly onChange?: (mounts: readonly LiveMount[]) => void
  /** As MountTransitionsOptions.revokePrefix. */
  readonly revokePrefix: RevokePrefix
  /** The quotas of a mount go along when it moves. */
  readonly moveQuotas: (from: string, to: string) => Promise<void>
}

/** A mount that could not be opened is tried again after so long. */
const RETRY_OPEN_MS = 10_000

interface MadeRouter {
  readonly table: MountTable
  readonly router: Router
  readonly hasFailed: boolean
  readonly madeMs: number
}

/** The mounts of one namespace: the table in storage, and the router made of it. */
export class MountManager implements MountService {
  readonly #options: MountManagerOptions
  /** Of the names of namespaces below. */
  readonly claims: NameClaims
  readonly #store: Store
  readonly #tables = new RouteTables()
  readonly #transitions: MountTransitions
  /** Mounts whose engine has prepared its store, by uuid, with the options it did so for. */
  readonly #opened = new Map<string, string>()
  #made: MadeRouter | undefined
  #making: { readonly table: MountTable; readonly made: Promise<MadeRouter> } | undefined

  constructor(options: MountManagerOptions) {
    this.#options = options
    this.#store = options.store
    this.claims = new NameClaims(options)
    this.#transitions = new MountTransitions({ ...options, claims: this.claims })
  }

  /** The router of the table as it is now. The same object as long as the table is the same. */
  router(): Awaitable<Router> {
    const table = this.#table()
    return table instanceof Promise ? table.then((found) => this.#routerOf(found)) : this.#routerOf(table)
  }

  #routerOf(table: MountTable): Awaitable<Router> {
    return this.#made?.table === table && !this.#isStale(this.#made) ? this.#made.router : this.#remake(table)
  }

  async #remake(table: MountTable): Promise<Router> {
    // Requests that come meanwhile wait for the same router, so that each engine is opened once.
    if (this.#making?.table !== table) this.#making = { table, made: this.#make(table) }
    const making = this.#making
    try {
      const made = await making.made
      this.#made = made
      this.#options.onChange?.(made.router.mounts)
      return made.router
    } finally {
      if (this.#making === making) this.#making = undefined
    }
  }

  #isStale({ hasFailed, madeMs }: MadeRouter): boolean {
    return hasFailed && Math.abs(this.#options.clock.now() - madeMs) >= RETRY_OPEN_MS
  }

  async #make(table: MountTable): Promise<MadeRouter> {
    const live: LiveMount[] = []
    for (const entry of table.mounts) live.push(await this.#goLive(entry))
    this.#forgetRemoved(table)
    const hasFailed = live.some(({ entry }) => !this.#isOpened(entry))
    return { table, router: new Router(live), hasFailed, madeMs: this.#options.clock.now() }
  }

  /** Whichever node removed them. */
  #forgetRemoved({ mounts }: MountTable): void {
    const there = new Set(mounts.map(({ uuid }) => uuid))
    for (const uuid of this.#opened.keys()) if (!there.has(uuid)) this.#opened.delete(uuid)
  }

  /** How many mounts are remembered as opened. */
  get openedMounts(): number {
    return this.#opened.size
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

  /** The role of a login at `path`, in small letters; undefined: it names none that there is. */
  async loginRole(path: string, login: LoginAttempt): Promise<string | undefined> {
    const mount = (await this.router()).route(path)?.mount
    if (mount?.engine.loginRole !== undefined) return mount.engine.loginRole(login, mount.context)
    return textOf(login.data.role).toLowerCase() || undefined
  }

  /** Whether the logins of a mount are for roles. */
  knowsLoginRoles(entry: MountEntry): boolean {
    if (this.#options.engines.get(entry.type)?.loginRole !== undefined) return true
    return this.routesOf(entry).some(
      ({ pattern, fields }) => pattern.startsWith('login') && Object.hasOwn(fields, 'role'),
    )
  }

  async mount(mount: NewMount): Promise<MountEntry> {
    const path = canonicalMountPath(mount.path)
    if (isSingleton(mount)) throw invalid(`mount type of "${mount.type}" is not mountable`)
    const engine = this.#options.engines.get(mount.type)
    if (engine === undefined || engine.kind !== mount.kind) {
      throw invalid(`plugin not found in the catalog: ${mount.type.slice(0, 100)}`)
    }
    const { defaultLeaseTtlSeconds = 0, maxLeaseTtlSeconds = 0 } = mount.config
    const systemMax = this.#options.maxLeaseTtlSeconds
    if (maxLeaseTtlSeconds === 0 && defaultLeaseTtlSeconds > systemMax) {
      throw invalid(`given default lease TTL greater than system max lease TTL of ${systemMax}`)
    }
    const unused = await this.#unusedFirst(mount, path)
    let entry = newMountEntry({ ...mount, path }, this.#options.random)
    // Options that the engine refuses never reach the table.
    this.#tables.of(engine, entry.options)
    const change = (table: MountTable): MountTable => {
      const there = table.mounts.find(({ path: taken }) => taken === path)
      if (there !== undefined && there.uuid === unused?.uuid && !there.leaving && isUntouchedInitialMount(there)) {
        entry = { ...entry, uuid: there.uuid, accessor: there.accessor }
        return withChange(table, there.uuid, entry)
      }
      refuseTaken(table.mounts, mount.kind, path)
      return withMount(table, entry)
    }
    await this.#store.transaction(async (tx) => {
      await this.claims.refuseClaimed(tx, path)
      await changeTable(tx, change)
    })
    // The engine prepares its store before the mount's first request.
    await this.router()
    return entry
  }

  /**
   * What a new vault has at a path, where nobody has used or changed it: it becomes the mount of who asks for the same there,
   * for peers have no such mounts, and their clients make their own. What is written to it meanwhile stays in it.
   */
  async #unusedFirst({ type, options }: NewMount, path: string): Promise<MountEntry | undefined> {
    const there = await this.at(path)
    if (there === undefined || there.leaving || !isUntouchedInitialMount(there)) return undefined
    if (there.type !== type || !isDeepStrictEqual(there.options, options)) return undefined
    const used = await mountStore(this.#store, there).scan('', { limit: 1 })
    return used.length === 0 ? there : undefined
  }

  /** Adds the mounts that a vault has from its start, the server's own among them, if they are not there. */
  async addInitial(mounts: readonly NewMount[]): Promise<void> {
    const there = new Set((await this.all()).map(({ path }) => path))
    if (mounts.every(({ path }) => there.has(path))) return
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
    if (await this.#transitions.beginRemoval(entry)) await this.#transitions.finishRemoval(entry.uuid)
  }

  async tune(path: string, changeOf: (entry: MountEntry) => MountChange): Promise<void> {
    await this.#change((table) => {
      const entry = table.mounts.find((mount) => mount.path === path)
      if (entry === undefined) throw invalid(`tune of path "${path}" failed: no mount entry found`)
      const change = changeOf(entry)
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
    // The engine sees to what the change means for what is stored before the next request.
    await this.router()
  }

  async remount(from: string, to: string): Promise<string> {
    const entry = await this.at(from)
    const target = canonicalMountPath(to)
    if (entry === undefined || entry.leaving) throw invalid(`no matching mount at "${from}"`)
    if (isSingleton(entry)) throw invalid(`cannot remount "${from}"`)
    if (target === entry.path) throw invalid(`path is already in use at ${target}`)
    if (entry.kind === 'auth' && !target.startsWith('auth/')) {
      throw invalid(`cannot remount auth mount to non-auth mount "${target}"`)
    }
    const id = await this.#transitions.beginMove(entry, target)
    await this.#transitions.finishMove(id)
    return id
  }

  remountStatus(id: string): Promise<RemountStatus | undefined> {
    return this.#transitions.moveStatus(id)
  }

  /** Takes up what another process left unfinished. `row` is the path of a due row of these. */
  resume(row: string): Promise<void> {
    return this.#transitions.resume(row)
  }

  effectiveTtls(entry: MountEntry): { defaultLeaseTtlSeconds: number; maxLeaseTtlSeconds: number } {
    const { config } = entry
    return {
      defaultLeaseTtlSeconds: config.defaultLeaseTtlSeconds || this.#options.defaultLeaseTtlSeconds,
      maxLeaseTtlSeconds: config.maxLeaseTtlSeconds || this.#options.maxLeaseTtlSeconds,
    }
  }

  routesOf(entry: MountEntry): readonly Route[] {
    const engine = this.#options.engines.get(entry.type)
    return engine === undefined ? [] : this.#tables.of(engine, entry.options).routes
  }

  engineTypes(): readonly EngineType[] {
    return [...this.#options.engines.values()].filter((engine) => !isSingleton(engine))
  }

  #table(): Awaitable<MountTable> {
    const table = this.#store.get(MOUNT_TABLE, mountTableCodec)
    return table instanceof Promise ? table.then((found) => found ?? EMPTY_TABLE) : (table ?? EMPTY_TABLE)
  }

  async #change(change: (table: MountTable) => MountTable): Promise<void> {
    await this.#store.transaction((tx) => changeTable(tx, change))
  }

  async #goLive(entry: MountEntry): Promise<LiveMount> {
    const known = this.#options.engines.get(entry.type)
    if (known === undefined) throw new Error(`the mount table names an engine that this version lacks: ${entry.type}`)
    const context: EngineContext = {
      store: mountStore(this.#store, entry),
      namespace: this.#options.namespace,
      mount: mountRef(entry, this.effectiveTtls(entry)),
      clock: this.#options.clock,
      random: this.#options.random,
      rsaKeys: this.#options.rsaKeys,
      batchSealing: this.#options.batchSealing,
      log: this.#options.log,
      services: this.#options.services(known),
    }
    // Its context has the services that its own type names, whatever these are: from here on one goes with the other.
    const engine = known as Engine
    const isOpen = this.#isOpened(entry) || (await this.#open(engine, context, entry))
    const table = isOpen ? this.#tables.of(engine, entry.options) : UNAVAILABLE
    return { entry, engine, table, context }
  }

  #isOpened({ uuid, options }: MountEntry): boolean {
    return this.#opened.get(uuid) === JSON.stringify(options)
  }

  /** One mount that can't be opened must not take the others down. False: it is tried again later. */
  async #open(engine: Engine, context: EngineContext, { uuid, path, options }: MountEntry): Promise<boolean> {
    try {
      await engine.open?.(context)
      this.#opened.set(uuid, JSON.stringify(options))
      return true
    } catch (error) {
      this.#options.log.error({ mount: path, err: error }, 'a mount could not be opened')
      return false
    }
  }
}

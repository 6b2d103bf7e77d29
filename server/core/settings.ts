import type { Clock, Log } from '../../engines/engine.ts'
import type { CorsSettings, SettingsService, UiHeaders } from '../../engines/system/services/operations.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

const CORS = 'cors'
const UI_HEADERS = 'ui-headers'
const corsCodec = json<CorsSettings>()
const headersCodec = json<UiHeaders>()

/** How old what `uiHeaders` tells may be, when another node changed it and somebody asks. */
const STALE_AFTER_MS = 1000

interface Snapshot {
  readonly cors: CorsSettings | undefined
  readonly uiHeaders: UiHeaders
}

export interface ServerSettingsOptions {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Settings that change while the server runs. Pages ask for their headers without waiting: they get a snapshot, which is
 * replaced at each change here and, while anybody asks, about a second after a change elsewhere. Which origins may read
 * answers is looked up for each request that names one.
 */
export class ServerSettings implements SettingsService {
  readonly #clock: Clock
  readonly #log: Log
  #store: Store | undefined
  #snapshot: Snapshot = { cors: undefined, uiHeaders: {} }
  #loadedMs = 0
  #isLoading = false
  #loads: Promise<void> = Promise.resolve()
  /** A load that has not begun. */
  #next: Promise<void> | undefined

  constructor({ clock, log }: ServerSettingsOptions) {
    this.#clock = clock
    this.#log = log
  }

  /** At unseal, with a view of the settings' own. */
  async open(store: Store): Promise<void> {
    this.#store = store
    await this.refresh()
  }

  /** At seal. What was last known stays in force: none of it is secret, and browsers unseal too. */
  close(): void {
    this.#store = undefined
  }

  /** As any node has last set it; while storage can't be read, as was last known. */
  async cors(): Promise<CorsSettings | undefined> {
    await this.refresh().catch(() => undefined)
    return this.#snapshot.cors
  }

  uiHeaders(): UiHeaders {
    this.#keepFresh()
    return this.#snapshot.uiHeaders
  }

  /** Takes over what storage has now. Does nothing while sealed. */
  refresh(): Promise<void> {
    // One load after the other, so that an older one never ends last; who asks before one begins shares it.
    this.#next ??= this.#loads.then(() => {
      this.#next = undefined
      return this.#load()
    })
    this.#loads = this.#next.catch(() => undefined)
    return this.#next
  }

  async readCors(): Promise<CorsSettings | undefined> {
    return this.#opened().get(CORS, corsCodec)
  }

  async writeCors(settings: CorsSettings | undefined): Promise<void> {
    await this.#opened().transaction(async (tx) => {
      if (settings === undefined) tx.delete(CORS)
      else tx.put(CORS, settings, corsCodec)
    })
    await this.refresh()
  }

  async readUiHeaders(): Promise<UiHeaders> {
    return (await this.#opened().get(UI_HEADERS, headersCodec)) ?? {}
  }

  async writeUiHeader(name: string, values: readonly string[]): Promise<void> {
    await this.#opened().transaction(async (tx) => {
      const before = Object.entries((await tx.get(UI_HEADERS, headersCodec)) ?? {})
      const others = before.filter(([other]) => other.toLowerCase() !== name.toLowerCase())
      if (values.length === 0 && others.length === before.length) return
      const after = values.length === 0 ? others : [...others, [name, values] as const]
      tx.put(UI_HEADERS, Object.fromEntries(after), headersCodec)
    })
    await this.refresh()
  }

  #opened(): Store {
    if (this.#store === undefined) throw new Error('the settings are used while sealed')
    return this.#store
  }

  #keepFresh(): void {
    if (this.#store === undefined || this.#isLoading) return
    // A clock that was set back must not keep an old snapshot alive.
    if (Math.abs(this.#clock.now() - this.#loadedMs) < STALE_AFTER_MS) return
    this.#isLoading = true
    this.refresh()
      .catch((error: unknown) => {
        // Sealing takes the store away from under a load, which is no fault.
        if (this.#store !== undefined) this.#log.warn({ err: error }, 'the settings could not be read again')
      })
      .finally(() => {
        this.#isLoading = false
      })
  }

  async #load(): Promise<void> {
    const store = this.#store
    if (store === undefined) return
    this.#loadedMs = this.#clock.now()
    await store.refresh()
    const cors = await store.get(CORS, corsCodec)
    const uiHeaders = (await store.get(UI_HEADERS, headersCodec)) ?? {}
    if (store === this.#store) this.#snapshot = { cors, uiHeaders }
  }
}

import type { Engine, EngineContext, Operation } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { MountEntry } from '../../engines/system/services/mounts.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import { ENGINES } from '../boot/engines.ts'
import { random, systemClock } from '../boot/runtime.ts'
import { inputOf } from '../core/dispatch.ts'
import { mountRef, mountStore } from '../core/mounts/router.ts'
import { EMPTY_TABLE, MOUNT_TABLE, mountTableCodec } from '../core/mounts/table.ts'
import type { Request } from '../core/request.ts'
import { RouteTable } from '../core/route-table.ts'
import { ROOT_NAMESPACE_ID } from '../seal/lifecycle.ts'
import { load, type Opening, QUIET, withKeys } from './prove.ts'
import { type Examined, entriesOf } from './read-snapshot.ts'

/** A secret of a snapshot, as it would be written again. */
export interface Extracted {
  /** Of the API, below /v1/. */
  readonly apiPath: string
  /** JSON, numbers digit for digit. */
  readonly body: string
}

/** How each kind of store is listed, read and written, by the mount option `version`. */
const FORMS: Readonly<Record<string, { readonly list: string; readonly item: string; readonly wrapped: boolean }>> = {
  '1': { list: '', item: '', wrapped: false },
  '2': { list: 'metadata', item: 'data', wrapped: true },
  flat: { list: '', item: '', wrapped: true },
}

/**
 * The newest version of one secret, or of every secret below a folder or mount, of a snapshot's key-value stores. The
 * snapshot is opened in memory, and nothing of it runs but the code that reads. Throws EgideError `not_found`.
 */
export async function extract(snapshot: Examined, opening: Opening, path: string): Promise<readonly Extracted[]> {
  const backend = new MemoryBackend()
  for await (const batch of entriesOf(snapshot)) await load(backend, batch)
  return withKeys(backend, opening, async (keys) => {
    const cipher = keys.cipherFor(ROOT_NAMESPACE_ID)
    const store = createStore({ backend, cipher, prefix: `ns/${ROOT_NAMESPACE_ID}/` })
    const { mounts } = (await store.get(MOUNT_TABLE, mountTableCodec)) ?? EMPTY_TABLE
    const entry = mounts.find((mount) => `${path}/`.startsWith(mount.path))
    if (entry === undefined) throw new EgideError('not_found', `nothing was mounted at ${path}`)
    const form = FORMS[entry.options.version || '1']
    if (entry.type !== 'kv' || form === undefined)
      throw invalid(`${entry.path} is of type ${entry.type}: only secrets of key-value stores are restored one by one`)
    const reader = new Reader(entry, {
      store: mountStore(store, entry),
      namespace: { id: ROOT_NAMESPACE_ID, path: '' },
      mount: mountRef(entry, { defaultLeaseTtlSeconds: 0, maxLeaseTtlSeconds: 0 }),
      clock: systemClock,
      random,
      log: QUIET,
      services: {},
    })
    const inside = path.slice(entry.path.length).replace(/\/+$/, '')
    const found: Extracted[] = []
    for (const name of await reader.names(form.list, inside)) {
      const data = await reader.read(joined(form.item, name))
      if (data === undefined || (form.wrapped && (data.data ?? null) === null)) continue // its newest version is deleted
      const body = JSON.stringify(form.wrapped ? { data: data.data } : data)
      found.push({ apiPath: `${entry.path}${joined(form.item, name)}`, body })
    }
    if (found.length === 0) throw new EgideError('not_found', `the snapshot holds no secret at ${path}`)
    return found
  })
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/')

/** The reading rows of one mount, without anything of a server around them. */
class Reader {
  readonly #context: EngineContext
  readonly #table: RouteTable

  constructor(entry: MountEntry, context: EngineContext) {
    this.#context = context
    const routes = (ENGINES.get(entry.type) as Engine | undefined)?.routes ?? []
    this.#table = new RouteTable(typeof routes === 'function' ? routes(entry.options) : routes)
  }

  /** `inside` if it is a secret, and all secrets below it. */
  async names(list: string, inside: string): Promise<string[]> {
    const scanned = await this.#call('scan', joined(list, inside))
    const below = Array.isArray(scanned?.keys) ? scanned.keys.map((name) => joined(inside, String(name))) : []
    return inside === '' ? below : [inside, ...below]
  }

  read(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.#call('read', path)
  }

  /** Undefined where there is nothing. */
  async #call(operation: Operation, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const match = this.#table.match(path)
    const row = operation === 'help' ? undefined : match?.route.operations[operation]
    if (match === undefined || row === undefined) return undefined
    try {
      const input = inputOf(requestFor(operation, path), operation, match.route, match.params, path, NOBODY)
      const reply = await row.handler(input, this.#context)
      return reply?.data ?? undefined
    } catch (error) {
      if (error instanceof EgideError && error.code === 'not_found') return undefined
      throw error
    }
  }
}

const NOBODY = { caller: undefined, sudo: false, headerNames: [] } as const

function requestFor(operation: Operation, path: string): Request {
  return {
    id: random.uuid(),
    namespace: '',
    operation,
    path,
    data: {},
    token: undefined,
    wrapTtlSeconds: undefined,
    connection: { remoteAddress: '', remotePort: 0, tls: false },
    headers: {},
    protocol: 'rest',
    signal: undefined,
  }
}

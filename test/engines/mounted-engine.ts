import { createHash } from 'node:crypto'
import type { BatchSealing } from '../../engines/batch-sealing.ts'
import type {
  Caller,
  Engine,
  EngineContext,
  EngineRequest,
  Log,
  MountRef,
  Operation,
  Reply,
  Route,
} from '../../engines/engine.ts'
import { EgideError, notFound } from '../../engines/errors.ts'
import { inputOf, operationOf, settleOperation } from '../../server/core/dispatch.ts'
import type { Request } from '../../server/core/request.ts'
import { RouteTable } from '../../server/core/route-table.ts'
import type { Backend } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import type { Cipher, Store } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

/**
 * An engine on a memory store, called through the real route table and dispatch: a test says what a client sends and sees
 * what the handler answers, without a server. Time stands still until a test moves it; randomness repeats.
 */
export class MountedEngine {
  readonly backend: MemoryBackend
  readonly context: EngineContext
  /** What the engine logged, one line each. */
  readonly logged: string[]
  /** Of every request. */
  headers: Readonly<Record<string, string>> = {}
  readonly #cipher: Cipher
  readonly #time: { nowMs: number }
  readonly #engine: Engine
  readonly #table: RouteTable

  /** An engine's services are what the options say, whatever it names. */
  constructor(of: Engine<never>, options: MountedOptions = {}) {
    const engine = of as Engine
    const shared = options.with
    this.backend = shared?.backend ?? new MemoryBackend()
    this.logged = shared?.logged ?? []
    this.#cipher = shared === undefined ? testingCipher() : shared.#cipher
    this.#time = shared?.time ?? { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5) }
    this.#engine = engine
    const time = this.#time
    const mountOptions = options.mountOptions ?? {}
    this.context = {
      store: this.#storeOf(options),
      namespace: { id: 'root', path: '' },
      mount: { ...MOUNT, type: engine.type, options: mountOptions },
      clock: { now: () => time.nowMs },
      random: countingRandom(),
      log: logTo(this.logged),
      batchSealing: options.batchSealing,
      services: options.services,
    }
    this.#table = new RouteTable(typeof engine.routes === 'function' ? engine.routes(mountOptions) : engine.routes)
  }

  #storeOf({ with: shared, uncached, through }: MountedOptions): Store {
    if (shared !== undefined && uncached !== true && through === undefined) return shared.context.store
    // One that has nothing in its cache.
    return createStore({ backend: through?.(this.backend) ?? this.backend, cipher: this.#cipher, prefix: 'm/' })
  }

  /** For a second mount on the same store. */
  get time(): { nowMs: number } {
    return this.#time
  }

  pass(seconds: number): void {
    this.#time.nowMs += seconds * 1000
  }

  open(): Promise<void> | undefined {
    return this.#engine.open?.(this.context)
  }

  async periodic(): Promise<void> {
    for (const work of Object.values(this.#engine.periodic ?? {})) await work(this.context)
  }

  /** Rejects with what the handler throws. */
  async call(
    operation: Operation,
    path: string,
    data: object = {},
    caller: Caller | undefined = CALLER,
  ): Promise<Answer> {
    const { store } = this.context
    await store.refresh()
    const match = this.#table.match(path)
    if (match?.isPath !== true) throw notFound('unsupported path')
    const request: Request = {
      id: '00000000-0000-4000-8000-000000000000',
      namespace: '',
      operation,
      path: MOUNT.path + path,
      data: data as Readonly<Record<string, unknown>>,
      token: undefined,
      wrapTtlSeconds: undefined,
      connection: { remoteAddress: '127.0.0.1', remotePort: 1, tls: false },
      headers: this.headers,
      protocol: 'rest',
      signal: undefined,
    }
    const resolved = { caller, sudo: false, headerNames: [] }
    const input = (as: Operation) => inputOf(request, as, match.route, match.params, path, resolved)
    const settled = await this.#settled(operation, match.route, () => input(operation))
    const reply = await operationOf(match.route, settled).handler(input(settled), this.context)
    return { operation: settled, ...reply }
  }

  /** As the pipeline has it: what can't be read is an update, which the handler then refuses. */
  async #settled(operation: Operation, route: Route, input: () => EngineRequest): Promise<Operation> {
    try {
      return await settleOperation(operation, route, input, this.context)
    } catch (error) {
      if (error instanceof EgideError) return operation
      throw error
    }
  }

  /** The data of a reply. */
  async data(operation: Operation, path: string, data: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return (await this.call(operation, path, data)).data ?? {}
  }

  /** What a request is refused with, as `code: message`. Fails when it is not refused, or by anything but an EgideError. */
  async refusal(operation: Operation, path: string, data: object = {}, caller?: Caller): Promise<string> {
    const outcome = await this.call(operation, path, data, caller).catch((error: unknown) => error)
    if (!(outcome instanceof EgideError)) throw new Error(`not refused: ${JSON.stringify(outcome)}`, { cause: outcome })
    return `${outcome.code}: ${outcome.message}`
  }
}

export interface MountedOptions {
  readonly mountOptions?: Readonly<Record<string, string>>
  readonly services?: unknown
  /** Default: none. */
  readonly batchSealing?: BatchSealing
  /** Mounts over the store and time of another, as after a change of mount options. */
  readonly with?: MountedEngine
  /** With a cache of its own, as another process has. */
  readonly uncached?: boolean
  /** With a backend between, which may fail; and a cache of its own. */
  readonly through?: (backend: Backend) => Backend
}

/** A reply, and whether it was a create or an update. */
export type Answer = Reply & { readonly operation: Operation }

const MOUNT: MountRef = {
  path: 'mounted/',
  accessor: 'mounted_1',
  uuid: 'b5b1a9d2-0000-4000-8000-000000000001',
  type: '',
  options: {},
  defaultLeaseTtlSeconds: 2_764_800,
  maxLeaseTtlSeconds: 2_764_800,
}

export const CALLER: Caller = {
  accessor: 'accessor',
  displayName: 'token',
  tokenHash: 'hash-of-the-token',
  policies: ['default'],
  identityPolicies: [],
  meta: null,
  entityId: '',
  isRoot: false,
  type: 'service',
  path: 'auth/token/create',
  tokenIssueTimeMs: 0,
}

/** Different bytes at each call, the same in every run. */
function countingRandom(): EngineContext['random'] {
  let calls = 0
  const bytes = (count: number): Buffer => {
    const blocks: Buffer[] = []
    for (let i = 0; i * 32 < count; i++) blocks.push(createHash('sha256').update(`${calls} ${i}`).digest())
    calls++
    return Buffer.concat(blocks).subarray(0, count)
  }
  return { bytes, uuid: () => `00000000-0000-4000-8000-${bytes(6).toString('hex')}` }
}

function logTo(lines: string[]): Log {
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { debug: write, info: write, warn: write, error: write }
}

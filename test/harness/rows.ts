import type { Caller, Clock, EngineContext, Log, Operation, Random, Reply, Route } from '../../engines/engine.ts'
import { notFound } from '../../engines/errors.ts'
import { inputOf, operationOf, settleOperation, unusedInput } from '../../server/core/dispatch.ts'
import type { Request } from '../../server/core/request.ts'
import { RouteTable } from '../../server/core/route-table.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore, type SealedStore } from '../../storage/sealed-store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

/**
 * Calls an engine's rows as the pipeline does (the same table, coercions, defaults and warnings), without tokens, policy,
 * audit or a server. Everything lies in a store in memory; time and randomness are the test's.
 */

/** 2030-01-01T00:00:00Z. */
export const START_MS = 1_893_456_000_000

export class TestClock implements Clock {
  nowMs = START_MS

  now(): number {
    return this.nowMs
  }
}

/** Bytes that look random and are the same in every run (an LCG; `seed` gives other ones). */
export class TestRandom implements Random {
  #state: number

  constructor(seed = 1) {
    this.#state = seed
  }

  bytes(count: number): Buffer {
    return Buffer.from(Uint8Array.from({ length: count }, () => this.#byte()))
  }

  uuid(): string {
    return this.bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')
  }

  #byte(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return this.#state >>> 24
  }
}

export function memoryStore(): SealedStore {
  return createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: '' })
}

export function callerWith(policies: readonly string[], more: Partial<Caller> = {}): Caller {
  return {
    accessor: 'accessor-of-the-caller',
    displayName: 'token',
    tokenHash: 'hash-of-the-caller',
    policies,
    meta: null,
    identityPolicies: [],
    entityId: '',
    isRoot: policies.includes('root'),
    type: 'service',
    path: 'auth/token/create',
    tokenIssueTimeMs: 0,
    ...more,
  }
}

const SILENT: Log = { debug: ignored, info: ignored, warn: ignored, error: ignored }
function ignored(): void {}

export interface RowBenchOptions<S> {
  readonly services: S
  readonly store?: SealedStore
  readonly clock?: Clock
  readonly random?: Random
  /** Default `root`'s. */
  readonly caller?: Caller | undefined
}

export interface CallOptions {
  /** `undefined` calls without a token. */
  readonly caller?: Caller | undefined
  readonly token?: string | undefined
  readonly sudo?: boolean
}

/** What came of a call: the row's reply, with the warnings about input that the pipeline adds. */
export type Answer = Reply | undefined

export class RowBench<S> {
  readonly table: RouteTable<S>
  readonly context: EngineContext<S>
  readonly #caller: Caller | undefined
  #calls = 0

  constructor(routes: readonly Route<S>[], options: RowBenchOptions<S>) {
    this.table = new RouteTable(routes)
    this.#caller = 'caller' in options ? options.caller : callerWith(['root'])
    this.context = {
      store: options.store ?? memoryStore(),
      namespace: { id: 'root', path: '' },
      mount: {
        path: 'bench/',
        accessor: 'bench_1',
        uuid: '1',
        type: 'bench',
        options: {},
        defaultLeaseTtlSeconds: 2_764_800,
        maxLeaseTtlSeconds: 2_764_800,
      },
      clock: options.clock ?? new TestClock(),
      random: options.random ?? new TestRandom(),
      log: SILENT,
      services: options.services,
    }
  }

  /** Rejects as the row does; for a path without a row with `not_found`, for one without this operation with `unsupported_operation`. */
  async call(
    operation: Operation,
    path: string,
    data: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<Answer> {
    await this.context.store.refresh()
    const match = this.table.match(path)
    if (match?.isPath !== true) throw notFound('unsupported path')
    const caller = 'caller' in options ? options.caller : this.#caller
    const token = 'token' in options ? options.token : caller && 'the-token-of-the-caller'
    const request = this.#request(operation, path, data, token)
    const resolved = { caller, sudo: options.sudo ?? caller?.isRoot ?? false, headerNames: 'all' as const }
    const input = (settled: Operation) => inputOf(request, settled, match.route, match.params, path, resolved)
    const settled = await settleOperation(operation, match.route, () => input(operation), this.context)
    const reply = await operationOf(match.route, settled).handler(input(settled), this.context)
    const warnings = [...(reply?.warnings ?? []), ...unusedInput(data, match.route, settled)]
    return warnings.length === 0 ? reply : { ...reply, warnings }
  }

  /** `data` of the answer, which must have some. */
  async data(
    operation: Operation,
    path: string,
    data: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.call(operation, path, data, options)
    if (answer?.data === undefined || answer.data === null) throw new Error(`${operation} ${path} answered no data`)
    return answer.data
  }

  #request(
    operation: Operation,
    path: string,
    data: Readonly<Record<string, unknown>>,
    token: string | undefined,
  ): Request {
    this.#calls += 1
    return {
      id: `request-${this.#calls}`,
      namespace: '',
      operation,
      path,
      data,
      token,
      wrapTtlSeconds: undefined,
      connection: { remoteAddress: '192.0.2.1', remotePort: 40_000, tls: true },
      headers: {},
      protocol: 'rest',
      signal: undefined,
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { TEST_TIMEOUT_MS, toldWithin } from '../test/harness/properties.ts'
import type { Backend } from './backend.ts'
import { json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { TestingBackends } from './postgres/testing-backends.ts'
import { noPostgres } from './postgres/testing-server.ts'
import { createStore } from './sealed-store.ts'
import { openSqlite } from './sqlite/sqlite.ts'
import type { Store, Tx } from './store.ts'
import { testingCipher } from './testing-cipher.ts'

const folder = mkdtempSync(join(tmpdir(), 'egide-serializability-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

const text = json<string>()

type Action =
  | { readonly do: 'get' | 'put' | 'delete'; readonly path: string }
  | { readonly do: 'list'; readonly path: string }
  | { readonly do: 'wait' }

const register = fc.constantFrom('a', 'b', 'd/x', 'd/y', 'd/z')
const kind = <K extends Action['do']>(name: K) => fc.constant(name)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: kind('get'), path: register }) },
  { weight: 2, arbitrary: fc.record({ do: kind('put'), path: register }) },
  { weight: 1, arbitrary: fc.record({ do: kind('delete'), path: register }) },
  { weight: 1, arbitrary: fc.record({ do: kind('list'), path: fc.constantFrom('', 'd/') }) },
  { weight: 1, arbitrary: fc.record({ do: kind('wait') }) },
)
/** What each client does: transactions, one after the other. */
const plans = fc.array(fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { minLength: 4, maxLength: 10 }), {
  minLength: 3,
  maxLength: 6,
})

/** A transaction as it went. Ticks order what happened at the clients. */
interface Ran {
  readonly id: string
  readonly actions: readonly Action[]
  readonly seen: readonly unknown[]
  readonly startTick: number
  readonly endTick: number
  /** The backend's revision when it had ended. */
  readonly newestAtEnd: number
}
interface Ordered extends Ran {
  /** The revision that it made; undefined when it wrote nothing. */
  readonly revision: number | undefined
}

const isWrite = (one: Action) => one.do === 'put' || one.do === 'delete'

async function act(tx: Tx, one: Action, id: string): Promise<unknown> {
  if (one.do === 'get') return (await tx.get(`r/${one.path}`, text)) ?? null
  if (one.do === 'list') return tx.list(`r/${one.path}`)
  if (one.do === 'put') tx.put(`r/${one.path}`, `${id} ${one.path}`, text)
  if (one.do === 'delete') tx.delete(`r/${one.path}`)
  if (one.do === 'wait') await turn()
  return undefined
}

async function runAll(
  stores: readonly Store[],
  backend: Backend,
  plan: readonly (readonly (readonly Action[])[])[],
): Promise<Ordered[]> {
  const history: Ran[] = []
  let tick = 0
  const client = async (transactions: readonly (readonly Action[])[], number: number) => {
    const store = stores[number % stores.length] as Store
    for (const [at, actions] of transactions.entries()) {
      const id = `${number}.${at}`
      const startTick = tick++
      await store.refresh()
      const seen = await store.transaction(async (tx) => {
        const results: unknown[] = []
        for (const one of actions) results.push(await act(tx, one, id))
        // The marker's revision tells afterwards where in the order this transaction came.
        if (actions.some(isWrite)) tx.put(`marker/${id}`, id, text)
        return results
      })
      history.push({ id, actions, seen, startTick, endTick: tick++, newestAtEnd: await backend.readIndex() })
    }
  }
  await Promise.all(plan.map(client))
  return Promise.all(
    history.map(async (ran) => {
      const [marker] = await backend.get([`marker/${ran.id}`])
      return { ...ran, revision: marker?.revision }
    }),
  )
}

/** What one transaction, running alone, sees of the state, and what it leaves. */
function replay(before: ReadonlyMap<string, string>, { actions, id }: Ran) {
  const state = new Map(before)
  const seen = actions.map((one) => {
    if (one.do === 'get') return state.get(one.path) ?? null
    if (one.do === 'list') return namesBelow(state, one.path)
    if (one.do === 'put') state.set(one.path, `${id} ${one.path}`)
    if (one.do === 'delete') state.delete(one.path)
    return undefined
  })
  return { state, seen }
}

function namesBelow(state: ReadonlyMap<string, string>, prefix: string): string[] {
  const below = [...state.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  return [...new Set(below.map((name) => name.replace(/\/.*$/, '/')))].sort()
}

/** Throws unless some order that agrees with real time explains all that was seen. */
function checkHistory(history: readonly Ordered[]): ReadonlyMap<string, string> {
  const states: ReadonlyMap<string, string>[] = [new Map()]
  const writers = history
    .filter((ran) => ran.revision !== undefined)
    .sort((a, b) => Number(a.revision) - Number(b.revision))
  for (const [at, ran] of writers.entries()) {
    expect(ran.revision).toBe(at + 1)
    const { state, seen } = replay(states[at] as ReadonlyMap<string, string>, ran)
    expect([ran.id, ran.seen]).toEqual([ran.id, seen])
    states.push(state)
  }
  for (const ran of history) {
    const earlier = writers.filter((writer) => writer.endTick < ran.startTick)
    const oldest = earlier.reduce((most, writer) => Math.max(most, Number(writer.revision)), 0)
    if (ran.revision !== undefined) expect(ran.revision).toBeGreaterThan(oldest)
    else {
      const possible = states.slice(oldest, ran.newestAtEnd + 1).map((state) => replay(state, ran).seen)
      expect(possible).toContainEqual(ran.seen)
    }
  }
  return states.at(-1) as ReadonlyMap<string, string>
}

async function property(backends: readonly Backend[], plan: readonly (readonly (readonly Action[])[])[]) {
  const cipher = testingCipher()
  const stores = backends.map((backend) => createStore({ backend, cipher, prefix: '' }))
  const [backend] = backends
  const [store] = stores
  if (backend === undefined || store === undefined) throw new Error('no backend')
  const last = checkHistory(await runAll(stores, backend, plan))
  await store.refresh()
  const stored = await Promise.all(
    (await store.scan('r/')).map(async (name) => [name, await store.get(`r/${name}`, text)] as const),
  )
  expect(new Map(stored)).toEqual(last)
  return stores.reduce((sum, one) => sum + one.stats().conflicts, 0)
}

const soak = process.env.EGIDE_SOAK === '1'
const timeout = soak ? 600_000 : TEST_TIMEOUT_MS

test('concurrent transactions over memory are strictly serializable', { timeout }, async () => {
  let conflicts = 0
  const check = async (plan: Parameters<typeof property>[1]) => {
    conflicts += await property([new MemoryBackend()], plan)
  }
  await fc.assert(fc.asyncProperty(plans, check), { numRuns: soak ? 2000 : 100, ...toldWithin(timeout) })
  expect(conflicts).toBeGreaterThan(20)
})

test('concurrent transactions of two peers over one SQLite file are strictly serializable', { timeout }, async () => {
  let conflicts = 0
  const check = async (plan: Parameters<typeof property>[1]) => {
    const path = join(folder, `${++files}.db`)
    const peers = [await openSqlite({ path }), await openSqlite({ path })]
    try {
      conflicts += await property(peers, plan)
    } finally {
      await Promise.all(peers.map((peer) => peer.close()))
    }
  }
  await fc.assert(fc.asyncProperty(plans, check), { numRuns: soak ? 300 : 10, ...toldWithin(timeout) })
  expect(conflicts).toBeGreaterThan(5)
})

test.skipIf(noPostgres !== undefined)(
  'concurrent transactions of three peers over one PostgreSQL are strictly serializable',
  { timeout },
  async () => {
    const backends = await TestingBackends.start()
    let conflicts = 0
    const check = async (plan: Parameters<typeof property>[1]) => {
      const peers = await backends.openPeers(3)
      try {
        conflicts += await property(peers, plan)
      } finally {
        await Promise.all(peers.map((peer) => peer.close()))
      }
    }
    try {
      await fc.assert(fc.asyncProperty(plans, check), { numRuns: soak ? 300 : 15, ...toldWithin(timeout) })
    } finally {
      await backends.stop()
    }
    expect(conflicts).toBeGreaterThan(5)
  },
)

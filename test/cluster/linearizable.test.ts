import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { TestingProxy } from '../../storage/postgres/testing-proxy.ts'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { TEST_TIMEOUT_MS } from '../harness/properties.ts'
import { SeededRandom } from '../harness/random.ts'
import { startServer, startUnsealed } from '../harness/server.ts'
import { buildChecker, check } from './checker.ts'
import { ClockSkew } from './clock-skew.ts'
import { Experiment } from './experiment.ts'
import { Nemesis, type Node, ReplicatedDatabase } from './nemesis.ts'
import type { Operation } from './operations.ts'

const isSoak = process.env.EGIDE_SOAK === '1'
const histories = (short: number, long: number) => Number(process.env.EGIDE_HISTORIES ?? (isSoak ? long : short))
const HISTORIES = histories(4, 1500)
const WORKERS_HISTORIES = histories(2, 500)
const SQLITE_HISTORIES = histories(3, 500)

const checker = await buildChecker()

/** By how much the nodes' clocks are ahead of the first's, to the minute. */
async function aheadSeconds(nodes: readonly Node[]): Promise<number[]> {
  const health = await Promise.all(nodes.map(({ server }) => server.call('GET', 'sys/health')))
  const times = health.map(({ body }) => Number(at(body, 'server_time_utc')))
  return times.map((time) => Math.round((time - (times[0] ?? 0)) / 60) * 60)
}

const bounded = (count: number) => ({ timeout: TEST_TIMEOUT_MS + count * 15_000 })

describe.skipIf(checker === undefined)('under faults', () => {
  test('the checker sees a stale read, a lost write and a token that outlives its end', async () => {
    const base = { history: 1, client: 0, ok: true }
    const write = {
      ...base,
      part: 'r',
      kind: 'register',
      from: 1,
      until: 2,
      do: 'write',
      value: 'x',
      version: 1,
    } as const
    const read = {
      ...base,
      part: 'r',
      kind: 'register',
      from: 3,
      until: 4,
      do: 'read',
      found: 'x',
      version: 1,
    } as const
    const revoke = { ...base, part: 't', kind: 'token', from: 1, until: 2, do: 'revoke' } as const
    const use = { ...base, part: 't', kind: 'token', from: 3, until: 4, do: 'use' } as const
    const faults = async (...operations: Operation[]) => (await check(checker ?? '', operations)).faults
    expect(await faults(write, read, revoke, { ...use, ok: false })).toEqual([])
    expect(await faults(write, { ...read, ok: false })).toEqual(['illegal 1 r'])
    expect(await faults(revoke, use)).toEqual(['illegal 1 t'])
    expect(await faults({ ...write, until: -1 }, { ...read, ok: false })).toEqual([])
    expect(await faults({ ...write, until: -1 }, read)).toEqual([])
  })

  test.skipIf(noPostgres !== undefined)(
    `three nodes serve ${HISTORIES} histories that are linearizable`,
    bounded(HISTORIES),
    () => onPostgres(HISTORIES, { skews: [0, 540, -540], workers: 1 }),
  )

  test.skipIf(noPostgres !== undefined)(
    `two nodes of two workers each serve ${WORKERS_HISTORIES} histories that are linearizable`,
    bounded(WORKERS_HISTORIES),
    () => onPostgres(WORKERS_HISTORIES, { skews: [0, 540], workers: 2 }),
  )

  test(
    `two workers on SQLite serve ${SQLITE_HISTORIES} histories that are linearizable`,
    bounded(SQLITE_HISTORIES),
    async () => {
      const server = await startUnsealed({ program: egide, config: 'workers = 2' })
      try {
        await linearizable(SQLITE_HISTORIES, [{ server, workers: 2, isUp: true }])
      } finally {
        await server.remove()
      }
    },
  )
})

interface NodesOptions {
  /** One node for each: how many seconds its clock is ahead. */
  readonly skews: readonly number[]
  /** Of each node. */
  readonly workers: number
}

/** On a primary with a standby, each node by a wire of its own. */
async function onPostgres(count: number, { skews, workers }: NodesOptions): Promise<void> {
  const database = await ReplicatedDatabase.start({ durable: true })
  const nodes: (Node & { readonly proxy: TestingProxy })[] = []
  try {
    const skew = ClockSkew.build()
    for (const seconds of skews) {
      const proxy = await TestingProxy.open(database.primary.port)
      const server = await startServer({
        program: egide,
        config: `workers = ${workers}`,
        storage: { block: 'storage "postgresql" { max_parallel = 4 }' },
        env: { ...skew.by(seconds), EGIDE_PG_CONNECTION_URL: database.primary.tcpUrl(proxy.port) },
      })
      const [first] = nodes
      nodes.push({ server, workers, proxy, isUp: true })
      if (first === undefined) await server.init(1, 1)
      else server.adopt(first.server)
      await server.unseal()
    }
    if (skew.isAvailable) expect(await aheadSeconds(nodes)).toEqual(skews)
    await linearizable(count, nodes, database)
  } finally {
    await Promise.all(nodes.map(({ server }) => server.remove()))
    await Promise.all(nodes.map(({ proxy }) => proxy.close()))
    await database.stop()
  }
}

/** That many histories, each with one harm done, of which the checker says that an order explains what clients saw. */
async function linearizable(count: number, nodes: readonly Node[], database?: ReplicatedDatabase): Promise<void> {
  const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
  console.log(`histories: seed ${seed}`)
  const mounted = await nodes[0]?.server.call('POST', 'sys/mounts/plain', { body: { type: 'kv' } })
  expect(mounted?.status).toBe(204)
  const nemesis = new Nemesis(nodes, new SeededRandom(seed), database)
  const experiment = new Experiment(nodes, nemesis, seed)
  for (let number = 1; number <= count; number++) await experiment.history(number)
  const { faults, summary } = await check(checker ?? '', experiment.operations)
  console.log(`histories: ${summary}; ${JSON.stringify(experiment.tally)}; ${JSON.stringify(nemesis.done)}`)
  if (faults.length > 0) console.log(`histories: seed ${seed}, kept in ${keep(seed, experiment.operations)}`)
  expect(faults).toEqual([])
  expect(experiment.tally.done).toBeGreaterThan(count * 20)
}

/** Not in the temporary folder: that ends with the run. */
function keep(seed: number, operations: readonly Operation[]): string {
  const kept = path.join(import.meta.dirname, '../../node_modules/.cache/egide-histories')
  mkdirSync(kept, { recursive: true })
  const file = path.join(kept, `${seed}.jsonl`)
  writeFileSync(file, operations.map((one) => `${JSON.stringify(one)}\n`).join(''))
  return file
}

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { TestingProxy } from '../../storage/postgres/testing-proxy.ts'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { SeededRandom } from '../harness/random.ts'
import { startServer } from '../harness/server.ts'
import { buildChecker, check } from './checker.ts'
import { ClockSkew } from './clock-skew.ts'
import { Nemesis, type Node, ReplicatedDatabase } from './nemesis.ts'
import { type Operation, perform, type Tally, type Wish } from './operations.ts'

/** One server for each: how many seconds its clock is ahead. */
const SKEWS = [0, 540, -540]
const CLIENTS = 6
const HISTORIES = Number(process.env.EGIDE_HISTORIES ?? (process.env.EGIDE_SOAK === '1' ? 1500 : 4))
/** How long clients go on, beside the time that harm takes. */
const HISTORY_MS = 400

const checker = noPostgres === undefined ? await buildChecker() : undefined

/** What one history is about: names of its own, so that it starts from nothing. */
function subjects(history: number, tokens: readonly string[]) {
  return {
    registers: [0, 1, 2].map((n) => `h${history}-r${n}`),
    folders: [0, 1].map((n) => `h${history}-f${n}`),
    tokens,
  }
}
type Subjects = ReturnType<typeof subjects>

const NAMES = ['a', 'b', 'c']

function wish(random: SeededRandom, { registers, folders, tokens }: Subjects, value: string): Wish {
  const dice = random.below(20)
  if (dice < 10) {
    const part = random.of(registers)
    const what = random.of(['read', 'read', 'read', 'write', 'write', 'cas', 'cas', 'delete'] as const)
    return { kind: 'register', part, do: what, value, ...(what === 'cas' && { cas: random.below(8) }) }
  }
  if (dice < 17) {
    const what = random.of(['read', 'read', 'write', 'write', 'delete', 'list', 'list'] as const)
    return { kind: 'folder', part: random.of(folders), do: what, name: random.of(NAMES), value }
  }
  const number = random.below(tokens.length)
  const what = random.below(12) === 0 ? 'revoke' : 'use'
  return { kind: 'token', part: `t${number}`, do: what, token: tokens[number] ?? '' }
}

class Experiment {
  readonly operations: Operation[] = []
  readonly tally: Tally = { done: 0, refused: 0, unknown: 0 }
  readonly #nodes: readonly Node[]
  readonly #nemesis: Nemesis
  readonly #seed: number

  constructor(nodes: readonly Node[], nemesis: Nemesis, seed: number) {
    this.#nodes = nodes
    this.#nemesis = nemesis
    this.#seed = seed
  }

  async history(number: number): Promise<void> {
    const tokens = await Promise.all([0, 1, 2].map(() => this.#newToken()))
    const about = subjects(number, tokens)
    let isOver = false
    const client = async (client: number) => {
      const random = new SeededRandom(this.#seed * 1_000_003 + number * 101 + client)
      for (let n = 0; !isOver; n++) {
        const up = this.#nodes.filter((node) => node.isUp)
        const { server } = random.of(up.length > 0 ? up : this.#nodes)
        const where = { history: number, client }
        const seen = await perform(wish(random, about, `${client}.${n}`), server, where, this.tally)
        if (seen === undefined) await sleep(5)
        else this.operations.push(seen)
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(at)))
    await sleep(HISTORY_MS / 2)
    await this.#nemesis.strike()
    await sleep(HISTORY_MS / 2)
    isOver = true
    await clients
    await this.#lookAtAll(number, about)
  }

  /** In the end every node is asked for everything, so that a loss does not go unseen. */
  async #lookAtAll(history: number, { registers, folders, tokens }: Subjects): Promise<void> {
    const looks: Wish[] = [
      ...registers.map((part) => ({ kind: 'register', part, do: 'read' }) as const),
      ...folders.flatMap((part) => [
        { kind: 'folder', part, do: 'list' } as const,
        ...NAMES.map((name) => ({ kind: 'folder', part, do: 'read', name }) as const),
      ]),
      ...tokens.map((token, n) => ({ kind: 'token', part: `t${n}`, do: 'use', token }) as const),
    ]
    for (const [client, { server }] of this.#nodes.entries()) {
      for (const look of looks) this.operations.push(await this.#insist(look, server, history, client))
    }
  }

  async #insist(look: Wish, server: Node['server'], history: number, client: number): Promise<Operation> {
    for (let attempt = 1; ; attempt++) {
      const seen = await perform(look, server, { history, client }, this.tally)
      if (seen !== undefined) return seen
      if (attempt === 600) throw new Error('a node does not come back')
      await sleep(50)
    }
  }

  async #newToken(): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#nodes[0]?.server.call('POST', 'auth/token/create', { body: { policies: ['default'] } })
      const token = at(reply?.body, 'auth', 'client_token')
      if (typeof token === 'string') return token
      if (attempt === 600) throw new Error(`no token is made: ${reply?.text}`)
      await sleep(50)
    }
  }
}

/** By how much the nodes' clocks are ahead of the first's, to the minute. */
async function aheadSeconds(nodes: readonly Node[]): Promise<number[]> {
  const health = await Promise.all(nodes.map(({ server }) => server.call('GET', 'sys/health')))
  const times = health.map(({ body }) => Number(at(body, 'server_time_utc')))
  return times.map((time) => Math.round((time - (times[0] ?? 0)) / 60) * 60)
}

describe.skipIf(checker === undefined)('three nodes under faults', () => {
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

  test(`serve ${HISTORIES} histories that are linearizable`, { timeout: 60_000 + HISTORIES * 15_000 }, async () => {
    const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
    console.log(`histories: seed ${seed}`)
    const database = await ReplicatedDatabase.start({ durable: true })
    const nodes: Node[] = []
    try {
      const skew = ClockSkew.build()
      for (const [n, seconds] of SKEWS.entries()) {
        const proxy = await TestingProxy.open(database.primary.port)
        const server = await startServer({
          program: egide,
          storage: { block: 'storage "postgresql" { max_parallel = 4 }' },
          env: { ...skew.by(seconds), EGIDE_PG_CONNECTION_URL: database.primary.tcpUrl(proxy.port) },
        })
        if (n === 0) await server.init(1, 1)
        else server.adopt((nodes[0] as Node).server)
        await server.unseal()
        nodes.push({ server, proxy, isUp: true })
      }
      if (skew.isAvailable) expect(await aheadSeconds(nodes)).toEqual(SKEWS)
      const mounted = await nodes[0]?.server.call('POST', 'sys/mounts/plain', { body: { type: 'kv' } })
      expect(mounted?.status).toBe(204)
      const nemesis = new Nemesis(nodes, database, new SeededRandom(seed))
      const experiment = new Experiment(nodes, nemesis, seed)
      for (let number = 1; number <= HISTORIES; number++) await experiment.history(number)
      const { faults, summary } = await check(checker ?? '', experiment.operations)
      console.log(`histories: ${summary}; ${JSON.stringify(experiment.tally)}; ${JSON.stringify(nemesis.done)}`)
      if (faults.length > 0) {
        // Not the temporary folder: that ends with the run.
        const kept = path.join(import.meta.dirname, '../../node_modules/.cache/egide-histories')
        mkdirSync(kept, { recursive: true })
        const file = path.join(kept, `${seed}.jsonl`)
        writeFileSync(file, experiment.operations.map((one) => `${JSON.stringify(one)}\n`).join(''))
        console.log(`histories: seed ${seed}, kept in ${file}`)
      }
      expect(faults).toEqual([])
      expect(experiment.tally.done).toBeGreaterThan(HISTORIES * 20)
    } finally {
      await Promise.all(nodes.map(({ server }) => server.remove()))
      await Promise.all(nodes.map(({ proxy }) => proxy.close()))
      await database.stop()
    }
  })
})

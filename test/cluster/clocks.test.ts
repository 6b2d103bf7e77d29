import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { type Server, startServer } from '../harness/server.ts'
import { ClockSkew } from './clock-skew.ts'

const skew = ClockSkew.build()

describe.skipIf(noPostgres !== undefined || !skew.isAvailable)('nodes whose clocks differ by an hour', () => {
  let database: TestingServer
  const nodes: Server[] = []
  const start = async (aheadSeconds: number): Promise<Server> => {
    const env = { ...skew.by(aheadSeconds), EGIDE_PG_CONNECTION_URL: database.url }
    const storage = { block: 'storage "postgresql" {\n  max_parallel = 4\n}' }
    const node = await startServer({ program: egide, storage, env })
    nodes.push(node)
    return node
  }
  const offsetOf = async (node: Server): Promise<number> => {
    const { text } = await node.call('GET', 'sys/metrics?format=prometheus')
    return Number(/^egide_storage_clock_offset_seconds (\S+)$/m.exec(text)?.[1])
  }
  beforeAll(async () => {
    database = await TestingServer.start()
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.remove()))
    await database.stop()
  })

  test('one that is ahead says so, and ends nothing that is not over for the others', async () => {
    // It has been alone with the vault, so that the work was its own to do.
    const ahead = await start(3600)
    await ahead.init(1, 1)
    await ahead.unseal()
    const right = await start(0)
    right.adopt(ahead)
    await right.unseal()
    expect(await offsetOf(ahead)).toBeCloseTo(3600, -1)
    expect(await offsetOf(right)).toBeCloseTo(0, -1)
    expect(ahead.log).toContain('is far ahead of that of the database')
    expect(right.log).not.toContain('of the database')
    const made = await right.call('POST', 'auth/token/create', { body: { ttl: '10m' } })
    const token = String(at(made.body, 'auth', 'client_token'))
    // Several sweeps of each.
    await sleep(4000)
    expect((await right.call('GET', 'auth/token/lookup-self', { token })).status).toBe(200)
    const brief = await right.call('POST', 'auth/token/create', { body: { ttl: '1s' } })
    const accessor = String(at(brief.body, 'auth', 'accessor'))
    const accessors = async () => at((await right.call('LIST', 'auth/token/accessors')).body, 'data', 'keys')
    expect(await accessors()).toContain(accessor)
    await expect.poll(accessors, { timeout: 20_000 }).not.toContain(accessor)
  })
})

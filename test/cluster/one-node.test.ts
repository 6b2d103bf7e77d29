import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, TESTING_PASSWORD, TestingServer } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { type Server, startServer } from '../harness/server.ts'

describe.skipIf(noPostgres !== undefined)('a server on PostgreSQL', () => {
  let database: TestingServer
  let server: Server
  beforeAll(async () => {
    database = await TestingServer.start({ durable: true })
    server = await startServer({
      program: egide,
      storage: { block: 'storage "postgresql" { max_parallel = 4 }' },
      env: { VAULT_PG_CONNECTION_URL: database.tcpUrl() },
      audit: true,
      config: 'log_level = "trace"',
    })
    await server.init(3, 2)
    await server.unseal()
  })
  afterAll(async () => {
    await server.remove()
    await database.stop()
  })
  const value = async () => {
    const reply = await server.call('GET', 'secret/data/a')
    return [reply.status, at(reply.body, 'data', 'data', 'k')]
  }

  test('keeps what was written when it ends and starts again', async () => {
    expect((await server.call('PUT', 'secret/data/a', { body: { data: { k: 'first' } } })).status).toBe(200)
    expect(await value()).toEqual([200, 'first'])
    for (const end of ['stop', 'kill9'] as const) {
      await server[end]()
      await server.start()
      expect((await value())[0]).toBe(503)
      await server.unseal()
      expect(await value()).toEqual([200, 'first'])
    }
  })

  test('answers 503 while the database is away, and serves on when it is back', async () => {
    await database.kill()
    expect((await server.call('PUT', 'secret/data/b', { body: { data: {} } })).status).toBe(503)
    expect((await value())[0]).toBe(503)
    await database.restart()
    expect(await value()).toEqual([200, 'first'])
    expect((await server.call('PUT', 'secret/data/b', { body: { data: {} } })).status).toBe(200)
  })

  test('keeps the database’s password to itself', async () => {
    const metrics = await server.call('GET', 'sys/metrics?format=prometheus')
    const config = await server.call('GET', 'sys/config/state/sanitized')
    expect([metrics.status, config.status]).toEqual([200, 200])
    expect(config.text).toContain('"postgresql"')
    for (const text of [server.log, metrics.text, config.text]) {
      expect(text).not.toContain(TESTING_PASSWORD)
      expect(text).not.toContain(encodeURIComponent(TESTING_PASSWORD))
    }
  })
})

import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { egide } from '../harness/program.ts'
import { TEST_TIMEOUT_MS } from '../harness/properties.ts'
import { SeededRandom } from '../harness/random.ts'
import { type ServerOptions, startUnsealed } from '../harness/server.ts'
import { ENOUGH, enoughOf, PlainWriter, RotationWriter, TokenWriter, VersionedWriter, type Writer } from './writers.ts'

const run = promisify(execFile)

const isSoak = process.env.EGIDE_SOAK === '1'
const ROUND_BUDGET_MS = 10_000

const outlives = (rounds: number) => `outlives kill -9, ${rounds} times at random moments, and the audit chain holds`
const bounded = (rounds: number) => ({ timeout: TEST_TIMEOUT_MS + rounds * ROUND_BUDGET_MS })
const SQLITE_ROUNDS = isSoak ? 200 : 5
const POSTGRES_ROUNDS = isSoak ? 200 : 3
const WORKERS_ROUNDS = isSoak ? 200 : 3

test(`what was acknowledged on SQLite ${outlives(SQLITE_ROUNDS)}`, bounded(SQLITE_ROUNDS), () =>
  killRounds(SQLITE_ROUNDS, { audit: true }),
)

test(`what was acknowledged by two workers on SQLite ${outlives(WORKERS_ROUNDS)}`, bounded(WORKERS_ROUNDS), () =>
  killRounds(WORKERS_ROUNDS, { audit: true, program: egide, config: 'workers = 2' }),
)

test.skipIf(noPostgres !== undefined)(
  `what was acknowledged on PostgreSQL ${outlives(POSTGRES_ROUNDS)}`,
  bounded(POSTGRES_ROUNDS),
  async () => {
    const database = await TestingServer.start({ durable: true })
    try {
      const env = { EGIDE_PG_CONNECTION_URL: database.url }
      const storage = { block: 'storage "postgresql" {}' }
      await killRounds(POSTGRES_ROUNDS, { audit: true, program: egide, storage, env })
    } finally {
      await database.stop()
    }
  },
)

async function killRounds(rounds: number, options: ServerOptions): Promise<void> {
  const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
  console.log(`kill rounds: seed ${seed}`)
  const random = new SeededRandom(seed)
  const server = await startUnsealed(options)
  const isSeveral = options.config !== undefined
  try {
    const writers: Writer[] = [
      ...Array.from({ length: 8 }, (_, n) => new VersionedWriter(`kill/v${n}`)),
      ...Array.from({ length: 4 }, (_, n) => new PlainWriter(`kill/p${n}`)),
      ...Array.from({ length: 3 }, () => new TokenWriter()),
      new RotationWriter('kill'),
    ]
    for (let round = 0; round < rounds; round++) {
      const running = writers.map((writer) => writer.run(server))
      await Promise.all([sleep(50 + random.next() * 400), enoughOf(writers, running)])
      if (isSeveral) {
        process.kill(random.of(server.workerPids()), 'SIGKILL')
        await sleep(random.next() * 200)
      }
      await server.kill9()
      await Promise.all(running)
      await server.start()
      await server.unseal()
      for (const writer of writers) await writer.verify(server)
    }
    const total = writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
    console.log(`kill rounds: ${total} acknowledged writes, none lost`)
    expect(total).toBeGreaterThanOrEqual(rounds * ENOUGH)

    const files = isSeveral ? [server.auditFile, server.auditFile.replace('.log', '.worker-2.log')] : [server.auditFile]
    // The second worker starts when the first serves, and may not have come to it before it was killed.
    await expect.poll(() => files.every((file) => existsSync(file))).toBe(true)
    const evidence = path.join(server.dataDir, 'evidence.json')
    writeFileSync(evidence, (await server.call('GET', 'sys/audit-evidence/file')).text)
    for (const file of files) {
      const { stdout } = await run(server.program.command, ['audit', 'verify', `-evidence=${evidence}`, file])
      console.log(stdout.trim())
    }
  } finally {
    await server.remove()
  }
}

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startUnsealed } from '../harness/server.ts'
import { PlainWriter, RotationWriter, TokenWriter, VersionedWriter, type Writer } from './writers.ts'

const run = promisify(execFile)

const ROUNDS = process.env.EGIDE_SOAK === '1' ? 200 : 5
const ROUND_BUDGET_MS = 6000

/** mulberry32: a seed replays the moments of the kills. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

test(`what was acknowledged outlives kill -9, ${ROUNDS} times at random moments, and the audit chain holds`, {
  timeout: 60_000 + ROUNDS * ROUND_BUDGET_MS,
}, async () => {
  const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
  console.log(`kill rounds: seed ${seed}`)
  const random = randomFrom(seed)
  const server = await startUnsealed({ audit: true })
  try {
    const writers: Writer[] = [
      ...Array.from({ length: 8 }, (_, n) => new VersionedWriter(`kill/v${n}`)),
      ...Array.from({ length: 4 }, (_, n) => new PlainWriter(`kill/p${n}`)),
      ...Array.from({ length: 3 }, () => new TokenWriter()),
      new RotationWriter('kill'),
    ]
    for (let round = 0; round < ROUNDS; round++) {
      const running = writers.map((writer) => writer.run(server))
      await sleep(50 + random() * 400)
      await server.kill9()
      await Promise.all(running)
      await server.start()
      await server.unseal()
      for (const writer of writers) await writer.verify(server)
    }
    const total = writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
    console.log(`kill rounds: ${total} acknowledged writes, none lost`)
    expect(total).toBeGreaterThan(ROUNDS * 10)

    const evidence = path.join(server.dataDir, 'evidence.json')
    writeFileSync(evidence, (await server.call('GET', 'sys/audit-evidence/file')).text)
    const { stdout } = await run(server.program.command, ['audit', 'verify', `-evidence=${evidence}`, server.auditFile])
    console.log(stdout.trim())
  } finally {
    await server.remove()
  }
})

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { Cluster } from '../cluster/cluster.ts'
import { SeededRandom } from '../harness/random.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { CertificateWriter, mountAuthority, tidy, verifyAll } from './certificates.ts'
import { ENOUGH, enoughOf } from './writers.ts'

/** No certificate is given out without a record, and no acknowledged revocation is lost, whatever dies. */

const isSoak = process.env.EGIDE_SOAK === '1'
const ROUNDS = isSoak ? 200 : 3
const WITHIN_MS = 60_000 + ROUNDS * 15_000

function seeded(): SeededRandom {
  const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
  console.log(`certificates: seed ${seed}`)
  return new SeededRandom(seed)
}

test(`SQLite: kill -9 while certificates are issued, revoked and tidied, ${ROUNDS} times`, {
  timeout: WITHIN_MS,
}, async () => {
  const random = seeded()
  const server = await startUnsealed()
  try {
    await mountAuthority(server)
    const writers = Array.from({ length: 6 }, () => new CertificateWriter(random))
    let number = 0
    for (let round = 0; round < ROUNDS; round++) {
      const running = writers.map((writer) => writer.run({ issuing: server, revoking: server }))
      running.push(tidy(server))
      await Promise.all([sleep(100 + random.next() * 600), enoughOf(writers, running)])
      await server.kill9()
      await Promise.all(running)
      await server.start()
      await server.unseal()
      const next = await verifyAll(writers, server)
      expect(next).toBeGreaterThanOrEqual(number)
      number = next
      told(round)
    }
    expectMuch(writers)
  } finally {
    await server.remove()
  }
})

test.skipIf(noPostgres !== undefined)(
  `PostgreSQL: one of two nodes is killed while both issue and revoke each other's, ${ROUNDS} times`,
  { timeout: WITHIN_MS },
  async () => {
    const random = seeded()
    const cluster = await Cluster.start(2, { database: { durable: true } })
    try {
      const [a, b] = cluster.nodes as readonly [Server, Server]
      await mountAuthority(a)
      const writers = Array.from({ length: 6 }, () => new CertificateWriter(random))
      let number = 0
      for (let round = 0; round < ROUNDS; round++) {
        const [killed, left] = random.below(2) === 0 ? [a, b] : [b, a]
        let isOver = false
        const running = writers.map((writer, at) => {
          const [issuing, revoking] = at % 2 === 0 ? [killed, left] : [left, at % 3 === 0 ? left : killed]
          return writer.run({ issuing, revoking }, () => isOver)
        })
        running.push(tidy(left, () => isOver))
        await Promise.all([sleep(100 + random.next() * 600), enoughOf(writers, running)])
        await killed.kill9()
        await sleep(random.next() * 300)
        isOver = true
        await Promise.all(running)
        // What is left knows it all at once; what comes back knows the same.
        const next = await verifyAll(writers, left)
        expect(next).toBeGreaterThanOrEqual(number)
        number = next
        await killed.start()
        await killed.unseal()
        expect(await verifyAll(writers, killed)).toBeGreaterThanOrEqual(number)
        told(round)
      }
      expectMuch(writers)
    } finally {
      await cluster.remove()
    }
  },
)

/** A soak that does not come to its end says how far it came. */
function told(round: number): void {
  if (isSoak && (round + 1) % 10 === 0) console.log(`certificates: ${round + 1} rounds`)
}

function expectMuch(writers: readonly CertificateWriter[]): void {
  const total = writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  console.log(`certificates: ${total} acknowledged, none lost`)
  expect(total).toBeGreaterThanOrEqual(ROUNDS * ENOUGH)
}

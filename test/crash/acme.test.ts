import { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { Cluster } from '../cluster/cluster.ts'
import { at } from '../harness/http.ts'
import { SeededRandom } from '../harness/random.ts'
import type { Server } from '../harness/server.ts'
import { ChallengeWorld } from '../pki/challenge-world.ts'
import { AcmeWriter } from './acme-writer.ts'
import { mountAuthority } from './certificates.ts'
import { mustBe } from './writers.ts'

/** Orders that are begun at one node and finished at another, while either dies: one certificate each, and, as the soak waits to see, none is stuck. */

const isSoak = process.env.EGIDE_SOAK === '1'
const ROUNDS = isSoak ? 15 : 2
/** What a process that died was making has come to nothing by then. */
const ENDED_MS = 130_000

test.skipIf(noPostgres !== undefined)(
  `PostgreSQL: one of two nodes is killed while both carry out orders, ${ROUNDS} times`,
  { timeout: 120_000 + ENDED_MS + ROUNDS * 30_000 },
  async () => {
    const seed = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
    console.log(`ACME: seed ${seed}`)
    const random = new SeededRandom(seed)
    const world = await ChallengeWorld.start()
    const cluster = await Cluster.start(2, { database: { durable: true } })
    try {
      const [a, b] = cluster.nodes as readonly [Server, Server]
      await mountAuthority(a)
      await mustBe(200, 'cluster', a.call('POST', 'pki/config/cluster', { body: { path: `${a.address}/v1/pki` } }))
      const body = { enabled: true, ...world.settings, new_order_limit: 0, pending_order_limit: 0 }
      await mustBe(200, 'acme', a.call('POST', 'pki/config/acme', { body }))
      const writers: AcmeWriter[] = []
      for (let made = 0; made < 6; made++) writers.push(await AcmeWriter.start(random, [a, b], world))
      for (let round = 0; round < ROUNDS; round++) {
        let isOver = false
        const running = writers.map((writer) => writer.run(() => isOver))
        await sleep(500 + random.next() * 2000)
        const killed = random.below(2) === 0 ? a : b
        await killed.kill9()
        await sleep(random.next() * 500)
        await killed.start()
        await killed.unseal()
        isOver = true
        await Promise.all(running)
      }
      if (isSoak) await sleep(ENDED_MS)
      const ofOrders = new Set<string>()
      for (const writer of writers) for (const serial of await writer.certificates(isSoak)) ofOrders.add(serial)
      const { total, unknown } = await recorded(b, ofOrders)
      console.log(`ACME: ${ofOrders.size} certificates of orders, ${total} recorded`)
      expect(unknown).toEqual([])
      expect(total).toBe(ofOrders.size)
      expect(ofOrders.size).toBeGreaterThan(ROUNDS)
    } finally {
      await cluster.remove()
      world.close()
    }
  },
)

/** Leaf certificates that were signed, and those among them that no order has. */
async function recorded(server: Server, known: ReadonlySet<string>) {
  const listed = at(await mustBe(200, 'certs', server.call('LIST', 'pki/certs')), 'data', 'keys') as string[]
  const unknown: string[] = []
  let total = 0
  for (const serial of listed) {
    const reply = await server.call('GET', `pki/cert/${serial}`)
    if (reply.status === 404) continue
    const certificate = String(at(reply.body, 'data', 'certificate'))
    if (new X509Certificate(certificate).ca) continue
    total++
    if (!known.has(serial)) unknown.push(serial)
  }
  return { total, unknown }
}

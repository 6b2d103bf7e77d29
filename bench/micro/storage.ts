// What the store costs over SQLite on disk: microseconds of CPU (the writer's thread included) and of wall time for each
// operation. Run it: bin/with-node node bench/micro/storage.ts [leases]
// With a number of leases, it also stores so many first and tells how long opening takes after that.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Barrier } from '../../crypto/barrier.ts'
import { EncryptionCount } from '../../crypto/encryption-count.ts'
import { Keyring } from '../../crypto/keyring.ts'
import { systemRandom } from '../../crypto/random.ts'
import type { Backend } from '../../storage/backend.ts'
import { document } from '../../storage/codec.ts'
import { createStore } from '../../storage/sealed-store.ts'
import { openSqlite } from '../../storage/sqlite/sqlite.ts'

interface Secret {
  readonly data: Readonly<Record<string, string>>
  readonly n: number
}
const secret = document<Secret>()
const PATHS = 1000
const IN_FLIGHT = 64
const sample = (n: number): Secret => ({ data: { password: 'p'.repeat(200), user: 'u'.repeat(80) }, n })

async function measure(what: string, count: number, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const wallUs = ((performance.now() - start) * 1000) / count
  const used = process.cpuUsage(cpu)
  const cpuUs = (used.user + used.system) / count
  process.stdout.write(`${what}: ${cpuUs.toFixed(2)} us CPU, ${wallUs.toFixed(2)} us wall\n`)
}

async function storeLeases(backend: Backend, count: number): Promise<void> {
  const value = Buffer.alloc(400, 'sealed')
  for (let at = 0; at < count; at += 10_000) {
    const writes = Array.from({ length: Math.min(10_000, count - at) }, (_, n) => ({
      path: `sys/expire/id/secret/${systemRandom.uuid()}`,
      value,
      expiresAtMs: 2 ** 41 + at + n,
    }))
    await backend.commit([{ reads: [], lists: [], writes }])
  }
}

const leases = Number(process.argv[2] ?? 0)
const folder = mkdtempSync(join(tmpdir(), 'egide-bench-storage-'))
const path = join(folder, 'egide.db')
let backend = await openSqlite({ path })
if (leases > 0) {
  await measure(`store each of ${leases} leases`, leases, () => storeLeases(backend, leases))
  await backend.close()
  await measure('open again', 1, async () => {
    backend = await openSqlite({ path })
    await backend.due(0, 100)
  })
}

const cipher = new Barrier(Keyring.create(1, 0, systemRandom), new EncryptionCount(() => {}), systemRandom)
const store = createStore({ backend, cipher, prefix: 'ns/' })
await store.transaction(async (tx) => {
  for (let n = 0; n < PATHS; n++) tx.put(`kv/${n}`, sample(n), secret)
})

for (const round of ['cold', 'warm']) {
  const count = 200_000
  await measure(`refresh, ${round}`, count, async () => {
    for (let n = 0; n < count; n++) await store.refresh()
  })
  await measure(`get, cached, ${round}`, count, async () => {
    for (let n = 0; n < count; n++) await store.get(`kv/${n % PATHS}`, secret)
  })
  await measure(`get in a transaction, cached, ${round}`, count, async () => {
    for (let n = 0; n < count; n++) await store.transaction((tx) => tx.get(`kv/${n % PATHS}`, secret))
  })
  await measure(`get, not cached, ${round}`, 20_000, async () => {
    const bare = createStore({ backend, cipher, prefix: 'ns/', cacheEntries: 0 })
    for (let n = 0; n < 20_000; n++) await bare.get(`kv/${n % PATHS}`, secret)
    bare.wipe()
  })
  await measure(`read and replace, ${IN_FLIGHT} in flight, ${round}`, 20_000, async () => {
    let started = 0
    const client = async () => {
      while (started < 20_000) {
        const name = `kv/${(started++ * 7919) % PATHS}`
        await store.refresh()
        await store.transaction(async (tx) => {
          const before = await tx.get(name, secret)
          tx.put(name, sample((before?.n ?? 0) + 1), secret)
        })
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, client))
  })
}
process.stdout.write(`${JSON.stringify(store.stats())}\n`)
await backend.close()
rmSync(folder, { recursive: true })

import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Entry } from '../../storage/backend.ts'
import { openSqlite } from '../../storage/sqlite/sqlite.ts'
import { databaseOf, emptyServer } from '../../test/backup/backup.ts'
import { egide } from '../../test/harness/program.ts'
import type { Server } from '../../test/harness/server.ts'
import { median, type Turns } from '../compare.ts'
import { atMost, type Goal } from '../report.ts'
import { Vault } from '../servers/vault.ts'
import { nameOfStored, storeSecrets } from '../stored/secrets.ts'
import { Reads } from './reads.ts'

/** Of the p99 of the same reads before. */
const TAIL_GOAL = 2
const run = promisify(execFile)

/**
 * A snapshot of `entries` secrets while reads are served: their p99 beside that of the calm before. Then it is restored,
 * and what storage has of the secrets is compared byte by byte.
 */
export async function withSnapshot(
  entries: number,
  { seconds }: Pick<Turns, 'seconds'>,
  print: (text: string) => void,
): Promise<readonly Goal[]> {
  const vault = await Vault.start(egide)
  const { server } = vault
  const twin = await emptyServer()
  const file = path.join(server.dataDir, 'bench.snapshot')
  try {
    await server.stop()
    await storeSecrets(server, entries)
    await server.start()
    await server.unseal()
    const reads = await Reads.of(vault)
    const calm = await reads.during(seconds)
    const started = performance.now()
    let isTaking = true
    const taking = operator(server, 'save', file).finally(() => {
      isTaking = false
    })
    const tails: number[] = []
    do tails.push((await reads.during(seconds)).p99Ms)
    while (isTaking)
    await taking
    const tookSeconds = (performance.now() - started) / 1000
    const mib = statSync(file).size / 1024 / 1024
    print(
      `snapshot: ${entries} secrets, ${mib.toFixed(0)} MiB, in ${tookSeconds.toFixed(0)} s beside ${reads.perSecond.toFixed(0)} reads/s: p99 ${calm.p99Ms.toFixed(2)} ms before, ${median(tails).toFixed(2)} ms beside (${Math.max(...tails).toFixed(2)} ms the slowest window)\n`,
    )
    await server.stop()
    await operator(server, 'restore', `-config=${twin.configFile}`, file)
    const { same, other } = await compared(databaseOf(server), databaseOf(twin))
    print(`snapshot: the restored twin has ${same} entries of the secrets bit for bit, ${other} otherwise\n\n`)
    return [
      atMost(
        `p99 of reads while a snapshot of ${entries} secrets is taken, times that before`,
        median(tails) / calm.p99Ms,
        TAIL_GOAL,
      ),
      atMost('secrets that the restored twin lacks or has otherwise', Math.max(other, entries - same), 0),
    ]
  } finally {
    await server.remove()
    await twin.remove()
  }
}

async function operator({ address, rootToken }: Server, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, EGIDE_ADDR: address, EGIDE_TOKEN: rootToken }
  await run(egide.command, ['operator', 'snapshot', ...args], { env })
}

/** Entries of stored secrets in both databases: how many are the same, and how many not. */
async function compared(...files: readonly [string, string]): Promise<{ same: number; other: number }> {
  const [one, two] = files.map(secretsIn) as [AsyncGenerator<Entry>, AsyncGenerator<Entry>]
  let [same, other] = [0, 0]
  for (;;) {
    const [left, right] = await Promise.all([one.next(), two.next()])
    if (left.done === true && right.done === true) return { same, other }
    const isSame = !left.done && !right.done && isEqual(left.value, right.value)
    if (isSame) same++
    else other++
  }
}

function isEqual(one: Entry, two: Entry): boolean {
  return one.path === two.path && Buffer.compare(one.value, two.value) === 0
}

async function* secretsIn(file: string): AsyncGenerator<Entry, undefined> {
  const folder = `/${path.dirname(nameOfStored(0))}/`
  const backend = await openSqlite({ path: file })
  try {
    for await (const batch of (await backend.snapshot()).batches) {
      for (const entry of batch) if (entry.path.includes(folder)) yield entry
    }
  } finally {
    await backend.close()
  }
}

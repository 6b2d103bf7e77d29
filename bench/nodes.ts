import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../test/harness/program.ts'
import type { Turns } from './compare.ts'
import { Database } from './database.ts'
import { type Measured, runLoad } from './load/run-load.ts'
import { usageOf } from './process-usage.ts'
import type { HttpRow } from './row.ts'
import { NUMBER, ROWS, requestOf } from './rows.ts'
import { simulate } from './simulation/cluster.ts'
import { MEASURED, SHARED } from './simulation/measured.ts'
import { Vault } from './subjects.ts'

const CLIENTS = 16
const WARM_UP_MS = 1000
const COMPILING_SECONDS = 8
const SECRETS = 1000

/**
 * Reads and writes of secrets on 1, 2, … nodes of one database, `CLIENTS` of each node. On one machine nodes share its
 * processors, so that what tells is what a request costs, of the nodes and of the database.
 */
export async function measureNodes(
  { nodes, seconds, pause }: { readonly nodes: number } & Pick<Turns, 'seconds' | 'pause'>,
  print: (text: string) => void,
): Promise<void> {
  const database = await Database.start()
  const vaults: Vault[] = []
  try {
    const first = await Vault.start(egide, { database })
    vaults.push(first)
    while (vaults.length < nodes) vaults.push(await first.another(`node ${vaults.length + 1}`))
    for (const row of ROWS) {
      if (row.name !== 'kv-read' && row.name !== 'kv-write') continue
      print(`warm: ${await rowOf(row as HttpRow, vaults, database, COMPILING_SECONDS)}`)
      for (let count = 1; count <= nodes; count++) {
        print(await rowOf(row as HttpRow, vaults.slice(0, count), database, seconds))
        await sleep(pause * 1000)
      }
    }
  } finally {
    for (const vault of vaults) await vault.end()
    await database.stop()
  }
}

async function rowOf(row: HttpRow, vaults: readonly Vault[], database: Database, seconds: number): Promise<string> {
  const before = usageOf(database.pid)
  const all = await Promise.all(vaults.map((vault, nth) => load(row, vault, nth, seconds)))
  const after = usageOf(database.pid)
  const requests = sum(all.map(({ outcome }) => outcome.requests))
  const measured = {
    perSecond: sum(all.map(({ outcome }) => outcome.requests / outcome.seconds)),
    nodeMicros: (sum(all.map(({ usage }) => usage.cpuSeconds)) * 1e6) / requests,
    // Its processes also worked while the load warmed up.
    databaseMicros: ((after.cpuSeconds - before.cpuSeconds) * 1e6 * seconds) / (seconds + WARM_UP_MS / 1000) / requests,
    clientMicros: (sum(all.map(({ outcome }) => outcome.generatorCores * outcome.seconds)) * 1e6) / requests,
    p50: Math.max(...all.map(({ outcome }) => outcome.p50Ms)),
  }
  const writePercent = row.name === 'kv-write' ? 100 : 0
  const model = simulate(MEASURED, { nodes: vaults.length, clientsPerNode: CLIENTS, writePercent, ...SHARED })
  return `${row.name}, ${vaults.length} nodes: ${measured.perSecond.toFixed(0)} requests/s, p50 ${measured.p50.toFixed(1)} ms, CPU a request: nodes ${measured.nodeMicros.toFixed(0)} µs, database ${measured.databaseMicros.toFixed(0)} µs, clients ${measured.clientMicros.toFixed(0)} µs; simulated: ${model.perSecond.toFixed(0)} requests/s, p50 ${model.p50Ms.toFixed(1)} ms\n`
}

async function load(row: HttpRow, vault: Vault, nth: number, seconds: number): Promise<Measured> {
  const plan = {
    port: vault.port,
    requests: [requestOf(row, vault.token)],
    numbered: { placeholder: NUMBER, first: nth * SECRETS, count: SECRETS },
    connections: CLIENTS,
    warmUpMs: WARM_UP_MS,
    durationMs: seconds * 1000,
    status: 200,
  }
  const measured = await runLoad(plan, vault.pid)
  const { errors, requests } = measured.outcome
  if (errors > 0) throw new Error(`${row.name}: ${vault.name} refused ${errors} of ${requests} requests`)
  return measured
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)

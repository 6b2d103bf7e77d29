import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import type { Turns } from '../compare.ts'
import { loadRow } from '../load/row-load.ts'
import type { Measured } from '../load/run-load.ts'
import { NUMBER } from '../rows/request.ts'
import type { HttpRow } from '../rows/row.ts'
import { KV_READ, KV_WRITE } from '../rows/secret-rows.ts'
import { Database } from '../servers/database.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'
import { simulate } from '../simulation/cluster.ts'
import { MEASURED, SHARED } from '../simulation/measured.ts'

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
    for (const row of [KV_READ, KV_WRITE]) {
      print(`warm: ${await rowOf(row, vaults, database, COMPILING_SECONDS)}`)
      for (let count = 1; count <= nodes; count++) {
        print(await rowOf(row, vaults.slice(0, count), database, seconds))
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

function load(row: HttpRow, vault: Vault, nth: number, seconds: number): Promise<Measured> {
  const numbered = { placeholder: NUMBER, first: nth * SECRETS, count: SECRETS }
  const entrant = { name: vault.name, subject: vault, caller: vault, row: { ...row, connections: CLIENTS }, numbered }
  return loadRow(entrant, { warmUpMs: WARM_UP_MS, durationMs: seconds * 1000 })
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)

import { egide } from '../../test/harness/program.ts'
import { loadRow } from '../load/row-load.ts'
import { atMost, type Goal } from '../report.ts'
import { ISSUE_RSA } from '../rows/pki-rows.ts'
import { ROWS } from '../rows/rows.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'

const RESIDENT_GOAL_MIB = 200
/** Longer than any share of the requests takes. */
const PATIENCE_MS = 3_600_000
const WARM_UP_MS = 1000
/** An RSA key takes the time of a thousand other requests. */
const SENT = ROWS.filter((row) => row !== ISSUE_RSA)

/** What a vault does most, and the goal is of. */
const MAIN_NAMES: readonly string[] = ['kv-read', 'kv-write', 'transit-encrypt', 'token-lookup', 'health']
const MAIN = ROWS.filter(({ name }) => MAIN_NAMES.includes(name))

/** Memory of the server after `requests`, an equal share of each main row's, and after as many of all rows. */
export async function memoryAfter(requests: number, print: (text: string) => void): Promise<readonly Goal[]> {
  const vault = await Vault.start(egide)
  try {
    print(`memory: ${usageOf(vault.pid).residentMib.toFixed(0)} MiB at the start\n`)
    const goals: Goal[] = []
    let done = 0
    for (const rows of [MAIN, SENT]) {
      for (const row of rows) {
        const entrant = { name: vault.name, subject: vault, caller: vault, row, made: await vault.madeFor(row) }
        const { outcome, usage } = await loadRow(entrant, {
          warmUpMs: WARM_UP_MS,
          durationMs: PATIENCE_MS,
          maxRequests: Math.ceil(requests / rows.length),
        })
        done += outcome.requests
        print(
          `memory: ${usage.residentMib.toFixed(0)} MiB after ${done} requests, the last ${outcome.requests} ${row.name}\n`,
        )
      }
      const kinds = rows === MAIN ? 'reads, writes, encryptions, lookups and health' : 'all kinds'
      const residentMib = usageOf(vault.pid).residentMib
      goals.push(atMost(`memory in MiB after ${done} requests, the last of ${kinds}`, residentMib, RESIDENT_GOAL_MIB))
    }
    print('\n')
    return goals
  } finally {
    await vault.end()
  }
}

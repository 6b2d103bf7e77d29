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

/** Memory of the server after `requests`, an equal share of each row's. */
export async function memoryAfter(requests: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide)
  try {
    print(`memory: ${usageOf(vault.pid).residentMib.toFixed(0)} MiB at the start\n`)
    let done = 0
    for (const row of SENT) {
      const entrant = { name: vault.name, subject: vault, caller: vault, row, made: await vault.madeFor(row) }
      const { outcome, usage } = await loadRow(entrant, {
        warmUpMs: WARM_UP_MS,
        durationMs: PATIENCE_MS,
        maxRequests: Math.ceil(requests / SENT.length),
      })
      done += outcome.requests
      print(
        `memory: ${usage.residentMib.toFixed(0)} MiB after ${done} requests, the last ${outcome.requests} ${row.name}\n`,
      )
    }
    print('\n')
    return atMost(`memory in MiB after ${done} requests`, usageOf(vault.pid).residentMib, RESIDENT_GOAL_MIB)
  } finally {
    await vault.end()
  }
}

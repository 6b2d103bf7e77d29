import { egide } from '../test/harness/program.ts'
import { runLoad } from './load/run-load.ts'
import { usageOf } from './process-usage.ts'
import { atMost, type Goal } from './report.ts'
import { numberingOf, ROWS, requestOf } from './rows.ts'
import { Vault } from './subjects.ts'

const RESIDENT_GOAL_MIB = 200
/** Longer than any share of the requests takes. */
const PATIENCE_MS = 3_600_000
const WARM_UP_MS = 1000

/** Memory of the server after `requests`, an equal share of each row's. */
export async function memoryAfter(requests: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide)
  try {
    print(`memory: ${usageOf(vault.pid).residentMib.toFixed(0)} MiB at the start\n`)
    let done = 0
    for (const row of ROWS) {
      const { outcome, usage } = await runLoad(
        {
          port: vault.port,
          requests: [requestOf(row, vault.token)],
          numbered: numberingOf(row),
          connections: row.connections,
          warmUpMs: WARM_UP_MS,
          durationMs: PATIENCE_MS,
          maxRequests: Math.ceil(requests / ROWS.length),
          status: 200,
        },
        vault.pid,
      )
      if (outcome.errors > 0) throw new Error(`${row.name}: ${outcome.errors} requests were refused`)
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

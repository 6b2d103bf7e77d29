import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import { median, type Turns } from '../compare.ts'
import { loadRow } from '../load/row-load.ts'
import { atMost, type Goal } from '../report.ts'
import { ISSUE_RSA } from '../rows/pki-rows.ts'
import type { HttpRow } from '../rows/row.ts'
import { MAKE_RSA_KEY, SIGN_RSA } from '../rows/transit-rows.ts'
import { Vault } from '../servers/vault.ts'
import { Reads } from './reads.ts'

/** Of the p99 of reads alone. */
const TAIL_GOAL = 3
/** Until what disturbs is under way, and after the reads have ended. */
const MARGIN_MS = 1500
/** Of the clients that disturb, so many ask for keys. */
const KEYS_SHARE = 0.25

/** What takes all processors for long, by what it is called. */
const disturbances = (clients: number): Readonly<Record<string, readonly HttpRow[]>> => ({
  'RSA signing and key generation': [
    { ...SIGN_RSA, connections: clients },
    { ...MAKE_RSA_KEY, connections: Math.ceil(clients * KEYS_SHARE) },
  ],
  'RSA-2048 certificates': [{ ...ISSUE_RSA, connections: clients }],
})

/** The p99 of reads while `clients` keep the server busy with RSA, beside that of the same reads alone, in turns. */
export async function disturbance(
  clients: number,
  { rounds, seconds, pause }: Pick<Turns, 'rounds' | 'seconds' | 'pause'>,
  print: (text: string) => void,
): Promise<readonly Goal[]> {
  const vault = await Vault.start(egide)
  try {
    const reads = await Reads.of(vault)
    print(`disturbance: ${reads.perSecond.toFixed(0)} reads/s\n`)
    const kinds = disturbances(clients)
    const ratios = new Map(Object.keys(kinds).map((name): [string, number[]] => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const [name, rows] of Object.entries(kinds)) {
        const calm = await reads.during(seconds)
        await sleep(pause * 1000)
        const rates = Promise.all(rows.map((row) => disturb(vault, row, seconds)))
        await sleep(MARGIN_MS)
        const [during, reached] = await Promise.all([reads.during(seconds), rates])
        await sleep(pause * 1000)
        ratios.get(name)?.push(during.p99Ms / calm.p99Ms)
        print(
          `disturbance: p99 ${calm.p99Ms.toFixed(2)} ms alone, ${during.p99Ms.toFixed(2)} ms beside ${reached.join(' and ')}\n`,
        )
      }
    }
    print('\n')
    return [...ratios].map(([name, values]) =>
      atMost(`p99 of reads beside ${name}, times that alone`, median(values), TAIL_GOAL),
    )
  } finally {
    await vault.end()
  }
}

/** Resolves with what was done of it: '640 transit-sign-rsa-2048/s'. */
async function disturb(vault: Vault, row: HttpRow, seconds: number): Promise<string> {
  const entrant = { name: vault.name, subject: vault, caller: vault, row }
  const { outcome } = await loadRow(entrant, { warmUpMs: MARGIN_MS, durationMs: seconds * 1000 + MARGIN_MS })
  return `${(outcome.requests / outcome.seconds).toFixed(0)} ${row.name}/s`
}

import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import type { Outcome } from '../load/plan.ts'
import { refuseErrors } from '../load/row-load.ts'
import { runLoad } from '../load/run-load.ts'
import { atMost, type Goal } from '../report.ts'
import { NUMBER } from '../rows/request.ts'
import { mixOf } from '../rows/secret-rows.ts'
import { Vault } from '../servers/vault.ts'
import { storeLeases } from '../stored/leases.ts'

/** Of the calm p99, while leases end. */
const TAIL_GOAL = 3
const CONNECTIONS = 32
const SECRETS = 1000
const WARM_UP_MS = 1000
const WINDOW_MS = 8000
const SATURATED_MS = 3000
/** Of the saturated rate: a load under which there is something left for other work. */
const SHARE = 0.5
/** For storing them, starting and measuring the calm, by 100 000 leases. */
const UNTIL_DUE_MS = 150_000
const PATIENCE_MS = 600_000

/** Latency at half load while `leases` that are all due at one moment end, beside that of the calm before. */
export async function expiry(leases: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide)
  const { server } = vault
  try {
    await server.stop()
    const dueMs = Date.now() + UNTIL_DUE_MS * Math.max(1, leases / 100_000)
    await storeLeases(server, leases, dueMs)
    await server.start()
    await server.unseal()
    const saturated = await load(vault, SATURATED_MS)
    const rate = (saturated.requests / saturated.seconds) * SHARE
    const calm = await load(vault, WINDOW_MS, rate)
    if (Date.now() > dueMs) throw new Error('expiry: the leases were due before all was measured')
    await sleep(dueMs - Date.now())
    const during = await load(vault, WINDOW_MS, rate)
    await ended(vault, leases, dueMs + PATIENCE_MS)
    print(
      `expiry: ${rate.toFixed(0)} requests/s; p99 ${calm.p99Ms.toFixed(2)} ms in the calm, ${during.p99Ms.toFixed(2)} ms while`,
    )
    print(` ${leases} leases end, which takes ${((Date.now() - dueMs) / 1000).toFixed(0)} s\n\n`)
    return atMost(`p99 while ${leases} leases end, times the calm one`, during.p99Ms / calm.p99Ms, TAIL_GOAL)
  } finally {
    await server.remove()
  }
}

async function load(vault: Vault, durationMs: number, ratePerSecond?: number): Promise<Outcome> {
  const plan = {
    port: vault.port,
    requests: mixOf(vault),
    numbered: { placeholder: NUMBER, first: 0, count: SECRETS },
    connections: CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    durationMs,
    ratePerSecond,
    status: 200,
  }
  const { outcome } = await runLoad(plan, vault.pid)
  refuseErrors('expiry: the server', outcome)
  return outcome
}

/** Waits until those of secrets have ended, nine in ten. */
async function ended({ server }: Vault, leases: number, deadlineMs: number): Promise<void> {
  for (;;) {
    const { text } = await server.call('GET', 'sys/metrics?format=prometheus')
    const counts = [...text.matchAll(/^egide_leases_ended_total\{[^}]*\} (\d+)/gm)].map(([, count]) => Number(count))
    if (counts.reduce((sum, count) => sum + count, 0) >= leases * 0.9) return
    if (Date.now() > deadlineMs) throw new Error(`expiry: only ${counts} of ${leases} leases have ended`)
    await sleep(200)
  }
}

import { renameSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import type { Plan } from '../load/plan.ts'
import { refuseErrors } from '../load/row-load.ts'
import { runLoad } from '../load/run-load.ts'
import { atMost, type Goal } from '../report.ts'
import { NUMBER } from '../rows/request.ts'
import { mixOf } from '../rows/secret-rows.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'

/** Of the memory after warm-up. */
const GROWTH_GOAL_PERCENT = 5
const CONNECTIONS = 32
/** Secrets that are written again and again: more than the cache holds. */
const SECRETS = 200_000
const WARM_UP_MS = 2000
const SATURATED_MS = 5000
const SAMPLE_MS = 5000
const ROTATE_MS = 60_000
/** The first of so many parts is warm-up; the second is compared with the last. */
const PARTS = 6

/**
 * Memory of a server under a steady mix of reads, writes, encryptions and new tokens that soon expire, at `rate` requests
 * a second (default: half of what it can do). The audit file is rotated every minute, so that the disk holds it.
 */
export async function soak(minutes: number, rate: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide)
  try {
    const plan = {
      port: vault.port,
      requests: mixOf(vault),
      numbered: { placeholder: NUMBER, first: 0, count: SECRETS },
      connections: CONNECTIONS,
      warmUpMs: WARM_UP_MS,
      status: 200,
    } as const
    const ratePerSecond = rate > 0 ? rate : await halfOf(plan, vault)
    const durationMs = minutes * 60_000
    print(`soak: ${minutes} minutes of ${ratePerSecond.toFixed(0)} requests/s\n`)
    const samples = sampleUntil(Date.now() + durationMs, vault, print)
    const { outcome, usage } = await runLoad({ ...plan, durationMs, ratePerSecond }, vault.pid)
    refuseErrors('soak: the server', outcome)
    const growth = growthOf(await samples, print)
    const cpu = (usage.cpuSeconds / outcome.seconds) * 100
    print(
      `soak: ${outcome.requests} requests, p50 ${outcome.p50Ms.toFixed(2)} ms, p99 ${outcome.p99Ms.toFixed(2)} ms, max ${outcome.maxMs.toFixed(0)} ms, ${cpu.toFixed(0)} % of a processor\n\n`,
    )
    return atMost(`soak: memory grown after warm-up, in percent`, growth, GROWTH_GOAL_PERCENT)
  } finally {
    await vault.end()
  }
}

async function halfOf(plan: Omit<Plan, 'durationMs'>, vault: Vault): Promise<number> {
  const { outcome } = await runLoad({ ...plan, durationMs: SATURATED_MS }, vault.pid)
  return outcome.requests / outcome.seconds / 2
}

async function sampleUntil(endMs: number, { pid, server }: Vault, print: (text: string) => void): Promise<number[]> {
  const samples: number[] = []
  const started = Date.now()
  const rotated = `${server.auditFile}.1`
  for (let rotateMs = Date.now() + ROTATE_MS; Date.now() < endMs; ) {
    await sleep(SAMPLE_MS)
    samples.push(usageOf(pid).residentMib)
    if (Date.now() < rotateMs) continue
    rotateMs += ROTATE_MS
    rmSync(rotated, { force: true })
    renameSync(server.auditFile, rotated)
    process.kill(pid, 'SIGHUP')
    print(`soak: ${samples.at(-1)?.toFixed(0)} MiB after ${((Date.now() - started) / 60_000).toFixed(0)} min\n`)
  }
  return samples
}

/** By how many percent the mean of the last part is above that of the first one after warm-up. */
function growthOf(samples: readonly number[], print: (text: string) => void): number {
  const part = Math.floor(samples.length / PARTS)
  const mean = (from: number) => samples.slice(from, from + part).reduce((sum, one) => sum + one, 0) / part
  const after = mean(part)
  const end = mean(samples.length - part)
  print(`soak: ${after.toFixed(1)} MiB after warm-up, ${end.toFixed(1)} MiB at the end\n`)
  return (end / after - 1) * 100
}

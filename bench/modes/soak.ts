import { renameSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { egide } from '../../test/harness/program.ts'
import type { Plan } from '../load/plan.ts'
import { refuseErrors } from '../load/row-load.ts'
import { runLoad } from '../load/run-load.ts'
import { atMost, type Goal } from '../report.ts'
import { NUMBER } from '../rows/request.ts'
import { mixOf } from '../rows/secret-rows.ts'
import { COLLECTABLE, collectAll } from '../servers/full-collection.ts'
import { usageOf } from '../servers/process-usage.ts'
import { Vault } from '../servers/vault.ts'

/** Of the memory after warm-up. */
const GROWTH_GOAL_PERCENT = 5
const CONNECTIONS = 32
/**
 * Requests have so many numbers in turn, and each fifth writes the secret of its number: with the ten versions that each soon has, these
 * are more than the cache holds.
 */
const NUMBERS = 50_000
const WARM_UP_MS = 2000
/** Of all that the server can do: until all secrets have their ten versions, and tokens end as fast as they are made. */
const FILLING_MS = 150_000
const SATURATED_MS = 10_000
const SAMPLE_MS = 5000
const ROTATE_MS = 60_000
/** The first of so many parts is warm-up. */
const PARTS = 6
/** Of so many full collections, that after which the least is resident tells. */
const COLLECTIONS = 3

/**
 * Memory of a server under a steady mix of reads, writes, encryptions and new tokens that soon expire, at `rate` requests
 * a second (default: half of what it can do). The audit file is rotated every minute, so that the disk holds it.
 *
 * Growth is of what is resident right after full collections. By themselves these come once in longer than an hour, as
 * hardly anything gets old, and until then what is resident rises by the garbage that a heap may hold.
 */
export async function soak(minutes: number, rate: number, print: (text: string) => void): Promise<Goal> {
  const vault = await Vault.start(egide, { env: COLLECTABLE })
  try {
    const plan = {
      port: vault.port,
      requests: mixOf(vault),
      numbered: { placeholder: NUMBER, first: 0, count: NUMBERS },
      connections: CONNECTIONS,
      warmUpMs: WARM_UP_MS,
      status: 200,
    } as const
    refuseErrors('soak: the server', (await runLoad({ ...plan, durationMs: FILLING_MS }, vault.pid)).outcome)
    const ratePerSecond = rate > 0 ? rate : await halfOf(plan, vault)
    const durationMs = minutes * 60_000
    print(`soak: ${minutes} minutes of ${ratePerSecond.toFixed(0)} requests/s\n`)
    const startMs = Date.now()
    const watched = watch(startMs + durationMs / PARTS, startMs + durationMs, vault, print)
    const { outcome, usage } = await runLoad({ ...plan, durationMs, ratePerSecond }, vault.pid)
    refuseErrors('soak: the server', outcome)
    const { warm, end, most } = await watched
    print(
      `soak: ${warm.toFixed(1)} MiB live after warm-up, ${end.toFixed(1)} MiB at the end; ${most.toFixed(0)} MiB at most\n`,
    )
    const cpu = (usage.cpuSeconds / outcome.seconds) * 100
    print(
      `soak: ${outcome.requests} requests, p50 ${outcome.p50Ms.toFixed(2)} ms, p99 ${outcome.p99Ms.toFixed(2)} ms, max ${outcome.maxMs.toFixed(0)} ms, ${cpu.toFixed(0)} % of a processor\n\n`,
    )
    return atMost(`soak: memory grown after warm-up, in percent`, (end / warm - 1) * 100, GROWTH_GOAL_PERCENT)
  } finally {
    await vault.end()
  }
}

async function halfOf(plan: Omit<Plan, 'durationMs'>, vault: Vault): Promise<number> {
  const { outcome } = await runLoad({ ...plan, durationMs: SATURATED_MS }, vault.pid)
  return outcome.requests / outcome.seconds / 2
}

interface Watched {
  /** MiB resident after full collections, when the server was warm and shortly before the end. */
  readonly warm: number
  readonly end: number
  /** Whatever was collected. */
  readonly most: number
}

async function watch(warmMs: number, endMs: number, vault: Vault, print: (text: string) => void): Promise<Watched> {
  const before = await sampleUntil(warmMs, vault, print)
  const warm = await afterCollections(vault)
  const after = await sampleUntil(endMs - COLLECTIONS * SAMPLE_MS * 2, vault, print)
  return { warm, end: await afterCollections(vault), most: Math.max(...before, ...after) }
}

async function afterCollections({ server, pid }: Vault): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < COLLECTIONS; n++) {
    await collectAll(server)
    least = Math.min(least, usageOf(pid).residentMib)
    await sleep(SAMPLE_MS)
  }
  return least
}

async function sampleUntil(endMs: number, { pid, server }: Vault, print: (text: string) => void): Promise<number[]> {
  const samples: number[] = []
  const rotated = `${server.auditFile}.1`
  for (let rotateMs = Date.now() + ROTATE_MS; Date.now() < endMs; ) {
    await sleep(SAMPLE_MS)
    samples.push(usageOf(pid).residentMib)
    if (Date.now() < rotateMs) continue
    rotateMs += ROTATE_MS
    rmSync(rotated, { force: true })
    renameSync(server.auditFile, rotated)
    process.kill(pid, 'SIGHUP')
    print(`soak: ${samples.at(-1)?.toFixed(0)} MiB\n`)
  }
  return samples
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Numbering, Outcome } from './load/plan.ts'
import { type Measured, runLoad } from './load/run-load.ts'
import type { Row } from './row.ts'
import { grpcPlanOf, isGrpc, numberingOf, requestOf } from './rows.ts'
import type { Subject } from './subjects.ts'

const WARM_UP_MS = 1000
const COMPILING_SECONDS = 5

/** Of one server and row. Latencies are milliseconds. */
export interface Figures {
  readonly subject: string
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU of the server's process, all its threads, for one request. */
  readonly cpuMicros: number
  /** CPU of its database for one request; 0 where that is in the server. */
  readonly databaseMicros: number
  readonly residentMib: number
  /** With half as many requests a second, sent when they are due; undefined: not measured. */
  readonly half: { readonly perSecond: number; readonly p50: number; readonly p99: number } | undefined
  /** The generator's own share of a core; near 1, the server could do more than was measured. */
  readonly generatorCores: number
}

export interface Comparison {
  readonly row: string
  readonly figures: readonly Figures[]
  /** The first one's rate as a share of each other's: the median of the rounds. */
  readonly ratios: Readonly<Record<string, number>>
  /** As `ratios`, of CPU: how much a request costs the other one, as a share of what it costs the first. */
  readonly cpuRatios: Readonly<Record<string, number>>
}

/** What is measured in turn with others. */
export interface Entrant {
  /** What it is called among the others. */
  readonly name: string
  readonly subject: Subject
  readonly token: string
  /** What its requests need from another request. */
  readonly made?: string | undefined
  readonly row: Row
  /** Numbers for its requests. Default: its own for each run, so that each names something new. */
  readonly numbered?: Numbering
}

export interface Turns {
  readonly seconds: number
  readonly rounds: number
  /** Seconds between two windows, for whoever else uses the machine. */
  readonly pause: number
  /** Whether half the load is measured, too. */
  readonly half: boolean
}

/**
 * Gives every entrant its turn in every round, so that whatever else the machine does hits all of them. The first one is
 * the one that the ratios are of.
 */
export async function compare(title: string, entrants: readonly Entrant[], turns: Turns): Promise<Comparison> {
  const full = entrants.map((): Measured[] => [])
  const half = entrants.map((): Outcome[] => [])
  // Of a server that has just started, it is its compiler that is measured. The last one has the most clients.
  const fresh = new Map(entrants.map((entrant) => [entrant.subject, entrant]))
  for (const entrant of fresh.values()) await load(entrant, { ...turns, seconds: COMPILING_SECONDS }, undefined)
  for (let round = 0; round < turns.rounds; round++) {
    for (const [at, entrant] of entrants.entries()) full[at]?.push(await load(entrant, turns, undefined))
  }
  const rates = full.map((runs) => median(runs.map(({ outcome }) => rateOf(outcome))))
  for (let round = 0; turns.half && round < turns.rounds; round++) {
    for (const [at, entrant] of entrants.entries()) {
      half[at]?.push((await load(entrant, turns, (rates[at] ?? 0) / 2)).outcome)
    }
  }
  const ratios: Record<string, number> = {}
  const cpuRatios: Record<string, number> = {}
  for (const [at, { name }] of entrants.entries()) {
    if (at === 0) continue
    const pairs = (full[0] ?? []).flatMap((own, round) => {
      const other = full[at]?.[round]
      return other === undefined ? [] : [{ own, other }]
    })
    ratios[name] = median(pairs.map(({ own, other }) => rateOf(own.outcome) / rateOf(other.outcome)))
    cpuRatios[name] = median(pairs.map(({ own, other }) => microsOf(other) / microsOf(own)))
  }
  const figures = entrants.map(({ name }, at) => figuresOf(name, full[at] ?? [], half[at] ?? []))
  return { row: title, figures, ratios, cpuRatios }
}

async function load(
  { row, subject, token, made, numbered = numberingOf(row), name }: Entrant,
  { seconds, pause }: Turns,
  ratePerSecond: number | undefined,
): Promise<Measured> {
  const plan = {
    port: isGrpc(row) ? subject.grpcPort : subject.port,
    ca: isGrpc(row) ? undefined : subject.ca,
    requests: [requestOf(row, token, made)],
    grpc: grpcPlanOf(row, token),
    numbered,
    connections: row.connections,
    warmUpMs: WARM_UP_MS,
    durationMs: seconds * 1000,
    ratePerSecond,
    status: 200,
  }
  const measured = await runLoad(plan, subject.pid, subject.databasePid)
  const { errors, requests } = measured.outcome
  if (errors > 0) throw new Error(`${row.name}: ${name} refused ${errors} of ${requests} requests`)
  await sleep(pause * 1000)
  return measured
}

function figuresOf(subject: string, full: readonly Measured[], half: readonly Outcome[]): Figures {
  const of = (pick: (measured: Measured) => number) => median(full.map(pick))
  return {
    subject,
    perSecond: of(({ outcome }) => rateOf(outcome)),
    p50: of(({ outcome }) => outcome.p50Ms),
    p99: of(({ outcome }) => outcome.p99Ms),
    cpuMicros: of(microsOf),
    databaseMicros: of(({ outcome, databaseCpuSeconds }) => (databaseCpuSeconds * 1e6) / outcome.requests),
    residentMib: of(({ usage }) => usage.residentMib),
    half:
      half.length === 0
        ? undefined
        : {
            perSecond: median(half.map(rateOf)),
            p50: median(half.map(({ p50Ms }) => p50Ms)),
            p99: median(half.map(({ p99Ms }) => p99Ms)),
          },
    generatorCores: of(({ outcome }) => outcome.generatorCores),
  }
}

const rateOf = ({ requests, seconds }: Outcome): number => requests / seconds

const microsOf = ({ outcome, usage }: Measured): number => (usage.cpuSeconds * 1e6) / outcome.requests

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

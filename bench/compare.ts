import type { Outcome } from './load/plan.ts'
import { type Measured, runLoad } from './load/run-load.ts'
import { grpcPlanOf, isGrpc, numberingOf, type Row, requestOf } from './rows.ts'
import type { Subject } from './subjects.ts'

const WARM_UP_MS = 1000

/** Of one server and row. Latencies are milliseconds. */
export interface Figures {
  readonly subject: string
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU of the server's process, all its threads, for one request. */
  readonly cpuMicros: number
  readonly residentMib: number
  /** With half as many requests a second, sent when they are due. */
  readonly half: { readonly perSecond: number; readonly p50: number; readonly p99: number }
  /** The generator's own share of a core; near 1, the server could do more than was measured. */
  readonly generatorCores: number
}

export interface Comparison {
  readonly row: string
  readonly figures: readonly Figures[]
  /** Egide's rate as a share of each other server's: the median of the rounds. */
  readonly ratios: Readonly<Record<string, number>>
  /** As `ratios`, of CPU: how much a request costs the other server, as a share of what it costs Egide. */
  readonly cpuRatios: Readonly<Record<string, number>>
}

/** One server's turn at a row. */
export interface Entrant {
  readonly subject: Subject
  readonly token: string
  /** What its requests need from another request. */
  readonly made: string | undefined
}

/**
 * Gives every server its turn in every round, so that whatever else the machine does hits all of them. The first entrant
 * is the one that the ratios are of.
 */
export async function compare(
  row: Row,
  entrants: readonly Entrant[],
  { seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<Comparison> {
  const full = entrants.map((): Measured[] => [])
  const half = entrants.map((): Outcome[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, entrant] of entrants.entries()) full[at]?.push(await load(row, entrant, seconds, undefined))
  }
  const rates = full.map((runs) => median(runs.map(({ outcome }) => rateOf(outcome))))
  for (let round = 0; round < rounds; round++) {
    for (const [at, entrant] of entrants.entries()) {
      half[at]?.push((await load(row, entrant, seconds, (rates[at] ?? 0) / 2)).outcome)
    }
  }
  const ratios: Record<string, number> = {}
  const cpuRatios: Record<string, number> = {}
  for (const [at, { subject }] of entrants.entries()) {
    if (at === 0) continue
    const pairs = (full[0] ?? []).flatMap((own, round) => {
      const other = full[at]?.[round]
      return other === undefined ? [] : [{ own, other }]
    })
    ratios[subject.name] = median(pairs.map(({ own, other }) => rateOf(own.outcome) / rateOf(other.outcome)))
    cpuRatios[subject.name] = median(pairs.map(({ own, other }) => microsOf(other) / microsOf(own)))
  }
  return {
    row: row.name,
    figures: entrants.map(({ subject }, at) => figuresOf(subject.name, full[at] ?? [], half[at] ?? [])),
    ratios,
    cpuRatios,
  }
}

async function load(
  row: Row,
  { subject, token, made }: Entrant,
  seconds: number,
  ratePerSecond: number | undefined,
): Promise<Measured> {
  const measured = await runLoad(
    {
      port: isGrpc(row) ? subject.grpcPort : subject.port,
      requests: [requestOf(row, token, made)],
      grpc: grpcPlanOf(row, token),
      numbered: numberingOf(row),
      connections: row.connections,
      warmUpMs: WARM_UP_MS,
      durationMs: seconds * 1000,
      ratePerSecond,
      status: 200,
    },
    subject.pid,
  )
  const { errors, requests } = measured.outcome
  if (errors > 0) throw new Error(`${row.name}: ${subject.name} refused ${errors} of ${requests} requests`)
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
    residentMib: of(({ usage }) => usage.residentMib),
    half: {
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

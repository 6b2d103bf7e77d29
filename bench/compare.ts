import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from './load/plan.ts'
import { type Entrant, loadRow } from './load/row-load.ts'
import type { Measured } from './load/run-load.ts'
import { type PrimitiveRate, primitiveRate } from './primitives/measure.ts'
import type { Row } from './rows/row.ts'

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

/** The cryptography of a row, alone: as often as requests need it. */
export interface PrimitiveFigures {
  readonly name: string
  /** As much of it as so many requests need, on all processors. */
  readonly perSecond: number
  readonly cpuMicros: number
  readonly threads: number
  /** The first one's rate as a share of it; the CPU of it as a share of what a request costs the first. */
  readonly ratio: number
  readonly cpuRatio: number
}

export interface Comparison {
  readonly row: string
  readonly figures: readonly Figures[]
  /** The first one's rate as a share of each other's: the median of the rounds. */
  readonly ratios: Readonly<Record<string, number>>
  /** As `ratios`, of CPU: how much a request costs the other one, as a share of what it costs the first. */
  readonly cpuRatios: Readonly<Record<string, number>>
  readonly primitive: PrimitiveFigures | undefined
}

export interface Turns {
  readonly seconds: number
  readonly rounds: number
  /** Seconds between two windows, for whoever else uses the machine. */
  readonly pause: number
  /** Whether half the load is measured, too. */
  readonly half: boolean
  /** Seconds before each window that are not counted. */
  readonly warmUp: number
  /** Seconds of the first window of each server, of which nothing counts; it may have several, see `compile`. */
  readonly compiling: number
}

/** V8 compiles for the first 25 000 requests of a kind or so, whatever time they take: five seconds of a calm machine. */
const COMPILED_PER_SECOND = 5000
const COMPILING_WINDOWS = 6
/** With fewer, what takes the time is cryptography. */
const DEAR_PER_SECOND = 300

/**
 * Gives every entrant its turn in every round, so that whatever else the machine does hits all of them. The first one is
 * the one that the ratios are of.
 */
export async function compare(title: string, entrants: readonly Entrant[], asked: Turns): Promise<Comparison> {
  const row = entrants[0]?.row
  const turns = { ...asked, seconds: asked.seconds * (row?.windowFactor ?? 1) }
  const full = entrants.map((): Measured[] => [])
  const half = entrants.map((): Outcome[] => [])
  const alone: PrimitiveRate[] = []
  // Of a server that has just started, it is its compiler that is measured. The last one has the most clients.
  const isLastOfItsKind = ({ subject, row }: Entrant, at: number): boolean =>
    !entrants.slice(at + 1).some((later) => later.subject === subject && later.row.name === row.name)
  for (const entrant of entrants.filter(isLastOfItsKind)) await compile(entrant, turns)
  for (let round = 0; round < turns.rounds; round++) {
    for (const [at, entrant] of entrants.entries()) full[at]?.push(await load(entrant, turns, undefined))
    if (row?.primitive !== undefined) alone.push(await primitiveRate(row.primitive, turns.seconds))
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
  const primitive = row === undefined ? undefined : primitiveFigures(row, full[0] ?? [], alone)
  return { row: title, figures, ratios, cpuRatios, primitive }
}

/** Goes on where others keep the machine so busy that the first window is too short. */
async function compile(entrant: Entrant, turns: Turns): Promise<void> {
  let requests = 0
  for (let window = 1; window <= COMPILING_WINDOWS; window++) {
    const { outcome } = await load(entrant, { ...turns, seconds: turns.compiling }, undefined)
    requests += outcome.requests
    if (requests >= turns.compiling * COMPILED_PER_SECOND || rateOf(outcome) < DEAR_PER_SECOND) return
  }
}

async function load(entrant: Entrant, turns: Turns, ratePerSecond: number | undefined): Promise<Measured> {
  const { seconds, pause, warmUp } = turns
  const measured = await loadRow(entrant, { warmUpMs: warmUp * 1000, durationMs: seconds * 1000, ratePerSecond })
  await sleep(pause * 1000)
  return measured
}

/** `own` and `alone`: of the same rounds. */
function primitiveFigures(
  { primitive, items = 1 }: Row,
  own: readonly Measured[],
  alone: readonly PrimitiveRate[],
): PrimitiveFigures | undefined {
  const [first] = alone
  if (primitive === undefined || first === undefined) return undefined
  const rates = alone.map(({ perSecond }) => perSecond / items)
  const micros = alone.map(({ cpuMicros }) => cpuMicros * items)
  return {
    name: items === 1 ? primitive : `${items} times ${primitive}`,
    perSecond: median(rates),
    cpuMicros: median(micros),
    threads: first.threads,
    ratio: median(own.map(({ outcome }, round) => rateOf(outcome) / (rates[round] ?? Number.NaN))),
    cpuRatio: median(own.map((measured, round) => (micros[round] ?? Number.NaN) / microsOf(measured))),
  }
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

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

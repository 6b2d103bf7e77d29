import { availableParallelism } from 'node:os'
import type { Comparison, Figures, PrimitiveFigures } from './compare.ts'
import { isGrpc, type Row } from './rows/row.ts'
import { nameOf, OPENBAO_ON_POSTGRESQL, type Setting } from './servers/setting.ts'

/** Highest p99 that is good at half load, in p50s. */
const TAIL_GOAL = 5
/** Of one core. Above it, a ratio to what was measured flatters Egide, and the one of CPU tells more. */
const GENERATOR_BUSY = 0.9

export interface Goal {
  readonly what: string
  readonly value: number
  readonly goal: number
  /** Undefined: it cannot be told here, for the reason that stands in `why`. */
  readonly isMet: boolean | undefined
  readonly why?: string
}

export const atLeast = (what: string, value: number, goal: number): Goal => ({
  what,
  value,
  goal,
  isMet: value >= goal,
})
export const atMost = (what: string, value: number, goal: number): Goal => ({ what, value, goal, isMet: value <= goal })

const COLUMNS: readonly [string, (figures: Figures) => string][] = [
  ['server', ({ subject }) => subject],
  ['req/s', ({ perSecond }) => perSecond.toFixed(0)],
  ['p50 ms', ({ p50 }) => p50.toFixed(2)],
  ['p99 ms', ({ p99 }) => p99.toFixed(2)],
  ['CPU µs/req', ({ cpuMicros }) => cpuMicros.toFixed(0)],
  ['db µs/req', ({ databaseMicros }) => (databaseMicros === 0 ? '' : databaseMicros.toFixed(0))],
  ['RSS MiB', ({ residentMib }) => residentMib.toFixed(0)],
  ['half req/s', ({ half }) => half?.perSecond.toFixed(0) ?? ''],
  ['p50 ms', ({ half }) => half?.p50.toFixed(2) ?? ''],
  ['p99 ms', ({ half }) => half?.p99.toFixed(2) ?? ''],
  ['p99/p50', ({ half }) => (half === undefined ? '' : (half.p99 / half.p50).toFixed(1))],
  ['generator', ({ generatorCores }) => `${generatorCores.toFixed(2)}${generatorCores > GENERATOR_BUSY ? '!' : ''}`],
]

export function comparisonTable(comparison: Comparison): string {
  const lines = [COLUMNS.map(([title]) => title), ...comparison.figures.map((f) => COLUMNS.map(([, show]) => show(f)))]
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)))
  const text = lines.map((cells) => `  ${cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')}\n`)
  const first = comparison.figures[0]?.subject
  const ratios = Object.entries(comparison.ratios).map(
    ([name, ratio]) =>
      `  ${first} / ${name}: ${ratio.toFixed(2)} of its rate; ${name}'s CPU / ${first}'s: ${comparison.cpuRatios[name]?.toFixed(2)}\n`,
  )
  return `${comparison.row}\n${text.join('')}${ratios.join('')}${primitiveLine(comparison)}\n`
}

function primitiveLine({ primitive, figures }: Comparison): string {
  if (primitive === undefined) return ''
  const { name, threads, perSecond, cpuMicros, ratio, cpuRatio } = primitive
  const rate = `${perSecond.toFixed(0)}/s on ${threads} processors, ${cpuMicros.toFixed(0)} µs of CPU`
  const share = `${figures[0]?.subject}: ${ratio.toFixed(2)} of its rate; its CPU / ${figures[0]?.subject}'s: ${cpuRatio.toFixed(2)}`
  return `  ${name} alone: ${rate}; ${share}\n`
}

export function goalsOf(row: Row, { figures, ratios, cpuRatios, primitive }: Comparison): Goal[] {
  const goals: Goal[] = []
  const { bare, openbao } = ratios
  if (isGrpc(row) && row.bareGoal !== undefined) {
    goals.push(atLeast(`${row.name}: the bare server's CPU for Egide's`, cpuRatios.bare ?? 0, row.bareGoal))
  }
  if (row.itemsGoal !== undefined && figures[0] !== undefined) {
    goals.push(
      atLeast(`${row.name}: items for a second of CPU`, ((row.items ?? 1) * 1e6) / figures[0].cpuMicros, row.itemsGoal),
    )
  }
  if (row.bareGoal !== undefined && bare !== undefined) {
    goals.push(atLeast(`${row.name}: share of the bare server's rate`, bare, row.bareGoal))
  }
  if (row.openbaoGoal !== undefined && openbao !== undefined) {
    goals.push(atLeast(`${row.name}: times OpenBao's rate`, openbao, row.openbaoGoal))
  }
  if (row.primitiveGoal !== undefined && primitive !== undefined) {
    const what = `${row.name}: share of the rate of ${primitive.name} alone`
    goals.push(atLeast(what, primitive.ratio, row.primitiveGoal))
  }
  goals.push(...besideGoals(row, figures, primitive))
  const [egide] = figures
  if (row.bareGoal !== undefined && egide?.half !== undefined) {
    goals.push(atMost(`${row.name}: p99 at half load, in p50s`, egide.half.p99 / egide.half.p50, TAIL_GOAL))
  }
  return goals
}

/** That a request takes no more than so many times what one of another row and its cryptography take together. */
function besideGoals({ name, beside }: Row, figures: readonly Figures[], primitive?: PrimitiveFigures): Goal[] {
  const [own] = figures
  const other = figures.find(({ subject }) => subject === beside?.row.name)
  if (beside === undefined || own === undefined || other === undefined || primitive === undefined) return []
  const what = `${name}: of one ${other.subject} and one ${primitive.name}`
  const time = (of: { readonly perSecond: number }): number => 1 / of.perSecond
  return [
    atMost(`${what}, by rate`, time(own) / (time(other) + time(primitive)), beside.goal),
    atMost(`${what}, by CPU`, own.cpuMicros / (other.cpuMicros + primitive.cpuMicros), beside.goal),
  ]
}

/** Times the rate of one worker that two must reach. */
const WORKERS_GOAL = 1.6
/** Times OpenBao's rate on the same PostgreSQL, for rows of secrets. */
const SAME_DATABASE_GOAL = 10

/** What is asked of one setting beside another. */
export function settingGoals(row: Row, { figures }: Comparison, settings: readonly Setting[]): Goal[] {
  const goals: Goal[] = []
  const named = new Map(figures.map((each) => [each.subject, each]))
  for (const setting of settings) {
    const name = nameOf(setting)
    const own = named.get(name)
    if (own === undefined) continue
    if (setting.workers > 1) {
      const one = named.get(nameOf({ ...setting, workers: 1 }))
      if (one !== undefined) goals.push(workersGoal(`${row.name}: ${name}, times one`, own, one))
    } else if (row.name.startsWith('kv-') && setting.storage === 'postgresql' && !setting.tls) {
      const peer = named.get(OPENBAO_ON_POSTGRESQL)
      const what = `${row.name}: ${name}, times OpenBao on it`
      if (peer !== undefined) goals.push(atLeast(what, own.perSecond / peer.perSecond, SAME_DATABASE_GOAL))
    }
  }
  return goals
}

/**
 * Client and database are on the same processors: what a request costs all of them bounds how many there can be, whatever
 * serves. Where that bound is not above the goal, it is the machine that is measured.
 */
function workersGoal(what: string, several: Figures, one: Figures): Goal {
  const value = several.perSecond / one.perSecond
  const processorsUsed = (of: Figures): number =>
    ((of.cpuMicros + of.databaseMicros) * of.perSecond) / 1e6 + of.generatorCores
  const room = availableParallelism() / processorsUsed(one)
  if (value >= WORKERS_GOAL || room >= WORKERS_GOAL) return atLeast(what, value, WORKERS_GOAL)
  const used = processorsUsed(one).toFixed(2)
  const why = `one worker and its client already use ${used} of ${availableParallelism()} processors: ${room.toFixed(2)} times is all there is`
  return { what, value, goal: WORKERS_GOAL, isMet: undefined, why }
}

export function goalTable(goals: readonly Goal[]): string {
  const width = Math.max(...goals.map(({ what }) => what.length))
  return goals
    .map(({ what, value, goal, isMet, why }) => {
      const figure = value.toFixed(value < 10 ? 2 : 0).padStart(7)
      const verdict = isMet === undefined ? '  -  ' : isMet ? 'PASS ' : 'below'
      return `  ${verdict}  ${what.padEnd(width)}  ${figure}  (goal ${goal}${why === undefined ? '' : `; ${why}`})\n`
    })
    .join('')
}

import type { Comparison, Figures } from './compare.ts'
import type { Row } from './row.ts'
import { isGrpc } from './rows.ts'
import { nameOf, OPENBAO_ON_POSTGRESQL, type Setting } from './setting.ts'

/** Highest p99 that is good at half load, in p50s. */
const TAIL_GOAL = 5
/** Of one core. Above it, a ratio to what was measured flatters Egide, and the one of CPU tells more. */
const GENERATOR_BUSY = 0.9

export interface Goal {
  readonly what: string
  readonly value: number
  readonly goal: number
  readonly isMet: boolean
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
  return `${comparison.row}\n${text.join('')}${ratios.join('')}\n`
}

export function goalsOf(row: Row, { figures, ratios, cpuRatios }: Comparison): Goal[] {
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
  const [egide] = figures
  if (row.bareGoal !== undefined && egide?.half !== undefined) {
    goals.push(atMost(`${row.name}: p99 at half load, in p50s`, egide.half.p99 / egide.half.p50, TAIL_GOAL))
  }
  return goals
}

/** Times the rate of one worker that two must reach. */
const WORKERS_GOAL = 1.6
/** Times OpenBao's rate on the same PostgreSQL, for rows of secrets. */
const SAME_DATABASE_GOAL = 10

/** What is asked of one setting beside another. */
export function settingGoals(row: Row, { figures }: Comparison, settings: readonly Setting[]): Goal[] {
  const goals: Goal[] = []
  const rates = new Map(figures.map(({ subject, perSecond }) => [subject, perSecond]))
  const ratio = (what: string, of: string, to: string, goal: number): void => {
    const [above, below] = [rates.get(of), rates.get(to)]
    if (above !== undefined && below !== undefined) goals.push(atLeast(`${row.name}: ${what}`, above / below, goal))
  }
  for (const setting of settings) {
    const name = nameOf(setting)
    if (setting.workers > 1) ratio(`${name}, times one`, name, nameOf({ ...setting, workers: 1 }), WORKERS_GOAL)
    else if (row.name.startsWith('kv-') && setting.storage === 'postgresql' && !setting.tls) {
      ratio(`${name}, times OpenBao on it`, name, OPENBAO_ON_POSTGRESQL, SAME_DATABASE_GOAL)
    }
  }
  return goals
}

export function goalTable(goals: readonly Goal[]): string {
  const width = Math.max(...goals.map(({ what }) => what.length))
  return goals
    .map(({ what, value, goal, isMet }) => {
      const figure = value.toFixed(value < 10 ? 2 : 0)
      return `  ${isMet ? 'PASS ' : 'below'}  ${what.padEnd(width)}  ${figure.padStart(7)}  (goal ${goal})\n`
    })
    .join('')
}

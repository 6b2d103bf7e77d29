// What Egide costs, measured beside a bare node:http server and, where there is one, OpenBao. See README.md.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Comparison } from './compare.ts'
import { compareRows } from './field.ts'
import { type Findings, modesOf } from './modes/modes.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { type Goal, goalTable } from './report.ts'
import type { Row } from './rows/row.ts'
import { ROWS } from './rows/rows.ts'

const print = (text: string): void => void process.stdout.write(text)

/** Those that were named; all, where neither rows nor anything else was asked for. */
function rowsOf(options: Options): readonly Row[] {
  if (options.rows.length === 0) return modesOf(options).length > 0 ? [] : ROWS
  return options.rows.flatMap((name) => {
    const isMeant = (row: Row): boolean =>
      name.endsWith('*') ? row.name.startsWith(name.slice(0, -1)) : row.name === name
    const found = ROWS.filter(isMeant)
    if (found.length === 0) throw new Error(`no row ${name}\n\n${USAGE}`)
    return found
  })
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const rows = rowsOf(options)
  print(`Node.js ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n\n`)
  const comparisons: Comparison[] = []
  const goals: Goal[] = []
  const add = (found: Findings): void => {
    comparisons.push(...(found.comparisons ?? []))
    goals.push(...found.goals)
  }
  if (rows.length > 0) add(await compareRows(rows, options, print))
  for (const mode of modesOf(options)) add(await mode.run(options, print))
  if (goals.length > 0) print(`goals\n${goalTable(goals)}`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ comparisons, goals }, null, 2)}\n`)
}

if (process.argv.slice(2).some((arg) => /^--?h(elp)?$/.test(arg))) print(USAGE)
else await main(process.argv.slice(2))

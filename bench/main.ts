// What Egide costs, measured beside a bare node:http server and, where there is one, OpenBao. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { egide, openbao } from '../test/harness/program.ts'
import { acmeOrders } from './acme.ts'
import { type Comparison, compare } from './compare.ts'
import { Database } from './database.ts'
import { expiry } from './expiry.ts'
import { Growing } from './growth.ts'
import { memoryAfter } from './memory.ts'
import { withNamespaces } from './namespaces.ts'
import { measureNodes } from './nodes.ts'
import { findOpenbao } from './openbao.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { comparisonTable, type Goal, goalsOf, goalTable, settingGoals } from './report.ts'
import type { Row } from './row.ts'
import { isGrpc, ROWS } from './rows.ts'
import { nameOf, OPENBAO_ON_POSTGRESQL, type Setting, settingsOf } from './setting.ts'
import { soak } from './soak.ts'
import { startUp } from './start-up.ts'
import { Bare, type Subject, Vault } from './subjects.ts'

const print = (text: string): void => void process.stdout.write(text)

/** Egide set up in each way that was asked for, and OpenBao on the storages of its own kind, if it is there. */
class Field {
  readonly settings: readonly Setting[]
  readonly #vaults: Vault[] = []
  #database: Database | undefined

  constructor(options: Options) {
    this.settings = settingsOf(options)
  }

  async start(options: Options): Promise<void> {
    const isPostgres = options.storages.includes('postgresql')
    if (isPostgres) this.#database = await Database.start()
    for (const setting of this.settings) {
      this.#vaults.push(await Vault.startAs(setting, this.#database, profilingOf(options, setting)))
    }
    const binary = await findOpenbao(options.openbao)
    if (binary === undefined) return
    const program = openbao(binary)
    if (options.storages.includes('sqlite')) this.#vaults.push(await Vault.start(program))
    if (isPostgres) this.#vaults.push(await Vault.start(program, { database: this.#database }, OPENBAO_ON_POSTGRESQL))
  }

  async compare(row: Row, options: Options): Promise<Comparison> {
    const [first] = this.#vaults
    if (first === undefined) throw new Error('no server was started')
    const bare = await Bare.start(await (isGrpc(row) ? first.grpcReplyTo(row) : first.replyTo(row)))
    try {
      const vaults = isGrpc(row) ? this.#vaults.filter(({ server }) => server.program === egide) : this.#vaults
      const entrant = (subject: Subject, token: string, made: string | undefined) => ({
        name: subject.name,
        subject,
        token,
        row,
        made,
      })
      const entrants = await Promise.all(
        vaults.map(async (vault) => entrant(vault, vault.token, await vault.madeFor(row))),
      )
      entrants.push(entrant(bare, first.token, entrants[0]?.made))
      return await compare(row.name, entrants, { ...options, half: this.settings.length === 1 })
    } finally {
      bare.end()
    }
  }

  async end(): Promise<void> {
    for (const vault of this.#vaults) await vault.end()
    await this.#database?.stop()
  }
}

async function compareRows(rows: readonly Row[], options: Options): Promise<[Comparison[], Goal[]]> {
  const comparisons: Comparison[] = []
  const goals: Goal[] = []
  const field = new Field(options)
  try {
    await field.start(options)
    for (const row of rows) {
      const comparison = await field.compare(row, options)
      comparisons.push(comparison)
      goals.push(...goalsOf(row, comparison), ...settingGoals(row, comparison, field.settings))
      print(comparisonTable(comparison))
    }
  } finally {
    await field.end()
  }
  return [comparisons, goals]
}

/** Node.js writes its profiles when it ends. */
function profilingOf({ profile }: Options, setting: Setting): Record<string, string> {
  if (profile === undefined) return {}
  const folder = path.resolve(profile, nameOf(setting).replaceAll(/[ ,]+/g, '-'))
  mkdirSync(folder, { recursive: true })
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` }
}

function rowsOf({ rows, leases, namespaces, requests, expiry, acme, grow, nodes, soak }: Options): readonly Row[] {
  if (rows.length === 0)
    return leases + namespaces + requests + expiry + acme + grow.length + nodes + soak > 0 ? [] : ROWS
  return rows.map((name) => {
    const row = ROWS.find((candidate) => candidate.name === name)
    if (row === undefined) throw new Error(`no row ${name}\n\n${USAGE}`)
    return row
  })
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const rows = rowsOf(options)
  print(`Node.js ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n\n`)
  const [comparisons, goals] = rows.length === 0 ? [[], []] : await compareRows(rows, options)
  if (options.requests > 0) goals.push(await memoryAfter(options.requests, print))
  if (options.leases > 0) goals.push(await startUp(options.leases, print))
  if (options.namespaces > 0) goals.push(...(await withNamespaces(options.namespaces, print)))
  if (options.expiry > 0) goals.push(await expiry(options.expiry, print))
  if (options.acme > 0) await acmeOrders(options, print)
  if (options.grow.length > 0) {
    const growing = new Growing(options, print)
    await growing.run(options.grow)
    comparisons.push(...growing.comparisons)
    goals.push(...growing.goals)
  }
  if (options.nodes > 0) await measureNodes(options, print)
  if (options.soak > 0) goals.push(await soak(options.soak, options.rate, print))
  if (goals.length > 0) print(`goals\n${goalTable(goals)}`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ comparisons, goals }, null, 2)}\n`)
}

if (process.argv.slice(2).some((arg) => /^--?h(elp)?$/.test(arg))) print(USAGE)
else await main(process.argv.slice(2))

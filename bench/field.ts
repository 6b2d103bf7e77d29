import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { egide, openbao } from '../test/harness/program.ts'
import { type Comparison, compare } from './compare.ts'
import type { Entrant } from './load/row-load.ts'
import type { Options } from './options.ts'
import { comparisonTable, type Goal, goalsOf, settingGoals } from './report.ts'
import { isGrpc, type Row } from './rows/row.ts'
import { Bare } from './servers/bare.ts'
import { Database } from './servers/database.ts'
import { findOpenbao } from './servers/openbao.ts'
import { nameOf, OPENBAO_ON_POSTGRESQL, type Setting, settingsOf } from './servers/setting.ts'
import { Vault } from './servers/vault.ts'

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
      const isOwn = isGrpc(row) || row.isOwn === true
      const vaults = isOwn ? this.#vaults.filter(({ server }) => server.program === egide) : this.#vaults
      const entrants: Entrant[] = []
      for (const vault of vaults) {
        entrants.push({ name: vault.name, subject: vault, caller: vault, row, made: await vault.madeFor(row) })
      }
      entrants.push({ name: bare.name, subject: bare, caller: first, row, made: entrants[0]?.made })
      if (row.beside !== undefined) {
        entrants.push({ name: row.beside.row.name, subject: first, caller: first, row: row.beside.row })
      }
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

/** Each row on every server of the field, in turns. */
export async function compareRows(
  rows: readonly Row[],
  options: Options,
  print: (text: string) => void,
): Promise<{ readonly comparisons: Comparison[]; readonly goals: Goal[] }> {
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
  return { comparisons, goals }
}

/** Node.js writes its profiles when it ends. */
function profilingOf({ profile }: Options, setting: Setting): Record<string, string> {
  if (profile === undefined) return {}
  const folder = path.resolve(profile, nameOf(setting).replaceAll(/[ ,]+/g, '-'))
  mkdirSync(folder, { recursive: true })
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` }
}

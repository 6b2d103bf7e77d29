// What Egide costs, measured beside a bare node:http server and, where there is one, OpenBao. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { egide, openbao } from '../test/harness/program.ts'
import { type Comparison, compare } from './compare.ts'
import { memoryAfter } from './memory.ts'
import { withNamespaces } from './namespaces.ts'
import { findOpenbao } from './openbao.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { comparisonTable, type Goal, goalsOf, goalTable } from './report.ts'
import { isGrpc, ROWS, type Row } from './rows.ts'
import { startUp } from './start-up.ts'
import { Bare, Vault } from './subjects.ts'

const print = (text: string): void => void process.stdout.write(text)

async function compareRow(
  row: Row,
  options: Options,
  egideVault: Vault,
  others: readonly Vault[],
): Promise<Comparison> {
  const bare = await Bare.start(await (isGrpc(row) ? egideVault.grpcReplyTo(row) : egideVault.replyTo(row)))
  try {
    const vaults = await Promise.all(
      [egideVault, ...others].map(async (vault) => ({
        subject: vault,
        token: vault.token,
        made: await vault.madeFor(row),
      })),
    )
    const [own] = vaults
    return await compare(row, [...vaults, { subject: bare, token: egideVault.token, made: own?.made }], options)
  } finally {
    bare.end()
  }
}

async function compareRows(rows: readonly Row[], options: Options): Promise<[Comparison[], Goal[]]> {
  const binary = await findOpenbao(options.openbao)
  const comparisons: Comparison[] = []
  const goals: Goal[] = []
  const others = binary === undefined ? [] : [await Vault.start(openbao(binary))]
  try {
    for (const row of rows) {
      const storage = options.storage === 'sqlite' ? 'own' : options.storage
      const vault = await Vault.start(
        egide,
        { ...profilingOf(options, row), EGIDE_WORKERS: String(options.workers) },
        storage,
      )
      try {
        const comparison = await compareRow(row, options, vault, isGrpc(row) ? [] : others)
        comparisons.push(comparison)
        goals.push(...goalsOf(row, comparison))
        print(comparisonTable(comparison))
      } finally {
        await vault.end()
      }
    }
  } finally {
    for (const vault of others) await vault.end()
  }
  return [comparisons, goals]
}

/** Node.js writes its profiles when it ends. */
function profilingOf({ profile }: Options, row: Row): Record<string, string> {
  if (profile === undefined) return {}
  const folder = path.resolve(profile, row.name)
  mkdirSync(folder, { recursive: true })
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` }
}

function rowsOf({ rows, leases, namespaces, requests }: Options): readonly Row[] {
  if (rows.length === 0) return leases > 0 || namespaces > 0 || requests > 0 ? [] : ROWS
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
  if (goals.length > 0) print(`goals\n${goalTable(goals)}`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ comparisons, goals }, null, 2)}\n`)
}

if (process.argv.slice(2).some((arg) => /^--?h(elp)?$/.test(arg))) print(USAGE)
else await main(process.argv.slice(2))

import { egide } from '../../test/harness/program.ts'
import { type Comparison, compare } from '../compare.ts'
import type { Entrant } from '../load/row-load.ts'
import type { Growth, Options } from '../options.ts'
import { atLeast, atMost, comparisonTable, type Goal } from '../report.ts'
import { NUMBER } from '../rows/request.ts'
import type { HttpRow } from '../rows/row.ts'
import { SECRET } from '../rows/secret-rows.ts'
import { Database } from '../servers/database.ts'
import { Vault } from '../servers/vault.ts'
import { nameOfStored, storeSecrets } from '../stored/secrets.ts'

const SIZES = { '100 B': 100, '1 KiB': 1024, '10 KiB': 10_240, '100 KiB': 102_400, '512 KiB': 524_288 } as const
const CLIENTS = [1, 4, 16, 64, 256, 512] as const
const COUNTS = [1e3, 1e4, 1e5, 1e6] as const
/** Few, so that it is the time of a request that shows, not that of its wait for others. */
const CONNECTIONS = 4
/** Secrets that are read again and again: what applications do, however many are stored. */
const HOT = 1000
/** Times a read's latency with the fewest entries. */
const ENTRIES_GOAL = 1.3
/** Times the rate of one client that 64 must reach on PostgreSQL. */
const CLIENTS_GOAL = 10

const READ: HttpRow = {
  name: 'kv-read',
  method: 'GET',
  path: `secret/data/${nameOfStored(0).replace(/\d+$/, NUMBER)}`,
  isNumbered: true,
  connections: CONNECTIONS,
}
const WRITE: HttpRow = { ...READ, name: 'kv-write', method: 'POST', body: { data: SECRET } }

/** How reads and writes of secrets fare as one thing grows, on each storage that was asked for. */
export class Growing {
  readonly comparisons: Comparison[] = []
  readonly goals: Goal[] = []
  readonly #options: Options
  readonly #print: (text: string) => void

  constructor(options: Options, print: (text: string) => void) {
    this.#options = options
    this.#print = print
  }

  async run(growths: readonly Growth[]): Promise<void> {
    for (const storage of this.#options.storages) {
      const database = storage === 'postgresql' ? await Database.start() : undefined
      try {
        if (growths.includes('entries')) await this.#entries(storage, database)
        if (growths.includes('size')) await this.#size(storage, database)
        if (growths.includes('clients')) await this.#clients(storage, database)
      } finally {
        await database?.stop()
      }
    }
  }

  async #entries(storage: string, database: Database | undefined): Promise<void> {
    const vaults: { readonly vault: Vault; readonly stored: number }[] = []
    try {
      for (const stored of COUNTS.filter((count) => count <= this.#options.entries)) {
        const vault = await Vault.start(egide, { database })
        vaults.push({ vault, stored })
        await vault.server.stop()
        const started = Date.now()
        await storeSecrets(vault.server, stored)
        this.#print(`stored ${stored} secrets in ${((Date.now() - started) / 1000).toFixed(0)} s\n`)
        await vault.server.start()
        await vault.server.unseal()
      }
      const among = (row: HttpRow, most: number) =>
        vaults.map(({ vault, stored }) => {
          return entrant(`${stored} stored`, vault, row, { first: 0, count: Math.min(stored, most) })
        })
      const read = await this.#compare(`kv-read of ${HOT} on ${storage}`, among(READ, HOT))
      this.#growthGoal(read)
      this.#growthGoal(await this.#compare(`kv-read of any on ${storage}`, among(READ, Number.POSITIVE_INFINITY)))
      await this.#compare(`kv-write of any on ${storage}`, among(WRITE, Number.POSITIVE_INFINITY))
    } finally {
      for (const { vault } of vaults) await vault.end()
    }
  }

  #growthGoal({ row, figures }: Comparison): void {
    const [first, last] = [figures[0], figures.at(-1)]
    if (first === undefined || last === undefined) return
    this.goals.push(
      atMost(`${row}: latency, ${last.subject}, times ${first.subject}`, last.p50 / first.p50, ENTRIES_GOAL),
    )
  }

  async #size(storage: string, database: Database | undefined): Promise<void> {
    await this.#withVault(database, async (vault) => {
      const rows = Object.entries(SIZES).map(([name, bytes]) => ({
        name,
        body: { data: { value: 'x'.repeat(bytes) } },
      }))
      const numbering = { first: 0, count: 10 }
      const of = (row: HttpRow) =>
        rows.map(({ name, body }) => {
          const path = row.path.replace('stored', `of-${name.replace(' ', '')}`)
          return entrant(name, vault, { ...row, path, ...(row === WRITE && { body }) }, numbering)
        })
      await this.#compare(`kv-write by size on ${storage}`, of(WRITE))
      await this.#compare(`kv-read by size on ${storage}`, of(READ))
    })
  }

  async #clients(storage: string, database: Database | undefined): Promise<void> {
    await this.#withVault(database, async (vault) => {
      const of = (row: HttpRow) =>
        CLIENTS.map((connections) =>
          entrant(`${connections} clients`, vault, { ...row, connections }, { first: 0, count: HOT }),
        )
      const writes = await this.#compare(`kv-write by clients on ${storage}`, of(WRITE))
      await this.#compare(`kv-read by clients on ${storage}`, of(READ))
      const rate = (clients: (typeof CLIENTS)[number]) =>
        writes.figures[CLIENTS.indexOf(clients)]?.perSecond ?? Number.NaN
      if (database !== undefined) {
        this.goals.push(atLeast(`${writes.row}: 64, times one`, rate(64) / rate(1), CLIENTS_GOAL))
      }
    })
  }

  async #compare(title: string, entrants: readonly Entrant[]): Promise<Comparison> {
    const comparison = await compare(title, entrants, { ...this.#options, half: false })
    this.comparisons.push(comparison)
    this.#print(comparisonTable(comparison))
    return comparison
  }

  async #withVault(database: Database | undefined, use: (vault: Vault) => Promise<void>): Promise<void> {
    const vault = await Vault.start(egide, { database })
    try {
      await use(vault)
    } finally {
      await vault.end()
    }
  }
}

function entrant(name: string, vault: Vault, row: HttpRow, numbers: { first: number; count: number }): Entrant {
  return { name, subject: vault, caller: vault, row, numbered: { placeholder: NUMBER, ...numbers } }
}

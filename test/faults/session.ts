import { copyFileSync, existsSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Backend, type Entry, StorageError, type Transaction } from '../../storage/backend.ts'
import { openForWriting } from '../../storage/sqlite/connection.ts'
import { GroupWriter } from '../../storage/sqlite/group-writer.ts'
import { migrate } from '../../storage/sqlite/migrate.ts'
import { Reader } from '../../storage/sqlite/reader.ts'
import { openSqlite } from '../../storage/sqlite/sqlite.ts'

/** What the process that runs sessions is told, as JSON in its first argument. */
export interface Orders {
  /** Faults happen below `directory`/faulty, copies are made beside it. See faulty-io.c for the control file. */
  readonly directory: string
  readonly control: string
  /** `new`: each session starts without a file. `ready`: with an empty, migrated one. */
  readonly start: 'new' | 'ready'
  readonly fault: Fault
  /** The first, and the distance to the next, until a session meets no fault. */
  readonly firstNth: number
  readonly step: number
}

export interface Fault {
  readonly errno: number
  readonly lasts: boolean
  readonly torn: boolean
  readonly syncsOnly: boolean
}

/** What it tells of each session, as one line of JSON. */
export interface SessionReport {
  readonly nth: number
  readonly fired: number
  readonly opened: boolean
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
  readonly problems: readonly string[]
}

const COMMITS = 30
const PAIRS = 4
type Fate = 'acknowledged' | 'refused' | 'unknown'

/** Of the size of several pages at times, so that a torn write would tear it. */
const contentOf = (n: number) => Buffer.alloc(20 + ((n * 977) % 9000), `<${n}>`)

/** Two transactions: one writes three paths that must agree, the other writes one path and deletes an older one. */
function groupOf(n: number): Transaction[] {
  const value = contentOf(n)
  const paths = [`pair/${n % PAIRS}/x`, `n/${n}`, `pair/${n % PAIRS}/y`]
  const first = paths.map((path) => ({ path, value, expiresAtMs: n }))
  const second = [
    { path: `m/${n}`, value },
    { path: `m/${n - 3}`, value: null },
  ]
  return [
    { reads: [], lists: [], writes: first },
    { reads: [{ path: `m/${n}`, revision: 0 }], lists: [], writes: second },
  ]
}

class Control {
  readonly #handle: number

  constructor(path: string) {
    this.#handle = openSync(path, 'r+')
  }

  set(nth: number, { errno, lasts, torn, syncsOnly }: Fault): void {
    const words = BigInt64Array.of(BigInt(nth), BigInt(errno), BigInt(lasts), BigInt(torn), BigInt(syncsOnly), 0n)
    writeSync(this.#handle, new Uint8Array(words.buffer), 0, words.byteLength, 0)
  }

  clear(): number {
    const words = new BigInt64Array(6)
    readSync(this.#handle, new Uint8Array(words.buffer), 0, words.byteLength, 0)
    this.set(0, { errno: 0, lasts: false, torn: false, syncsOnly: false })
    return Number(words[5])
  }
}

/**
 * Commits, and looks after each commit at what a reader sees. The fates of the commits come to `fates`. `failed` is called
 * after the first that was not acknowledged.
 */
async function commitAll(backend: Backend, fates: Map<number, Fate>, problems: string[], failed: () => void) {
  for (let n = 1; n <= COMMITS; n++) {
    const fate = await fateOf(backend, n, problems)
    fates.set(n, fate)
    if (fate !== 'acknowledged' && n - 1 === countOf(fates, 'acknowledged')) failed()
    let seen: readonly (Entry | undefined)[]
    try {
      seen = await backend.get([`n/${n}`, `pair/${n % PAIRS}/x`, `pair/${n % PAIRS}/y`])
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'unavailable')) problems.push(`read ${n}: ${String(error)}`)
      continue
    }
    const [marker, x, y] = seen
    if (fate === 'acknowledged' && marker === undefined) problems.push(`${n} was acknowledged, and is not there`)
    if (fate === 'refused' && marker !== undefined) problems.push(`${n} was refused, and is there`)
    if (x?.revision !== y?.revision) problems.push(`${n} is torn`)
  }
}

function countOf(fates: ReadonlyMap<number, Fate>, fate: Fate): number {
  return [...fates.values()].filter((one) => one === fate).length
}

async function fateOf(backend: Backend, n: number, problems: string[]): Promise<Fate> {
  try {
    const outcomes = await backend.commit(groupOf(n))
    if (outcomes.some(({ kind }) => kind !== 'committed')) problems.push(`${n} met a conflict that there is not`)
    return 'acknowledged'
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'refused' || error.code === 'unknown')) return error.code
    problems.push(`commit ${n}: ${String(error)}`)
    return 'unknown'
  }
}

/** Opens the file as the next start would, and compares it with what was told of each commit. */
async function verify(path: string, fates: ReadonlyMap<number, Fate>): Promise<string[]> {
  const db = openForWriting(path)
  try {
    const problems: string[] = []
    const integrity = db.pragma('integrity_check', { simple: true })
    if (integrity !== 'ok') problems.push(`integrity: ${String(integrity)}`)
    await migrate(db)
    const reader = new Reader(db)
    const text = (name: string) => {
      const [entry] = reader.get([name])
      return entry === undefined ? undefined : Buffer.from(entry.value).toString()
    }
    const there = new Set<number>()
    for (let n = 1; n <= COMMITS; n++) {
      const marker = text(`n/${n}`)
      if (marker !== undefined) there.add(n)
      const fate = fates.get(n) ?? 'refused'
      if (fate === 'acknowledged' && marker === undefined) problems.push(`${n} was acknowledged, and is lost`)
      if (fate === 'refused' && marker !== undefined) problems.push(`${n} was refused, and came back`)
      if (marker !== undefined && marker !== contentOf(n).toString()) problems.push(`${n} has another content`)
    }
    for (let n = 1; n <= COMMITS; n++) {
      if ((text(`m/${n}`) !== undefined) !== (there.has(n) && !there.has(n + 3)))
        problems.push(`the group of ${n} is torn`)
    }
    for (let pair = 0; pair < PAIRS; pair++) {
      const newest = [...there].filter((n) => n % PAIRS === pair).at(-1)
      const expected = newest === undefined ? undefined : contentOf(newest).toString()
      if (text(`pair/${pair}/x`) !== expected || text(`pair/${pair}/y`) !== expected)
        problems.push(`pair ${pair} is torn`)
    }
    if (reader.readIndex() !== there.size * 2) problems.push(`revision ${reader.readIndex()} of ${there.size} commits`)
    if (reader.due(COMMITS, 1000).length !== there.size + 2 * new Set([...there].map((n) => n % PAIRS)).size) {
      problems.push('the index of expiry is not that of the entries')
    }
    new GroupWriter(db).commit(groupOf(COMMITS + 1)) // throws unless writing works again
    return problems
  } finally {
    db.close()
  }
}

/** What would be there if the process were killed now. */
interface Snapshot {
  readonly path: string
  readonly fates: ReadonlyMap<number, Fate>
}

function snapshotOf(path: string, folder: string, fates: ReadonlyMap<number, Fate>): Snapshot {
  mkdirSync(folder)
  const copy = join(folder, 'egide.db')
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
  return { path: copy, fates: new Map(fates) }
}

async function runSession(orders: Orders, control: Control, nth: number): Promise<SessionReport> {
  const faulty = join(orders.directory, 'faulty')
  const killed = join(orders.directory, 'killed')
  for (const folder of [faulty, killed]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
  }
  const path = join(faulty, 'egide.db')
  if (orders.start === 'ready') copyFileSync(join(orders.directory, 'ready.db'), path)
  const problems: string[] = []
  const snapshots: Snapshot[] = []
  const fates = new Map<number, Fate>()
  const snapshot = () => snapshots.push(snapshotOf(path, join(killed, `${snapshots.length}`), fates))
  control.set(nth, orders.fault)
  let opened = false
  try {
    const backend = await openSqlite({ path, checkpointPages: 64 })
    opened = true
    await commitAll(backend, fates, problems, snapshot)
    snapshot()
    await backend.close()
  } catch (error) {
    if (opened || !(error instanceof StorageError)) problems.push(`unexpected: ${String(error)}`)
  }
  const fired = control.clear()
  for (const past of [...snapshots, { path, fates }]) problems.push(...(await verify(past.path, past.fates)))
  return {
    nth,
    fired,
    opened,
    acknowledged: countOf(fates, 'acknowledged'),
    refused: countOf(fates, 'refused'),
    unknown: countOf(fates, 'unknown'),
    problems,
  }
}

async function main(orders: Orders): Promise<void> {
  const control = new Control(orders.control)
  const ready = join(orders.directory, 'ready.db')
  if (orders.start === 'ready' && !existsSync(ready)) await (await openSqlite({ path: ready })).close()
  for (let nth = orders.firstNth; ; nth += orders.step) {
    const report = await runSession(orders, control, nth)
    process.stdout.write(`${JSON.stringify(report)}\n`)
    if (report.fired === 0) return
  }
}

const [, program, orders] = process.argv
if (program === import.meta.filename && orders !== undefined) await main(JSON.parse(orders) as Orders)

import {
  CHANGES_KEPT,
  type Changes,
  type DuePosition,
  type Entry,
  FIRST_DUE,
  type Listing,
  type ListPage,
  PATH_MAX_BYTES,
  type Revision,
  VALUE_MAX_BYTES,
} from '../backend.ts'
import { endOf, nameOf, seekOf } from '../listing.ts'
import { clockOf, entryOf } from '../stored-row.ts'
import { readError } from './errors.ts'
import type { PostgresLimits } from './group-writer.ts'
import type { Names } from './names.ts'
import type { Pool } from './pool.ts'
import { Shared } from './shared.ts'
import type { Row, Statement } from './statement.ts'

/** Not read into memory when it is larger than any that is written. */
export const VALUE = `case when octet_length(value) <= ${VALUE_MAX_BYTES} then value end`
/** Paths of single reads that are gathered into one query. */
const GATHERED_MAX = 500
/** More changes than that are no use to a cache. */
const CHANGES_MAX = CHANGES_KEPT * 2

interface Statements {
  readonly readIndex: Statement
  readonly get: Statement
  readonly after: Statement
  readonly from: Statement
  readonly level: Statement
  readonly changes: Statement
  readonly due: Statement
  readonly now: Statement
}

/** The reads, each one statement, which sees the database at one point in time. */
export class Reader {
  readonly #pool: Pool
  readonly #statements: Statements
  readonly #replyMs: number
  readonly #lookMs: number
  readonly #index: Shared<undefined, Revision>
  readonly #looks: Shared<Revision, Changes>
  readonly #entries: Shared<string, ReadonlyMap<string, Entry>>

  constructor(pool: Pool, names: Names, { replyMs = 40_000, lookMs = 5000 }: PostgresLimits) {
    this.#replyMs = replyMs
    this.#lookMs = lookMs
    this.#pool = pool
    this.#statements = statementsOf(names)
    this.#index = new Shared(async () => clockOf((await this.#ask('readIndex', [], lookMs))[0]?.[0]), 1)
    this.#looks = new Shared((sinces) => this.#changes(Math.min(...sinces), lookMs), GATHERED_MAX)
    this.#entries = new Shared((paths) => this.#fetch(paths), GATHERED_MAX)
  }

  async #ask(
    statement: keyof Statements,
    values: readonly unknown[],
    withinMs = this.#replyMs,
  ): Promise<readonly Row[]> {
    try {
      return await this.#pool.query(this.#statements[statement], values, withinMs)
    } catch (error) {
      throw readError(error)
    }
  }

  /** One query for all who ask before it is sent. */
  readIndex(): Promise<Revision> {
    return this.#index.ask(undefined)
  }

  /** Likewise; who asks since a later revision gets what he knows already, too. */
  look(since: Revision): Promise<Changes> {
    return this.#looks.ask(since)
  }

  async get(paths: readonly string[]): Promise<(Entry | undefined)[]> {
    const [only] = paths
    // Several paths must be read at one point in time: they go together. Single ones go with others that are.
    const found =
      paths.length === 1 && only !== undefined ? await this.#entries.ask(only) : await this.#fetch([...new Set(paths)])
    const isShared = paths.length === 1
    return paths.map((path) => {
      const entry = found.get(path)
      // Two who asked together must not get one buffer.
      return entry && (isShared ? { ...entry, value: Buffer.from(entry.value) } : entry)
    })
  }

  async #fetch(paths: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const rows = await this.#ask('get', [paths])
    return new Map(
      rows.map(([path, value, revision, expires]) => [String(path), entryOf(String(path), value, revision, expires)]),
    )
  }

  async list(prefix: string, page: ListPage): Promise<Listing> {
    const seek = seekOf(prefix, page)
    const end = endOf(prefix)
    const rows = await this.#ask(seek.inclusive ? 'from' : 'after', [seek.path, end, page.limit])
    const { paths, revision } = pathsOf(rows)
    const names = new Set(paths.map((path) => nameOf(prefix, path, page.recursive)))
    // Done, unless deeper levels took up the page: those are stepped over, which takes a search for each name.
    if (paths.length < page.limit || names.size === page.limit) return { names: [...names], revision }
    const from = seek.inclusive ? seek.path : `${seek.path}\u0001`
    const level = pathsOf(await this.#ask('level', [from, end, prefix, page.limit]))
    return { names: level.paths.map((path) => nameOf(prefix, path, false)), revision: level.revision }
  }

  changes(since: Revision): Promise<Changes> {
    return this.#changes(since, this.#replyMs)
  }

  async #changes(since: Revision, withinMs: number): Promise<Changes> {
    const rows = await this.#ask('changes', [since, CHANGES_MAX + 1], withinMs)
    const revision = clockOf(rows[0]?.[0], rows[0]?.[2])
    const forgotten = Number(rows[0]?.[2])
    if (since < forgotten || since > revision || rows.length > CHANGES_MAX) return { kind: 'resync', revision }
    const last = new Map<string, Revision>()
    for (const [, path, , at] of rows) {
      if (typeof path === 'string') last.set(path, Math.max(last.get(path) ?? 0, Number(at)))
    }
    return { kind: 'paths', paths: [...last.keys()], revisions: [...last.values()], revision }
  }

  async nowMs(): Promise<number> {
    return Number((await this.#ask('now', [], this.#lookMs))[0]?.[0])
  }

  async due(
    beforeMs: number,
    limit: number,
    { expiresAtMs, path }: DuePosition = FIRST_DUE,
  ): Promise<readonly DuePosition[]> {
    const rows = await this.#ask('due', [beforeMs, limit, expiresAtMs, path])
    return rows.map(([at, due]) => ({ expiresAtMs: Number(at), path: String(due) }))
  }
}

/** Rows of the clock's revision and a path, which is null in the one row that there is when there is no path. */
function pathsOf(rows: readonly Row[]): { paths: string[]; revision: Revision } {
  const paths: string[] = []
  for (const [, path] of rows) if (typeof path === 'string') paths.push(path)
  return { paths, revision: clockOf(rows[0]?.[0]) }
}

function statementsOf({ clock, entry, change }: Names): Statements {
  const listed = (how: string) => `
    select c.revision, e.path from ${clock} c left join lateral (
      select path from ${entry} where path ${how} $1 and path < $2 order by path limit $3
    ) e on true where c.id = 1 order by e.path`
  // One search per name: what follows a path, or a deeper level ($3 is the prefix; '0' follows '/', \\x01 nothing).
  const following = `
    case when position('/' in substr(l.path, length($3) + 1)) = 0 then l.path || e'\\x01'
    else $3 || split_part(substr(l.path, length($3) + 1), '/', 1) || '0' end`
  return {
    readIndex: { name: 'readIndex', text: `select revision from ${clock} where id = 1` },
    get: {
      name: 'get',
      text: `select path, ${VALUE}, revision, expires_at from ${entry} where path = any ($1::text[])`,
    },
    after: { name: 'after', text: listed('>') },
    from: { name: 'from', text: listed('>=') },
    level: {
      name: 'level',
      text: `
        with recursive level (path, nth) as (
          select (select e.path from ${entry} e where e.path >= $1 and e.path < $2 order by e.path limit 1), 1
          union all
          select (select e.path from ${entry} e where e.path >= ${following} and e.path < $2 order by e.path limit 1),
            l.nth + 1
          from level l where l.path is not null and l.nth < $4::int
        )
        select c.revision, l.path from ${clock} c left join level l on l.path is not null where c.id = 1 order by l.nth`,
    },
    changes: {
      name: 'changes',
      text: `
        select c.revision, d.path, c.forgotten, d.revision from ${clock} c left join lateral (
          select path, revision from ${change} where revision > $1 order by revision limit $2
        ) d on true where c.id = 1`,
    },
    now: { name: 'now', text: 'select (extract(epoch from clock_timestamp()) * 1000)::bigint' },
    due: {
      name: 'due',
      text: `
        select expires_at, path from ${entry} where expires_at <= $1 and (expires_at, path) > ($3, $4)
          and octet_length(path) <= ${PATH_MAX_BYTES}
        order by expires_at, path limit $2`,
    },
  }
}

import { type Kysely, sql } from 'kysely'
import type { Names } from '../names.ts'

/** Byte order of UTF-8, whatever the database's own order is. */
const PATH = sql`text collate "C"`

/**
 * `clock`: one row, whose lock puts all commits in order. `revision` counts transactions; `forgotten` is the newest
 * revision whose changes were pruned; `format` is raised by what older versions could not read.
 * `entry`: what is stored. `change`: which paths the newest revisions wrote; `membership` is true where the path was
 * created or deleted, false where it got a new value.
 * `writer`: each process that commits, the number of its last group, and what became of that: the answer to a lost reply.
 */
export async function up(db: Kysely<unknown>, names: Names): Promise<void> {
  await db.schema
    .createTable(names.clock)
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('forgotten', 'bigint', (column) => column.notNull())
    .addColumn('format', 'integer', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable(names.entry)
    .addColumn('path', PATH, (column) => column.primaryKey())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('value', 'bytea', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex(names.due)
    .on(names.entry)
    .columns(['expires_at', 'path'])
    .where('expires_at' as never, 'is not', null)
    .execute()
  await db.schema
    .createTable(names.change)
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('path', PATH, (column) => column.notNull())
    .addColumn('membership', 'boolean', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${names.change}_key`, ['revision', 'path'])
    .execute()
  await db.schema
    .createTable(names.writer)
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('outcomes', sql`bigint[]`)
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .execute()
  await sql`insert into ${sql.table(names.clock)} (id, revision, forgotten, format) values (1, 0, 0, 1)`.execute(db)
}

import { type Kysely, sql } from 'kysely'

/**
 * `clock`: one row. `revision` counts transactions; `forgotten` is the newest revision whose changes were pruned;
 * `changes` is how many rows `change` has; `marker` names the group of transactions that wrote the row last.
 * `entry`: what is stored. `change`: which paths the newest revisions wrote; `membership` is 1 where the path was created
 * or deleted, 0 where it got a new value.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clock')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('forgotten', 'bigint', (column) => column.notNull())
    .addColumn('changes', 'bigint', (column) => column.notNull())
    .addColumn('marker', 'text', (column) => column.notNull())
    .execute()
  // Without a rowid the row lies in its key's own tree: one page to write for a change, and one search to read.
  await db.schema
    .createTable('entry')
    .addColumn('path', 'text', (column) => column.primaryKey().notNull())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('value', 'blob', (column) => column.notNull()) // last: what comes after a large value is slow to reach
    .modifyEnd(sql`without rowid`)
    .execute()
  await db.schema
    .createIndex('entry_due')
    .on('entry')
    .columns(['expires_at', 'path'])
    .where('expires_at' as never, 'is not', null)
    .execute()
  await db.schema
    .createTable('change')
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('membership', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('change_key', ['revision', 'path'])
    .modifyEnd(sql`without rowid`)
    .execute()
  await sql`insert into clock (id, revision, forgotten, changes, marker) values (1, 0, 0, 0, '')`.execute(db)
}

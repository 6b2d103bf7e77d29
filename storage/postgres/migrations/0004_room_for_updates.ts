import { type Kysely, sql } from 'kysely'
import type { Names } from '../names.ts'

/**
 * A tenth of each page of entries is left for new states of what is on it: an update that stays on its page writes no
 * index, and what it replaces is cleared away with the next one. A database that has no such setting, or where the tables
 * belong to another user, does without.
 */
export async function up(db: Kysely<unknown>, { entry }: Names): Promise<void> {
  const failures = 'insufficient_privilege or feature_not_supported or invalid_parameter_value'
  await sql
    .raw(`do $$ begin alter table ${entry} set (fillfactor = 90); exception when ${failures} then null; end $$`)
    .execute(db)
}

import { StorageError } from '../backend.ts'
import { sqlState } from './errors.ts'
import type { Names } from './names.ts'
import type { Session } from './session.ts'

/** Of tgtype: it runs for each row (1), before or instead of what is done to it (2, 64), and may say that nothing is. */
const FINDING = `
  with ours (id) as (select to_regclass(t.name)::oid from unnest($1::text[]) as t (name))
  select c.relname, 'the trigger ' || t.tgname
  from ours join pg_class c on c.oid = ours.id join pg_trigger t on t.tgrelid = c.oid
  where not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & 1 <> 0 and t.tgtype & 66 <> 0
  union all
  select c.relname, 'the rule ' || r.rulename
  from ours join pg_class c on c.oid = ours.id join pg_rewrite r on r.ev_class = c.oid
  where r.ev_type <> '1' and r.ev_enabled in ('O', 'A')
  union all
  select c.relname, 'row security that holds for this user' from ours join pg_class c on c.oid = ours.id
  where row_security_active(c.oid)
  limit 1`

/**
 * Throws StorageError `invalid` where somebody gave the tables what lets a statement succeed and store nothing: what is
 * acknowledged would not be there. A database without PostgreSQL's catalogue is passed over.
 */
export async function refuseLostWrites(session: Session, names: Names, withinMs: number): Promise<void> {
  const tables = [names.clock, names.entry, names.change, names.writer]
  try {
    const [found] = await session.query({ name: 'lost-writes', text: FINDING }, [tables], withinMs)
    if (found === undefined) return
    const [table, what] = found
    throw new StorageError(
      'invalid',
      `the table ${table} has ${what}, which can keep from being stored what was acknowledged: remove it (triggers may run AFTER)`,
    )
  } catch (error) {
    if (!/^42(883|P01|703)$/.test(sqlState(error))) throw error
  }
}

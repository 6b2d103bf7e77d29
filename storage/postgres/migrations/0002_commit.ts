import { type Kysely, sql } from 'kysely'
import type { Names } from '../names.ts'

/**
 * The group commit, in the database: one message brings the whole group and one reply says what became of it, so the
 * clock's lock is never held while bytes are on their way.
 *
 * A function runs each of its statements with a snapshot of its own (read committed), so what is read after the lock
 * was waited for is what the one before left.
 *
 * Outcomes: per transaction its revision, or -n when its n-th check (of all checks of the group: reads, then lists)
 * failed; null when the group's number is spent, and nothing was written.
 */
export async function up(db: Kysely<unknown>, names: Names): Promise<void> {
  await sql.raw(commitFunction(names)).execute(db)
  await sql.raw(settleFunction(names)).execute(db)
}

const commitFunction = ({ clock, entry, change, writer, commit0002 }: Names) => `
create function ${commit0002}(
  writer_id uuid, group_number bigint, tx_writes integer[],
  read_tx integer[], read_path text[], read_revision bigint[],
  list_tx integer[], list_from text[], list_to text[], list_since bigint[],
  write_tx integer[], write_path text[], write_from integer[], write_length integer[], write_expires bigint[],
  write_values bytea, keep_changes integer
) returns bigint[] language plpgsql as $$
declare
  base bigint;
  oldest bigint;
  newest bigint;
  pruned bigint;
  outcome bigint[];
begin
  select c.revision, c.forgotten into strict base, oldest from ${clock} c where c.id = 1 for update;

  with failing as (
    select r.tx, r.nth
    from unnest(read_tx, read_path, read_revision) with ordinality as r (tx, path, revision, nth)
    left join ${entry} e on e.path = r.path
    where coalesce(e.revision, 0) <> r.revision
    union all
    select l.tx, l.nth + cardinality(read_tx)
    from unnest(list_tx, list_from, list_to, list_since) with ordinality as l (tx, low, high, since, nth)
    where l.since < oldest or (l.since < base and exists (
      select 1 from ${change} c
      where c.revision > l.since and c.membership and c.path >= l.low and (l.high is null or c.path < l.high)))
  ), failed as (
    select f.tx, min(f.nth) as nth from failing f group by f.tx
  ), judged as (
    select t.tx, f.nth, base + sum(case when f.nth is null then t.writes else 0 end) over (order by t.tx) as revision
    from unnest(tx_writes) with ordinality as t (writes, tx)
    left join failed f on f.tx = t.tx
  )
  select array_agg(case when j.nth is null then j.revision else -j.nth end order by j.tx), max(j.revision)
  into outcome, newest from judged j;
  if newest = base then
    return outcome;
  end if;

  update ${writer} w set number = group_number, outcomes = outcome, at = now()
  where w.id = writer_id and w.number < group_number;
  if not found then
    return null;
  end if;

  with w as (
    select u.path, u.first, u.length, u.expires, outcome[u.tx] as revision,
      coalesce(lag(u.length >= 0) over (partition by u.path order by u.tx), e.path is not null) as existed,
      row_number() over (partition by u.path order by u.tx desc) = 1 as is_last
    from unnest(write_tx, write_path, write_from, write_length, write_expires) as u (tx, path, first, length, expires)
    left join ${entry} e on e.path = u.path
    where outcome[u.tx] > 0
  ), changed as (
    insert into ${change} (revision, path, membership)
    select w.revision, w.path, not w.existed or w.length < 0 from w where w.existed or w.length >= 0
  ), deleted as (
    delete from ${entry} e using w where e.path = w.path and w.is_last and w.length < 0
  )
  insert into ${entry} (path, revision, expires_at, value)
  select w.path, w.revision, w.expires, substring(write_values from w.first for w.length)
  from w where w.is_last and w.length >= 0
  on conflict (path) do update
  set revision = excluded.revision, expires_at = excluded.expires_at, value = excluded.value;

  if keep_changes is not null then
    select c.revision into pruned from ${change} c order by c.revision desc, c.path desc offset keep_changes limit 1;
    -- From where the last pruning ended: what that left in the index, until it is vacuumed, is not walked over again.
    delete from ${change} c where c.revision > oldest and c.revision <= pruned;
  end if;
  update ${clock} c set revision = newest, forgotten = coalesce(pruned, c.forgotten) where c.id = 1;
  return outcome;
end
$$`

/**
 * What became of a group whose reply was lost: its outcomes, or none when it was not applied and now never will be. It
 * waits for the group if that is under way, and writes in any case: with synchronous standbys its own reply then says
 * that what it read is as durable as what it wrote.
 */
const settleFunction = ({ clock, writer, settle }: Names) => `
create function ${settle}(writer_id uuid, group_number bigint) returns bigint[] language plpgsql as $$
declare
  outcome bigint[];
begin
  perform 1 from ${clock} c where c.id = 1 for update;
  update ${writer} w
  set outcomes = case when w.number = group_number then w.outcomes end,
    number = greatest(w.number, group_number), at = now()
  where w.id = writer_id
  returning w.outcomes into outcome;
  return outcome;
end
$$`

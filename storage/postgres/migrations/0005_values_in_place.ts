import { type Kysely, sql } from 'kysely'
import type { Names } from '../names.ts'

/**
 * The group commit as 0003 has it, with the same parameters and outcomes, but that each value is taken out of its array
 * where it is stored. In the common table of a step, which three statements read, PostgreSQL had copied it twice. Nodes of
 * two versions take turns as before, and leave the same rows behind.
 */
export async function up(db: Kysely<unknown>, names: Names): Promise<void> {
  await sql.raw(commitFunction(names)).execute(db)
}

const commitFunction = ({ clock, entry, change, writer, commit }: Names) => `
create function ${commit}(
  writer_id uuid, group_number bigint, tx_writes integer[], tx_nth integer[],
  read_path text[], read_revision bigint[], reader_tx integer[], reader_read integer[],
  list_tx integer[], list_from text[], list_to text[], list_since bigint[],
  write_tx integer[], write_step integer[], write_path text[], write_existed boolean[], write_expires bigint[],
  write_value bytea[], steps integer, keep_changes integer
) returns bigint[] language plpgsql as $$
declare
  base bigint;
  oldest bigint;
  newest bigint;
  pruned bigint;
  failing bigint[];
  outcome bigint[];
begin
  select c.revision, c.forgotten into strict base, oldest from ${clock} c where c.id = 1 for update;

  select array_agg(r.nth) into failing
  from unnest(read_path, read_revision) with ordinality as r (path, revision, nth)
  left join ${entry} e on e.path = r.path
  where coalesce(e.revision, 0) <> r.revision;

  if failing is null and cardinality(list_tx) = 0 then
    outcome := array(select base + t.nth from unnest(tx_nth) with ordinality as t (nth, tx) order by t.tx);
    newest := base + tx_nth[cardinality(tx_nth)];
  else
    with failed as (
      select f.tx, (array_agg(f.nth order by f.place))[1] as nth from (
        select r.tx, r.nth, r.place from unnest(reader_tx, reader_read) with ordinality as r (tx, nth, place)
        where r.nth = any (failing)
        union all
        select l.tx, l.nth + cardinality(read_path), l.nth + cardinality(reader_tx)
        from unnest(list_tx, list_from, list_to, list_since) with ordinality as l (tx, low, high, since, nth)
        where l.since < oldest or (l.since < base and exists (
          select 1 from ${change} c
          where c.revision > l.since and c.membership and c.path >= l.low and (l.high is null or c.path < l.high)))
      ) f group by f.tx
    ), judged as (
      select t.tx, f.nth, base + sum(case when f.nth is null then t.writes else 0 end) over (order by t.tx) as revision
      from unnest(tx_writes) with ordinality as t (writes, tx)
      left join failed f on f.tx = t.tx
    )
    select array_agg(case when j.nth is null then j.revision else -j.nth end order by j.tx), max(j.revision)
    into outcome, newest from judged j;
  end if;
  if newest = base then
    return outcome;
  end if;

  update ${writer} w set number = group_number, outcomes = outcome, at = now()
  where w.id = writer_id and w.number < group_number;
  if not found then
    return null;
  end if;

  for at_step in 0 .. steps - 1 loop
    with w as (
      select u.nth, u.path, outcome[u.tx] as revision, write_value[u.nth] is null as deleted,
        coalesce(u.existed, exists (select 1 from ${entry} e where e.path = u.path)) as existed
      from unnest(write_tx, write_step, write_path, write_existed) with ordinality as u (tx, step, path, existed, nth)
      where u.step = at_step and outcome[u.tx] > 0
    ), changed as (
      insert into ${change} (revision, path, membership)
      select w.revision, w.path, not w.existed or w.deleted from w where w.existed or not w.deleted
    ), deleted as (
      delete from ${entry} e using w where e.path = w.path and w.deleted
    ), updated as (
      update ${entry} e set revision = w.revision, expires_at = write_expires[w.nth], value = write_value[w.nth]
      from w where e.path = w.path and w.existed and not w.deleted
    )
    insert into ${entry} (path, revision, expires_at, value)
    select w.path, w.revision, write_expires[w.nth], write_value[w.nth] from w where not w.existed and not w.deleted;
  end loop;

  if keep_changes is not null then
    select c.revision into pruned from ${change} c order by c.revision desc, c.path desc offset keep_changes limit 1;
    -- From where the last pruning ended: what that left in the index, until it is vacuumed, is not walked over again.
    delete from ${change} c where c.revision > oldest and c.revision <= pruned;
  end if;
  update ${clock} c set revision = newest, forgotten = coalesce(pruned, c.forgotten) where c.id = 1;
  return outcome;
end
$$`

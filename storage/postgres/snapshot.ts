import { SNAPSHOT_BATCH_BYTES, SNAPSHOT_BATCH_ENTRIES } from '../backend.ts'
import type { SnapshotSource } from '../batched-snapshot.ts'
import { clockOf, entryOf } from '../stored-row.ts'
import { readError } from './errors.ts'
import type { Names } from './names.ts'
import { VALUE } from './reader.ts'
import type { Session } from './session.ts'
import type { Statement } from './statement.ts'

const REPLY_MS = 40_000
/** How long whoever reads a snapshot may take for a batch: an old snapshot keeps the database from tidying up. */
const PAUSE_MAX_MS = 10 * 60_000

/** A read-only transaction at one point in time, on a connection of its own. */
export async function openSnapshot(connect: () => Promise<Session>, names: Names): Promise<SnapshotSource> {
  let session: Session | undefined
  try {
    session = await connect()
    return await readFrom(session, names)
  } catch (error) {
    session?.destroy()
    throw readError(error)
  }
}

async function readFrom(session: Session, { clock, entry }: Names): Promise<SnapshotSource> {
  const run = (text: string) => session.run(text, REPLY_MS)
  await run('begin isolation level repeatable read, read only')
  await run(`set local idle_in_transaction_session_timeout = ${PAUSE_MAX_MS}`)
  const revision = clockOf((await run(`select revision from ${clock} where id = 1`))[0]?.[0])
  // A value counts in front of those behind it: a batch ends with the one that takes it to its bound.
  const batch: Statement = {
    name: 'batch',
    text: `
      select path, value, revision, expires_at from (
        select e.*, sum(coalesce(octet_length(value), 0)) over (order by path) - coalesce(octet_length(value), 0) as before from (
          select path, ${VALUE} as value, revision, expires_at from ${entry} where path > $1
          order by path limit ${SNAPSHOT_BATCH_ENTRIES}
        ) e
      ) w where before < ${SNAPSHOT_BATCH_BYTES} order by path`,
  }
  let after = ''
  return {
    revision,
    async next() {
      try {
        const rows = await session.query(batch, [after], REPLY_MS)
        const entries = rows.map(([path, value, revision, expires]) => entryOf(String(path), value, revision, expires))
        after = entries.at(-1)?.path ?? after
        return entries
      } catch (error) {
        throw readError(error)
      }
    },
    // The server rolls back what ends without a word; waiting for a reply under way would only take time.
    release: () => session.destroy(),
  }
}

import type { Entry, Revision } from '../backend.ts'
import { checkReplacement } from '../bounds.ts'
import { clockOf } from '../stored-row.ts'
import { isOutcomeUnknown, storageError } from './errors.ts'
import type { Names } from './names.ts'
import type { Session } from './session.ts'
import type { Row, Statement } from './statement.ts'

/** How long other commits may take before this one has its turn. */
const TURN_MS = 60_000
/** A statement: taking away a large store takes a while. */
const STATEMENT_MS = 30 * 60_000
const GRACE_MS = 10_000

/**
 * As Backend.replace: one transaction on a connection of its own, which holds the clock's lock from its beginning, so that
 * every commit comes before it or after it. Readers see what was there until it has ended.
 */
export async function replaceAll(
  connect: () => Promise<Session>,
  names: Names,
  batches: AsyncIterable<readonly Entry[]>,
): Promise<Revision> {
  const session = await connect().catch((error: unknown) => {
    throw storageError('refused', error)
  })
  try {
    return await replaceOn(session, names, batches)
  } finally {
    // The server rolls back what ends without a word.
    session.destroy()
  }
}

async function replaceOn(
  session: Session,
  { clock, entry, change }: Names,
  batches: AsyncIterable<readonly Entry[]>,
): Promise<Revision> {
  const run = (text: string, withinMs = STATEMENT_MS) => beforeCommit(session.run(text, withinMs))
  await run('begin isolation level read committed')
  // How long whoever brings the entries may take for a batch is as in any transaction: nobody can write meanwhile.
  await run(`set local statement_timeout = ${STATEMENT_MS}; set local lock_timeout = ${TURN_MS}`)
  const [row] = await run(`select revision from ${clock} where id = 1 for update`, TURN_MS + GRACE_MS)
  const revision = clockOf(row?.[0]) + 1
  await run(`delete from ${entry}`)
  await run(`delete from ${change}`)
  const insert = insertInto(entry)
  for await (const batch of batches) {
    if (batch.length > 0) await beforeCommit(session.query(insert, valuesOf(batch, revision), STATEMENT_MS))
  }
  await run(`update ${clock} set revision = ${revision}, forgotten = ${revision} where id = 1`)
  try {
    await session.run('commit', STATEMENT_MS)
  } catch (error) {
    throw storageError(isOutcomeUnknown(error) ? 'unknown' : 'refused', error)
  }
  return revision
}

/** Nothing is written yet. */
async function beforeCommit(answer: Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await answer
  } catch (error) {
    throw storageError('refused', error)
  }
}

const insertInto = (entry: string): Statement => ({
  name: 'replace',
  text: `
    insert into ${entry} (path, revision, expires_at, value)
    select u.path, $1::bigint, u.expires, substring($6::bytea from u.first for u.length)
    from unnest($2::text[], $3::int[], $4::int[], $5::bigint[]) as u (path, first, length, expires)`,
})

function valuesOf(batch: readonly Entry[], revision: Revision): unknown[] {
  checkReplacement(batch)
  const firsts: number[] = []
  let end = 1 // the first byte of a bytea is its byte 1
  for (const { value } of batch) {
    firsts.push(end)
    end += value.byteLength
  }
  return [
    revision,
    batch.map(({ path }) => path),
    firsts,
    batch.map(({ value }) => value.byteLength),
    batch.map(({ expiresAtMs }) => expiresAtMs ?? null),
    Buffer.concat(batch.map(({ value }) => value)),
  ]
}

import { json } from '../../storage/codec.ts'
import type { Reader, Tx } from '../../storage/store.ts'
import type { EngineContext, Figure } from '../engine.ts'
import { rows } from './documents.ts'

/**
 * How many certificates are stored (`maintain_stored_certificate_counts` of config/auto-tidy). They are counted now and
 * then: a number that each issuing had to change would have all of them wait for each other.
 */

interface Counts {
  /** They are among the metrics. */
  readonly isPublished: boolean
  readonly last?: { readonly stored: number; readonly revoked: number; readonly atMs: number; readonly tookMs: number }
}

const PATH = 'tidy/stored'
const codec = json<Counts>()
const PAGE = 10_000
const EVERY_MS = 55_000
/** Counting may take one part in so many of the time. */
const SHARE = 50

/** Within the transaction that changes the settings. Undefined: there are to be no counts. */
export async function configureCounts(tx: Tx, settings: Pick<Counts, 'isPublished'> | undefined): Promise<void> {
  const before = await tx.get(PATH, codec)
  if (settings === undefined) tx.delete(PATH)
  else tx.put(PATH, { ...before, ...settings }, codec)
}

/** As tidy-status shows them; null: they are not kept, or not counted yet. */
export async function shownCounts(reader: Reader): Promise<Readonly<Record<string, number | null>>> {
  const last = (await reader.get(PATH, codec))?.last
  return {
    current_cert_store_count: last?.stored ?? null,
    current_revoked_cert_count: last?.revoked ?? null,
  }
}

export async function certificateFigures({ store }: EngineContext): Promise<readonly Figure[]> {
  const counts = await store.get(PATH, codec)
  if (counts?.last === undefined || !counts.isPublished) return []
  const { stored, revoked } = counts.last
  return [
    { name: 'pki_stored_certificates', value: stored },
    { name: 'pki_revoked_certificates', value: revoked },
  ]
}

/** Counts anew where that is due: once a minute, and less often where it takes long. */
export async function periodicCounts(context: EngineContext): Promise<void> {
  const last = (await context.store.get(PATH, codec))?.last
  const pauseMs = Math.max(EVERY_MS, (last?.tookMs ?? 0) * SHARE)
  if (last === undefined || context.clock.now() - last.atMs >= pauseMs) await count(context)
}

/** Counts the certificates, where counts are kept. Asks `stillRuns` after each page, and writes nothing where that says no. */
export async function count(
  { store, clock }: EngineContext,
  stillRuns: () => Promise<boolean> = async () => true,
): Promise<void> {
  await store.refresh()
  if ((await store.get(PATH, codec)) === undefined) return
  const startedMs = clock.now()
  const stored = await countedBy((page) => store.list(rows.certificates, page), stillRuns)
  const revoked = await countedBy((page) => store.scan(rows.authorities, page), stillRuns)
  if (stored === undefined || revoked === undefined) return
  await store.transaction(async (tx) => {
    const there = await tx.get(PATH, codec)
    const atMs = clock.now()
    // It may have been turned off meanwhile.
    if (there !== undefined)
      tx.put(PATH, { ...there, last: { stored, revoked, atMs, tookMs: atMs - startedMs } }, codec)
  })
}

async function countedBy(
  read: (page: { after: string; limit: number }) => Promise<string[]>,
  stillRuns: () => Promise<boolean>,
): Promise<number | undefined> {
  let [found, after] = [0, '']
  for (;;) {
    const page = await read({ after, limit: PAGE })
    found += page.length
    if (!(await stillRuns())) return undefined
    if (page.length < PAGE) return found
    after = page.at(-1) ?? ''
  }
}

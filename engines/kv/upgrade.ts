import { json } from '../../storage/codec.ts'
import type { Reader, Store, Tx } from '../../storage/store.ts'
import type { Clock } from '../engine.ts'
import { invalid } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import { appendVersion } from './append.ts'
import { Body } from './body.ts'
import { newRecord } from './record.ts'
import { saveRecord } from './record-store.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

/**
 * Turns the secrets of a version 1 mount into version 2's: each becomes version 1 of itself. It works in small steps,
 * each of them whole, so that it can stop anywhere and be run again. The mark is set first: a version 1 write that is
 * under way meets it as a conflict and is refused, so none can slip in behind.
 */

/** Prefix of version 1's secrets. */
export const PLAIN = 'plain/'
export const plainCodec = json<JsonObject>()

const MARK_PATH = 'versioned'
const markCodec = json<{ readonly sinceMs: number }>()
const STEP = 100

export async function refuseUpgraded(reader: Reader): Promise<void> {
  if ((await reader.get(MARK_PATH, markCodec)) !== undefined) throw invalid('this mount keeps versions now')
}

/** Does nothing where there is nothing of version 1. */
export async function upgradeToVersions(store: Store, clock: Clock): Promise<void> {
  await store.refresh()
  for (;;) {
    const paths = await store.scan(PLAIN, { limit: STEP })
    if (paths.length === 0) return
    await store.transaction(async (tx) => {
      if ((await tx.get(MARK_PATH, markCodec)) === undefined) tx.put(MARK_PATH, { sinceMs: clock.now() }, markCodec)
    })
    await store.transaction(async (tx) => {
      for (const path of paths) await convert(tx, path, clock.now())
    })
  }
}

async function convert(tx: Tx, path: string, nowMs: number): Promise<void> {
  const data = await tx.get(`${PLAIN}${path}`, plainCodec)
  if (data === undefined) return
  tx.delete(`${PLAIN}${path}`)
  const body = Body.of(data)
  saveRecord(tx, path, undefined, appendVersion(newRecord(nowMs), { mount: DEFAULT_SETTINGS, body, nowMs }))
}

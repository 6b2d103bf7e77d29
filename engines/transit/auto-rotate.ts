import type { EngineContext } from '../engine.ts'
import { rotated, rotationDueMs } from './key.ts'
import { loadKey, ROTATIONS, rotationCodec, saveKey } from './key-store.ts'

const PAGE = 500

/** Rotates the keys whose newest version is older than their period. One that fails is tried again at the next run. */
export async function autoRotate(context: EngineContext): Promise<void> {
  const { store, log } = context
  await store.refresh()
  let after = ''
  for (;;) {
    const names = await store.list(ROTATIONS, { after, limit: PAGE })
    for (const name of names) {
      try {
        await rotateWhenDue(name, context)
      } catch (err) {
        log.warn({ key: name, err }, 'a key that is due could not be rotated')
      }
    }
    after = names.at(-1) ?? ''
    if (names.length < PAGE) return
  }
}

async function rotateWhenDue(name: string, { store, clock, random, log }: EngineContext): Promise<void> {
  const row = await store.get(ROTATIONS + name, rotationCodec)
  if (row === undefined || row.dueMs > clock.now()) return
  const latest = await store.transaction(async (tx) => {
    const key = await loadKey(tx, name)
    const dueMs = key && rotationDueMs(key)
    if (key === undefined || dueMs === undefined || dueMs > clock.now()) return undefined
    const after = rotated(key, clock.now(), random)
    saveKey(tx, after)
    return after.latest
  })
  if (latest !== undefined) log.info({ key: name, version: latest }, 'rotated a key whose time had come')
}

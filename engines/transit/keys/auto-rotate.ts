import { namesInPages } from '../../../storage/pages.ts'
import type { EngineContext } from '../../engine.ts'
import { type Key, rotationDueMs } from './key.ts'
import { ROTATIONS, rotationCodec } from './key-store.ts'
import { rotatedKey } from './rotation.ts'

const PAGE = 500

/** Rotates the keys whose newest version is older than their period. One that fails is tried again at the next run. */
export async function autoRotate(context: EngineContext): Promise<void> {
  const { store, log } = context
  await store.refresh()
  for await (const name of namesInPages(PAGE, (page) => store.list(ROTATIONS, page))) {
    try {
      await rotateWhenDue(name, context)
    } catch (err) {
      log.warn({ key: name, err }, 'a key that is due could not be rotated')
    }
  }
}

async function rotateWhenDue(name: string, context: EngineContext): Promise<void> {
  const { store, clock, log } = context
  const row = await store.get(ROTATIONS + name, rotationCodec)
  if (row === undefined || row.dueMs > clock.now()) return
  const isDue = (key: Key) => (rotationDueMs(key) ?? Number.POSITIVE_INFINITY) <= clock.now()
  const rotated = await rotatedKey(name, context, isDue)
  if (rotated !== undefined) log.info({ key: name, version: rotated.latest }, 'rotated a key whose time had come')
}

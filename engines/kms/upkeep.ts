import { namesInPages } from '../../storage/pages.ts'
import type { Tx } from '../../storage/store.ts'
import type { EngineContext } from '../engine.ts'
import { dropGrants } from './access/grants.ts'
import { dropAliases } from './keys/aliases.ts'
import { dropParameters } from './keys/importing.ts'
import type { Key } from './keys/key.ts'
import { DUE, deleteKey, loadKey, parsedDueRow, saveKey } from './keys/key-store.ts'
import { rotatedWhenDue } from './keys/rotation.ts'

/** What keys come to by themselves: they are deleted, lose the material that ran out, and are rotated. */

const PAGE = 500

/** One key that fails is tried again at the next run. */
export async function upkeep(context: EngineContext): Promise<void> {
  const { store, clock } = context
  await store.refresh()
  for await (const row of namesInPages(PAGE, (page) => store.list(DUE, page))) {
    const { atMs, id } = parsedDueRow(row)
    if (atMs > clock.now()) return
    await processDueKey(context, id)
  }
}

async function processDueKey({ store, clock, random, log }: EngineContext, id: string): Promise<void> {
  try {
    const what = await store.transaction(async (tx) => {
      const key = await loadKey(tx, id)
      if (key === undefined) return 'nothing: it is gone'
      const nowMs = clock.now()
      if (key.deletion !== undefined && key.deletion.atMs <= nowMs) {
        await removeKey(tx, key)
        return 'deleted'
      }
      const kept = withoutExpired(key, nowMs)
      const after = rotatedWhenDue(kept, nowMs, random)
      saveKey(tx, after, key)
      return after === kept ? 'lost its expired material' : 'rotated'
    })
    log.info({ key: id, what }, 'a key whose time had come was tended')
  } catch (err) {
    log.warn({ key: id, err }, 'a key whose time had come could not be tended')
  }
}

function withoutExpired(key: Key, nowMs: number): Key {
  const { materialExpiresMs, ...rest } = key
  return materialExpiresMs === undefined || materialExpiresMs > nowMs ? key : { ...rest, versions: [] }
}

/** The key, its bytes, and all that hangs on it. */
async function removeKey(tx: Tx, key: Key): Promise<void> {
  deleteKey(tx, key)
  await dropAliases(tx, key.id)
  await dropGrants(tx, key.id)
  dropParameters(tx, key.id)
}

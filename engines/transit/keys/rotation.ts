import type { EngineContext } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { type Key, rotated } from './key.ts'
import { loadKey, saveKey } from './key-store.ts'
import { keyTypeOf } from './key-types.ts'
import { newMaterial } from './material.ts'

/**
 * Gives the key a new version, where `may` says so (it may also throw). Undefined: it did not, or there is no such key.
 * The bytes are made before the transaction, which may run more than once.
 */
export async function rotatedKey(
  name: string,
  { store, clock, random }: EngineContext,
  may: (key: Key) => boolean,
): Promise<Key | undefined> {
  const seen = await loadKey(store, name)
  if (seen === undefined || !may(seen)) return undefined
  const material = await newMaterial(keyTypeOf(seen.type), seen.keySize ?? 0, random)
  return store.transaction(async (tx) => {
    const before = await loadKey(tx, name)
    if (before === undefined || !may(before)) return undefined
    if (before.type !== seen.type || before.keySize !== seen.keySize) {
      throw new EgideError('conflict', `key ${name} was replaced in the meantime`)
    }
    const after = rotated(before, material, clock.now())
    saveKey(tx, after)
    return after
  })
}

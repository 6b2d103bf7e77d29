import { Keyring } from '../../crypto/keyring.ts'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import { notFound } from '../../engines/errors.ts'
import type { Write } from '../../storage/backend.ts'
import { openNamespaceKeys, sealNamespaceKeys } from './key-records.ts'
import type { KeyStorage } from './key-storage.ts'
import type { LoadedKeys } from './load-keys.ts'
import { namespaceKeysPath, SEAL_PATHS } from './paths.ts'

/**
 * The keys of single namespaces, as storage has them. There may be ten thousand namespaces: a process reads the keys of
 * those that it serves, and a rotation of the keyring reaches a namespace when somebody next has to do with it.
 */

export interface NamespaceKeysParts {
  readonly storage: KeyStorage
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** Of a namespace that is not held. 'changed': the vault's keys are not those in `held` any more. Throws `not_found`. */
export async function storedKeys(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  namespaceId: string,
): Promise<Keyring | 'changed'> {
  const path = namespaceKeysPath(namespaceId)
  const seen = await parts.storage.get([SEAL_PATHS.epoch, path])
  if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== held.epoch) return 'changed'
  const record = seen.get(path)
  if (record === undefined) throw notFound('no such namespace')
  const keys = openNamespaceKeys(held.keyring, namespaceId, record.value)
  const { namespaces } = await renewTerms(parts, { ...held, namespaces: new Map([[namespaceId, keys]]) })
  return namespaces.get(namespaceId) ?? keys
}

/**
 * Stores the keys of a new namespace. The epoch stays as it is: nobody else holds anything that this changes. 'changed':
 * as of `storedKeys`, or somebody else has just stored some.
 */
export async function storeNewKeys(
  { storage, clock, random }: NamespaceKeysParts,
  { keyring, epoch }: LoadedKeys,
  namespaceId: string,
): Promise<'changed' | undefined> {
  const path = namespaceKeysPath(namespaceId)
  const seen = await storage.get([SEAL_PATHS.epoch, path])
  if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== epoch) return 'changed'
  if (seen.get(path) !== undefined) return undefined
  const keys = Keyring.create(keyring.active.number, clock.now(), random)
  const writes = [{ path, value: sealNamespaceKeys(keyring, namespaceId, keys, random) }]
  return (await storage.commit({ seen, writes, whenUnknown: 'adopt' })) === undefined ? 'changed' : undefined
}

/** Gives namespaces that slept through rotations the vault's active term. Where that fails they go on with the term they have. */
export async function renewTerms(parts: NamespaceKeysParts, loaded: LoadedKeys): Promise<LoadedKeys> {
  const { storage, clock, random, log } = parts
  const { keyring, epoch } = loaded
  const term = keyring.active.number
  const stale = [...loaded.namespaces].filter(([, keys]) => keys.active.number < term).map(([id]) => id)
  if (stale.length === 0) return loaded
  try {
    const seen = await storage.get([SEAL_PATHS.epoch, ...stale.map(namespaceKeysPath)])
    if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== epoch) return loaded
    const namespaces = new Map(loaded.namespaces)
    const writes: Write[] = []
    for (const id of stale) {
      const path = namespaceKeysPath(id)
      const record = seen.get(path)
      if (record === undefined) continue
      // Another process may have renewed it since.
      const stored = openNamespaceKeys(keyring, id, record.value)
      const renewed = stored.active.number < term ? stored.withTerm(term, clock.now(), random) : stored
      namespaces.set(id, renewed)
      if (renewed !== stored) writes.push({ path, value: sealNamespaceKeys(keyring, id, renewed, random) })
    }
    const isDone = writes.length === 0 || (await storage.commit({ seen, writes, whenUnknown: 'adopt' })) !== undefined
    return isDone ? { ...loaded, namespaces } : loaded
  } catch (error) {
    log.warn({ err: error }, 'the keys of a namespace could not be given a new term')
    return loaded
  }
}

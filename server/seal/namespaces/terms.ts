import type { KeyObject } from 'node:crypto'
import { KEY_BYTES } from '../../../crypto/aead.ts'
import { DecryptFailed, TermUnknown } from '../../../crypto/errors.ts'
import { Keyring } from '../../../crypto/keyring.ts'
import { split } from '../../../crypto/shamir.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Clock, Log, Random } from '../../../engines/engine.ts'
import { damaged, invalid, notFound } from '../../../engines/errors.ts'
import type { Revision, Write } from '../../../storage/backend.ts'
import { openNamespaceKeys, sealNamespaceKeys } from '../keys/key-records.ts'
import type { KeyStorage, Seen } from '../keys/key-storage.ts'
import type { LoadedKeys } from '../keys/load-keys.ts'
import { namespaceKeysPath, namespaceSealOrderPath, namespaceSealPath, SEAL_DOMAINS, SEAL_PATHS } from '../paths.ts'
import type { Quorum } from '../seal-config.ts'
import {
  type HeldSealing,
  type NamespaceSealing,
  namespaceSealed,
  openSealing,
  outerOf,
  sealingKeyOf,
  sealSealing,
} from './sealing.ts'

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

/** The keys of one namespace, with what else of it is held. */
export interface StoredKeys {
  readonly keys: Keyring
  readonly sealing: HeldSealing | undefined
}

/** What a new namespace's keys are sealed by: `own` is what its shares make, null where it has none. */
type NewSealing = NamespaceSealing & { readonly own: KeyObject | null }

/** Of a namespace that is not held. 'changed': the vault's keys are not those in `held` any more. Throws `not_found`, or `sealed`. */
export async function storedKeys(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  namespaceId: string,
): Promise<StoredKeys | 'changed'> {
  const seen = await seenOf(parts, held, namespaceId)
  if (seen === 'changed') return seen
  const { quorum, under } = sealingIn(seen, held, namespaceId) ?? NO_SEALING
  // What its own shares opened is held.
  if (quorum !== null) throw namespaceSealed()
  return opened(parts, held, namespaceId, seen, under === null ? undefined : { under, own: null, order: 0 })
}

/**
 * As `storedKeys`, with what the namespace's own shares make. Throws DecryptFailed when it is not that, and `sealed` when
 * the order to seal it is not the one that is expected.
 */
export async function unsealedKeys(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  namespaceId: string,
  own: KeyObject,
  expected: Revision | undefined,
): Promise<StoredKeys | 'changed'> {
  const seen = await seenOf(parts, held, namespaceId)
  if (seen === 'changed') return seen
  const { quorum, under } = sealingIn(seen, held, namespaceId) ?? NO_SEALING
  if (quorum === null) throw notSealable()
  checkOuter(outerOf(held, under), namespaceId, seen)
  const order = seen.get(namespaceSealOrderPath(namespaceId))?.revision ?? 0
  if (expected !== undefined && order !== expected) throw namespaceSealed()
  return opened(parts, held, namespaceId, seen, { under, own, order })
}

/**
 * Opens what is stored of a namespace's keys, as far as it can be with what is held: of one that its own shares seal, the outer
 * seal. Does nothing when the vault's keys are not those in `held` any more. Throws as `storedKeys`, and DecryptFailed.
 */
export async function checkStoredKeys(parts: NamespaceKeysParts, held: LoadedKeys, namespaceId: string): Promise<void> {
  const seen = await seenOf(parts, held, namespaceId)
  if (seen === 'changed') return
  const { quorum, under } = sealingIn(seen, held, namespaceId) ?? NO_SEALING
  const outer = outerOf(held, under)
  const own = held.sealings.get(namespaceId)?.own
  if (quorum !== null && (own ?? null) === null) return checkOuter(outer, namespaceId, seen)
  openNamespaceKeys(outer, namespaceId, seen.get(namespaceKeysPath(namespaceId))?.value ?? NOTHING, own)
}

/** How shares seal a namespace; undefined: they don't. 'changed': as of `storedKeys`. Throws `not_found`. */
export async function storedSealing(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  namespaceId: string,
): Promise<NamespaceSealing | undefined | 'changed'> {
  const seen = await seenOf(parts, held, namespaceId)
  return seen === 'changed' ? seen : sealingIn(seen, held, namespaceId)
}

/** Another process has renewed what these keys are sealed by. */
export function changedIfUnknown(error: unknown): 'changed' {
  if (error instanceof TermUnknown) return 'changed'
  throw error
}

/** The namespace's own shares have no part in this: what does not open here is damaged, and must not look like a wrong share. */
function checkOuter(outer: Keyring, id: string, seen: Seen): void {
  const path = namespaceKeysPath(id)
  try {
    outer.decrypt(SEAL_DOMAINS.namespaceKeys, path, seen.get(path)?.value ?? NOTHING)
  } catch (error) {
    throw error instanceof DecryptFailed && !(error instanceof TermUnknown) ? damaged() : error
  }
}

const NOTHING = Buffer.alloc(0)

/** Runs `store` with what new shares make (null: there are to be none); resolves with the shares, which the caller zeroes. */
export async function withNewShares(
  quorum: Quorum | null,
  random: Random,
  store: (own: KeyObject | null) => Promise<void>,
): Promise<readonly Buffer[]> {
  if (quorum === null) {
    await store(null)
    return []
  }
  const key = random.bytes(KEY_BYTES)
  const shares = await split(key, quorum.shares, quorum.threshold)
  try {
    await store(sealingKeyOf(key))
    return shares
  } catch (error) {
    zeroize(...shares)
    throw error
  } finally {
    zeroize(key)
  }
}

export const notSealable = () => invalid('namespace is not sealable')

const NO_SEALING: NamespaceSealing = { under: null, quorum: null }

async function seenOf({ storage }: NamespaceKeysParts, held: LoadedKeys, id: string): Promise<Seen | 'changed'> {
  const seen = await storage.get([
    SEAL_PATHS.epoch,
    namespaceKeysPath(id),
    namespaceSealPath(id),
    namespaceSealOrderPath(id),
  ])
  if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== held.epoch) return 'changed'
  if (seen.get(namespaceKeysPath(id)) === undefined) throw notFound('no such namespace')
  return seen
}

function sealingIn(seen: Seen, { keyring }: LoadedKeys, id: string): NamespaceSealing | undefined {
  const record = seen.get(namespaceSealPath(id))
  return record && openSealing(keyring, id, record.value)
}

async function opened(
  parts: NamespaceKeysParts,
  held: LoadedKeys,
  id: string,
  seen: Seen,
  sealing: HeldSealing | undefined,
): Promise<StoredKeys> {
  const record = seen.get(namespaceKeysPath(id))
  if (record === undefined) throw notFound('no such namespace')
  const outer = outerOf(held, sealing?.under)
  const keys = openNamespaceKeys(outer, id, record.value, sealing?.own)
  const { namespaces } = await renewTerms(parts, holding(held, id, { keys, sealing }), [id])
  return { keys: namespaces.get(id) ?? keys, sealing }
}

/** What is held once one namespace more is. */
export function holding(held: LoadedKeys, id: string, { keys, sealing }: StoredKeys): LoadedKeys {
  const namespaces = new Map([...held.namespaces, [id, keys]])
  return sealing === undefined
    ? { ...held, namespaces }
    : { ...held, namespaces, sealings: new Map([...held.sealings, [id, sealing]]) }
}

/**
 * Stores the keys of a new namespace. The epoch stays as it is: nobody else holds anything that this changes. 'changed':
 * as of `storedKeys`, or somebody else has just stored some.
 */
export async function storeNewKeys(
  { storage, clock, random }: NamespaceKeysParts,
  held: LoadedKeys,
  namespaceId: string,
  sealing?: NewSealing,
): Promise<'changed' | undefined> {
  const { keyring, epoch } = held
  const path = namespaceKeysPath(namespaceId)
  const seen = await storage.get([SEAL_PATHS.epoch, path])
  if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== epoch) return 'changed'
  if (seen.get(path) !== undefined) return undefined
  const keys = Keyring.create(keyring.active.number, clock.now(), random)
  const outer = outerOf(held, sealing?.under)
  const writes: Write[] = [{ path, value: sealNamespaceKeys(outer, namespaceId, keys, random, sealing?.own) }]
  if (sealing !== undefined) {
    const value = sealSealing(keyring, namespaceId, sealing, random)
    writes.push({ path: namespaceSealPath(namespaceId), value })
  }
  return (await storage.commit({ seen, writes, whenUnknown: 'adopt' })) === undefined ? 'changed' : undefined
}

/**
 * Gives namespaces that slept through rotations the vault's active term: those named, or all that are held. Where that
 * fails they go on with the term they have.
 */
export async function renewTerms(
  parts: NamespaceKeysParts,
  loaded: LoadedKeys,
  ids: readonly string[] = [...loaded.namespaces.keys()],
): Promise<LoadedKeys> {
  const { storage, clock, random, log } = parts
  const { keyring, epoch } = loaded
  const term = keyring.active.number
  const stale = ids.filter((id) => (loaded.namespaces.get(id)?.active.number ?? term) < term)
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
      const { under, own } = loaded.sealings.get(id) ?? {}
      const outer = outerOf({ keyring, namespaces }, under)
      // Another process may have renewed it since.
      const stored = openNamespaceKeys(outer, id, record.value, own)
      const renewed = stored.active.number < term ? stored.withTerm(term, clock.now(), random) : stored
      namespaces.set(id, renewed)
      if (renewed !== stored) writes.push({ path, value: sealNamespaceKeys(outer, id, renewed, random, own) })
    }
    const isDone = writes.length === 0 || (await storage.commit({ seen, writes, whenUnknown: 'adopt' })) !== undefined
    return isDone ? { ...loaded, namespaces } : loaded
  } catch (error) {
    log.warn({ err: error }, 'the keys of a namespace could not be given a new term')
    return loaded
  }
}

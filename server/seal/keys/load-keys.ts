import type { KeyObject } from 'node:crypto'
import { DecryptFailed, TermUnknown } from '../../../crypto/errors.ts'
import type { Keyring } from '../../../crypto/keyring.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { RotationConfig } from '../../../engines/system/services/seal.ts'
import type { Revision } from '../../../storage/backend.ts'
import { ROOT_NAMESPACE_ID } from '../lifecycle.ts'
import { type HeldSealing, outerOf } from '../namespaces/sealing.ts'
import { namespaceKeysPath, namespaceSealOrderPath, SEAL_PATHS, successorPath } from '../paths.ts'
import { DEFAULT_ROTATION } from '../rotation-config.ts'
import { decodeSealConfig, type SealConfig } from '../seal-config.ts'
import {
  fingerprintOf,
  openKeyring,
  openNamespaceKeys,
  openRotationConfig,
  openSuccessor,
  openUsage,
  type Usage,
} from './key-records.ts'
import type { KeyStorage, Seen } from './key-storage.ts'

/** Everything that storage says about the keys, at one point in time. */
export interface LoadedKeys {
  readonly rootKey: KeyObject
  readonly keyring: Keyring
  /** Of those namespaces that this process has to do with; each behind those whose keys seal its own. */
  readonly namespaces: ReadonlyMap<string, Keyring>
  /** Of those among them that shares have to do with, in the same order. */
  readonly sealings: ReadonlyMap<string, HeldSealing>
  readonly rotation: RotationConfig
  readonly usage: Usage
  /** Undefined while the vault is being initialised. */
  readonly config: SealConfig | undefined
  /** Every change of keys rewrites the epoch: while it has this revision, all of this is current. */
  readonly epoch: Revision
  /** When it has another revision, somebody has sealed the vault since. */
  readonly sealOrder: Revision
  /** When it has another revision, everything in storage has been replaced since. */
  readonly restored: Revision
}

/** How often keys may change while they are read, and how many root keys back a process may be. */
const ATTEMPTS = 16

export type HeldNamespaces = Pick<LoadedKeys, 'sealings'> & { readonly namespaces: ReadonlyMap<string, unknown> }

const ROOT_ALONE: HeldNamespaces = { namespaces: new Map([[ROOT_NAMESPACE_ID, undefined]]), sealings: new Map() }

/** `wanted`: whose keys are wanted; one that has none, or was sealed since, is left out. Throws DecryptFailed when `rootKey` opens nothing: it was replaced too long ago, or what is stored is not genuine. */
export async function loadKeys(
  storage: KeyStorage,
  rootKey: KeyObject,
  wanted: HeldNamespaces = ROOT_ALONE,
): Promise<LoadedKeys> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const loaded = await readOnce(storage, rootKey, wanted)
    if (loaded !== undefined) return loaded
  }
  throw new EgideError('unavailable', 'the keys keep changing')
}

/** Undefined when the keys changed while they were read. */
async function readOnce(
  storage: KeyStorage,
  rootKey: KeyObject,
  wanted: HeldNamespaces,
): Promise<LoadedKeys | undefined> {
  const {
    epoch: epochPath,
    keyring: keyringPath,
    rotationConfig,
    usage: usagePath,
    config,
    sealOrder,
    restored,
  } = SEAL_PATHS
  const seen = await storage.get([epochPath, keyringPath, rotationConfig, usagePath, config, sealOrder, restored])
  const epoch = seen.get(epochPath)?.revision ?? 0
  const sealedKeyring = seen.get(keyringPath)?.value
  if (sealedKeyring === undefined) throw new DecryptFailed()
  const records = await storage.get([
    epochPath,
    ...[...wanted.namespaces.keys()].map(namespaceKeysPath),
    ...[...wanted.sealings.keys()].map(namespaceSealOrderPath),
  ])
  if ((records.get(epochPath)?.revision ?? 0) !== epoch) return undefined

  const root = await openWithSuccessors(storage, rootKey, sealedKeyring)
  const { keyring } = root
  const opened = ifKnown(() => openNamespaces(keyring, wanted, records))
  if (opened === undefined) return undefined
  const sealedRotation = seen.get(rotationConfig)?.value
  const sealedUsage = seen.get(usagePath)?.value
  const storedConfig = seen.get(config)?.value
  return {
    rootKey: root.rootKey,
    keyring,
    ...opened,
    rotation: sealedRotation === undefined ? DEFAULT_ROTATION : openRotationConfig(keyring, sealedRotation),
    usage:
      sealedUsage === undefined ? { term: keyring.active.number, encryptions: 0 } : openUsage(keyring, sealedUsage),
    config: storedConfig === undefined ? undefined : decodeSealConfig(storedConfig),
    epoch,
    sealOrder: seen.get(sealOrder)?.revision ?? 0,
    restored: seen.get(restored)?.revision ?? 0,
  }
}

/** Undefined: what seals one of them was renewed while they were read. */
function ifKnown<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof TermUnknown) return undefined
    throw error
  }
}

/** Of those that are wanted, the ones whose keys are there and were not sealed since they were held. */
function openNamespaces(
  keyring: Keyring,
  wanted: HeldNamespaces,
  records: Seen,
): Pick<LoadedKeys, 'namespaces' | 'sealings'> {
  const namespaces = new Map<string, Keyring>()
  const sealings = new Map<string, HeldSealing>()
  for (const id of wanted.namespaces.keys()) {
    const record = records.get(namespaceKeysPath(id))
    if (record === undefined) continue
    const sealing = wanted.sealings.get(id)
    if (sealing !== undefined) {
      const { under, own, order } = sealing
      const wasSealed = own !== null && (records.get(namespaceSealOrderPath(id))?.revision ?? 0) !== order
      if (wasSealed || (under !== null && !namespaces.has(under))) continue
      sealings.set(id, sealing)
    }
    const outer = outerOf({ keyring, namespaces }, sealing?.under)
    namespaces.set(id, openNamespaceKeys(outer, id, record.value, sealing?.own))
  }
  return { namespaces, sealings }
}

/** A process that was unsealed with an older root key follows the chain of its successors. */
async function openWithSuccessors(
  storage: KeyStorage,
  rootKey: KeyObject,
  sealedKeyring: Uint8Array,
): Promise<{ rootKey: KeyObject; keyring: Keyring }> {
  let key = rootKey
  for (let step = 0; ; step++) {
    try {
      return { rootKey: key, keyring: openKeyring(key, sealedKeyring) }
    } catch (error) {
      if (!(error instanceof DecryptFailed) || step === ATTEMPTS) throw error
    }
    const path = successorPath(fingerprintOf(key))
    const successor = (await storage.get([path])).get(path)
    if (successor === undefined) throw new DecryptFailed()
    key = openSuccessor(key, successor.value)
  }
}

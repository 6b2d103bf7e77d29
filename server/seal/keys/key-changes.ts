import { createSecretKey } from 'node:crypto'
import { KEY_BYTES } from '../../../crypto/aead.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Clock, Random } from '../../../engines/engine.ts'
import { damaged, invalid } from '../../../engines/errors.ts'
import type { RotationConfig } from '../../../engines/system/services/seal.ts'
import type { Entry, Write } from '../../../storage/backend.ts'
import {
  breakGlassKey,
  breakGlassRootKey,
  breakGlassWrites,
  NO_BREAK_GLASS,
  openBreakGlassKey,
} from '../break-glass.ts'
import { outerOf, withoutSealed } from '../namespaces/sealing.ts'
import { namespaceKeysPath, namespaceSealOrderPath, namespaceSealPath, SEAL_PATHS } from '../paths.ts'
import { changedRotation } from '../rotation-config.ts'
import { encodeSealConfig, type SealConfig } from '../seal-config.ts'
import {
  isNoRecoveryKey,
  sealKeyring,
  sealNamespaceKeys,
  sealNoRecoveryKey,
  sealRecoveryVerifier,
  sealRotationConfig,
  sealSuccessor,
  sealUsage,
} from './key-records.ts'
import type { KeyChange, KeyStorage } from './key-storage.ts'
import type { LoadedKeys } from './load-keys.ts'

/** The changes of what opens the vault, each as a plan on the keys as they are then. */

export interface Planned {
  readonly writes: readonly Write[]
  /** What the keys held become when the writes are durable. */
  readonly next: Partial<LoadedKeys>
  readonly whenUnknown?: KeyChange['whenUnknown']
}

/** May run more than once. Undefined: there is nothing to do. */
export type Plan = (held: LoadedKeys) => Promise<Planned | undefined>

/**
 * `plan`, but only if `proof` (the stored entry that the operators' shares were checked against) is still stored unchanged.
 * Otherwise a second process that was given the same shares would replace the shares that the first has just handed out.
 * Throws `invalid_request` when the entry has changed.
 */
export function ifProofUnchanged(storage: KeyStorage, { path, value }: Entry, plan: Plan): Plan {
  return async (held) => {
    const found = (await storage.get([path])).get(path)?.value
    // Not the revision: a change that was taken back wrote what had been.
    if (found === undefined || Buffer.compare(found, value) !== 0)
      throw invalid('the keys were changed since the shares were given: cancel, and begin anew')
    return plan(held)
  }
}

/** Gives the root key to whatever keeps it sealed. */
export type Wrap = (rootKey: Buffer) => Promise<Buffer>

export interface ChangeParts {
  readonly storage: KeyStorage
  readonly clock: Clock
  readonly random: Random
}

/** How long other processes have to notice a new root key; they look about once a minute. */
const SUCCESSOR_TTL_MS = 10 * 60_000

/**
 * Replaces the root key: the keyring is sealed anew, and `wrap` wraps the new key. With `config` that too is written,
 * because the shares change.
 */
export function newRootKey({ storage, clock, random }: ChangeParts, wrap: Wrap, config?: SealConfig): Plan {
  return async (held) => {
    const breakGlass = await storage.get([SEAL_PATHS.breakGlassKey])
    const bytes = random.bytes(KEY_BYTES)
    try {
      const rootKey = createSecretKey(bytes)
      const successor = sealSuccessor(held.rootKey, rootKey, clock.now() + SUCCESSOR_TTL_MS, random)
      const writes: Write[] = [
        { path: SEAL_PATHS.rootKey, value: await wrap(bytes) },
        { path: SEAL_PATHS.keyring, value: sealKeyring(rootKey, held.keyring, random) },
        successor,
      ]
      const sealed = breakGlass.get(SEAL_PATHS.breakGlassKey)?.value
      if (sealed !== undefined) writes.push(breakGlassRootKey(openBreakGlassKey(held.keyring, sealed), bytes, random))
      if (config !== undefined) writes.push({ path: SEAL_PATHS.config, value: encodeSealConfig(config) })
      return { writes, next: { rootKey, config: config ?? held.config }, whenUnknown: 'revert' }
    } finally {
      zeroize(bytes)
    }
  }
}

/**
 * A new term for the keyring and the namespaces held, if `onlyIf` says so. That there is no recovery key is said anew, under the
 * new term.
 */
export function newTerms({ storage, clock, random }: ChangeParts, onlyIf: (held: LoadedKeys) => boolean): Plan {
  return async (held) => {
    if (!onlyIf(held)) return undefined
    const recovery = (await storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    const now = clock.now()
    const term = held.keyring.active.number + 1
    const keyring = held.keyring.withTerm(term, now, random)
    const namespaces = new Map([...held.namespaces].map(([id, keys]) => [id, keys.withTerm(term, now, random)]))
    const usage = { term, encryptions: 0 }
    const writes: Write[] = [
      { path: SEAL_PATHS.keyring, value: sealKeyring(held.rootKey, keyring, random) },
      { path: SEAL_PATHS.usage, value: sealUsage(keyring, usage, random) },
    ]
    if (recovery !== undefined && isNoRecoveryKey(held.keyring, recovery.value))
      writes.push({ path: SEAL_PATHS.recoveryKey, value: sealNoRecoveryKey(keyring, random) })
    for (const [id, keys] of namespaces) {
      const sealing = held.sealings.get(id)
      const outer = outerOf({ keyring, namespaces }, sealing?.under)
      writes.push({ path: namespaceKeysPath(id), value: sealNamespaceKeys(outer, id, keys, random, sealing?.own) })
    }
    return { writes, next: { keyring, namespaces, usage } }
  }
}

export function rotationConfigured(random: Random, change: Partial<RotationConfig>): Plan {
  return async (held) => {
    const rotation = changedRotation(held.rotation, change)
    const value = sealRotationConfig(held.keyring, rotation, random)
    return { writes: [{ path: SEAL_PATHS.rotationConfig, value }], next: { rotation } }
  }
}

/** Every process that holds the keys of the namespace, or of one that they seal, forgets them. */
export function namespaceOrderedSealed(random: Random, namespaceId: string): Plan {
  return async (held) => ({
    writes: [{ path: namespaceSealOrderPath(namespaceId), value: random.bytes(16) }],
    next: withoutSealed(held, namespaceId),
  })
}

/** As `namespaceOrderedSealed`, and nobody can have them again. */
export function namespaceDestroyed(namespaceId: string): Plan {
  const paths = [namespaceKeysPath, namespaceSealPath, namespaceSealOrderPath]
  return async (held) => ({
    writes: paths.map((pathOf) => ({ path: pathOf(namespaceId), value: null })),
    next: withoutSealed(held, namespaceId),
  })
}

/** New recovery shares; whether they open the vault too is what `config` says. */
export function newRecoveryKey(random: Random, recoveryKey: Buffer, config: SealConfig): Plan {
  return async (held) => {
    const writes = [
      ...recoveryWrites(held, recoveryKey, config, random),
      { path: SEAL_PATHS.config, value: encodeSealConfig(config) },
    ]
    return { writes, next: { config }, whenUnknown: 'revert' }
  }
}

/**
 * As `newRecoveryKey`, of a vault that had none, with a new term: the record that said so is of an older one from then on, and
 * whoever kept it and puts it back is not believed.
 */
export function firstRecoveryKey(parts: ChangeParts, recoveryKey: Buffer, config: SealConfig): Plan {
  const rotate = newTerms(parts, () => true)
  const replace = newRecoveryKey(parts.random, recoveryKey, config)
  return async (held) => {
    // Another process may have made one since this was begun.
    const stored = (await parts.storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    if (stored === undefined || !isNoRecoveryKey(held.keyring, stored.value)) throw damaged()
    const rotated = await rotate(held)
    const replaced = await replace({ ...held, ...rotated?.next })
    if (rotated === undefined || replaced === undefined) return undefined
    const terms = rotated.writes.filter(({ path }) => path !== SEAL_PATHS.recoveryKey)
    return { ...replaced, writes: [...terms, ...replaced.writes], next: { ...rotated.next, ...replaced.next } }
  }
}

/** Wraps the same root key with a service's newest key. */
export function rewrapped(wrap: Wrap): Plan {
  return async (held) => ({ writes: [await wrappedRootKey(held, wrap)], next: {} })
}

/**
 * Moves the vault to another seal. The operators keep their shares, which make `key`: they unseal under Shamir's, and are
 * the recovery shares of a service.
 */
export function migrated(random: Random, wrap: Wrap, key: Buffer, config: SealConfig): Plan {
  return async (held) => {
    const isAuto = config.recovery !== null
    const writes = [
      await wrappedRootKey(held, wrap),
      ...(isAuto ? recoveryWrites(held, key, config, random) : [NO_RECOVERY_KEY, ...NO_BREAK_GLASS]),
      { path: SEAL_PATHS.config, value: encodeSealConfig(config) },
    ]
    return { writes, next: { config } }
  }
}

const NO_RECOVERY_KEY: Write = { path: SEAL_PATHS.recoveryKey, value: null }

function recoveryWrites(held: LoadedKeys, recoveryKey: Buffer, config: SealConfig, random: Random): Write[] {
  const verifier = { path: SEAL_PATHS.recoveryKey, value: sealRecoveryVerifier(held.keyring, recoveryKey, random) }
  if (!config.breakGlass) return [verifier, ...NO_BREAK_GLASS]
  const rootKey = held.rootKey.export()
  try {
    return [verifier, ...breakGlassWrites(held.keyring, breakGlassKey(recoveryKey), rootKey, random)]
  } finally {
    zeroize(rootKey)
  }
}

async function wrappedRootKey(held: LoadedKeys, wrap: Wrap): Promise<Write> {
  const rootKey = held.rootKey.export()
  try {
    return { path: SEAL_PATHS.rootKey, value: await wrap(rootKey) }
  } finally {
    zeroize(rootKey)
  }
}

import { createSecretKey } from 'node:crypto'
import { KEY_BYTES } from '../../crypto/aead.ts'
import { Keyring } from '../../crypto/keyring.ts'
import { split } from '../../crypto/shamir.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { InitParams, InitResult } from '../../engines/system/services/seal.ts'
import type { Write } from '../../storage/backend.ts'
import { breakGlassKey, breakGlassWrites } from './break-glass.ts'
import { sealKeyring, sealNamespaceKeys, sealNoRecoveryKey, sealRecoveryVerifier } from './keys/key-records.ts'
import type { KeyStorage } from './keys/key-storage.ts'
import { loadKeys } from './keys/load-keys.ts'
import { VaultKeys } from './keys/vault-keys.ts'
import { configuredType, ROOT_NAMESPACE_ID, type SealParts } from './lifecycle.ts'
import { namespaceKeysPath, SEAL_PATHS } from './paths.ts'
import { checkQuorum, encodeSealConfig, type Quorum, SERVICE_QUORUM, type SealConfig } from './seal-config.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'

/** Keeps what opens a new vault, durably when it resolves. The vault is made only after that. */
export type KeepOpening = (opening: InitResult) => Promise<void>

/**
 * Makes a new vault. Until its last write, the seal configuration, the vault counts as uninitialised, and a mark in
 * storage says that what lies there is the rest of an attempt: the next one wipes it. So whenever it fails, either nothing
 * was made, or the shares are in the caller's hands; also when it dies, for a caller who keeps them before that write.
 */
export class Initialisation {
  readonly #parts: SealParts
  readonly #storage: KeyStorage

  constructor(parts: SealParts, storage: KeyStorage) {
    this.#parts = parts
    this.#storage = storage
  }

  async run(params: InitParams, keep: KeepOpening | undefined): Promise<InitResult> {
    const config = this.#configOf(params)
    await this.#storage.settle()
    const mark = await this.#begin()
    const { random } = this.#parts
    const unsealKey = random.bytes(KEY_BYTES)
    const recoveryKey = config.recovery !== null && config.recovery.shares > 0 ? random.bytes(KEY_BYTES) : undefined
    const handedOut: Buffer[] = []
    try {
      const wrapper = this.#parts.wrapper ?? new ShamirWrapper(random, unsealKey)
      const shares = wrapper.storedKeys ? [] : await sharesOf(unsealKey, config.quorum)
      handedOut.push(...shares)
      const recoveryShares =
        recoveryKey === undefined || config.recovery === null ? [] : await sharesOf(recoveryKey, config.recovery)
      handedOut.push(...recoveryShares)
      const keys = await this.#makeKeys((rootKey) => wrapper.wrapRootKey(rootKey), recoveryKey)
      const rootToken = await this.#fill(keys)
      const opening = { shares, recoveryShares, rootToken }
      await keep?.(opening)
      await this.#finish(config, mark)
      return opening
    } catch (error) {
      zeroize(...handedOut)
      throw error
    } finally {
      zeroize(unsealKey, recoveryKey)
    }
  }

  #configOf(params: InitParams): SealConfig {
    const type = configuredType(this.#parts)
    const quorum = { shares: params.secretShares, threshold: params.secretThreshold }
    const recovery = { shares: params.recoveryShares, threshold: params.recoveryThreshold }
    if (this.#parts.wrapper?.storedKeys === true) {
      refuseGiven('secret', quorum, type)
      checkQuorum('recovery', recovery, { mayBeNone: true })
      const { breakGlass = false } = this.#parts
      if (breakGlass && recovery.shares === 0) throw invalid('break_glass is configured: it needs recovery_shares')
      return { type, quorum: SERVICE_QUORUM, recovery, breakGlass }
    }
    refuseGiven('recovery', recovery, type)
    checkQuorum('seal', quorum, { mayBeNone: false })
    return { type, quorum, recovery: null, breakGlass: false }
  }

  /** Marks the storage as being initialised, and returns the mark. */
  async #begin(): Promise<Buffer> {
    const { config, initialising } = SEAL_PATHS
    const seen = await this.#storage.get([config, initialising])
    if (seen.get(config) !== undefined) throw invalid('Vault is already initialized')
    const { names, check } = await this.#storage.list('')
    const unfinished = seen.get(initialising) !== undefined
    // Without the mark, what is there is not ours to wipe.
    if (!unfinished && names.length > 0) {
      throw new EgideError(
        'unavailable',
        'the storage holds data but no seal configuration; it will not be overwritten',
      )
    }
    const mark = this.#parts.random.bytes(16)
    const writes = [{ path: initialising, value: mark }]
    const lists = unfinished ? [] : [check]
    if ((await this.#storage.commit({ seen, lists, writes, whenUnknown: 'adopt' })) === undefined) throw underWay()
    if (unfinished) {
      this.#parts.log.warn({}, 'wiping what an unfinished initialisation left')
      await this.#storage.wipeAllBut(initialising)
    }
    return mark
  }

  async #makeKeys(wrap: (rootKey: Buffer) => Promise<Buffer>, recoveryKey: Buffer | undefined): Promise<VaultKeys> {
    const { clock, random, log } = this.#parts
    const bytes = random.bytes(KEY_BYTES)
    try {
      const rootKey = createSecretKey(bytes)
      const keyring = Keyring.create(1, clock.now(), random)
      const namespace = Keyring.create(1, clock.now(), random)
      const writes: Write[] = [
        { path: SEAL_PATHS.rootKey, value: await wrap(bytes) },
        { path: SEAL_PATHS.keyring, value: sealKeyring(rootKey, keyring, random) },
        {
          path: namespaceKeysPath(ROOT_NAMESPACE_ID),
          value: sealNamespaceKeys(keyring, ROOT_NAMESPACE_ID, namespace, random),
        },
        { path: SEAL_PATHS.epoch, value: random.bytes(16) },
      ]
      if (recoveryKey !== undefined) {
        writes.push({ path: SEAL_PATHS.recoveryKey, value: sealRecoveryVerifier(keyring, recoveryKey, random) })
        if (this.#parts.breakGlass) writes.push(...breakGlassWrites(keyring, breakGlassKey(recoveryKey), bytes, random))
      } else if (this.#parts.wrapper?.storedKeys === true) {
        writes.push({ path: SEAL_PATHS.recoveryKey, value: sealNoRecoveryKey(keyring, random) })
      }
      const seen = new Map(writes.map(({ path }) => [path, undefined]))
      if ((await this.#storage.commit({ seen, writes, whenUnknown: 'adopt' })) === undefined) throw underWay()
      const loaded = await loadKeys(this.#storage, rootKey)
      return new VaultKeys(
        {
          storage: this.#storage,
          watch: this.#storage.watch(),
          clock,
          random,
          log,
          onLost: () => undefined,
          onReplaced: () => undefined,
        },
        loaded,
      )
    } finally {
      zeroize(bytes)
    }
  }

  /** Lets the core write what a new vault holds. Returns the root token. */
  async #fill(keys: VaultKeys): Promise<string> {
    const { lifecycle } = this.#parts
    try {
      await lifecycle.initialise(keys)
      return await lifecycle.createRootToken()
    } finally {
      await lifecycle.close().finally(() => keys.release())
    }
  }

  /** The one write that makes the vault initialised. Nobody has the shares yet, so it is taken back when its outcome is unknown. */
  async #finish(config: SealConfig, mark: Buffer): Promise<void> {
    const seen = await this.#storage.get([SEAL_PATHS.config, SEAL_PATHS.initialising, SEAL_PATHS.epoch])
    const marked = seen.get(SEAL_PATHS.initialising)?.value
    if (marked === undefined || Buffer.compare(marked, mark) !== 0) throw underWay()
    const writes: Write[] = [
      { path: SEAL_PATHS.config, value: encodeSealConfig(config) },
      { path: SEAL_PATHS.initialising, value: null },
      // Fresh bytes, by which this very write is recognised.
      { path: SEAL_PATHS.epoch, value: this.#parts.random.bytes(16) },
    ]
    if ((await this.#storage.commit({ seen, writes, whenUnknown: 'revert' })) === undefined) throw underWay()
  }
}

function sharesOf(key: Buffer, { shares, threshold }: Quorum): Promise<Buffer[]> {
  return split(key, shares, threshold)
}

function refuseGiven(kind: 'secret' | 'recovery', { shares, threshold }: Quorum, type: string): void {
  const given = [shares === 0 ? '' : `${kind}_shares`, threshold === 0 ? '' : `${kind}_threshold`].filter(Boolean)
  if (given.length > 0) throw invalid(`parameters ${given.join(',')} not applicable to seal type ${type}`)
}

const underWay = (): EgideError => new EgideError('unavailable', 'another initialisation is under way')

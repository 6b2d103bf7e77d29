import { createSecretKey } from 'node:crypto'
import { DecryptFailed } from '../../../crypto/errors.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Backend } from '../../../storage/backend.ts'
import type { OtherKeys, SealParts } from '../lifecycle.ts'
import { KeyStorage } from './key-storage.ts'
import { loadKeys } from './load-keys.ts'
import { VaultKeys } from './vault-keys.ts'

/**
 * The keys in another storage that is of the vault that `held` opens: sealed by the same root key, under the same seal.
 * Throws DecryptFailed for any other. Whoever asked releases them.
 */
export async function keysIn(
  backend: Backend,
  held: VaultKeys,
  { clock, random, log }: Pick<SealParts, 'clock' | 'random' | 'log'>,
): Promise<OtherKeys> {
  const storage = new KeyStorage(backend, log)
  const bytes = held.exportRootKey()
  const rootKey = createSecretKey(bytes)
  zeroize(bytes)
  const loaded = await loadKeys(storage, rootKey)
  if (loaded.config?.type !== held.config?.type) throw new DecryptFailed()
  const watch = storage.watch()
  return new VaultKeys({ storage, watch, clock, random, log, onLost: nothing, onReplaced: nothing }, loaded)
}

function nothing(): void {}

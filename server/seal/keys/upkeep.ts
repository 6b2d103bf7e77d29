import type { EncryptionCount } from '../../../crypto/encryption-count.ts'
import type { Keyring } from '../../../crypto/keyring.ts'
import type { Clock, Random } from '../../../engines/engine.ts'
import type { Write } from '../../../storage/backend.ts'
import { SEAL_PATHS } from '../paths.ts'
import { openUsage, sealUsage, successorExpiryMs } from './key-records.ts'
import type { KeyStorage, Seen } from './key-storage.ts'

/**
 * Adds this process's encryptions to those in storage. False: another process has just added its own. `check` throws where
 * what is stored is no longer what the keyring is of.
 */
export async function addUsage(
  storage: KeyStorage,
  keyring: Keyring,
  count: EncryptionCount,
  random: Random,
  check: (seen: Seen) => void,
): Promise<boolean> {
  const counted = count.unrecorded
  if (counted === 0) return true
  const seen = await storage.get([SEAL_PATHS.usage, SEAL_PATHS.restored])
  check(seen)
  const stored = seen.get(SEAL_PATHS.usage)
  const known = stored === undefined ? undefined : openUsage(keyring, stored.value)
  const term = keyring.active.number
  const encryptions = (known?.term === term ? known.encryptions : 0) + counted
  const writes = [{ path: SEAL_PATHS.usage, value: sealUsage(keyring, { term, encryptions }, random) }]
  if ((await storage.commit({ seen, writes, whenUnknown: 'adopt' })) === undefined) return false
  count.record(counted, encryptions)
  return true
}

/** Forgets the successors of root keys that no process can hold any more. */
export async function sweepSuccessors(storage: KeyStorage, clock: Clock): Promise<void> {
  const { names } = await storage.list(SEAL_PATHS.successors)
  if (names.length === 0) return
  const seen = await storage.get(names.map((name) => SEAL_PATHS.successors + name))
  const writes: Write[] = []
  for (const [path, entry] of seen) {
    if (entry !== undefined && successorExpiryMs(entry.value) <= clock.now()) writes.push({ path, value: null })
  }
  if (writes.length > 0) await storage.commit({ seen, writes, whenUnknown: 'adopt' })
}

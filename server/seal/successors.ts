import type { Clock } from '../../engines/engine.ts'
import type { Write } from '../../storage/backend.ts'
import { successorExpiryMs } from './key-records.ts'
import type { KeyStorage } from './key-storage.ts'
import { SEAL_PATHS } from './paths.ts'

/** Forgets the successors of root keys that every process has had time to follow. */
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

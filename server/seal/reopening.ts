import { setTimeout as sleep } from 'node:timers/promises'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import { StorageError } from '../../storage/backend.ts'
import type { OpenVault } from './open-vault.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

const ATTEMPTS = 30
const PAUSE_MS = 1000

/** What the seal manager does in the course of it. */
export interface ReopeningSteps {
  readonly log: Log
  close(): Promise<void>
  /** Takes and zeroes the root key. */
  openWith(rootKey: Buffer, wrapper: SealWrapper): Promise<void>
  /** Tells everybody that the vault stays closed. */
  giveUp(): Promise<void>
}

/** Opens the vault that a snapshot has put in the place of `open` with the root key that this one had, or leaves it sealed. */
export async function reopen(open: OpenVault, steps: ReopeningSteps): Promise<void> {
  const { wrapper } = open
  const rootKey = open.keys.exportRootKey()
  try {
    await steps.close()
    await openAgain(rootKey, wrapper, steps)
    steps.log.info({}, 'went on with the vault of a snapshot that was restored')
  } catch (error) {
    steps.log.warn({ err: error }, 'sealed: the vault that was restored does not open with the keys held')
    await steps.giveUp()
  } finally {
    zeroize(rootKey)
  }
}

/** Tries again while storage is away: when it gives up, this process has no keys any more. */
async function openAgain(rootKey: Buffer, wrapper: SealWrapper, steps: ReopeningSteps): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await steps.openWith(Buffer.from(rootKey), wrapper)
    } catch (error) {
      const isAway = error instanceof StorageError || (error instanceof EgideError && error.code === 'unavailable')
      if (!isAway || attempt === ATTEMPTS) throw error
      await sleep(PAUSE_MS)
    }
  }
}

import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { SealManager } from '../seal/manager.ts'

/** Vault's own defaults: five shares, three of which unseal. */
const SHARES = 5
const THRESHOLD = 3

/** Where `egide start` keeps what opens its vault. */
export interface OpeningFiles {
  readonly shares: string
  readonly rootToken: string
}

export function openingFiles(folder: string): OpeningFiles {
  return { shares: path.join(folder, 'unseal-shares'), rootToken: path.join(folder, 'root-token') }
}

/**
 * Initialises a new vault and writes its shares and root token; unseals one whose shares are there. Resolves to whether
 * it is unsealed: whoever has taken the shares away unseals by hand.
 */
export async function makeReady(seal: SealManager, files: OpeningFiles): Promise<boolean> {
  const { initialized, sealed } = await seal.status()
  if (!initialized) await initialise(seal, files)
  else if (!sealed) return true
  if (!existsSync(files.shares)) return false
  for (const line of readFileSync(files.shares, 'utf8').split('\n')) {
    if (line.trim() === '') continue
    const status = await seal.unseal(Buffer.from(line.trim(), 'base64'))
    if (!status.sealed) return true
  }
  return false
}

async function initialise(seal: SealManager, files: OpeningFiles): Promise<void> {
  mkdirSync(path.dirname(files.shares), { recursive: true, mode: 0o700 })
  const { shares, rootToken } = await seal.initialise({
    secretShares: SHARES,
    secretThreshold: THRESHOLD,
    recoveryShares: 0,
    recoveryThreshold: 0,
  })
  writeSecret(files.shares, shares.map((share) => `${share.toString('base64')}\n`).join(''))
  writeSecret(files.rootToken, `${rootToken}\n`)
  for (const share of shares) share.fill(0)
}

/** Readable by its owner alone, and on the disk when this returns: nobody could make it again. */
function writeSecret(file: string, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = openSync(file, flags, 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { EgideError } from '../../engines/errors.ts'
import { makeFolder } from '../../storage/make-folder.ts'
import { ConfigError } from '../config/types.ts'
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

/** `gone`, `stale`: it is sealed, because the shares are not there, or are not the vault's any more, as after a rekey. */
export type Readiness = 'unsealed' | 'gone' | 'stale'

/**
 * Initialises a new vault and writes its shares and root token; unseals one whose shares are there. Whoever has taken the
 * shares away, or made new ones, unseals by hand.
 *
 * What opens the vault is on the disk, under other names, before the vault is made, and gets its names afterwards. So
 * whenever the process dies, either there is no vault yet, or its files are there and the next start names them.
 */
export async function makeReady(seal: SealManager, files: OpeningFiles): Promise<Readiness> {
  const { initialized, sealed } = await seal.status()
  if (!initialized) await initialise(seal, files)
  nameFiles(files)
  if (initialized && !sealed) return 'unsealed'
  if (!existsSync(files.shares)) return 'gone'
  try {
    for (const line of readFileSync(files.shares, 'utf8').split('\n')) {
      if (line.trim() === '') continue
      const status = await seal.unseal(Buffer.from(line.trim(), 'base64'))
      if (!status.sealed) return 'unsealed'
    }
  } catch (error) {
    if (!(error instanceof EgideError && error.code === 'invalid_request')) throw error
  }
  // What was given would spoil the shares that somebody gives now.
  await seal.resetUnseal()
  return 'stale'
}

async function initialise(seal: SealManager, files: OpeningFiles): Promise<void> {
  for (const file of Object.values(files)) refuseTaken(file)
  const folder = path.dirname(files.shares)
  await makeFolder(folder)
  const params = { secretShares: SHARES, secretThreshold: THRESHOLD, recoveryShares: 0, recoveryThreshold: 0 }
  const { shares } = await seal.initialise(params, async (opening) => {
    writeSecret(unnamed(files.shares), opening.shares.map((share) => `${share.toString('base64')}\n`).join(''))
    writeSecret(unnamed(files.rootToken), `${opening.rootToken}\n`)
    syncFolder(folder)
  })
  for (const share of shares) share.fill(0)
}

/** It would open some other vault, and is not ours to overwrite. */
function refuseTaken(file: string): void {
  if (existsSync(file))
    throw new ConfigError(
      `${file} is there, but the vault beside it is new: move the file away, or bring its vault back`,
    )
}

/** Where a file lies until its vault is made. */
const unnamed = (file: string): string => `${file}.new`

function nameFiles(files: OpeningFiles): void {
  for (const file of Object.values(files)) {
    if (!existsSync(unnamed(file)) || existsSync(file)) continue
    renameSync(unnamed(file), file)
    syncFolder(path.dirname(file))
  }
}

/** Readable by its owner alone, and on the disk when this returns: nobody could make it again. */
function writeSecret(file: string, text: string): void {
  // Of an attempt that died before its vault was made: it opens nothing.
  rmSync(file, { force: true })
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const handle = openSync(file, flags, 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A name is durable once its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EgideError } from '../../engines/errors.ts'
import { shareOf } from '../../engines/system/seal/share.ts'
import { type Backend, StorageError } from '../../storage/backend.ts'
import { isInUse } from '../../storage/sqlite/connection.ts'
import { openBackend } from '../boot/backend.ts'
import { random, systemClock } from '../boot/runtime.ts'
import { openSeals, type Seals } from '../boot/seals.ts'
import { fileReason } from '../config/files.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, type ServerConfig, type StorageConfig } from '../config/types.ts'
import { type Copied, copyInto, isBeingRestored } from './copy.ts'
import { type Extracted, extract } from './extract.ts'
import { type Proof, prove, QUIET } from './prove.ts'
import { type Examined, entriesOf, examine } from './read-snapshot.ts'
import { ArchiveError } from './tar.ts'

/** What the command line does with snapshots and storages, without a server. Each throws OfflineError. */

type Environment = Readonly<Record<string, string | undefined>>

/** A message for the operator. `isDamage`: the snapshot or the storage is not what it should be. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError'
  readonly isDamage: boolean
  constructor(message: string, isDamage: boolean, options?: { cause?: unknown }) {
    super(message, options)
    this.isDamage = isDamage
  }
}

/** `publicKeyFile`: the PEM that sys/storage/snapshot/key gave. */
export function examineFile(file: string, publicKeyFile: string | undefined): Promise<Examined> {
  return asOfflineError(async () => examine(file, publicKeyFile === undefined ? undefined : publicKeyIn(publicKeyFile)))
}

/** Opens every entry. Shares are zeroed; without any, the seal that the configuration names opens it. */
export function proveSnapshot(
  snapshot: Examined,
  shares: readonly Buffer[],
  configFiles: readonly string[],
  environment: Environment,
): Promise<Proof> {
  return asOfflineError(() => prove(snapshot, { shares, seals: sealsOf(configFiles, environment) }))
}

/** The newest versions of the secrets at and below a path of the API, such as `secret/app`. Shares are zeroed. */
export function extractSecrets(
  snapshot: Examined,
  path: string,
  shares: readonly Buffer[],
  configFiles: readonly string[],
  environment: Environment,
): Promise<readonly Extracted[]> {
  return asOfflineError(() => extract(snapshot, { shares, seals: sealsOf(configFiles, environment) }, path))
}

export interface Restored {
  readonly snapshot: Examined
  readonly copied: Copied
}

/** Into the empty storage that the configuration names. The file is read whole and verified before anything is written. */
export function restoreFile(
  file: string,
  publicKeyFile: string | undefined,
  configFiles: readonly string[],
  environment: Environment,
): Promise<Restored> {
  return asOfflineError(async () => {
    const storage = storageOf(loadConfig(configFiles, environment).config)
    const snapshot = await examine(file, publicKeyFile === undefined ? undefined : publicKeyIn(publicKeyFile))
    const copied = await withBackend(storage, (backend) => copyInto(backend, entriesOf(snapshot)))
    return { snapshot, copied }
  })
}

interface Migrated extends Copied {
  /** Paths of rows that no server writes, which were left out; the first hundred. */
  readonly strays: readonly string[]
}

/** From the storage that one configuration names into the empty one of another. */
export function migrateStorage(
  sourceFiles: readonly string[],
  destinationFiles: readonly string[],
  environment: Environment,
): Promise<Migrated> {
  return asOfflineError(async () => {
    const from = storageOf(loadConfig(sourceFiles, environment).config)
    const to = storageOf(loadConfig(destinationFiles, environment).config)
    if (JSON.stringify(from) === JSON.stringify(to)) throw new ConfigError('source and destination are one storage')
    if (from.type === 'sqlite' && isInUse(resolve(from.path)))
      throw new ConfigError('a server uses the source: stop it, and run this again')
    const waitMs = from.type === 'postgresql' ? ECHO_MS : 0
    return withBackend(from, (source) => withBackend(to, (destination) => migrate(source, destination, waitMs)))
  })
}

/** Nodes on a shared database write every ten seconds that they live. */
const ECHO_MS = 11_000

async function migrate(source: Backend, destination: Backend, waitMs: number): Promise<Migrated> {
  if (await isBeingRestored(source))
    throw new StorageError('invalid', 'the source holds a restore that was not finished')
  const snapshot = await source.snapshot()
  if (snapshot.revision === 0) throw new StorageError('invalid', 'the source is empty')
  const copied = await copyInto(destination, snapshot.batches, async () => {
    await sleep(waitMs)
    if ((await source.readIndex()) === snapshot.revision) return
    throw new StorageError(
      'invalid',
      'the source was written to meanwhile: stop every server that uses it, and run this again',
    )
  })
  return { ...copied, strays: snapshot.strays }
}

function sealsOf(configFiles: readonly string[], environment: Environment): Seals {
  if (configFiles.length === 0) return {}
  return openSeals(loadConfig(configFiles, environment).config.seal, systemClock, random, QUIET)
}

function storageOf({ storage }: ServerConfig): StorageConfig {
  if (storage === undefined) throw new ConfigError('no storage block in the configuration')
  if (storage.type === 'inmem') throw new ConfigError('what is in memory ends with this command: name another storage')
  return storage
}

async function withBackend<T>(storage: StorageConfig, work: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = await openBackend(storage)
  try {
    return await work(backend)
  } finally {
    await backend.close()
  }
}

function publicKeyIn(file: string): KeyObject {
  try {
    return createPublicKey(readFileSync(file))
  } catch (cause) {
    throw new ConfigError(`${file} holds no public key in PEM`, { cause })
  }
}

/** What an operator can mend or must know, as such. */
async function asOfflineError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ArchiveError)
      throw new OfflineError(`${error.place}: ${error.message}`, true, { cause: error })
    if (error instanceof StorageError) throw new OfflineError(error.message, error.code === 'corrupt', { cause: error })
    if (error instanceof ConfigError || error instanceof EgideError)
      throw new OfflineError(error.message, false, { cause: error })
    if (error instanceof Error && 'syscall' in error) throw new OfflineError(troubleOf(error), false, { cause: error })
    throw error
  }
}

function troubleOf(error: Error & { readonly path?: unknown }): string {
  const reason = fileReason(error)
  if (reason === undefined) return error.message
  return typeof error.path === 'string' ? `${error.path}: ${reason}` : reason
}

/** Key shares, one a line, as operators write them. */
export async function sharesIn(text: string): Promise<Buffer[]> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return asOfflineError(async () => lines.map((line) => shareOf(line)))
}

import { setTimeout as sleep } from 'node:timers/promises'
import { DecryptFailed, EncodingError } from '../../crypto/errors.ts'
import type { Log, Random } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { NodeFacts } from '../../engines/system/services/seal.ts'
import { type Backend, type Entry, type ReadCheck, StorageError } from '../../storage/backend.ts'
import type { OtherKeys } from '../seal/lifecycle.ts'
import { SEAL_PATHS } from '../seal/paths.ts'
import { proveWith, sealOf } from './prove.ts'
import { type Examined, entriesOf, examine } from './read-snapshot.ts'
import { Spool } from './spool.ts'
import { ArchiveError } from './tar.ts'

/** What a restore asks of this process's seal. */
export interface RestoredVault {
  /** Throws DecryptFailed or EncodingError when the storage is of another vault. */
  keysIn(backend: Backend): Promise<OtherKeys>
  /** Goes on with what lies in storage now. */
  reopen(): Promise<void>
}

export interface RestorationParts {
  readonly backend: Backend
  readonly vault: RestoredVault
  /** As VaultKeys.fence: holds until something else replaces the storage. */
  readonly fence: ReadCheck
  /** The other nodes that serve this storage. */
  readonly others: () => Promise<readonly Pick<NodeFacts, 'hostname' | 'version'>[]>
  readonly version: string
  /** Where the snapshot lies while it is looked at. */
  readonly spoolFolder: string
  readonly random: Random
  readonly log: Log
}

/** Of what comes over the network. */
const SNAPSHOT_MAX_BYTES = 1024 ** 4
/** How long it is asked what became of a replacement whose reply was lost. */
const SETTLE_ATTEMPTS = 60
const SETTLE_PAUSE_MS = 1000
/** Of no snapshot: they say of the storage what is true of that alone. */
const OWN_ROWS: ReadonlySet<string> = new Set([SEAL_PATHS.restored, SEAL_PATHS.restoring])

/**
 * Puts the snapshot that `body` brings in the place of everything in storage, in one transaction, after it was verified
 * whole. Unless `isForced`, it has to be of this vault: its keys must open with the root key in use, and every entry with
 * them. Throws EgideError `invalid_request` for any other, and then nothing was changed.
 */
export async function restore(
  parts: RestorationParts,
  body: AsyncIterable<Uint8Array>,
  isForced: boolean,
): Promise<void> {
  await refuseOtherVersions(parts)
  const spool = await Spool.in(parts.spoolFolder, parts.random.uuid(), SNAPSHOT_MAX_BYTES)
  try {
    await spool.fill(body)
    const snapshot = await genuine(() => examine(spool))
    await checkVault(parts, snapshot, isForced)
    const { id, clusterId, revision } = snapshot.meta
    parts.log.warn(
      { snapshot: id, clusterId, revision, isForced },
      'a snapshot is put in the place of all that is stored',
    )
    await replace(parts, snapshot)
    await parts.vault.reopen()
  } finally {
    await spool.close()
  }
}

/** A node of another version may not know that it has to start anew. */
async function refuseOtherVersions({ others, version }: RestorationParts): Promise<void> {
  const other = (await others()).find((node) => node.version !== version)
  if (other === undefined) return
  throw invalid(
    `${other.hostname} runs version ${other.version}, this server ${version}: let the nodes be of one version first`,
  )
}

/** What is wrong with the archive is the caller's to mend. */
async function genuine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ArchiveError) throw invalid(`the snapshot is not whole: ${error.place}: ${error.message}`)
    throw error
  }
}

async function checkVault({ vault }: RestorationParts, snapshot: Examined, isForced: boolean): Promise<void> {
  const seal = await sealOf(snapshot)
  const [config, keyring] = seal.get([SEAL_PATHS.config, SEAL_PATHS.keyring])
  if (config === undefined || keyring === undefined) throw invalid('the snapshot holds no vault')
  if (isForced) return
  const keys = await ofThisVault(vault, seal)
  try {
    const { damaged, isOwnKey } = await proveWith(keys, seal, snapshot)
    const [first] = damaged
    if (first !== undefined) throw invalid(`the snapshot is damaged: ${first.path}: ${first.problem}`)
    if (!isOwnKey) throw invalid('the snapshot was not signed by the vault in it')
  } finally {
    keys.release()
  }
}

async function ofThisVault(vault: RestoredVault, seal: Backend): Promise<OtherKeys> {
  try {
    return await vault.keysIn(seal)
  } catch (error) {
    if (!(error instanceof DecryptFailed || error instanceof EncodingError)) throw error
    throw invalid(
      'the snapshot is of another vault, or of a time before this one got another root key or seal; it is restored by ' +
        'force only, and then wants the key shares or the seal of that time',
    )
  }
}

async function replace({ backend, fence, random }: RestorationParts, snapshot: Examined): Promise<void> {
  const mark: Entry = { path: SEAL_PATHS.restored, value: random.bytes(16), revision: 0 }
  try {
    if (await wasReplaced(backend, fence))
      throw new EgideError('unavailable', 'another snapshot was restored meanwhile', { retryAfterSeconds: 1 })
    await genuine(() => backend.replace(replacement(snapshot, mark)))
  } catch (error) {
    if (error instanceof StorageError && error.code === 'unknown' && (await wasReplaced(backend, fence))) return
    throw error
  }
}

async function* replacement(snapshot: Examined, mark: Entry): AsyncGenerator<readonly Entry[], void> {
  yield [mark]
  for await (const batch of entriesOf(snapshot)) yield batch.filter(({ path }) => !OWN_ROWS.has(path))
}

/** Also after a lost reply: a commit has its turn after the replacement, if that is still under way. */
async function wasReplaced(backend: Backend, fence: ReadCheck): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const [outcome] = await backend.commit([{ reads: [fence], lists: [], writes: [] }])
      return outcome?.kind === 'conflict'
    } catch (error) {
      if (!(error instanceof StorageError) || error.code === 'closed' || attempt === SETTLE_ATTEMPTS)
        throw new EgideError('unavailable', 'storage failed; whether the snapshot was restored is not known', {
          cause: error,
        })
      await sleep(SETTLE_PAUSE_MS)
    }
  }
}

import { createHash } from 'node:crypto'
import { type Backend, type Entry, StorageError, type Write } from '../../storage/backend.ts'
import { SEAL_PATHS } from '../seal/paths.ts'
import { encodeEntries } from './format.ts'

/** What was copied, whatever revisions it got. */
export interface Copied {
  readonly entries: number
  /** Of paths and values. */
  readonly bytes: number
  /** SHA-256 of all entries in byte order of paths, hexadecimal. */
  readonly digest: string
}

const { restoring: MARKER } = SEAL_PATHS
const WIPE_ENTRIES = 1000

export async function isBeingRestored(backend: Backend): Promise<boolean> {
  const [marker] = await backend.get([MARKER])
  return marker !== undefined
}

/**
 * Writes all entries of `source` into an empty storage, reads them back, and compares. From its first write to its last
 * a marker lies there, with which no server starts: whenever this is killed, there is no vault, or the whole one. What
 * an earlier call left unfinished is thrown away first. `mayEnd` is asked before the end, and throws to leave it open.
 *
 * Throws StorageError `invalid` when the storage is not empty, or when somebody else wrote to it meanwhile.
 */
export async function copyInto(
  destination: Backend,
  source: AsyncIterable<readonly Entry[]>,
  mayEnd: () => Promise<void> = async () => {},
): Promise<Copied> {
  const marker = await begin(destination)
  const tally = new Tally()
  for await (const batch of source) {
    const entries = batch.filter(({ path }) => path !== MARKER)
    tally.add(entries)
    await write(destination, entries)
  }
  const copied = tally.end()
  await compare(destination, copied)
  await mayEnd()
  const end = { reads: [{ path: MARKER, revision: marker }], lists: [], writes: [{ path: MARKER, value: null }] }
  const [outcome] = await destination.commit([end])
  if (outcome?.kind !== 'committed') throw touched()
  return copied
}

/** The revision of the marker, which now stands alone. */
async function begin(destination: Backend): Promise<number> {
  if (await isBeingRestored(destination)) await wipe(destination)
  const { names, revision } = await destination.list('', { recursive: true, after: '', limit: 2 })
  if (names.some((name) => name !== MARKER)) throw new StorageError('invalid', 'the storage is not empty')
  const marker = { path: MARKER, value: Buffer.from('1') }
  const lists = [{ prefix: '', since: revision }]
  const [outcome] = await destination.commit([{ reads: [], lists, writes: [marker] }])
  if (outcome?.kind !== 'committed') throw touched()
  return outcome.revision
}

async function wipe(destination: Backend): Promise<void> {
  for (;;) {
    const { names } = await destination.list('', { recursive: true, after: '', limit: WIPE_ENTRIES })
    const writes = names.filter((path) => path !== MARKER).map((path) => ({ path, value: null }))
    if (writes.length === 0) return
    await destination.commit([{ reads: [], lists: [], writes }])
  }
}

async function write(destination: Backend, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  const writes: Write[] = entries.map(({ path, value, expiresAtMs }) => ({ path, value, expiresAtMs }))
  await destination.commit([{ reads: [], lists: [], writes }])
}

/** What lies there now is what was read from the source. */
async function compare(destination: Backend, expected: Copied): Promise<void> {
  const tally = new Tally()
  const snapshot = await destination.snapshot()
  for await (const batch of snapshot.batches) tally.add(batch.filter(({ path }) => path !== MARKER))
  const found = tally.end()
  if (found.digest !== expected.digest || found.entries !== expected.entries)
    throw new StorageError('corrupt', 'what was written does not read back as it was')
}

function touched(): StorageError {
  return new StorageError('invalid', 'something else wrote to the storage meanwhile')
}

class Tally {
  readonly #hash = createHash('sha256')
  #entries = 0
  #bytes = 0

  add(batch: readonly Entry[]): void {
    this.#entries += batch.length
    for (const { path, value } of batch) this.#bytes += Buffer.byteLength(path) + value.byteLength
    // A copy has revisions of its own.
    this.#hash.update(encodeEntries(batch.map((entry) => ({ ...entry, revision: 0 }))))
  }

  end(): Copied {
    return { entries: this.#entries, bytes: this.#bytes, digest: this.#hash.digest('hex') }
  }
}

import {
  type Awaitable,
  type Entry,
  type Revision,
  SNAPSHOT_BATCH_BYTES,
  SNAPSHOT_BATCH_ENTRIES,
  type Snapshot,
  StorageError,
} from './backend.ts'
import { isPath } from './stored-row.ts'

/** Of so many the paths are told. */
const STRAYS_MAX = 100

export interface SnapshotSource {
  readonly revision: Revision
  /** The next rows, within the bounds of a batch; none at the end. One at a path where no backend writes is left out. */
  readonly next: () => Awaitable<readonly Entry[]>
  /** Lets go of what the source holds. Called once. */
  readonly release: () => Awaitable<void>
}

/** The snapshots that a backend has open. */
export class Snapshots {
  readonly #open = new Set<BatchedSnapshot>()

  add(source: SnapshotSource): Snapshot {
    const snapshot: BatchedSnapshot = new BatchedSnapshot(source, () => this.#open.delete(snapshot))
    this.#open.add(snapshot)
    return snapshot
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((snapshot) => snapshot.close()))
  }
}

class BatchedSnapshot implements Snapshot {
  readonly revision: Revision
  readonly batches: AsyncIterable<readonly Entry[]>
  readonly strays: string[] = []
  readonly #source: SnapshotSource
  readonly #onClose: () => void
  #closing: Promise<void> | undefined

  constructor(source: SnapshotSource, onClose: () => void) {
    this.revision = source.revision
    this.#source = source
    this.#onClose = onClose
    this.batches = this.#read()
  }

  async *#read(): AsyncGenerator<readonly Entry[], void> {
    try {
      for (;;) {
        this.#checkOpen()
        const batch = await this.#source.next()
        this.#checkOpen() // what was released while it was read may be torn
        if (batch.length === 0) return
        const entries = batch.filter((entry) => this.#isEntry(entry))
        if (entries.length > 0) yield entries
      }
    } finally {
      await this.close()
    }
  }

  #isEntry({ path }: Entry): boolean {
    if (isPath(path)) return true
    if (this.strays.length < STRAYS_MAX) this.strays.push(path)
    return false
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#onClose()
    await this.#source.release()
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StorageError('closed', 'the snapshot is closed')
  }
}

/** Takes one batch of what comes in order. */
export function takeBatch(entries: Iterator<Entry>): Entry[] {
  const batch: Entry[] = []
  for (let bytes = 0; batch.length < SNAPSHOT_BATCH_ENTRIES && bytes < SNAPSHOT_BATCH_BYTES; ) {
    const { value, done } = entries.next()
    if (done === true) break
    batch.push(value)
    bytes += value.value.byteLength
  }
  return batch
}

import { createPublicKey } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import type { Clock } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { SnapshotKey, SnapshotOperations } from '../../engines/system/services/snapshots.ts'
import type { Entry, Snapshot } from '../../storage/backend.ts'
import type { SealedStore } from '../../storage/sealed-store.ts'
import type { ClusterIdentity } from '../core/cluster-identity.ts'
import { ROOT_NAMESPACE_ID } from '../seal/lifecycle.ts'
import { type CheckKeys, EntryCheck } from './entry-check.ts'
import type { Meta } from './format.ts'
import { type RestorationParts, restore } from './restoration.ts'
import { publicBytesOf, signingKeyOf } from './signing-key.ts'
import { writeSnapshot } from './write-snapshot.ts'

/** Told of each snapshot: it was read to its end, or somebody stopped before. */
export interface SnapshotEvents {
  snapshotEnded(outcome: 'complete' | 'broken', nowMs: number): void
}

export interface SnapshotServiceParts extends Omit<RestorationParts, 'fence'> {
  /** Of the root namespace. */
  readonly store: SealedStore
  readonly identity: ClusterIdentity
  readonly keys: CheckKeys
  readonly clock: Clock
  readonly events: SnapshotEvents
}

/** A reader that lets a snapshot lie for so long loses it: it keeps the database from tidying up. */
const STALLED_MS = 5 * 60_000
/** Between two batches others are served: a batch takes about as long. */
const PAUSE_MS = 1
/** A line of progress of a check after so many entries. */
const PROGRESS_ENTRIES = 10_000

const BUSY = {
  snapshot: 'a snapshot is being taken',
  check: 'a check is running',
  restore: 'a snapshot is being restored',
} as const
type Running = keyof typeof BUSY

export class SnapshotService implements SnapshotOperations {
  readonly #parts: SnapshotServiceParts
  readonly #running = new Map<Running, object>()

  constructor(parts: SnapshotServiceParts) {
    this.#parts = parts
  }

  async key(): Promise<SnapshotKey> {
    const { store, random, identity } = this.#parts
    const key = createPublicKey(await signingKeyOf(store, random))
    return { publicKey: key.export({ format: 'pem', type: 'spki' }).toString(), clusterId: identity.clusterId }
  }

  async take(signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    const { store, identity, clock, random, log, events } = this.#parts
    const end = this.#begin('snapshot', signal)
    try {
      const key = await signingKeyOf(store, random)
      const snapshot = await this.#open(signal)
      const meta: Meta = {
        id: random.uuid(),
        clusterId: identity.clusterId,
        clusterName: identity.clusterName,
        revision: snapshot.revision,
        createdMs: clock.now(),
        publicKey: publicBytesOf(key),
      }
      const pieces = writeSnapshot(
        meta,
        this.#whileOpen(snapshot, () => gzip.destroy()),
        key,
      )
      // What is sealed does not get smaller: the format is there for those who read it, and its checksum costs little.
      const gzip = createGzip({ level: 0, chunkSize: 256 * 1024 })
      pipeline(Readable.from(pieces), gzip, (error) => {
        end()
        void snapshot.close()
        events.snapshotEnded(error ? 'broken' : 'complete', clock.now())
        if (snapshot.strays.length > 0) log.warn({ paths: snapshot.strays }, 'rows that no server writes were left out')
        if (error) log.warn({ snapshot: meta.id, error: String(error) }, 'a snapshot was not read to its end')
        else log.info({ snapshot: meta.id, revision: meta.revision }, 'a snapshot was taken')
      })
      // An answer that never went out is read by nobody, and would wait for ever.
      if (signal?.aborted === true) gzip.destroy()
      else signal?.addEventListener('abort', () => gzip.destroy(), { once: true })
      return gzip
    } catch (error) {
      end()
      throw error
    }
  }

  async restore(body: AsyncIterable<Uint8Array>, isForced: boolean): Promise<void> {
    const { keys, ...parts } = this.#parts
    const { fence } = keys.cipherFor(ROOT_NAMESPACE_ID)
    if (fence === undefined) throw new EgideError('internal', 'the keys do not say what they hold for')
    // Whoever asked may be gone long before it is over.
    const end = this.#begin('restore', undefined)
    try {
      await restore({ ...parts, fence }, body, isForced)
    } finally {
      end()
    }
  }

  async check(entriesPerSecond: number, signal: AbortSignal | undefined): Promise<AsyncIterable<string>> {
    const end = this.#begin('check', signal)
    try {
      const snapshot = await this.#open(signal)
      return this.#checking(snapshot, entriesPerSecond, end)
    } catch (error) {
      end()
      throw error
    }
  }

  async *#checking(snapshot: Snapshot, entriesPerSecond: number, end: () => void): AsyncGenerator<string, void> {
    const check = new EntryCheck(this.#parts.keys, this.#parts.store)
    let told = 0
    try {
      for await (const batch of this.#whileOpen(snapshot, () => void snapshot.close())) {
        for (const entry of batch) {
          const problem = await check.problemOf(entry)
          if (problem !== undefined) yield `${JSON.stringify({ path: entry.path, problem })}\n`
        }
        if (check.checked - told >= PROGRESS_ENTRIES) {
          told = check.checked
          yield `${JSON.stringify({ checked: check.checked, damaged: check.damaged, sealed: check.sealed })}\n`
        }
        if (entriesPerSecond > 0) await sleep((batch.length * 1000) / entriesPerSecond)
      }
      for (const path of snapshot.strays)
        yield `${JSON.stringify({ path, problem: 'no server writes to such a path' })}\n`
      const { checked, sealed } = check
      const damaged = check.damaged + snapshot.strays.length
      yield `${JSON.stringify({ done: true, checked, damaged, sealed, revision: snapshot.revision })}\n`
    } finally {
      check.end()
      end()
    }
  }

  /** What it returns may be called again. It is called by itself when whoever asked is gone. */
  #begin(what: Running, signal: AbortSignal | undefined): () => void {
    if (this.#running.has(what)) {
      throw new EgideError('rate_limited', `${BUSY[what]} on this server already`, { retryAfterSeconds: 30 })
    }
    const run = { what }
    this.#running.set(what, run)
    const end = () => {
      if (this.#running.get(what) === run) this.#running.delete(what)
    }
    signal?.addEventListener('abort', end, { once: true })
    return end
  }

  async #open(signal: AbortSignal | undefined): Promise<Snapshot> {
    const snapshot = await this.#parts.backend.snapshot()
    const close = () => void snapshot.close()
    if (signal?.aborted === true) close()
    else signal?.addEventListener('abort', close, { once: true })
    return snapshot
  }

  /** The batches, as long as the vault is not sealed and somebody reads. */
  async *#whileOpen(snapshot: Snapshot, onStalled: () => void): AsyncGenerator<readonly Entry[], void> {
    for await (const batch of snapshot.batches) {
      this.#parts.keys.cipherFor(ROOT_NAMESPACE_ID) // throws once the vault is sealed
      await sleep(PAUSE_MS)
      const stalled = setTimeout(onStalled, STALLED_MS)
      try {
        yield batch
      } finally {
        clearTimeout(stalled)
      }
    }
  }
}

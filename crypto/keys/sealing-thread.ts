import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { threadModule } from '../thread-module.ts'

const WORKER = threadModule('sealing-worker', import.meta.url)

/** Batches that lie with the thread. Whoever comes with one more does it where it is, so that both threads have work. */
const UNDER_WAY_MAX = 16
/** A thread that nobody needed for so long ends, and with it the handles of the keys that it was sent. */
const IDLE_MS = 10_000

/** Plaintexts for one key, without associated data. */
export interface BatchToSeal {
  /** Its name; one of AEADS. */
  readonly algorithm: string
  /** The thread gets a handle of the same key: no byte of it is copied. */
  readonly key: KeyObject
  /** One after the other. */
  readonly nonces: Uint8Array
  /** Likewise, in a buffer of their own, which is moved to the thread and zeroed there. */
  readonly plaintexts: Uint8Array<ArrayBuffer>
  /** Bytes of each plaintext. */
  readonly lengths: Uint32Array
}

/** What was sealed, one after the other; undefined: it could not be done. */
export type SealedBatch = Uint8Array<ArrayBuffer> | undefined
/** 'ready' comes once, before all others. */
export type FromSealingWorker = 'ready' | SealedBatch

interface Waiting {
  readonly lengths: Uint32Array
  readonly resolve: (sealed: readonly Buffer[] | undefined) => void
}

/**
 * A thread that encrypts batches, so that one process has two processors at work on them. It starts with the first batch,
 * which it does not make wait, keeps nothing of a batch, and ends when it is idle. One that failed is not replaced before
 * as much time has passed.
 */
export class SealingThread {
  #worker: Worker | undefined
  #isReady = false
  /** In the order in which the thread answers. */
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  /** Whether it is there and has no more to do than it should; asking starts it. */
  get hasRoom(): boolean {
    if (this.#worker === undefined) this.#start()
    return this.#isReady && this.#waiting.length < UNDER_WAY_MAX
  }

  /** What `Aead.seal` makes of each plaintext, in their order. Undefined: it was not done. */
  async seal(batch: BatchToSeal): Promise<readonly Buffer[] | undefined> {
    const worker = this.#worker
    if (worker === undefined) return undefined
    this.#timer?.refresh()
    worker.postMessage(batch, [batch.plaintexts.buffer])
    return new Promise((resolve) => this.#waiting.push({ lengths: batch.lengths, resolve }))
  }

  /** For the seal; the thread starts anew with the next batch. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#giveUp()
  }

  #start(): void {
    // The last one failed a short time ago.
    if (this.#timer !== undefined) return
    const worker = new Worker(WORKER, {
      name: 'sealing',
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 6 },
    })
    this.#worker = worker
    this.#timer = setTimeout(() => this.end(), IDLE_MS).unref()
    worker.unref()
    worker.on('message', (message: FromSealingWorker) => {
      if (this.#worker !== worker) return
      if (message === 'ready') this.#isReady = true
      else this.#take(message)
    })
    worker.on('error', () => {
      if (this.#worker === worker) this.#giveUp()
    })
  }

  #take(sealed: SealedBatch): void {
    const waiting = this.#waiting.shift()
    waiting?.resolve(sealed === undefined ? undefined : apart(sealed, waiting.lengths))
  }

  /** The batches that lie with the thread are done by those who brought them. */
  #giveUp(): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#isReady = false
    void worker?.terminate()
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
  }
}

/** Each is longer than its plaintext by the same. */
function apart(sealed: Uint8Array<ArrayBuffer>, lengths: Uint32Array): readonly Buffer[] {
  const overhead = (sealed.length - sumOf(lengths)) / lengths.length
  let at = sealed.byteOffset
  return Array.from(lengths, (length) => {
    const from = at
    at += length + overhead
    return Buffer.from(sealed.buffer, from, length + overhead)
  })
}

const sumOf = (lengths: Uint32Array): number => lengths.reduce((sum, length) => sum + length, 0)

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { threadModule } from '../../crypto/thread-module.ts'
import { type Entry, type Outcome, type Revision, StorageError, type Transaction } from '../backend.ts'
import { checkReplacement } from '../bounds.ts'
import { packGroup, unpackOutcome } from './group-message.ts'
import type { WriterFailure, WriterReply, WriterRequest, WriterStart } from './writer-worker.ts'

const WORKER = threadModule('writer-worker', import.meta.url)

/** The thread keeps nothing from one group to the next. */
const YOUNG_GENERATION_MIB = 6

interface Waiting {
  readonly resolve: (outcomes: readonly Outcome[]) => void
  readonly reject: (error: StorageError) => void
}

/** This thread's end of the writer. */
export class Writer {
  readonly #worker: Worker
  readonly #exited: Promise<unknown>
  /** Groups sent and not answered, oldest first. */
  #waiting: Waiting[] = []
  #stopped: StorageError | undefined
  /** Until the replacement under way has ended, however. */
  #replacing: Promise<void> | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (replies: readonly WriterReply[]) => {
      for (const reply of replies) this.#answer(reply)
    })
    worker.on('error', (cause) => this.#stop(cause))
    this.#exited = once(worker, 'exit').then(
      () => this.#stop(undefined),
      () => {},
    )
  }

  /** Opens the file for writing, and brings its schema up to date. */
  static async open(start: WriterStart): Promise<Writer> {
    const writer = new Writer(
      new Worker(WORKER, {
        workerData: start,
        name: 'sqlite-writer',
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
      }),
    )
    await new Promise<readonly Outcome[]>((resolve, reject) => writer.#waiting.push({ resolve, reject }))
    return writer
  }

  commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    const replacing = this.#replacing
    return replacing === undefined ? this.#commit(transactions) : replacing.then(() => this.commit(transactions))
  }

  #commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    const group = packGroup(transactions)
    return this.#ask(group, [group.numbers.buffer, group.values.buffer])
  }

  /** As Backend.replace. What is committed meanwhile waits for its end. */
  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    if (this.#replacing !== undefined) throw new StorageError('refused', 'busy: the store is being replaced')
    const replacing = this.#replace(batches)
    this.#replacing = replacing.then(
      () => {},
      () => {},
    )
    try {
      return await replacing
    } finally {
      this.#replacing = undefined
    }
  }

  async #replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    await this.#ask('replace')
    try {
      for await (const batch of batches) {
        const writes = batch.map(({ path, value, expiresAtMs }) => ({ path, value, expiresAtMs }))
        checkReplacement(writes)
        const group = packGroup([{ reads: [], lists: [], writes }])
        await this.#ask(group, [group.numbers.buffer, group.values.buffer])
      }
    } catch (error) {
      await this.#ask('abandon')
      throw error
    }
    const [outcome] = await this.#ask('replaced')
    if (outcome?.kind !== 'committed') throw new StorageError('unknown', 'the writer did not say what became of it')
    return outcome.revision
  }

  #ask(request: WriterRequest, transfer: ArrayBuffer[] = []): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) throw new StorageError('refused', this.#stopped.message, this.#stopped)
      this.#send(request, transfer)
      this.#waiting.push({ resolve, reject })
    })
  }

  #send(request: WriterRequest, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer)
  }

  #answer(reply: WriterReply): void {
    const waiting = this.#waiting.shift()
    if (isFailure(reply))
      waiting?.reject(new StorageError(reply.code, reply.message, { cause: new Error(reply.cause) }))
    else waiting?.resolve(reply.map(unpackOutcome))
  }

  /** The thread ended: of what it was sent, nobody knows how much it did. */
  #stop(cause: unknown): void {
    this.#stopped ??= new StorageError('unknown', 'the writer has stopped', { cause })
    for (const { reject } of this.#waiting.splice(0)) reject(this.#stopped)
  }

  /** Waits for what was sent before. */
  async close(): Promise<void> {
    await this.#replacing
    this.#send('close', [])
    await this.#exited
  }
}

function isFailure(reply: WriterReply): reply is WriterFailure {
  return 'code' in reply
}

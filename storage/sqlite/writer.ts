import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Outcome, StorageError, type Transaction } from '../backend.ts'
import { packGroup, unpackOutcome } from './group-message.ts'
import type { WriterFailure, WriterReply, WriterRequest, WriterStart } from './writer-worker.ts'

/** A checkout runs the sources, a package what was compiled of them. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js', import.meta.url)

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

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (reply: WriterReply) => this.#answer(reply))
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
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) throw new StorageError('refused', this.#stopped.message, this.#stopped)
      const group = packGroup(transactions)
      this.#send(group, [group.numbers.buffer, group.values.buffer])
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
    this.#send('close', [])
    await this.#exited
  }
}

function isFailure(reply: WriterReply): reply is WriterFailure {
  return 'code' in reply
}

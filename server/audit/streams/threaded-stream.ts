import { Worker } from 'node:worker_threads'
import { type FileOutputOptions, filePath } from '../outputs/file.ts'
import { OutputError } from '../outputs/output.ts'
import { ShorthandWriter } from '../records/shorthand.ts'
import type { EvidenceKeeper } from './evidence.ts'
import type { RecordStream } from './record-stream.ts'
import type { StreamKeys } from './stream.ts'
import type { Call, EvidenceCall, EvidenceReply, Failure, FromThread, StreamStart, ToThread } from './stream-worker.ts'

/** So that the next records are made while the last ones are written. */
const WRITES_MAX = 8
/** The thread handles one batch after another, and keeps nothing between them. */
const YOUNG_GENERATION_MIB = 6

export interface ThreadedStreamOptions {
  /** The module that the thread runs: it calls `serveStream`. */
  readonly thread: URL
  readonly keys: StreamKeys
  /** Of the HMACs in records. */
  readonly salt: Uint8Array
  readonly device: string
  readonly node: string
  readonly prefix: string
  readonly file: FileOutputOptions
  readonly evidence: EvidenceKeeper
  readonly onEvidenceFailure: (error: unknown) => void
}

interface WaitingCall {
  readonly dropped: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The stream of a file device on a thread of its own: chaining, hashing and writing cost the thread that serves requests
 * nothing, and a disk that hangs blocks nobody else. A thread that ends unasked fails the call under way; the next one
 * starts another, which goes on from what it finds in the file, as after a restart.
 */
export class ThreadedStream implements RecordStream {
  readonly depth = WRITES_MAX
  readonly shorthand = new ShorthandWriter(WRITES_MAX)
  readonly #options: ThreadedStreamOptions
  #worker: Worker | undefined
  /** Calls that wait for their answer, oldest first. */
  readonly #calls: WaitingCall[] = []
  #dropped = 0
  /** The last call for evidence that failed. */
  #refusal: { readonly id: number; readonly error: unknown } | undefined

  constructor(options: ThreadedStreamOptions) {
    this.#options = options
  }

  write(texts: readonly string[]): Promise<void> {
    // One text costs a fifth of what many cost on their way; no record contains a line break.
    const lines = texts.join('\n')
    return this.#run({ kind: 'write', dropped: this.#takeDropped(), lines, slot: this.shorthand.next() })
  }

  open(): Promise<void> {
    return this.#run({ kind: 'open', dropped: this.#takeDropped() })
  }

  tick(): Promise<void> {
    return this.#run({ kind: 'tick', dropped: this.#takeDropped() })
  }

  checkpoint(): Promise<void> {
    return this.#run({ kind: 'checkpoint', dropped: this.#takeDropped() })
  }

  reopen(): Promise<void> {
    return this.#run({ kind: 'reopen', dropped: this.#takeDropped() })
  }

  async close(): Promise<void> {
    if (this.#worker === undefined) return
    try {
      await this.#run({ kind: 'close', dropped: this.#takeDropped() })
    } catch (error) {
      this.#options.onEvidenceFailure(error)
    }
  }

  drop(count: number): void {
    this.#dropped += count
  }

  giveUp(): void {
    this.#worker?.postMessage({ kind: 'give-up' } satisfies ToThread)
  }

  abandon(): void {
    void this.#worker?.terminate()
  }

  #takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #run(call: Call): Promise<void> {
    try {
      this.#worker ??= this.#start()
    } catch (error) {
      this.#dropped += call.dropped
      this.shorthand.forgetSent()
      return Promise.reject(error)
    }
    this.#worker.postMessage(call)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#calls.push({ dropped: call.dropped, resolve, reject })
    return promise
  }

  #start(): Worker {
    const { thread, keys, device, node, prefix, file } = this.#options
    const { memory } = this.shorthand
    // The thread would refuse it too, but die of it, and the log would not tell why.
    filePath(file.folder, file.path)
    // Copies that move: what is cloned on the way between threads could not be erased.
    const chainKey = new Uint8Array(keys.chain)
    const salt = new Uint8Array(this.#options.salt)
    const { signing, verifying, keyId } = keys
    const start: StreamStart = { chainKey, salt, memory, signing, verifying, keyId, device, node, prefix, file }
    const worker = new Worker(thread, {
      workerData: start,
      transferList: [chainKey.buffer, salt.buffer],
      name: 'audit',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    })
    worker.unref()
    worker.on('message', (message: FromThread) => this.#take(worker, message))
    worker.on('error', (error) => this.#ended(worker, error))
    worker.on('exit', () => this.#ended(worker, new Error('the thread of the audit device has ended')))
    return worker
  }

  #take(worker: Worker, message: FromThread): void {
    if (message.kind === 'done') {
      const call = this.#calls.shift()
      if (message.error === undefined) call?.resolve()
      else call?.reject(this.#errorOf(message))
    } else if (message.kind === 'evidence-failed') this.#options.onEvidenceFailure(this.#errorOf(message))
    else void this.#answer(worker, message)
  }

  async #answer(worker: Worker, call: EvidenceCall): Promise<void> {
    const { evidence } = this.#options
    const { id } = call
    const reply = (stored: EvidenceReply['stored'], isRefused = false): void =>
      worker.postMessage({ kind: 'evidence', id, stored, isRefused } satisfies ToThread)
    try {
      if (call.kind === 'load') reply(await evidence.load())
      else {
        await evidence.save(call.checkpoint)
        reply(undefined)
      }
    } catch (error) {
      this.#refusal = { id, error }
      reply(undefined, true)
    }
  }

  /** As it was thrown, as far as that can be had. */
  #errorOf({ error, system, isTold, refused }: Failure): unknown {
    if (refused !== undefined && refused === this.#refusal?.id) return this.#refusal.error
    if (!(error instanceof Error)) return error
    return isTold === true ? new OutputError(error.message) : Object.assign(error, system)
  }

  #ended(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.shorthand.forgetSent()
    for (const { dropped, reject } of this.#calls.splice(0)) {
      this.#dropped += dropped // the thread may have died before it could tell
      reject(error)
    }
  }
}

import type { Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { RecordWriter } from './record.ts'
import type { Stream } from './stream.ts'

/** Whether a request waits for the device, and fails with it. */
export type Delivery = 'required' | 'best-effort'

export interface DeviceOptions {
  /** Ends in '/'. */
  readonly path: string
  readonly delivery: Delivery
  readonly writer: RecordWriter
  readonly stream: Stream
  /** How long one write, opening included, may take. */
  readonly timeoutMs: number
  readonly log: Log
  readonly onFailure: ((device: string) => void) | undefined
}

/** Records and characters that wait for one device at most; some 100 MB of the largest usual records. */
const WAITING_RECORDS_MAX = 50_000
const WAITING_CHARACTERS_MAX = 64 * 1024 * 1024

interface Turn {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Work on the stream that is not the delivery of records. */
interface Job {
  readonly work: () => Promise<void>
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * One enabled device: takes records, and hands those of one turn of the event loop to its stream in one write. While a
 * write is under way the next records gather. A write that takes too long counts as failed for all who wait; the device
 * takes nothing more until it has ended.
 */
export class Device {
  readonly path: string
  readonly required: boolean
  readonly writer: RecordWriter
  readonly #stream: Stream
  readonly #timeoutMs: number
  readonly #log: Log
  readonly #onFailure: DeviceOptions['onFailure']
  #texts: string[] = []
  #characters = 0
  #turn: Turn | undefined
  readonly #jobs: Job[] = []
  #pumping = false
  #hung = false
  #failing = false
  #closed = false

  constructor(options: DeviceOptions) {
    this.path = options.path
    this.required = options.delivery === 'required'
    this.writer = options.writer
    this.#stream = options.stream
    this.#timeoutMs = options.timeoutMs
    this.#log = options.log
    this.#onFailure = options.onFailure
  }

  /** Queues a record. A required device's promise settles with its write; a best-effort device has none. */
  add(text: string): Promise<void> | undefined {
    if (this.#hung || this.#closed || this.#isFull()) return this.#refuse()
    this.#texts.push(text)
    this.#characters += text.length
    this.#turn ??= newTurn()
    if (!this.#pumping) this.#start()
    return this.required ? this.#turn.promise : undefined
  }

  /** Opens the stream and writes the record. For a device that is taken into use: rejects with what went wrong. */
  async test(text: string): Promise<void> {
    await this.#run(async () => {
      await this.#stream.open()
      await this.#stream.write([text])
    })
  }

  /** Opens the stream; a failure is logged, and tried again with the next record. */
  open(): Promise<void> {
    return this.#quietly(() => this.#stream.open())
  }

  tick(): Promise<void> {
    return this.#hung || this.#closed ? Promise.resolve() : this.#quietly(() => this.#stream.tick())
  }

  checkpoint(): Promise<void> {
    return this.#hung || this.#closed ? Promise.resolve() : this.#quietly(() => this.#stream.checkpoint())
  }

  reopen(): Promise<void> {
    return this.#hung || this.#closed ? Promise.resolve() : this.#quietly(() => this.#stream.reopen())
  }

  /** Writes what waits, ends the stream, forgets the keys. Takes no longer than one write may. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#hung) this.#stream.giveUp()
    else await this.#quietly(() => this.#drain())
    this.writer.destroy()
  }

  async #drain(): Promise<void> {
    if (this.#turn !== undefined) await this.#deliver(this.#turn)
    await this.#stream.close()
  }

  #isFull(): boolean {
    return this.#texts.length >= WAITING_RECORDS_MAX || this.#characters >= WAITING_CHARACTERS_MAX
  }

  #refuse(): Promise<void> | undefined {
    this.#stream.dropped++
    return this.required ? Promise.reject(this.#unavailable(undefined)) : undefined
  }

  #unavailable(cause: unknown): EgideError {
    return new EgideError('unavailable', `audit device "${this.path}" is failing: the request is not served`, { cause })
  }

  #run(work: () => Promise<void>): Promise<void> {
    return new Promise((done, failed) => {
      this.#jobs.push({ work, done, failed })
      if (!this.#pumping) this.#start()
    })
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await this.#run(work)
      this.#works()
    } catch (error) {
      this.#fails(error)
    }
  }

  #start(): void {
    this.#pumping = true
    setImmediate(() => void this.#pump())
  }

  async #pump(): Promise<void> {
    for (;;) {
      if (this.#turn !== undefined) await this.#deliver(this.#turn)
      const job = this.#jobs.shift()
      if (job !== undefined) await this.#bounded(job.work(), job.failed).then(job.done, job.failed)
      else if (this.#turn === undefined) break
    }
    this.#pumping = false
  }

  async #deliver(turn: Turn): Promise<void> {
    const texts = this.#texts
    this.#turn = undefined
    this.#texts = []
    this.#characters = 0
    try {
      await this.#bounded(this.#stream.write(texts), (error) => turn.reject(this.#unavailable(error)))
      turn.resolve()
      this.#works()
    } catch (error) {
      this.#fails(error)
      turn.reject(this.#unavailable(error))
    }
  }

  /** Waits for the work to end, however long that takes; those who wait for the device wait for its bound only. */
  async #bounded(work: Promise<void>, tell: (error: Error) => void): Promise<void> {
    const timer = setTimeout(() => this.#hang(tell), this.#timeoutMs)
    try {
      await work
    } finally {
      clearTimeout(timer)
      this.#hung = false
    }
  }

  #hang(tell: (error: Error) => void): void {
    this.#hung = true
    const error = new Error(`no answer within ${this.#timeoutMs} ms`)
    this.#fails(error)
    tell(error)
    // What has gathered meanwhile would wait for nothing.
    this.#stream.dropped += this.#texts.length
    this.#turn?.reject(this.#unavailable(error))
    this.#turn = undefined
    this.#texts = []
    this.#characters = 0
    for (const job of this.#jobs.splice(0)) job.failed(error)
    this.#stream.giveUp()
  }

  #fails(error: unknown): void {
    this.#onFailure?.(this.path)
    if (this.#failing) return
    this.#failing = true
    this.#log.error({ device: this.path, required: this.required, err: error }, 'audit device is failing')
  }

  #works(): void {
    if (!this.#failing) return
    this.#failing = false
    this.#log.info({ device: this.path }, 'audit device works again')
  }
}

function newTurn(): Turn {
  const turn = Promise.withResolvers<void>()
  // Somebody who only reads has no need to wait for the record of the request.
  turn.promise.catch(() => {})
  return turn
}

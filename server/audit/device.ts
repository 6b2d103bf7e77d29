import { EgideError } from '../../engines/errors.ts'
import type { AuditRequest, AuditResponse } from '../core/audit-port.ts'
import type { FailureLog } from './failure-log.ts'
import { OutputError } from './outputs/output.ts'
import type { RecordWriter } from './records/record.ts'
import type { RecordStream } from './streams/record-stream.ts'

/** Whether a request waits for the device, and fails with it. */
export type Delivery = 'required' | 'best-effort'

export interface DeviceOptions {
  /** Ends in '/'. */
  readonly path: string
  readonly delivery: Delivery
  readonly writer: RecordWriter
  readonly stream: RecordStream
  /** How long one write, opening included, may take. */
  readonly timeoutMs: number
  readonly failures: FailureLog
  readonly onFailure: ((device: string) => void) | undefined
  /** Told when it begins to fail, and when it works again. */
  readonly onTurn: () => void
}

/** Records and characters that wait for one device at most; some 100 MB of the largest usual records. */
const WAITING_RECORDS_MAX = 50_000
const WAITING_CHARACTERS_MAX = 64 * 1024 * 1024

/**
 * A stream that takes several writes at once gets one of so many records, and in any case when the turn ends: of a turn
 * with many, the first are written while the others are still made.
 */
const WRITE_RECORDS = 32

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
 * One enabled device: takes records, and hands those of one turn of the event loop to its stream in few writes. While the
 * stream has as many writes as it takes the next records gather. A write that takes too long counts as failed for all who wait; the device
 * takes nothing more until it has ended.
 */
export class Device {
  readonly path: string
  readonly required: boolean
  readonly writer: RecordWriter
  readonly #stream: RecordStream
  readonly #timeoutMs: number
  readonly #failures: FailureLog
  readonly #onFailure: DeviceOptions['onFailure']
  readonly #onTurn: () => void
  #texts: string[] = []
  #characters = 0
  #turn: Turn | undefined
  readonly #jobs: Job[] = []
  #scheduled = false
  /** Writes under way. */
  #writes = 0
  /** A job is under way. */
  #working = false
  /** Of both, those that have taken too long. */
  #hung = 0
  #failing = false
  #closed = false

  constructor(options: DeviceOptions) {
    this.path = options.path
    this.required = options.delivery === 'required'
    this.writer = options.writer
    this.#stream = options.stream
    this.#timeoutMs = options.timeoutMs
    this.#failures = options.failures
    this.#onFailure = options.onFailure
    this.#onTurn = options.onTurn
  }

  /** Whether its last write failed, or one takes too long. */
  get isFailing(): boolean {
    return this.#failing
  }

  /** Queues the record of a request. A required device's promise settles with its write; a best-effort device has none. */
  request(record: AuditRequest, error: string | undefined): Promise<void> | undefined {
    return this.#refuses() ? this.#refuse() : this.#add(this.writer.request(record, error))
  }

  /** Likewise of a response, which was made at `timeMs`. */
  response(record: AuditRequest, response: AuditResponse, timeMs: number): Promise<void> | undefined {
    return this.#refuses() ? this.#refuse() : this.#add(this.writer.response(record, response, timeMs))
  }

  /** A text that is made is queued: it may refer to those before it in the batch. */
  #add(text: string): Promise<void> | undefined {
    this.#texts.push(text)
    this.#characters += text.length
    this.#turn ??= newTurn()
    const { promise } = this.#turn
    if (this.#texts.length >= WRITE_RECORDS && this.#stream.depth > 1) this.#pump()
    else this.#schedule()
    return this.required ? promise : undefined
  }

  /** Opens the stream and writes the records, if any. For a device that is taken into use: rejects with what went wrong. */
  async test(texts: readonly string[]): Promise<void> {
    await this.#run(async () => {
      await this.#stream.open()
      if (texts.length > 0) await this.#stream.write([...texts])
    })
  }

  /** Opens the stream; a failure is logged, and tried again with the next record. */
  async open(): Promise<void> {
    await this.#quietly(() => this.#stream.open())
  }

  async tick(): Promise<void> {
    if (this.#hung === 0 && !this.#closed) await this.#quietly(() => this.#stream.tick())
  }

  async checkpoint(): Promise<void> {
    if (this.#hung === 0 && !this.#closed) await this.#quietly(() => this.#stream.checkpoint())
  }

  /** Whether it has opened what is at its path now; else that is logged. */
  async reopen(): Promise<boolean> {
    return this.#hung === 0 && !this.#closed && this.#quietly(() => this.#stream.reopen())
  }

  /** Writes what waits, ends the stream, forgets the keys. Takes no longer than one write may. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#hung > 0) this.#stream.abandon()
    else await this.#quietly(() => this.#drain())
    this.writer.destroy()
  }

  async #drain(): Promise<void> {
    if (this.#turn !== undefined) await this.#deliver(this.#turn)
    await this.#stream.close()
  }

  #refuses(): boolean {
    if (this.#hung > 0 || this.#closed) return true
    return this.#texts.length >= WAITING_RECORDS_MAX || this.#characters >= WAITING_CHARACTERS_MAX
  }

  #refuse(): Promise<void> | undefined {
    this.#stream.drop(1)
    this.#failures.refused(1)
    if (!this.required) return undefined
    const turn = newTurn()
    turn.reject(this.#unavailable())
    return turn.promise
  }

  /** Without a cause: it would be logged of each request. */
  #unavailable(): EgideError {
    return new EgideError('unavailable', `audit device "${this.path}" is failing: the request is not served`)
  }

  #run(work: () => Promise<void>): Promise<void> {
    return new Promise((done, failed) => {
      this.#jobs.push({ work, done, failed })
      this.#schedule()
    })
  }

  /** Whether it was done; else that is logged. */
  async #quietly(work: () => Promise<void>): Promise<boolean> {
    try {
      await this.#run(work)
      this.#works()
      return true
    } catch (error) {
      this.#fails(error)
      return false
    }
  }

  /** Records of one turn of the event loop go together. */
  #schedule(): void {
    if (this.#scheduled || this.#working || this.#writes >= this.#stream.depth) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#pump()
    })
  }

  /** Starts what may start: work alone, or as many writes as the stream takes at once. */
  #pump(): void {
    while (!this.#working) {
      const job = this.#jobs[0]
      if (job !== undefined) {
        if (this.#writes === 0) void this.#work(job)
        return
      }
      if (this.#turn === undefined || this.#writes >= this.#stream.depth) return
      void this.#deliver(this.#turn)
    }
  }

  async #work(job: Job): Promise<void> {
    this.#jobs.shift()
    this.#working = true
    await this.#bounded(job.work(), job.failed).then(job.done, job.failed)
    this.#working = false
    this.#pump()
  }

  async #deliver(turn: Turn): Promise<void> {
    const texts = this.#texts
    this.#turn = undefined
    this.#texts = []
    this.#characters = 0
    this.#writes++
    let isRefused = false
    const refuse = (): void => {
      if (!isRefused) this.#failures.refused(texts.length)
      isRefused = true
      turn.reject(this.#unavailable())
    }
    try {
      await this.#bounded(this.#stream.write(texts), refuse)
      turn.resolve()
      this.#works()
    } catch (error) {
      refuse()
      this.#fails(error)
    }
    this.#writes--
    this.#pump()
  }

  /** Waits for the work to end, however long that takes; those who wait for the device wait for its bound only. */
  async #bounded(work: Promise<void>, tell: (error: Error) => void): Promise<void> {
    let late = 0
    const timer = setTimeout(() => {
      late = 1
      this.#hung++
      this.#hang(tell)
    }, this.#timeoutMs)
    try {
      await work
    } finally {
      clearTimeout(timer)
      this.#hung -= late
    }
  }

  #hang(tell: (error: Error) => void): void {
    const error = new OutputError(`no answer within ${this.#timeoutMs} ms`)
    tell(error)
    // What has gathered meanwhile would wait for nothing.
    this.#stream.drop(this.#texts.length)
    this.#stream.shorthand?.drop()
    this.#failures.refused(this.#texts.length)
    this.#turn?.reject(this.#unavailable())
    this.#turn = undefined
    this.#texts = []
    this.#characters = 0
    this.#fails(error)
    for (const job of this.#jobs.splice(0)) job.failed(error)
    this.#stream.giveUp()
  }

  #fails(error: unknown): void {
    this.#onFailure?.(this.path)
    this.#failures.failed(error)
    if (this.#failing) return
    this.#failing = true
    this.#onTurn()
  }

  #works(): void {
    this.#failures.worked()
    if (!this.#failing) return
    this.#failing = false
    this.#onTurn()
  }
}

function newTurn(): Turn {
  const turn = Promise.withResolvers<void>()
  // Somebody who only reads has no need to wait for the record of the request.
  turn.promise.catch(() => {})
  return turn
}

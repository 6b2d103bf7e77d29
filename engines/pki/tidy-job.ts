import { json } from '../../storage/codec.ts'
import type { Reader, Store, Tx } from '../../storage/store.ts'
import type { EngineContext } from '../engine.ts'
import { type AcmeTidied, NOTHING_TIDIED } from './acme/tidy.ts'
import type { Options } from './tidy-options.ts'

/** The one run of tidy that a mount has at a time, and how it went. */
export interface Job {
  /** Who runs it. Absent: a process of a version that named none. */
  readonly run?: string
  readonly options: Options
  readonly state: 'Running' | 'Cancelling' | 'Cancelled' | 'Finished' | 'Error'
  readonly startedMs: number
  readonly finishedMs: number
  /** When who runs it last went on. */
  readonly seenMs: number
  readonly certificates: number
  readonly revoked: number
  readonly issuers: number
  readonly acme: AcmeTidied
}

const JOB = 'tidy/job'
const jobCodec = json<Job>()
/** A job that nobody has gone on with for so long was left by a process that died. */
const ABANDONED_MS = 120_000
/** How often it is written down that the run goes on. */
const SEEN_MS = 10_000

const isUnderWay = ({ state }: Job): boolean => state === 'Running' || state === 'Cancelling'

const isAbandoned = (job: Job, nowMs: number): boolean => nowMs - job.seenMs >= ABANDONED_MS

export async function storedJob(reader: Reader): Promise<Job | undefined> {
  return reader.get(JOB, jobCodec)
}

/** One that has done nothing yet. */
export const begunJob = (run: string, options: Options, nowMs: number): Job => ({
  run,
  options,
  state: 'Running',
  startedMs: nowMs,
  finishedMs: 0,
  seenMs: nowMs,
  certificates: 0,
  revoked: 0,
  issuers: 0,
  acme: NOTHING_TIDIED,
})

/** Undefined: there is one under way already. */
export async function beginRun(options: Options, { store, clock, random }: EngineContext): Promise<Run | undefined> {
  const run = random.uuid()
  const isBegun = await store.transaction(async (tx) => {
    const there = await storedJob(tx)
    const nowMs = clock.now()
    if (there !== undefined && isUnderWay(there) && !isAbandoned(there, nowMs)) return false
    tx.put(JOB, begunJob(run, options, nowMs), jobCodec)
    return true
  })
  return isBegun ? new Run(run, store, clock) : undefined
}

/** Goes on with what a process left that died. One that was only paused finds another's name in the job, and ends. */
export async function takeUpRun({ store, clock, random }: EngineContext): Promise<Run | undefined> {
  const run = random.uuid()
  const isTaken = await store.transaction(async (tx) => {
    const job = await storedJob(tx)
    const nowMs = clock.now()
    if (job === undefined || !isUnderWay(job) || !isAbandoned(job, nowMs)) return false
    tx.put(JOB, { ...job, run, seenMs: nowMs }, jobCodec)
    return true
  })
  return isTaken ? new Run(run, store, clock) : undefined
}

/** The job as it is then; undefined: there is none to be cancelled. */
export function cancelRun({ store }: EngineContext): Promise<Job | undefined> {
  return store.transaction(async (tx) => {
    const there = await storedJob(tx)
    if (there === undefined || !isUnderWay(there)) return undefined
    const cancelled: Job = { ...there, state: 'Cancelling' }
    tx.put(JOB, cancelled, jobCodec)
    return cancelled
  })
}

/** The right to go on with a job, until it is cancelled, or another process has taken it up. */
export class Run {
  readonly #id: string
  readonly #store: Store
  readonly #clock: EngineContext['clock']

  constructor(id: string, store: Store, clock: EngineContext['clock']) {
    this.#id = id
    this.#store = store
    this.#clock = clock
  }

  /** The job, in the transaction of a step; undefined: the run is over, and nothing more is to be done. */
  async job(tx: Reader): Promise<Job | undefined> {
    const job = await storedJob(tx)
    return job?.run === this.#id && job.state === 'Running' ? job : undefined
  }

  /** With the step that made the change. */
  put(tx: Tx, job: Job, change: Partial<Pick<Job, 'certificates' | 'revoked' | 'issuers' | 'acme'>>): void {
    tx.put(JOB, { ...job, ...change, seenMs: this.#clock.now() }, jobCodec)
  }

  /** For work that takes long and writes nothing. False: the run is over. */
  async stillRuns(): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const job = await this.job(tx)
      if (job !== undefined && this.#clock.now() - job.seenMs >= SEEN_MS) this.put(tx, job, {})
      return job !== undefined
    })
  }

  async end(state: 'Finished' | 'Error'): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const job = await storedJob(tx)
      if (job?.run !== this.#id || !isUnderWay(job)) return
      const ended = job.state === 'Cancelling' ? 'Cancelled' : state
      tx.put(JOB, { ...job, state: ended, finishedMs: this.#clock.now() }, jobCodec)
    })
  }
}

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { LogLevel } from '../../engines/system/services/operations.ts'
import { closeWithWorker } from './handed-connections.ts'
import { Heartbeat } from './heartbeat.ts'
import type { WorkerStart } from './member.ts'
import { Peer } from './peer.ts'

/** The pipe to a worker among its descriptors: behind standard input, output, error, and Node.js's own channel. */
export const PIPE_FD = 4
/** How long a worker may take to do what all workers have to do, and to answer what may as well be left out. */
const FOLLOW_MS = 15_000
const ANSWER_MS = 2000
/** Workers are asked whether they still work this often; one that has not answered so many times is ended. */
const HEARTBEAT_MS = 1000
const HEARTBEATS_MISSED = 15
/** A worker that lived for less is replaced later each time, up to the second figure. */
const SHORT_LIFE_MS = 10_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000
/** For all to finish what they are at when the server is told to stop. */
const STOP_MS = 45_000

/** Worker calls that all have to have followed before whoever made them goes on. */
const MUST_FOLLOW: ReadonlySet<string> = new Set(['open', 'close', 'namespace'])

interface Running {
  readonly worker: number
  readonly process: Worker
  readonly peer: Peer
  readonly heartbeat: Heartbeat
  readonly startedMs: number
  /** Serves, and may do what operators ask for. */
  isReady: boolean
  /** Resolves when it has said so, or is gone. */
  readonly settled: PromiseWithResolvers<void>
}

/** The supervisor's own log. */
interface SupervisorLog extends Log {
  readonly changedLevel: LogLevel | undefined
  change(level: LogLevel | undefined): void
}

export interface SupervisorOptions {
  readonly workers: number
  readonly clock: Clock
  readonly log: SupervisorLog
  /** Told once, when the first worker serves. */
  readonly onReady: (addresses: readonly string[], apiAddress: string) => void
}

/**
 * The process that starts the workers of a server and replaces those that end. It serves nothing, opens no storage and
 * keeps no key: what workers hand to each other passes through it and is erased.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  /** In the order in which they came to serve: the first is the one that does what operators ask for. */
  #running: Running[] = []
  readonly #shortLives = new Map<number, number>()
  /** Starts of workers that are yet to come. */
  readonly #coming = new Set<NodeJS.Timeout>()
  readonly #ended = Promise.withResolvers<0 | 1>()
  #apiAddress = ''
  #hasServed = false
  /** Operators sealed the server; a worker that starts now leaves it at that. */
  #isSealed = false
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    cluster.setupPrimary({ stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] })
  }

  /** Runs until `stop`, or until the first worker can't start. Resolves with what the process should end with. */
  run(): Promise<0 | 1> {
    this.#start(1)
    setInterval(() => this.#probeWorkers(), HEARTBEAT_MS).unref()
    return this.#ended.promise
  }

  /** Resolves with what one of the workers could not read again. */
  async reload(): Promise<readonly string[]> {
    const unread = await Promise.all(this.#running.map(({ peer }) => peer.call('reload')))
    return unread.flat().map(String)
  }

  /** Lets all workers finish what they are at. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const start of this.#coming) clearTimeout(start)
    if (this.#running.length === 0) this.#ended.resolve(0)
    for (const { peer, process, isReady } of this.#running) {
      peer.call('stop').catch(() => {})
      // At its start a worker does not hear that. The signal ends it there; where it serves by now, it has it finish.
      if (!isReady) process.process.kill('SIGTERM')
    }
    await sleep(STOP_MS, undefined, { ref: false })
    for (const { process } of this.#running) process.process.kill('SIGKILL')
  }

  #start(worker: number): void {
    if (this.#stopping) return
    const process = cluster.fork()
    closeWithWorker(process)
    const pipe = process.process.stdio[PIPE_FD] as Duplex
    const running: Running = {
      worker,
      process,
      peer: new Peer(
        pipe,
        (method, args) => this.#handle(running, method, args),
        () => {},
      ),
      heartbeat: new Heartbeat(),
      startedMs: this.#options.clock.now(),
      isReady: false,
      settled: Promise.withResolvers(),
    }
    this.#running.push(running)
    process.once('exit', (code: number, signal: string | null) => this.#onExit(running, code, signal))
    process.on('error', () => {
      // One that could not be started has no end to wait for.
      if (process.process.pid === undefined) this.#onExit(running, 1, null)
    })
    const start: WorkerStart = {
      worker,
      apiAddress: this.#apiAddress,
      mayUnseal: !this.#isSealed,
      logLevel: this.#options.log.changedLevel,
    }
    running.peer.call('start', start).catch(() => {})
  }

  #onExit(running: Running, code: number, signal: string | null): void {
    const { worker } = running
    running.settled.resolve()
    this.#running = this.#running.filter((other) => other !== running)
    if (this.#stopping || !this.#hasServed) {
      if (this.#running.length === 0) this.#ended.resolve(this.#stopping ? 0 : 1)
      return
    }
    // As after a restart: a seal that opens by itself does.
    if (this.#running.length === 0) this.#isSealed = false
    const isShort = this.#options.clock.now() - running.startedMs < SHORT_LIFE_MS
    const shortLives = isShort ? (this.#shortLives.get(worker) ?? 0) + 1 : 0
    this.#shortLives.set(worker, shortLives)
    const pauseMs = isShort ? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (shortLives - 1)) : 0
    this.#options.log.error(
      { endedWorker: worker, exitCode: code, signal, pauseMs },
      'a worker has ended, and is replaced',
    )
    const start = setTimeout(() => {
      this.#coming.delete(start)
      this.#start(worker)
    }, pauseMs)
    this.#coming.add(start)
  }

  async #handle(from: Running, method: string, args: readonly unknown[]): Promise<unknown> {
    const [first, ...rest] = args
    switch (method) {
      case 'ready':
        return this.#onReady(from, first as readonly string[], String(rest[0]))
      case 'leaving':
        from.isReady = false
        return undefined
      case 'seal':
        return (await this.#first(from)).peer.call('seal', ...args)
      case 'keys':
        return this.#running.find(({ isReady }) => isReady)?.peer.call('keys')
      case 'others':
        return this.#callOthers(from, String(first), rest)
      default:
        throw new Error(`no worker asks ${method}`)
    }
  }

  #onReady(running: Running, addresses: readonly string[], apiAddress: string): void {
    // Behind all that serve already.
    this.#running = [...this.#running.filter((other) => other !== running), running]
    running.isReady = true
    running.settled.resolve()
    if (this.#hasServed) return
    this.#hasServed = true
    this.#apiAddress = apiAddress
    for (let worker = 2; worker <= this.#options.workers; worker++) this.#start(worker)
    this.#options.onReady(addresses, apiAddress)
  }

  /** A request may come to a worker between its first listener and its saying that it serves: that is waited for. */
  async #first(from: Running): Promise<Running> {
    const ready = () => this.#running.find(({ isReady }) => isReady)
    if (ready() === undefined) await from.settled.promise
    const first = ready()
    if (first === undefined) throw new EgideError('unavailable', 'the workers are being replaced; try again')
    return first
  }

  /** What the others answer; of those that end meanwhile nothing. */
  async #callOthers(from: Running, method: string, args: readonly unknown[]): Promise<unknown[]> {
    if (method === 'close') this.#isSealed = true
    if (method === 'open') this.#isSealed = false
    if (method === 'log-level') this.#options.log.change((args[0] ?? undefined) as LogLevel | undefined)
    const others = this.#running.filter((other) => other !== from)
    const answers = await Promise.all(
      others.map(async (other) => {
        try {
          return {
            value: await inTime(other.peer.call(method, ...args), MUST_FOLLOW.has(method) ? FOLLOW_MS : ANSWER_MS),
          }
        } catch (err) {
          if (MUST_FOLLOW.has(method)) await this.#replace(other, 'did not follow', { order: method, err })
          return undefined
        }
      }),
    )
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer.value]))
  }

  /** Replaces workers that hang: their clients would get no answer, and with the first worker no operator would. */
  #probeWorkers(): void {
    if (this.#stopping) return
    for (const running of this.#running.filter(({ isReady }) => isReady)) {
      const missed = running.heartbeat.probe(() => running.peer.call('heartbeat'))
      if (missed === HEARTBEATS_MISSED) void this.#replace(running, 'did not answer', { missed })
    }
  }

  /** A worker that is not open, or sealed, when the others are is of no use. Resolves when it is gone. */
  async #replace({ worker, process }: Running, reason: string, details: object): Promise<void> {
    if (process.isDead()) return
    this.#options.log.error({ endedWorker: worker, ...details }, `a worker ${reason}, and is ended`)
    const gone = once(process, 'exit')
    process.process.kill('SIGKILL')
    await gone
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new EgideError('unavailable', `a worker did not answer within ${ms / 1000} seconds`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}

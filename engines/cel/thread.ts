import { Worker } from 'node:worker_threads'
import { threadModule } from '../../crypto/thread-module.ts'
import { EgideError } from '../errors.ts'
import type { CelProgram } from './program.ts'
import type { CelAnswer, CelTask } from './worker.ts'

/**
 * A program that takes longer is ended, and its thread with it: a list within a list can keep one busy for years. Counted in
 * ticks, not in time: when the machine was suspended, or this process was late itself, none of it is held against the program.
 */
const TICK_MS = 200
const TASK_TICKS = 10
const START_TICKS = 50
const HEAP_MAX_MIB = 64
/** Those that wait for their turn. */
const WAITING_MAX = 256

/** A program was ended before it came to anything. `message` says why. */
export class ProgramEnded extends Error {
  override readonly name = 'ProgramEnded'
}

interface Waiting<Input, Made> {
  readonly task: CelTask<Input>
  readonly resolve: (answer: CelAnswer<Made>) => void
  readonly reject: (error: Error) => void
}

/**
 * One thread of the process that runs programs one after the other, each within bounds of time and memory. It starts with the
 * first. Each engine has its own, so that programs of one keep none of another's waiting.
 */
export class ProgramThread<Input, Made> {
  readonly #worker: URL
  readonly #waiting: Waiting<Input, Made>[] = []
  #current: Waiting<Input, Made> | undefined
  #running: Worker | undefined
  #ticking: NodeJS.Timeout | undefined

  /** As threadModule: the module that the thread runs, and one in its folder. */
  constructor(worker: string, beside: string) {
    this.#worker = threadModule(worker, beside)
  }

  /** Why the program can't be read; undefined: it can. Rejects with `unavailable` when too many wait. */
  async check(program: CelProgram): Promise<string | undefined> {
    try {
      const answer = await this.#ask({ check: program })
      return 'unreadable' in answer ? answer.unreadable : 'it cannot be read'
    } catch (error) {
      if (error instanceof ProgramEnded) return error.message
      throw error
    }
  }

  /** Rejects with ProgramEnded for a program that had to be ended, and with `unavailable` when too many wait. */
  async run(input: Input): Promise<Made> {
    const answer = await this.#ask({ run: input })
    if ('made' in answer) return answer.made
    throw new ProgramEnded('it fails')
  }

  #ask(task: CelTask<Input>): Promise<CelAnswer<Made>> {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new EgideError('unavailable', 'too many programs wait to be run')
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#current !== undefined) return
    this.#current = this.#waiting.shift()
    if (this.#current === undefined) {
      this.#running?.unref()
      return
    }
    const isNew = this.#running === undefined
    this.#running ??= this.#start()
    this.#running.ref()
    this.#running.postMessage(this.#current.task)
    let ticksLeft = isNew ? START_TICKS : TASK_TICKS
    this.#ticking = setInterval(() => {
      if (--ticksLeft === 0) this.#end('it takes too long')
    }, TICK_MS)
  }

  #start(): Worker {
    const worker = new Worker(this.#worker, { name: 'cel', resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MIB } })
    worker.on('message', (answer: CelAnswer<Made>) => {
      if (this.#running !== worker) return
      this.#settle(({ resolve }) => resolve(answer))
    })
    worker.on('error', () => this.#running === worker && this.#end('it takes too much memory, or is broken'))
    return worker
  }

  #end(why: string): void {
    const worker = this.#running
    this.#running = undefined
    void worker?.terminate()
    this.#settle(({ reject }) => reject(new ProgramEnded(why)))
  }

  #settle(settle: (current: Waiting<Input, Made>) => void): void {
    clearInterval(this.#ticking)
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) settle(current)
    this.#next()
  }
}

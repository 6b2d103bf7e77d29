import { Worker } from 'node:worker_threads'
import { EgideError } from '../../../../engines/errors.ts'
import { TokenRefused } from '../../jwks/verify-token.ts'
import type { Evaluation, Verdict } from './evaluate.ts'
import type { CelAnswer, CelTask } from './evaluation-worker.ts'
import type { CelProgram } from './program.ts'

/** A checkout runs the sources, a package what was compiled of them. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './evaluation-worker.ts' : './evaluation-worker.js',
  import.meta.url,
)

/** A program that takes longer is ended, and its thread with it: a list within a list can keep one busy for years. */
const TASK_MAX_MS = 2_000
const START_MAX_MS = 10_000
const HEAP_MAX_MIB = 64
/** Those that wait for their turn. */
const WAITING_MAX = 256

interface Waiting {
  readonly task: CelTask
  readonly resolve: (answer: CelAnswer) => void
  readonly reject: (error: Error) => void
}

/** One thread of the process that runs programs one after the other, each within bounds of time and memory. */
class CelThread {
  readonly #waiting: Waiting[] = []
  #current: Waiting | undefined
  #worker: Worker | undefined
  #deadline: NodeJS.Timeout | undefined

  ask(task: CelTask): Promise<CelAnswer> {
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
      this.#worker?.unref()
      return
    }
    const isNew = this.#worker === undefined
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage(this.#current.task)
    this.#deadline = setTimeout(() => this.#end('it takes too long'), isNew ? START_MAX_MS : TASK_MAX_MS)
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { name: 'cel', resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MIB } })
    worker.on('message', (answer: CelAnswer) => {
      if (this.#worker !== worker) return
      this.#settle(({ resolve }) => resolve(answer))
    })
    worker.on('error', () => this.#worker === worker && this.#end('it takes too much memory, or is broken'))
    return worker
  }

  #end(why: string): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    this.#settle(({ reject }) => reject(new TokenRefused(`the program was ended: ${why}`)))
  }

  #settle(settle: (current: Waiting) => void): void {
    clearTimeout(this.#deadline)
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) settle(current)
    this.#next()
  }
}

const thread = new CelThread()

/** Why the program can't be read; undefined: it can. */
export async function checkProgram(program: CelProgram): Promise<string | undefined> {
  const answer = await thread.ask({ check: program })
  return 'unreadable' in answer ? answer.unreadable : 'it cannot be read'
}

/** Rejects with TokenRefused for a program that had to be ended, and with `unavailable` when too many wait. */
export async function runProgram(evaluation: Evaluation): Promise<Verdict> {
  const answer = await thread.ask({ run: evaluation })
  return 'verdict' in answer ? answer.verdict : { refusal: 'the program fails' }
}

import type { Log } from '../../engines/engine.ts'

/** A piece of work that is done again and again. */
export interface Chore {
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

/** Runs each chore in its rhythm, never twice at a time. A chore that fails is logged and runs again. */
export class Background {
  readonly #log: Log
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Set<Promise<void>>()

  constructor(log: Log) {
    this.#log = log
  }

  start(chores: readonly Chore[]): void {
    for (const chore of chores) {
      let isRunning = false
      const timer = setInterval(() => {
        if (isRunning) return
        isRunning = true
        const run = chore
          .run()
          .catch((error: unknown) => this.#log.warn({ chore: chore.name, err: error }, 'background work failed'))
          .finally(() => {
            isRunning = false
            this.#running.delete(run)
          })
        this.#running.add(run)
      }, chore.everyMs)
      timer.unref()
      this.#timers.push(timer)
    }
  }

  /** Starts nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all(this.#running)
  }
}

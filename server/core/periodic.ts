import type { Log } from '../../engines/engine.ts'
import type { NodeLease } from './node-lease.ts'

/** Longer than the time between two rounds, so that the node that has the work keeps it. */
export const PERIODIC_HELD_MS = 150_000

/** What is to be done once in a while, by one node at a time. */
export class PeriodicWork {
  readonly #lease: NodeLease
  readonly #log: Log

  constructor(lease: NodeLease, log: Log) {
    this.#lease = lease
    this.#log = log
  }

  /** Runs each piece of work if this node has the lease or can take it. One that fails does not stop the others. */
  async run(work: readonly { readonly name: string; run(): Promise<unknown> | undefined }[]): Promise<void> {
    if (await this.#lease.take()) await runEach(work, this.#log)
  }
}

/** Runs each piece of work. One that fails does not stop the others, unless `isClosed` says that the namespace was sealed meanwhile. */
export async function runEach(
  work: readonly { readonly name: string; run(): Promise<unknown> | undefined }[],
  log: Log,
  isClosed = (): boolean => false,
): Promise<void> {
  for (const piece of work) {
    try {
      await piece.run()
    } catch (error) {
      if (isClosed()) return
      log.warn({ job: piece.name, err: error }, 'a periodic job failed; it runs again later')
    }
  }
}

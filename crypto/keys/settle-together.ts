/** Outcomes that are held back, and how many pieces of work have none yet. */
let ended: (() => void)[] = []
let underWay = 0

/** Says what became of a piece of work, once. */
export type End<T> = (error: Error | null, outcome: T) => void

/**
 * For work of a millisecond or so on the threads of Node's pool, which ends piece by piece. Promises of it settle in batches:
 * an outcome is held back until no less has ended than is under way. So what the waiting requests do next is committed,
 * recorded and sent together, where each would have had a commit of its own. With one or two under way nothing is held back.
 *
 * `start` begins the work and calls its argument once, later, never while it is called itself. Rejects as `start` throws, or
 * with the error that the work ended with.
 */
export function settleTogether<T>(start: (end: End<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, outcome) => {
      underWay--
      ended.push(() => (error ? reject(error) : resolve(outcome)))
      if (ended.length >= underWay) tell()
    })
    underWay++
  })
}

function tell(): void {
  const all = ended
  ended = []
  for (const one of all) one()
}

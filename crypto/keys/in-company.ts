/** Outcomes that nobody was told of yet, and pieces of work that have none. */
let ended: (() => void)[] = []
let underWay = 0

/** Says what became of a piece of work, once. */
export type End<T> = (error: Error | null, outcome: T) => void

/**
 * Work of a millisecond or so on the threads of Node's pool, which ends piece by piece. Those who wait for it go on in company,
 * as soon as no less has ended than is under way: what each does next is then committed, recorded and sent together, where one
 * alone would have a commit of its own. Who is alone, or one of two, waits for nobody.
 *
 * `start` begins the work and ends it later, never while it is called. Rejects as it throws, or with the error it ends with.
 */
export function inCompany<T>(start: (end: End<T>) => void): Promise<T> {
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

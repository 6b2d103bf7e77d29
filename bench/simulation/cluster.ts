import { Events, Machine, Semaphore } from './events.ts'

/** What requests cost, in microseconds of a processor. */
export interface Costs {
  /** The serving thread of a node, for a request that reads or writes. */
  readonly serveRead: number
  readonly serveWrite: number
  /** Its other threads, for the audit log of a request. */
  readonly audit: number
  /** The serving thread, for one question for the newest revision, or one commit, however many requests it is for. */
  readonly round: number
  /** The database, for the newest revision. */
  readonly revision: number
  /** When others have written since: the serving thread for hearing of it, and for each write of theirs. */
  readonly hear: number
  readonly change: number
  /** The database, for telling of it. */
  readonly tell: number
  /** The database, for a commit of any size; and for each write in it. */
  readonly commit: number
  readonly write: number
  /** Not a processor: how long the database takes to flush a commit, while others wait. */
  readonly flush: number
  /** Who asks, for one request. */
  readonly client: number
}

export interface Shape {
  readonly nodes: number
  readonly clientsPerNode: number
  /** Of 100 requests, so many write. */
  readonly writePercent: number
  /** Between a node and the database, there and back, in microseconds. */
  readonly roundTrip: number
  /** Processors of each node, and of the database; or of one machine that all of them share with the clients. */
  readonly processors: { readonly node: number; readonly database: number } | { readonly shared: number }
}

export interface Result {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the database's processors, so many are busy. */
  readonly databaseBusy: number
  /** As a share of the time, the lock that all commits take is held. */
  readonly lockHeld: number
  readonly writesPerCommit: number
}

const WARM_UP_MICROS = 1_000_000
const MEASURED_MICROS = 1_000_000

/** What a request waits for, together with others of its node. One is under way at a time; who comes meanwhile is in the next. */
class Rounds {
  #waiting: (() => void)[] = []
  #isUnderWay = false
  readonly #run: (count: number, then: () => void) => void

  constructor(run: (count: number, then: () => void) => void) {
    this.#run = run
  }

  join(then: () => void): void {
    this.#waiting.push(then)
    if (!this.#isUnderWay) this.#next()
  }

  #next(): void {
    const members = this.#waiting
    this.#isUnderWay = members.length > 0
    if (!this.#isUnderWay) return
    this.#waiting = []
    this.#run(members.length, () => {
      for (const then of members) then()
      this.#next()
    })
  }
}

/** Clients that ask again as soon as they are answered, nodes, and their database, in virtual time: the same each time. */
export function simulate(costs: Costs, shape: Shape): Result {
  return new Cluster(costs, shape).run()
}

class Cluster {
  readonly #costs: Costs
  readonly #shape: Shape
  readonly #events = new Events()
  readonly #database: Machine
  readonly #shared: Machine | undefined
  readonly #lock = new Semaphore(1)
  readonly #latencies: number[] = []
  /** Of all nodes, since the start. */
  #committed = 0
  #isMeasured = false
  #requests = 0
  #commits = 0
  #writes = 0
  #lockMicros = 0

  constructor(costs: Costs, shape: Shape) {
    this.#costs = costs
    this.#shape = shape
    const { processors } = shape
    this.#shared = 'shared' in processors ? new Machine(this.#events, processors.shared) : undefined
    this.#database = this.#shared ?? new Machine(this.#events, 'database' in processors ? processors.database : 1)
  }

  run(): Result {
    for (let node = 0; node < this.#shape.nodes; node++) this.#startNode(node)
    this.#events.runUntil(WARM_UP_MICROS)
    this.#isMeasured = true
    const busyBefore = this.#database.busyMicros
    this.#events.runUntil(WARM_UP_MICROS + MEASURED_MICROS)
    const sorted = this.#latencies.sort((a, b) => a - b)
    const percentile = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN) / 1000
    return {
      perSecond: sorted.length / (MEASURED_MICROS / 1e6),
      p50Ms: percentile(0.5),
      p99Ms: percentile(0.99),
      databaseBusy: (this.#database.busyMicros - busyBefore) / MEASURED_MICROS,
      lockHeld: this.#lockMicros / MEASURED_MICROS,
      writesPerCommit: this.#commits === 0 ? 0 : this.#writes / this.#commits,
    }
  }

  #startNode(node: number): void {
    const { processors, clientsPerNode } = this.#shape
    const machine = this.#shared ?? new Machine(this.#events, 'node' in processors ? processors.node : 1)
    const thread = new Semaphore(1)
    const serve = (micros: number, then: () => void): void =>
      thread.take(() =>
        machine.work(micros, () => {
          thread.release()
          then()
        }),
      )
    const { round, revision, tell, hear, change } = this.#costs
    let known = 0
    const revisions = new Rounds((_, then) => {
      let news = 0
      const question = (back: () => void): void => {
        news = this.#committed - known
        known = this.#committed
        this.#database.work(revision + (news > 0 ? tell : 0), back)
      }
      const heard = (): void => (news > 0 ? serve(hear + change * news, then) : then())
      serve(round, () => this.#ask(question, heard))
    })
    const commits = new Rounds((count, then) => {
      const done = (): void => {
        known += count
        then()
      }
      serve(round, () => this.#ask((back) => this.#commit(count, back), done))
    })
    for (let client = 0; client < clientsPerNode; client++) {
      const again = (): void => {
        const isWrite = this.#isWrite()
        const sent = this.#events.now
        const { serveRead, serveWrite } = this.#costs
        const half = (isWrite ? serveWrite : serveRead) / 2
        const answer = (): void =>
          serve(half, () =>
            machine.work(this.#costs.audit, () => {
              if (this.#isMeasured) this.#latencies.push(this.#events.now - sent)
              this.#asClient(again)
            }),
          )
        serve(half, () => revisions.join(isWrite ? () => commits.join(answer) : answer))
      }
      // Not all at once.
      this.#events.after(node * 37 + client * 101, again)
    }
  }

  /** Clients have machines of their own, unless all is on one. */
  #asClient(then: () => void): void {
    if (this.#shared === undefined) this.#events.after(this.#costs.client, then)
    else this.#shared.work(this.#costs.client, then)
  }

  #isWrite(): boolean {
    // Spread evenly over each hundred requests, by a step that has no divisor in common with it.
    return (this.#requests++ * 37) % 100 < this.#shape.writePercent
  }

  #ask(question: (back: () => void) => void, then: () => void): void {
    this.#events.after(this.#shape.roundTrip / 2, () => {
      question(() => this.#events.after(this.#shape.roundTrip / 2, then))
    })
  }

  #commit(writes: number, then: () => void): void {
    const { commit, write, flush } = this.#costs
    this.#lock.take(() => {
      const since = this.#events.now
      this.#database.work(commit + write * writes, () =>
        this.#events.after(flush, () => {
          this.#lock.release()
          this.#committed += writes
          if (this.#isMeasured) {
            this.#commits++
            this.#writes += writes
            this.#lockMicros += this.#events.now - since
          }
          then()
        }),
      )
    })
  }
}

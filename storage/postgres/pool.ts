import { StorageError } from '../backend.ts'
import type { Session } from './session.ts'
import type { Row, Statement } from './statement.ts'

export interface PoolLimits {
  /** Connections, 1 to 1000. */
  readonly max: number
  /** Of them, so many are kept when nobody uses them. */
  readonly maxIdle: number
  /** How long one may wait for a connection, in milliseconds. */
  readonly waitMs: number
}

/** How many may wait for a connection, each for at most `waitMs`. */
const WAITING_MAX = 10_000

/** A connection that had ended unnoticed shows that at once. */
const AGAIN_WITHIN_MS = 1000

interface Waiting {
  readonly give: (session: Session) => void
  readonly refuse: (error: unknown) => void
}

/** A bounded number of connections, lent one query at a time, in the order in which they were asked for. */
export class Pool {
  readonly #connect: () => Promise<Session>
  readonly #limits: PoolLimits
  readonly #idle: Session[] = []
  readonly #lent = new Set<Session>()
  #waiting: Waiting[] = []
  #opening = 0
  #closed = false

  constructor(connect: () => Promise<Session>, limits: PoolLimits) {
    this.#connect = connect
    this.#limits = limits
  }

  /** As Session.query, on one of the connections. A connection that turns out to be dead is replaced once. */
  async query(statement: Statement, values: readonly unknown[], withinMs: number): Promise<readonly Row[]> {
    return this.use((session) => session.query(statement, values, withinMs))
  }

  /** `work` must be one that may be done twice: it is, when the connection it got turns out to have ended. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const session = await this.#take()
      const sinceMs = performance.now()
      try {
        return await work(session)
      } catch (error) {
        // Who waited in vain need not wait again.
        if (session.isAlive || attempt === 2 || performance.now() - sinceMs > AGAIN_WITHIN_MS) throw error
        this.#dropIdle() // what ended one connection has most likely ended its neighbours
      } finally {
        this.#giveBack(session)
      }
    }
  }

  #take(): Promise<Session> {
    if (this.#closed) throw new StorageError('closed', 'the store is closed')
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.isAlive) return Promise.resolve(this.#lend(session))
    }
    if (this.#waiting.length >= WAITING_MAX) throw new StorageError('unavailable', 'busy: too many reads are waiting')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting)
        reject(new StorageError('unavailable', 'busy: no connection to the database became free'))
      }, this.#limits.waitMs)
      const waiting: Waiting = {
        give(session) {
          clearTimeout(timer)
          resolve(session)
        },
        refuse(error) {
          clearTimeout(timer)
          reject(error)
        },
      }
      this.#waiting.push(waiting)
      if (this.#lent.size + this.#opening < this.#limits.max) void this.#open()
    })
  }

  #lend(session: Session): Session {
    this.#lent.add(session)
    return session
  }

  async #open(): Promise<void> {
    this.#opening++
    try {
      const session = await this.#connect()
      this.#opening--
      this.#offer(session)
    } catch (error) {
      this.#opening--
      // Whoever waits would wait for the same failure, unless connections that work are on their way back.
      const refused = this.#lent.size === 0 ? this.#waiting.splice(0) : this.#waiting.splice(0, 1)
      for (const { refuse } of refused) refuse(error)
    }
  }

  #offer(session: Session): void {
    const next = this.#closed ? undefined : this.#waiting.shift()
    if (next !== undefined) next.give(this.#lend(session))
    else if (this.#closed || this.#idle.length >= this.#limits.maxIdle) void session.close().catch(() => {})
    else this.#idle.push(session)
  }

  #giveBack(session: Session): void {
    this.#lent.delete(session)
    if (session.isAlive) this.#offer(session)
    else if (this.#waiting.length > 0 && !this.#closed) void this.#open()
  }

  #dropIdle(): void {
    for (const session of this.#idle.splice(0)) session.destroy()
  }

  /** Ends the idle connections; those lent end when they come back. Later uses throw `closed`. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { refuse } of this.#waiting.splice(0)) refuse(new StorageError('closed', 'the store is closed'))
    await Promise.all(this.#idle.splice(0).map((session) => session.close().catch(() => {})))
  }
}

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHANGES_KEPT, type Outcome, type Revision, StorageError, type Transaction } from '../backend.ts'
import type { Acknowledged } from './acknowledged.ts'
import { BindMessage } from './bind-message.ts'
import { isOutcomeUnknown, isReadOnly, isRetryable, storageError } from './errors.ts'
import type { Names } from './names.ts'
import { noteWritten, type PackedRound, packRound, ROUND_PARAMETERS, unpackRound } from './round-message.ts'
import { type Round, roundFrom, type Written } from './rounds.ts'
import type { Session } from './session.ts'
import type { Statement } from './statement.ts'

/** How long things may take, in milliseconds. */
export interface PostgresLimits {
  /** How long a commit may look for a server that takes it, or for its outcome when the reply was lost. Default 20 000. */
  readonly patienceMs?: number | undefined
  /** One reply. Default 40 000: longer than the server lets a statement run. */
  readonly replyMs?: number | undefined
  /** The reply that every request waits for. Default 5000. */
  readonly lookMs?: number | undefined
}

/** After about so many changes of its own a writer prunes the changes that all remember. */
const PRUNE_EVERY = 4000
const BACKOFF_MAX_MS = 1000
/** Times that a group is judged anew because its writer's row was gone or another transaction was in the way. */
const ATTEMPTS_MAX = 8

/** What is certain of a round that can no longer be applied. */
const NOT_APPLIED = Symbol('not applied')

/** The writer's row of a process that committed nothing for so long is taken for left behind. */
const IDLE_WRITER = "interval '1 day'"

interface Statements {
  readonly register: Statement
  readonly sweep: Statement
  readonly commit: Statement
  readonly settle: Statement
}

/** The connection, and the name of the writer that is registered on it. */
interface Writer {
  readonly session: Session
  readonly id: string
}

/**
 * Commits groups of transactions, one after the other, each in one round trip (or a few, when transactions of one group
 * depend on each other). Each round carries the writer's random id and a number; what became of it is stored with it, so
 * after a lost reply the outcome is looked up, and a round that was not applied can no longer be.
 */
export class GroupWriter {
  readonly #connect: () => Promise<Session>
  readonly #statements: Statements
  readonly #patienceMs: number
  readonly #replyMs: number
  #session: Session | undefined
  #message = new BindMessage()
  /** The name of this writer among all, ever; undefined: not registered. */
  #id: string | undefined
  #number = 0
  #unpruned = PRUNE_EVERY
  #last: Promise<unknown> = Promise.resolve()
  /** Groups that were given and have not ended. */
  #underWay = 0
  /** What came of the groups so far. */
  readonly #acknowledged: Acknowledged

  constructor(
    connect: () => Promise<Session>,
    names: Names,
    acknowledged: Acknowledged,
    { patienceMs = 20_000, replyMs = 40_000 }: PostgresLimits,
  ) {
    this.#connect = connect
    this.#acknowledged = acknowledged
    this.#patienceMs = patienceMs
    this.#replyMs = replyMs
    this.#statements = statementsOf(names)
  }

  /** Durable when this resolves. Rejects with StorageError `refused` or `unknown`. */
  commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    // At once where none is under way: until all that waits to go on has had its turn, the database would wait.
    const isFirst = this.#underWay++ === 0
    const start = () => this.#commitInRounds(transactions).finally(() => this.#underWay--)
    const committing = isFirst ? start() : this.#last.then(start)
    this.#last = committing.catch(() => {})
    return committing
  }

  async #commitInRounds(transactions: readonly Transaction[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    const written = new Map<string, Revision>()
    while (outcomes.length < transactions.length) {
      const round = roundFrom(transactions, outcomes.length, written)
      try {
        const judged = await this.#commitRound(round, written)
        outcomes.push(...judged)
        if (outcomes.length < transactions.length) noteWritten(round.transactions, judged, written)
      } catch (error) {
        if (outcomes.length === 0 || (error as StorageError).code !== 'refused') throw error
        // Rounds before this one are committed, which must be told. The others were not applied: to be told of a conflict
        // makes their owners try again, and meet the trouble themselves.
        for (const left of transactions.slice(outcomes.length)) outcomes.push({ kind: 'conflict', path: anyPath(left) })
      }
    }
    return outcomes
  }

  async #commitRound(round: Round, written: Written): Promise<Outcome[]> {
    const packed = packRound(round, written)
    const { changes, checked } = packed
    const giveUpAtMs = performance.now() + this.#patienceMs
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(packed, giveUpAtMs, attempt)
      if (answer === NOT_APPLIED) {
        if (performance.now() > giveUpAtMs) throw new StorageError('refused', 'the database cannot be reached')
        continue
      }
      const outcomes = unpackRound(answer, checked)
      if (outcomes !== undefined) {
        this.#note(round, outcomes)
        this.#unpruned = this.#isTimeToPrune(changes) ? 0 : this.#unpruned + changes
        return outcomes
      }
      this.#id = undefined // the row is gone: the database was restored, or swept after a day of silence
      if (attempt >= ATTEMPTS_MAX) throw new StorageError('refused', 'the database does not keep what is written')
    }
  }

  /** A round that wrote nothing leaves no trace. */
  #note({ transactions }: Round, outcomes: readonly Outcome[]): void {
    const wrote = outcomes.some(({ kind }, at) => kind === 'committed' && (transactions[at]?.writes.length ?? 0) > 0)
    if (wrote && this.#id !== undefined) this.#acknowledged.note(this.#id, this.#number)
  }

  /** The answer of the commit function, or that it is certain that nothing was written and worth another try. */
  async #send(round: PackedRound, giveUpAtMs: number, attempt: number): Promise<unknown> {
    const { session, id } = this.#atHand() ?? (await this.#ready(giveUpAtMs))
    const number = ++this.#number
    try {
      const [row] = await session.queryBound(this.#statements.commit, this.#pack(id, number, round), this.#replyMs)
      return row?.[0]
    } catch (error) {
      this.#message = new BindMessage() // of the one before, some may still be on its way
      if (isOutcomeUnknown(error)) return this.#settle(number, error)
      if (isReadOnly(error)) session.destroy()
      if (!isRetryable(error) || attempt >= ATTEMPTS_MAX || performance.now() > giveUpAtMs) {
        throw storageError('refused', error)
      }
      await sleep(backoffMs(attempt))
      return NOT_APPLIED
    }
  }

  #pack(id: string, number: number, round: PackedRound): Buffer {
    const message = this.#message
      .begin(this.#statements.commit.name, ROUND_PARAMETERS + 3)
      .uuid(id)
      .bigint(number)
    round.addTo(message)
    return message.integer(this.#isTimeToPrune(round.changes) ? CHANGES_KEPT : null).end()
  }

  #isTimeToPrune(changes: number): boolean {
    return this.#unpruned + changes >= PRUNE_EVERY
  }

  #atHand(): Writer | undefined {
    if (this.#session?.isAlive !== true || this.#id === undefined) return undefined
    return { session: this.#session, id: this.#id }
  }

  /** The connection, made anew where it is needed, with the writer registered. Throws `refused`: nothing was sent. */
  async #ready(giveUpAtMs: number): Promise<Writer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const session = await this.#connected()
        this.#id ??= await this.#register(session)
        return { session, id: this.#id }
      } catch (error) {
        if (error instanceof StorageError && error.code === 'invalid') throw storageError('refused', error)
        if (performance.now() > giveUpAtMs) throw storageError('refused', error)
        await sleep(backoffMs(attempt))
      }
    }
  }

  async #connected(): Promise<Session> {
    if (this.#session?.isAlive) return this.#session
    this.#session = undefined
    this.#session = await this.#connect()
    return this.#session
  }

  /** A reply that is lost here leaves a row that nobody uses, which is swept some day. */
  async #register(session: Session): Promise<string> {
    const id = randomUUID()
    await session.query(this.#statements.sweep, [], this.#replyMs)
    await session.query(this.#statements.register, [id], this.#replyMs)
    this.#number = 0
    return id
  }

  /** What became of a round whose reply was lost. Throws `unknown` when the database stays away past the patience. */
  async #settle(number: number, lost: unknown): Promise<unknown> {
    const giveUpAtMs = performance.now() + this.#patienceMs
    for (let attempt = 1; ; attempt++) {
      try {
        const session = await this.#connected()
        const [row] = await session.query(this.#statements.settle, [this.#id, number], this.#replyMs)
        return row?.[0] ?? NOT_APPLIED
      } catch (error) {
        if (performance.now() > giveUpAtMs) throw unknown(lost, error)
        if (isReadOnly(error)) this.#session?.destroy()
        await sleep(backoffMs(attempt))
      }
    }
  }

  /** Waits for what was asked before. */
  async close(): Promise<void> {
    await this.#last
    await this.#session?.close().catch(() => {})
  }
}

function unknown(lost: unknown, cause: unknown): StorageError {
  const message = 'the database went away in a commit, and has not come back: it may or may not have been applied'
  return new StorageError('unknown', message, { cause: new AggregateError([lost, cause]) })
}

function anyPath({ reads, lists, writes }: Transaction): string {
  return reads[0]?.path ?? lists[0]?.prefix ?? writes[0]?.path ?? ''
}

function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_MAX_MS, 5 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2)
}

function statementsOf({ commit, settle, writer }: Names): Statements {
  const parameters = Array.from({ length: ROUND_PARAMETERS + 3 }, (_, at) => `$${at + 1}`)
  return {
    register: { name: 'register', text: `insert into ${writer} (id, number, at) values ($1, 0, now())` },
    sweep: { name: 'sweep', text: `delete from ${writer} where at < now() - ${IDLE_WRITER}` },
    commit: { name: 'commit', text: `select ${commit}(${parameters.join(', ')})::text` },
    settle: { name: 'settle', text: `select ${settle}($1, $2)::text` },
  }
}

import { createHash } from 'node:crypto'
import type { EngineContext, LockoutHandlers } from '../../../engines/engine.ts'
import { DEFAULT_LOCKOUT, type LockoutRules } from '../../../engines/lockout.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { canonicalName } from './user.ts'

/** Logins that failed one after the other. The rows are in the database, so all nodes count together. */
interface Failures {
  readonly count: number
  readonly lastMs: number
}

const FAILURES = 'failures/'
const codec = json<Failures>()

/**
 * Names that no user has are counted too, as the time that takes would tell; in few enough rows that inventing names
 * fills nothing.
 */
const STRANGERS = 'strangers/'
const STRANGER_ROWS = 1024

/** Where failures of the name are counted; `name` as sent where it can't be a user's. */
function rowOf(name: string, isUser: boolean): string {
  if (isUser) return FAILURES + name
  return STRANGERS + (createHash('sha256').update(name).digest().readUInt32BE() % STRANGER_ROWS)
}

const rulesOf = ({ mount }: Pick<EngineContext, 'mount'>): LockoutRules => mount.lockout ?? DEFAULT_LOCKOUT

function isLocked(failures: Failures | undefined, rules: LockoutRules, nowMs: number): boolean {
  if (failures === undefined || rules.isDisabled) return false
  return failures.count >= rules.threshold && nowMs - failures.lastMs < rules.durationSeconds * 1000
}

/** A login with a wrong password, or one of a user who is locked out; returns whether they are now. */
export async function countFailure(name: string, isUser: boolean, context: EngineContext): Promise<boolean> {
  const rules = rulesOf(context)
  if (rules.isDisabled) return false
  const path = rowOf(name, isUser)
  return context.store.transaction(async (tx) => {
    const nowMs = context.clock.now()
    const before = await tx.get(path, codec)
    // Trying on makes it last no longer, but is written all the same: how long an answer takes must not tell.
    const after = before !== undefined && isLocked(before, rules, nowMs) ? before : oneMore(before, rules, nowMs)
    const keptSeconds = Math.max(rules.durationSeconds, rules.counterResetSeconds)
    tx.put(path, after, codec, { expiresAtMs: after.lastMs + keptSeconds * 1000 })
    return isLocked(after, rules, nowMs)
  })
}

function oneMore(before: Failures | undefined, rules: LockoutRules, nowMs: number): Failures {
  const goesOn = before !== undefined && nowMs - before.lastMs <= rules.counterResetSeconds * 1000
  return { count: goesOn ? before.count + 1 : 1, lastMs: nowMs }
}

/** `name` is a user's. */
export async function isLockedOut(store: Reader, name: string, context: EngineContext): Promise<boolean> {
  return isLocked(await store.get(FAILURES + name, codec), rulesOf(context), context.clock.now())
}

/** What was counted before a good login counts no more. */
export async function forgetFailures(tx: Tx, name: string): Promise<void> {
  if ((await tx.get(FAILURES + name, codec)) !== undefined) tx.delete(FAILURES + name)
}

/** For `sys/locked-users`. */
export const lockouts: LockoutHandlers = {
  async locked(context) {
    const { store } = context
    const locked: string[] = []
    for (const name of await store.list(FAILURES)) {
      if (await isLockedOut(store, name, context)) locked.push(name)
    }
    return locked
  },
  async unlock(alias, { store }) {
    const name = canonicalName(alias)
    if (name !== undefined) await store.transaction((tx) => forgetFailures(tx, name))
  },
}

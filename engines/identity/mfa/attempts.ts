import type { Store, Tx } from '../../../storage/store.ts'
import type { Clock } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { type OneTimeKey, stepAt, stepsOf } from '../../one-time-codes/codes.ts'
import { mfaRows, secretCodec, type Tried, triedCodec } from './documents.ts'

/** How often a second factor may be tried, and which codes were used. The rows are in the database, so all nodes count together. */

/** A method of one entity; of a service that asks people elsewhere, of one name there. */
export interface Factor {
  readonly methodId: string
  readonly entityId: string
}

export interface AttemptRules {
  readonly max: number
  /** After so long without another attempt they are counted from the start. */
  readonly windowSeconds: number
  /** In the message. */
  readonly title: string
}

/** Attempts are counted for as long as a code is good. */
export function totpRules(key: OneTimeKey, max: number): AttemptRules {
  return { max, windowSeconds: key.periodSeconds * (1 + 2 * key.skew), title: 'TOTP' }
}

/** Periods that are over and still remembered as used: more than any code is good for, as clocks of nodes may differ. */
const STEPS_KEPT = 10

const NOTHING: Tried = { attempts: 0, lastMs: 0, usedSteps: [] }

/**
 * Takes one of the attempts that are left; durable before anything is compared, so that whoever tries many codes at once
 * gets no further than one after the other. Throws `permission_denied` where none is left, which makes it last no longer.
 */
export async function takeAttempt(store: Store, factor: Factor, rules: AttemptRules, clock: Clock): Promise<void> {
  const path = mfaRows.tried(factor.methodId, factor.entityId)
  const windowMs = rules.windowSeconds * 1000
  await store.transaction(async (tx) => {
    const nowMs = clock.now()
    const before = (await tx.get(path, triedCodec)) ?? NOTHING
    const goesOn = nowMs - before.lastMs < windowMs
    if (goesOn && before.attempts >= rules.max) throw tooMany(rules, before.lastMs + windowMs - nowMs)
    const attempts = goesOn ? before.attempts + 1 : 1
    // Periods that were used are dropped with the row: a window outlasts every code.
    const usedSteps = goesOn ? before.usedSteps : []
    tx.put(path, { attempts, lastMs: nowMs, usedSteps }, triedCodec, { expiresAtMs: nowMs + windowMs })
  })
}

function tooMany({ max, title }: AttemptRules, leftMs: number): EgideError {
  const seconds = Math.ceil(leftMs / 1000)
  const message = `maximum ${title} validation attempts ${max + 1} exceeded the allowed attempts ${max}. Please try again in ${seconds} seconds`
  return new EgideError('permission_denied', message, { retryAfterSeconds: seconds })
}

/** What was tried before a good attempt counts no more. */
export async function forgetAttempts(tx: Tx, factor: Factor): Promise<void> {
  const path = mfaRows.tried(factor.methodId, factor.entityId)
  if ((await tx.get(path, triedCodec)) !== undefined) tx.delete(path)
}

export async function secretOf(
  reader: Pick<Tx, 'get'>,
  { methodId, entityId }: Factor,
): Promise<OneTimeKey | undefined> {
  return reader.get(mfaRows.secret(methodId, entityId), secretCodec)
}

/**
 * Uses a code, in the transaction that makes the token: it is good once, on whichever node. False for a code that is wrong,
 * too old or used.
 */
export async function useCode(tx: Tx, factor: Factor, code: string, clock: Clock): Promise<boolean> {
  const key = await secretOf(tx, factor)
  if (key === undefined) return false
  const path = mfaRows.tried(factor.methodId, factor.entityId)
  const { usedSteps } = (await tx.get(path, triedCodec)) ?? NOTHING
  const nowMs = clock.now()
  const step = stepsOf(key, code, key.skew, nowMs).find((one) => !usedSteps.includes(one))
  if (step === undefined) return false
  const windowMs = totpRules(key, 0).windowSeconds * 1000
  const recent = usedSteps.filter((one) => one >= stepAt(key, nowMs) - STEPS_KEPT)
  const after: Tried = { attempts: 0, lastMs: nowMs, usedSteps: [...recent, step] }
  tx.put(path, after, triedCodec, { expiresAtMs: nowMs + windowMs })
  return true
}

/** Whether `useCode` would take the code now. */
export async function isGoodCode(store: Store, factor: Factor, code: string, clock: Clock): Promise<boolean> {
  const key = await secretOf(store, factor)
  if (key === undefined) return false
  const tried = await store.get(mfaRows.tried(factor.methodId, factor.entityId), triedCodec)
  const usedSteps = tried?.usedSteps ?? []
  return stepsOf(key, code, key.skew, clock.now()).some((step) => !usedSteps.includes(step))
}

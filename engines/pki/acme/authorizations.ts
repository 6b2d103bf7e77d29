import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Reader, Tx } from '../../../storage/store.ts'
import type { Clock, EngineContext } from '../../engine.ts'
import { acmeConfig } from './config.ts'
import {
  type Account,
  type Authorization,
  accountCodec,
  acmeRows,
  authorizationCodec,
  type Challenge,
  type ChallengeType,
  type Order,
  orderCodec,
  textCodec,
} from './documents.ts'
import { FairSemaphore } from './fair-semaphore.ts'
import { dropOpenOf } from './open-orders.ts'
import { Problem } from './problem.ts'
import { validate } from './validation.ts'

/** Most validations of one process at one time; what comes above waits. */
const RUNNING_MAX = 10
/** Validations that may wait in one process; the others stay in the queue, which is looked at about once a minute. */
const WAITING_MAX = 1_000
/** Of one account: as many names as one order may hold. */
const WAITING_MAX_OF_ONE = 100
/** Tries of one challenge, since what it proves may take a moment to be there. */
const ATTEMPTS = 3
const PAUSE_MS = 2_000
/** A validation that has not ended by then was left by a process that died. */
const ABANDONED_MS = 120_000
/** What waits of validations is looked at so much in one turn. */
const QUEUE_PAGE = 100

/** As it is now: what is past its time says so. */
export function current(authorization: Authorization, nowMs: number): Authorization {
  const ends = authorization.status === 'pending' || authorization.status === 'valid'
  return ends && nowMs >= authorization.expiresMs ? { ...authorization, status: 'expired' } : authorization
}

/** How long after its end an authorization can still be looked at. */
const KEPT_MS = 30 * 24 * 3_600_000

export function putAuthorization(tx: Tx, authorization: Authorization): void {
  tx.put(acmeRows.authorization(authorization.id), authorization, authorizationCodec, {
    expiresAtMs: authorization.expiresMs + KEPT_MS,
  })
}

/** Throws Problem for one of another account: whether it exists is nobody's business. */
export async function ownAuthorization(
  id: string,
  account: Account,
  { store, clock }: EngineContext,
): Promise<Authorization> {
  const found = /^[0-9a-f-]{36}$/.test(id) ? await store.get(acmeRows.authorization(id), authorizationCodec) : undefined
  if (found === undefined || found.accountId !== account.id)
    throw new Problem('malformed', 'there is no such authorization', { status: 404 })
  return current(found, clock.now())
}

export async function deactivate(id: string, { store }: EngineContext): Promise<Authorization> {
  return store.transaction(async (tx) => {
    const before = await tx.get(acmeRows.authorization(id), authorizationCodec)
    if (before === undefined) throw new Problem('malformed', 'there is no such authorization', { status: 404 })
    const after: Authorization =
      before.status === 'pending' || before.status === 'valid' ? { ...before, status: 'deactivated' } : before
    putAuthorization(tx, after)
    dropOpenOf(tx, before)
    return after
  })
}

const running = new Set<string>()
const places = new FairSemaphore(RUNNING_MAX, WAITING_MAX, WAITING_MAX_OF_ONE)

/** Begins to validate, aside: resolves as soon as it is written down that this is under way. Throws Problem. */
export async function beginChallenge(
  authorization: Authorization,
  type: ChallengeType,
  context: EngineContext,
): Promise<Authorization> {
  const { store, clock } = context
  const begun = await store.transaction(async (tx) => {
    const before = await tx.get(acmeRows.authorization(authorization.id), authorizationCodec)
    if (before === undefined) throw new Problem('malformed', 'there is no such authorization', { status: 404 })
    const now = current(before, clock.now())
    const challenge = now.challenges.find((one) => one.type === type)
    if (challenge === undefined) throw new Problem('malformed', 'there is no such challenge', { status: 404 })
    if (now.status !== 'pending' || challenge.status !== 'pending') return { after: now, isNew: false }
    const after = withChallenge(now, { ...challenge, status: 'processing' })
    putAuthorization(tx, after)
    tx.put(acmeRows.queued(after.id, type), String(clock.now()), textCodec)
    return { after, isNew: true }
  })
  if (begun.isNew) void work(authorization, type, context)
  return begun.after
}

function withChallenge(authorization: Authorization, challenge: Challenge): Authorization {
  return {
    ...authorization,
    challenges: authorization.challenges.map((one) => (one.type === challenge.type ? challenge : one)),
  }
}

/**
 * Goes on, aside, with what a process that died left, and with what there was no place for: whoever has to prove something
 * may take their time, and what else is done once in a while does not wait for that.
 */
export async function resumeChallenges(context: EngineContext): Promise<void> {
  const { store, clock } = context
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: readonly string[] = await store.list(acmeRows.queue, { after, limit: QUEUE_PAGE })
    for (const name of page) {
      const [id = '', type] = name.split(':')
      const begunMs = Number(await store.get(acmeRows.queue + name, textCodec))
      if (clock.now() - begunMs < ABANDONED_MS) continue
      const authorization = await store.get(acmeRows.authorization(id), authorizationCodec)
      void work(authorization ?? { id, accountId: '' }, type as ChallengeType, context)
    }
    await nextTurn()
    after = page.length < QUEUE_PAGE ? undefined : page.at(-1)
  }
}

/** Never rejects: what came of it stands in the authorization. */
async function work(
  { id, accountId }: Pick<Authorization, 'id' | 'accountId'>,
  type: ChallengeType,
  context: EngineContext,
): Promise<void> {
  const key = `${context.mount.uuid}:${id}:${type}`
  if (running.has(key)) return
  running.add(key)
  try {
    await places.take({ mount: context.mount.uuid, account: accountId }, () => prove(id, type, context))
  } catch (error) {
    context.log.warn({ err: error }, 'an ACME challenge could not be looked at; it is tried again')
  } finally {
    running.delete(key)
  }
}

async function prove(id: string, type: ChallengeType, context: EngineContext): Promise<void> {
  const { store } = context
  const authorization = await store.get(acmeRows.authorization(id), authorizationCodec)
  const account = authorization && (await store.get(acmeRows.account(authorization.accountId), accountCodec))
  const challenge = authorization?.challenges.find((one) => one.type === type)
  if (authorization === undefined || account?.status !== 'valid' || challenge?.status !== 'processing') {
    await store.transaction((tx) => tx.delete(acmeRows.queued(id, type)))
    return
  }
  const { token } = challenge
  const proof = { identifier: authorization.identifier, type, token, thumbprint: account.thumbprint }
  const settings = await acmeConfig(store)
  let problem: Problem | undefined
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    problem = await validate(proof, settings).then(
      () => undefined,
      (error: unknown) =>
        error instanceof Problem ? error : new Problem('serverInternal', 'the challenge could not be looked at'),
    )
    if (problem === undefined || attempt === ATTEMPTS) break
    await tellTry(id, type, problem, context)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  await conclude(id, type, problem, context)
}

/** Each try that failed is told while others follow (RFC 8555, 8.2). */
async function tellTry(id: string, type: ChallengeType, problem: Problem, { store }: EngineContext): Promise<void> {
  await store.transaction(async (tx) => {
    const before = await tx.get(acmeRows.authorization(id), authorizationCodec)
    const challenge = before?.challenges.find((one) => one.type === type)
    if (before === undefined || challenge?.status !== 'processing') return
    putAuthorization(tx, withChallenge(before, tried(challenge, problem)))
  })
}

function tried({ error: _before, ...challenge }: Challenge, problem: Problem | undefined): Challenge {
  return {
    ...challenge,
    attempts: challenge.attempts + 1,
    ...(problem && { error: { type: problem.document.type, detail: problem.message } }),
  }
}

/** Writes down what came of it, and what follows for the orders that wait for it. */
async function conclude(
  id: string,
  type: ChallengeType,
  problem: Problem | undefined,
  { store, clock }: EngineContext,
): Promise<void> {
  await store.transaction(async (tx) => {
    tx.delete(acmeRows.queued(id, type))
    const before = await tx.get(acmeRows.authorization(id), authorizationCodec)
    const challenge = before?.challenges.find((one) => one.type === type)
    if (before === undefined || challenge?.status !== 'processing') return
    const status = problem === undefined ? 'valid' : 'invalid'
    const after = withChallenge(before, {
      ...tried(challenge, problem),
      status,
      validatedMs: problem === undefined ? clock.now() : 0,
    })
    // Another challenge has decided, or the client gave it up: whoever asks after this one need not wait for more.
    if (before.status !== 'pending') {
      putAuthorization(tx, after)
      return
    }
    putAuthorization(tx, { ...after, status })
    if (status === 'valid') putProven(tx, before)
    else dropOpenOf(tx, before)
  })
}

/**
 * A row by which the account's newest authorization of a name is found without reading all that it ever ordered. It goes with
 * the authorization, which alone tells whether it still holds. Nodes of the version before write none.
 */
export function putProven(tx: Tx, { id, accountId, identifier, wildcard, expiresMs }: Authorization): void {
  const name = `${identifier.type}:${wildcard ? '*.' : ''}${identifier.value}`
  tx.put(acmeRows.proven(accountId, name), id, textCodec, { expiresAtMs: expiresMs })
}

/** Whether who made its certificate must have died. */
export function isAbandoned({ status, processingMs }: Order, nowMs: number): boolean {
  return status === 'processing' && nowMs - processingMs >= ABANDONED_MS
}

/** An order as its authorizations now have it. */
export async function currentOrder(
  order: Order,
  { store, clock }: { readonly store: Reader; readonly clock: Clock },
): Promise<Order> {
  const nowMs = clock.now()
  if (isAbandoned(order, nowMs)) return invalidOrder(order, 'the certificate was not made in time')
  if (order.status !== 'pending' && order.status !== 'ready') return order
  if (nowMs >= order.expiresMs) return invalidOrder(order, 'the order has expired')
  let isReady = true
  for (const id of order.authorizations) {
    const found = await store.get(acmeRows.authorization(id), authorizationCodec)
    const status = found && current(found, nowMs).status
    if (status === 'pending') isReady = false
    else if (status !== 'valid') return invalidOrder(order, `an authorization is ${status ?? 'gone'}`)
  }
  return { ...order, status: isReady ? 'ready' : 'pending' }
}

function invalidOrder(order: Order, detail: string): Order {
  return { ...order, status: 'invalid', error: { type: 'urn:ietf:params:acme:error:unauthorized', detail } }
}

export async function ownOrder(id: string, account: Account, context: EngineContext): Promise<Order> {
  const found = /^[0-9a-f-]{36}$/.test(id) ? await context.store.get(acmeRows.order(id), orderCodec) : undefined
  if (found === undefined || found.accountId !== account.id)
    throw new Problem('malformed', 'there is no such order', { status: 404 })
  return currentOrder(found, context)
}

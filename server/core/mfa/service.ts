import type { Clock, Log } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { MfaMethod } from '../../../engines/identity/mfa/documents.ts'
import { type OutgoingFetch, type OutgoingRequest, Unreachable } from '../../auth/jwks/outgoing-fetch.ts'

/** A service that asks people for a second factor elsewhere. */

export type ServiceMethod = Exclude<MfaMethod, { readonly type: 'totp' }>

/** Whom to ask for a second factor, and what they have shown already. */
export interface FactorQuestion {
  /** As the service knows them. */
  readonly username: string
  /** '' for none. */
  readonly passcode: string
  /** Of whoever logs in; '' over a Unix socket. */
  readonly remoteAddress: string
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal | undefined
}

/** A question with the time that people have to answer it. */
export interface TimedQuestion extends FactorQuestion {
  /** Aborted when the client has gone or the time is over: it cuts a call off. */
  readonly signal: AbortSignal
  /** Aborted when the time is over. */
  readonly deadline: AbortSignal
}

/** What it takes to call a service; given, so that tests have their own clock and network. */
export interface ServiceParts {
  readonly fetch: OutgoingFetch
  readonly clock: Clock
  readonly log: Log
  /** Resolves after so long; rejects when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted after so long. */
  readonly deadline: (ms: number) => AbortSignal
}

/** The factor is not right, or was not given. `message` goes to whoever logs in. */
export function refusedFactor(message: string): EgideError {
  return new EgideError('permission_denied', message)
}

/** People have so long to answer: clients wait for a minute. */
const ANSWER_MAX_MS = 50_000
const POLL_MS = 1_000

export function withAnswerDeadline({ deadline: after }: ServiceParts, asked: FactorQuestion): TimedQuestion {
  const deadline = after(ANSWER_MAX_MS)
  const signal = asked.signal === undefined ? deadline : AbortSignal.any([asked.signal, deadline])
  return { ...asked, signal, deadline }
}

/** Runs `work`, which waits for people. Throws `permission_denied` when the time is over, and `timeout` when the client has gone. */
export async function inTime<T>({ signal, deadline }: TimedQuestion, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (deadline.aborted) throw refusedFactor('push verification timed out')
    if (signal.aborted) throw new EgideError('timeout', 'nobody waits for the second factor any more')
    throw error
  }
}

/** Calls `look` once a second until it resolves with true: there is an answer. Throws as `inTime`. */
export function pollUntilAnswered(
  { pause }: ServiceParts,
  asking: TimedQuestion,
  look: () => Promise<boolean>,
): Promise<void> {
  return inTime(asking, async () => {
    while (!(await look())) {
      await pause(POLL_MS, asking.signal)
      asking.signal.throwIfAborted()
    }
  })
}

export interface ServiceReply {
  readonly status: number
  readonly text: string
}

/** Asks the service called `title`. A service that can't be asked is `unavailable`, whatever the cause: the log says more. */
export async function ask(
  { fetch, log }: ServiceParts,
  title: string,
  url: string,
  request: OutgoingRequest,
): Promise<ServiceReply> {
  try {
    const reply = await fetch(url, request)
    return { status: reply.status, text: await reply.text() }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    log.warn({ service: title, reason: error.message }, 'a service for second factors cannot be asked')
    throw new EgideError('unavailable', `${title} cannot be asked`)
  }
}

/** The JSON of a reply. Throws `unavailable` where it is none. */
export function jsonOf({ text }: Pick<ServiceReply, 'text'>, parts: ServiceParts, title: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformedAnswer(parts, title, 'it answers with something else than JSON')
  }
}

/** `unavailable`, after `reason` was logged: the client learns only that the service misbehaves. */
export function malformedAnswer({ log }: ServiceParts, title: string, reason: string): EgideError {
  log.warn({ service: title, reason }, 'a service for second factors does not answer as it should')
  return new EgideError('unavailable', `${title} does not answer as it should`)
}

export function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const SHOWN_MAX_CHARS = 200

/** Text of a service, as it may be shown. */
export function shownText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, SHOWN_MAX_CHARS).replaceAll(/\p{Cc}/gu, ' ') : ''
}

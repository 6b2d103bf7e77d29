import type { HttpMethod } from './method.ts'
import type { Reply } from './reply.ts'

/** What went wrong, in the server's own closed list of words. */
export type ErrorCode =
  | 'invalid_request'
  | 'permission_denied'
  | 'not_found'
  | 'unsupported_operation'
  | 'unsupported_media_type'
  | 'conflict' // a precondition such as cas did not hold
  | 'in_use' // what is to go still holds something
  | 'too_large'
  | 'timeout'
  | 'rate_limited'
  | 'sealed'
  | 'not_initialized'
  | 'unavailable'
  | 'internal'

/** HTTP's number for each code, whichever way the request travelled. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  permission_denied: 403,
  not_found: 404,
  unsupported_operation: 405,
  unsupported_media_type: 415,
  conflict: 400,
  in_use: 400,
  too_large: 413,
  timeout: 408,
  rate_limited: 429,
  sealed: 503,
  not_initialized: 400,
  unavailable: 503,
  internal: 500,
}

/** For servers that tell no code. */
export function codeOfStatus(status: number): ErrorCode {
  const code = (Object.keys(STATUS) as ErrorCode[]).find((known) => STATUS[known] === status)
  if (status === 503) return 'unavailable'
  return code ?? (status >= 500 ? 'internal' : 'invalid_request')
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(STATUS, text)
}

/** What was asked: never a body, nor the value of a query field that may be secret. */
export interface Asked {
  /** The HTTP method, or the name of the RPC. */
  readonly method: HttpMethod | 'RPC'
  readonly url: string
  readonly namespace: string
}

/** How the server said no. */
export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly errors?: readonly string[]
  readonly requestId?: string
  readonly retryAfterSeconds?: number | undefined
  /** The first characters of an answer that was no list of errors. */
  readonly raw?: string
  readonly reply?: Reply<unknown> | undefined
}

/**
 * The server answered, and said no. Neither the message nor any field that `util.inspect` or JSON show holds a token, a
 * request's body or the value of a query field.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP's number for the outcome; also over gRPC. */
  readonly status: number
  readonly code: ErrorCode
  /** What the server listed under `errors`; empty where it gave none. */
  readonly errors: readonly string[]
  /** Names the request in the server's log and audit log; '' where the server told none. */
  readonly requestId: string
  /** Seconds after which trying again makes sense, if the server said so. */
  readonly retryAfterSeconds: number | undefined
  readonly asked: Asked
  readonly #raw: string
  readonly #reply: Reply<unknown> | undefined

  constructor(asked: Asked, refusal: Refusal) {
    const { status, code, errors = [] } = refusal
    super(`${asked.method} ${asked.url}: ${[`${status} ${code}`, ...errors].join(': ')}`)
    this.status = status
    this.code = code
    this.errors = errors
    this.requestId = refusal.requestId ?? ''
    this.retryAfterSeconds = refusal.retryAfterSeconds
    this.asked = asked
    this.#raw = refusal.raw ?? ''
    this.#reply = refusal.reply
  }

  /** The first characters of an answer that was no list of errors, such as a proxy's page. '' for none. */
  get raw(): string {
    return this.#raw
  }

  /** What came with the refusal: the metadata of a deleted version, or the outcome of each item of a batch. */
  get reply(): Reply<unknown> | undefined {
    return this.#reply
  }
}

export type TransportErrorCode =
  | 'unreachable' // no connection, or it broke before the answer was whole
  | 'timeout'
  | 'invalid_response' // not what the API promises: too large, or not JSON
  | 'invalid_address'
  | 'unsupported' // this transport has no form of the operation

/** There was no usable answer. Whether the server acted on the request is not known. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: TransportErrorCode
  /** Whether the same may work in a moment: a connection was refused or broke. */
  readonly transient: boolean

  constructor(code: TransportErrorCode, message: string, options: { cause?: unknown; transient?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.transient = options.transient === true
  }
}

/** Whether a failed check-and-set is what the error says. Servers that tell no code say it in Vault's words. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  if (error.code === 'conflict') return true
  return error.status === 400 && error.errors.some((text) => text.includes('check-and-set parameter did not match'))
}

/** Undefined in place of an ApiError that says that there is nothing. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return undefined
    throw error
  }
}

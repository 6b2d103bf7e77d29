import type { HttpMethod } from './method.ts'

/**
 * The server answered, and said no. The message names the request and what the server answered;
 * it never holds a token, a request body or the value of a query field.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** What the server listed under `errors`; empty where it gave none. */
  readonly errors: readonly string[]

  constructor(request: { method: HttpMethod; url: string; namespace: string }, status: number, answer: Answer) {
    super(describe(request, status, answer))
    this.status = status
    this.errors = answer.errors ?? []
  }
}

/** `errors` where the body was an error list, else the first characters of the body as `raw`. */
export interface Answer {
  readonly errors?: readonly string[]
  readonly raw?: string
}

export type TransportErrorCode =
  | 'unreachable' // no connection, or it broke before the answer was whole
  | 'timeout'
  | 'invalid_response' // not what the API promises: too large, or not JSON
  | 'invalid_address'

/** There was no usable answer. Whether the server acted on the request is not known. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: TransportErrorCode

  constructor(code: TransportErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

function describe(request: { method: HttpMethod; url: string; namespace: string }, status: number, answer: Answer) {
  const namespace = request.namespace === '' ? '' : `Namespace: ${request.namespace}\n`
  const head = `Error making API request.\n\n${namespace}URL: ${request.method} ${request.url}\nCode: ${status}. `
  if (answer.errors === undefined) return `${head}Raw Message:\n\n${answer.raw ?? ''}`
  return `${head}Errors:\n\n${answer.errors.map((error) => `* ${error}`).join('\n')}`
}

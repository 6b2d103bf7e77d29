import { type Code, EgideError } from '../../engines/errors.ts'
import { PathTooLong } from './clean-path.ts'

/**
 * The only place that knows HTTP's number for an error: of REST's answers, and by which metrics count those of every
 * protocol. A new code does not compile until it has one.
 */
const STATUS: Readonly<Record<Code, number>> = {
  invalid_request: 400,
  permission_denied: 403,
  not_found: 404,
  unsupported_operation: 405,
  unsupported_media_type: 415,
  conflict: 400, // Vault answers a failed check-and-set so
  in_use: 400, // as OpenBao answers for a namespace with others below it
  too_large: 413,
  timeout: 408,
  rate_limited: 429,
  sealed: 503,
  not_initialized: 400,
  unavailable: 503,
  internal: 500,
}

/** What is no EgideError is told as an internal one. */
export function httpStatusOf(error: unknown): number {
  if (error instanceof PathTooLong) return 414
  return STATUS[error instanceof EgideError ? error.code : 'internal']
}

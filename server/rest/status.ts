import { type Code, EgideError } from '../../engines/errors.ts'

/** The only place that knows HTTP's number for an error. A new code does not compile until it has one. */
const STATUS: Readonly<Record<Code, number>> = {
  invalid_request: 400,
  permission_denied: 403,
  not_found: 404,
  unsupported_operation: 405,
  unsupported_media_type: 415,
  conflict: 400, // Vault answers a failed check-and-set so
  in_use: 409,
  too_large: 413,
  timeout: 408,
  rate_limited: 429,
  sealed: 503,
  not_initialized: 400,
  unavailable: 503,
  internal: 500,
}

/** The one way in which a request can be too large that HTTP has a number of its own for. */
export class TargetTooLong extends EgideError {
  constructor(maxBytes: number) {
    super('too_large', `the path is longer than ${maxBytes} bytes`)
  }
}

export function statusOf(error: EgideError): number {
  return error instanceof TargetTooLong ? 414 : STATUS[error.code]
}

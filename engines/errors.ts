/** What went wrong, in the domain's words. Adapters map each code to an HTTP and a gRPC status in one table each. */
export type Code =
  | 'invalid_request' // malformed or refused input
  | 'permission_denied'
  | 'not_found'
  | 'unsupported_operation' // the path exists, this operation on it does not
  | 'unsupported_media_type'
  | 'conflict' // a precondition such as cas did not hold
  | 'in_use' // what is to go still holds something
  | 'too_large'
  | 'timeout' // the client was too slow, or a deadline passed
  | 'rate_limited'
  | 'sealed'
  | 'not_initialized'
  | 'unavailable' // a part the request needs (audit device, storage) is failing; trying again may help
  | 'internal'

export interface ErrorDetails {
  readonly cause?: unknown
  /** Also sent to the caller beside the message, for example the outcome of each item of a batch. */
  readonly data?: Readonly<Record<string, unknown>> | readonly unknown[]
  /** The field that was refused. */
  readonly field?: string
  /** Seconds after which trying again makes sense. Of `unavailable` 1, unless it says otherwise. */
  readonly retryAfterSeconds?: number
}

/** Of a message, which may quote what was sent. */
const MESSAGE_MAX_CHARS = 4000

/** The one error that reaches a caller. Any other thrown value is logged and answered as `internal`, without its text. */
export class EgideError extends Error {
  override readonly name = 'EgideError'
  readonly code: Code
  readonly data: ErrorDetails['data']
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined
  /**
   * `message` goes to the caller, the first 4000 characters of it: no secret, no other tenant's path. `cause` goes to our log.
   * An empty message gives an empty error list.
   */
  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    const shown = message.length > MESSAGE_MAX_CHARS ? `${message.slice(0, MESSAGE_MAX_CHARS)}…` : message
    super(shown, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.data = details.data
    this.field = details.field
    this.retryAfterSeconds = details.retryAfterSeconds ?? (code === 'unavailable' ? 1 : undefined)
  }

  /** The name of the refusal, of engines that have names for theirs. */
  get kind(): unknown {
    return this.data !== undefined && 'kind' in this.data ? this.data.kind : undefined
  }
}

/** Of whatever still belongs to a vault in whose place a snapshot was restored. It goes on as the vault of that snapshot by itself. */
export class VaultReplaced extends EgideError {
  constructor() {
    super('unavailable', 'a snapshot was restored: try again', { retryAfterSeconds: 1 })
  }
}

export const invalid = (message: string): EgideError => new EgideError('invalid_request', message)
export const denied = (): EgideError => new EgideError('permission_denied', 'permission denied')
/** Of the vault as a whole; also of who was let in before it was sealed. */
export const sealed = (): EgideError => new EgideError('sealed', 'Vault is sealed')
/** What is stored is not what was written. */
export const damaged = (): EgideError => new EgideError('internal', 'a stored value is damaged')
/** A missing secret answers 404 with an empty list of errors, as Vault does. */
export const notFound = (message = ''): EgideError => new EgideError('not_found', message)

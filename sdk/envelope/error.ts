/** `undecryptable`: it is no message, or was changed, or was encrypted with another key or other associated data. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
  readonly code: 'undecryptable' | 'closed'

  constructor(code: 'undecryptable' | 'closed', message: string) {
    super(message)
    this.code = code
  }
}

/** One message for all: what exactly was wrong is nobody's business. */
export function undecryptable(): EnvelopeError {
  return new EnvelopeError('undecryptable', 'the message cannot be decrypted')
}

export function closed(): EnvelopeError {
  return new EnvelopeError('closed', 'the envelope is closed')
}

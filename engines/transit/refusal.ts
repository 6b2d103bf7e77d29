import { DecryptFailed } from '../../crypto/errors.ts'
import { InputRefused, KeyRefused, KeysBusy } from '../../crypto/keys/errors.ts'
import { EgideError, invalid } from '../errors.ts'

/** What crypto/keys throws, as callers are told it; anything else stays what it is. */
export function asRefusal(error: unknown): unknown {
  // The words are Vault's: clients match on them.
  if (error instanceof DecryptFailed) return invalid('cipher: message authentication failed')
  if (error instanceof InputRefused || error instanceof KeyRefused) return invalid(error.message)
  if (error instanceof KeysBusy) return new EgideError('unavailable', error.message)
  return error
}

/** Runs work of crypto/keys. */
export function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asRefusal(error)
  }
}

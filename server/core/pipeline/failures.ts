import { DecryptFailed, KeysReleased } from '../../../crypto/errors.ts'
import type { Log } from '../../../engines/engine.ts'
import { damaged, EgideError, sealed } from '../../../engines/errors.ts'
import { StorageError } from '../../../storage/backend.ts'

const NEWER =
  'a newer version of the server wrote this, and this one would lose what it does not know of it: ask a server that is upgraded'

/** What a caller is told of an error that storage or a cipher threw. Undefined: nobody foresaw it. */
export function callerError(error: unknown, log: Log, requestId: string): EgideError | undefined {
  if (error instanceof EgideError) return error
  if (error instanceof StorageError) return storageFailure(error, log, requestId)
  // The vault was sealed, or the namespace destroyed, while the request ran.
  if (error instanceof KeysReleased) return sealed()
  if (!(error instanceof DecryptFailed)) return undefined
  log.error({ requestId, err: error }, 'a stored value is not what was written')
  return damaged()
}

function storageFailure(error: StorageError, log: Log, requestId: string): EgideError | undefined {
  switch (error.code) {
    case 'closed': // the vault was sealed while the request ran
      return sealed()
    case 'invalid':
      return new EgideError('invalid_request', error.message)
    case 'corrupt':
      log.error({ requestId, err: error }, 'a stored value is not what was written')
      return damaged()
    case 'newer':
      return new EgideError('unavailable', NEWER, { cause: error })
    case 'unknown':
      return new EgideError('unavailable', 'storage failed; whether the change was made is not known', { cause: error })
    case 'refused':
    case 'unavailable':
      // What takes several transactions may have made the first of them.
      return new EgideError('unavailable', 'storage is unavailable; try again', { cause: error })
  }
}

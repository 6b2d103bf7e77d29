import { DecryptFailed, EncodingError } from '../../crypto/errors.ts'
import { damaged, EgideError } from '../../engines/errors.ts'
import { StorageError } from '../../storage/backend.ts'

/** Runs `work`, and turns what storage and ciphers throw into what a caller may be told. */
export async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageError) throw new EgideError('unavailable', 'storage is unavailable', { cause: error })
    throw isDamage(error) ? damaged() : error
  }
}

/** Once the root key is unwrapped, the shares were right: what does not open then is damaged, and must not look like a wrong share. */
export async function undamaged<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isDamage(error) ? damaged() : error
  }
}

export function isDamage(error: unknown): boolean {
  return error instanceof DecryptFailed || error instanceof EncodingError
}

import type { EngineContext } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { Awaitable } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import type { Codec, Reader, Tx } from '../../storage/store.ts'

/** Whether a document is the same as before. The cache gives out one object until a document changes, so this mostly compares references. */
export function isUnchanged<T>(now: T | undefined, before: T): boolean {
  return now === before || JSON.stringify(now) === JSON.stringify(before)
}

/** What tells a role from a later one of the same name: a token of the first must not be renewed under the second. */
export interface Distinct {
  /** Undefined: the role was made by a version that gave roles no uid, and was not made anew since. */
  readonly uid: string | undefined
}

/** One generation up: a version without uids would write the role back without one, and none of its tokens could be renewed. */
export const distinctCodec = <R extends Distinct>(): Codec<R> => json<R>(1)

/** The uid of a role that is about to be written: a new one for a new role, else the one that `before` has. */
export function uidWhenWritten(
  before: Distinct | undefined,
  { random }: Pick<EngineContext, 'random'>,
): string | undefined {
  return before === undefined ? random.uuid() : before.uid
}

/** The role that a token was made under, for its renewal. Throws `invalid_request` when it is gone, or another role has its name now. */
export function roleOfLogin<R extends Distinct>(now: R | undefined, internal: Readonly<Record<string, unknown>>): R {
  if (now === undefined || now.uid !== internal.uid) {
    throw invalid('the role of the login does not exist, not renewing')
  }
  return now
}

/** `unavailable`, so that the client tries again: the role or user was changed between the check and the making of the token. */
export function changedDuringLogin(what: 'role' | 'user'): EgideError {
  return new EgideError('unavailable', `the ${what} was changed during the login`)
}

/**
 * For `within` of a grant: throws `unavailable` unless the role is still the one that the login was checked against. A check
 * may ask servers elsewhere, for seconds: an operator who changes or deletes the role in that time, and then revokes its
 * tokens, must not miss one. `stored` reads the role.
 */
export function requireRoleUnchanged<R>(
  before: R,
  stored: (reader: Reader) => Awaitable<R | undefined>,
): (tx: Tx) => Promise<void> {
  return async (tx) => {
    if (!isUnchanged(await stored(tx), before)) throw changedDuringLogin('role')
  }
}

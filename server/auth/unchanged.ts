import type { EngineContext } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { Awaitable } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import type { Codec, Reader, Tx } from '../../storage/store.ts'

/** Whether a document is as it was. Those of the cache are one object until they change. */
export function isUnchanged<T>(now: T | undefined, before: T): boolean {
  return now === before || JSON.stringify(now) === JSON.stringify(before)
}

/** What tells a role from a later one of the same name, whose tokens those of the first are not. */
export interface Distinct {
  /** Undefined: it was made before roles had one, and was not made anew since. */
  readonly uid: string | undefined
}

/** Of a generation above those of before: a version without uids would write the role without its own, which ends the renewals of all its tokens. */
export const distinctCodec = <R extends Distinct>(): Codec<R> => json<R>(1)

/** Of a role that is written over `before`. */
export function uidOver(before: Distinct | undefined, { random }: Pick<EngineContext, 'random'>): string | undefined {
  return before === undefined ? random.uuid() : before.uid
}

/** The role that a token was made under, for its renewal. Throws `invalid_request` where it is gone, also where another has its name. */
export function roleOfLogin<R extends Distinct>(now: R | undefined, internal: Readonly<Record<string, unknown>>): R {
  if (now === undefined || now.uid !== internal.uid) {
    throw invalid('the role of the login does not exist, not renewing')
  }
  return now
}

/** What a login is told whose role, or what else it goes by, was changed while it was looked at: it may be tried again. */
export function changedMeanwhile(what: 'role' | 'user'): EgideError {
  return new EgideError('unavailable', `the ${what} was changed during the login`)
}

/**
 * For `within` of a grant: throws `unavailable` unless the role is what it was when it let in. Looking at a token may mean
 * asking servers elsewhere, for seconds: whoever deletes or changes a role meanwhile, and then revokes its tokens, must
 * have them all. `stored` reads the role.
 */
export function whileRoleStands<R>(
  before: R,
  stored: (reader: Reader) => Awaitable<R | undefined>,
): (tx: Tx) => Promise<void> {
  return async (tx) => {
    if (!isUnchanged(await stored(tx), before)) throw changedMeanwhile('role')
  }
}

import { denied } from '../../../engines/errors.ts'
import { type FoundToken, isFromAbove } from '../../auth/token/service.ts'
import { holderOf } from '../leases/lease-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { PipelineParts } from './parts.ts'
import type { Target } from './target.ts'

/**
 * What a token from above leaves in the namespace that it is used in (children, leases, a cubbyhole) ends with it, though
 * its own rows lie in another store. So before it leaves anything its home notes where; and afterwards it is looked at
 * once more, for a token that was revoked in between was released before there was anything to release.
 */
export class LeftBelow {
  readonly #parts: Pick<PipelineParts, 'namespace' | 'store' | 'homes'>
  #noted: string | undefined

  constructor(parts: Pick<PipelineParts, 'namespace' | 'store' | 'homes'>) {
    this.#parts = parts
  }

  /** Whether something was noted, which `confirm` has to look at. */
  get isNoted(): boolean {
    return this.#noted !== undefined
  }

  /** Before `token` leaves something. What one leaves that has ended is for `confirm` to end. */
  async note(token: FoundToken | undefined): Promise<void> {
    const name = holderOf(token).token
    if (!isFromAbove(name) || this.#noted === name) return
    const { homes, namespace } = this.#parts
    const named = homes.namedBy(name)
    if (named === undefined) throw denied()
    await named.home.tokens.noteAbroad(named.hash, namespace.id)
    this.#noted = name
  }

  /** When it is there. Throws `permission_denied`, having ended what was left, when the token has ended meanwhile. */
  async confirm(): Promise<void> {
    const name = this.#noted
    if (name === undefined) return
    const { homes, store } = this.#parts
    await store.refresh()
    const named = homes.namedBy(name)
    if (named !== undefined && (await named.home.tokens.isThere(named.hash))) return
    await homes.own.revoker.revokeTree(name)
    throw denied()
  }
}

/** Whether the request may leave something that hangs on its token, beside leases. */
export function leavesSomething({ match }: Target, { entry }: LiveMount): boolean {
  if (entry.type === 'cubbyhole') return true
  return entry.type === 'token' && match?.route.pattern.startsWith('create') === true
}

import { denied } from '../../../engines/errors.ts'
import { type FoundToken, isFromAbove } from '../../auth/token/service.ts'
import { holderOf } from '../leases/lease-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { PipelineParts } from './parts.ts'
import type { Target } from './target.ts'

/**
 * What a token of a namespace above makes in this one (child tokens, leases, a cubbyhole) has to end with the token, though
 * the token's rows lie in the other namespace's store. So the token's own namespace notes this one before anything is made.
 * Afterwards the token is looked at once more: had it been revoked in between, that revocation would have missed what was
 * being made.
 */
export class ResourcesBelow {
  readonly #parts: Pick<PipelineParts, 'namespace' | 'store' | 'homes'>
  #noted: string | undefined

  constructor(parts: Pick<PipelineParts, 'namespace' | 'store' | 'homes'>) {
    this.#parts = parts
  }

  /** Whether something was noted, which `confirm` has to look at. */
  get isNoted(): boolean {
    return this.#noted !== undefined
  }

  /** Call it before `token` makes something. That the token has ended already is for `confirm` to find. */
  async note(token: FoundToken | undefined): Promise<void> {
    const name = holderOf(token).token
    if (!isFromAbove(name) || this.#noted === name) return
    const { homes, namespace } = this.#parts
    const named = homes.namedBy(name)
    if (named === undefined) throw denied()
    await named.home.tokens.noteNamespaceBelow(named.hash, namespace.id)
    this.#noted = name
  }

  /** Call it when that is made. Throws `permission_denied`, after revoking what was made, when the token has ended meanwhile. */
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

/** Whether the request may make something that has to end with its token, beside leases. */
export function leavesResources({ match }: Target, { entry }: LiveMount): boolean {
  if (entry.type === 'cubbyhole') return true
  return entry.type === 'token' && match?.route.pattern.startsWith('create') === true
}

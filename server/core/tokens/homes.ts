import type { NamespaceRef } from '../../../engines/engine.ts'
import type { PolicyHolder } from '../../../engines/system/services/policies.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { FoundToken, TokenService } from '../../auth/token/service.ts'
import type { Acl } from '../../policy/decision.ts'
import type { PolicyStore } from '../../policy/policy-store.ts'
import type { NamespaceIdentity } from '../identity/identity.ts'
import type { Subject } from '../identity/subjects.ts'
import type { TokenRevoker } from './revoker.ts'
import type { TokenStore } from './token-store.ts'
import { namespaceIn } from './token-text.ts'

/** What a namespace is to the tokens that it has made. */
export interface Home {
  readonly ref: NamespaceRef
  readonly tokens: TokenStore
  readonly revoker: TokenRevoker
  readonly service: TokenService
  readonly policies: PolicyStore
  readonly identities: NamespaceIdentity
}

/**
 * Where the tokens are at home that may be used in a namespace: in it, or in one above it. What is of a sibling, or of a
 * namespace below, is nobody here. A token from above keeps the policies of its home, and its hash is called
 * `<id of its home>.<hash>`, so that whatever hangs on it here can't be taken for another's.
 */
export class TokenHomes {
  readonly own: Home
  readonly #above: readonly Home[]
  readonly #root: Home

  /** `above`: the nearest first, root last; none for root itself. */
  constructor(own: Home, above: readonly Home[]) {
    this.own = own
    this.#above = above
    this.#root = above[above.length - 1] ?? own
  }

  /** The only namespace here that could have made the token. A text that names none is of root, if of anybody. */
  of(token: string): Home {
    if (this.#above.length === 0) return this.own
    return this.byId(namespaceIn(token)) ?? this.#root
  }

  byId(namespaceId: string): Home | undefined {
    if (namespaceId === this.own.ref.id) return this.own
    return this.#above.find(({ ref }) => ref.id === namespaceId)
  }

  /** The home of a token that was found, and its hash there. */
  homeOf({ hash, from }: Pick<FoundToken, 'hash' | 'from'>): { readonly home: Home; readonly hash: string } {
    if (from === undefined) return { home: this.own, hash }
    const home = this.byId(from)
    if (home === undefined) throw new Error('a token comes from no namespace above')
    return { home, hash: hash.slice(from.length + 1) }
  }

  /** As `homeOf`, from a hash as it is called here. */
  namedBy(hash: string): { readonly home: Home; readonly hash: string } | undefined {
    const dot = hash.indexOf('.')
    if (dot < 0) return { home: this.own, hash }
    const home = this.byId(hash.slice(0, dot))
    return home && { home, hash: hash.slice(dot + 1) }
  }

  /** As TokenStore.lookup, in the token's home. */
  lookup(token: string): Awaitable<FoundToken | undefined> {
    const home = this.of(token)
    return this.#knownOf(home, home.tokens.lookup(token))
  }

  /** As TokenStore.lookupCaller. */
  lookupCaller(token: string): Awaitable<FoundToken | undefined> {
    const home = this.of(token)
    return this.#knownOf(home, home.tokens.lookupCaller(token))
  }

  /** Whether a token of a namespace above lives, by its hash as it is called here. */
  readonly livesAbove = async (hash: string): Promise<boolean> => {
    const named = this.namedBy(hash)
    if (named === undefined || named.home === this.own) return false
    return (await named.home.tokens.lookupHash(named.hash)) !== undefined
  }

  /** Whom a token belongs to, in its home. Undefined when it is to be refused. */
  subjectOf(found: FoundToken): Awaitable<Subject | undefined> {
    return this.homeOf(found).home.identities.subjects.of(found.entry)
  }

  /** The compiled policies of a token and of whom it belongs to, as of its home. */
  aclOf(found: FoundToken, { policies, view }: Subject): Awaitable<Acl> {
    return this.homeOf(found).home.policies.aclFor(policies, view)
  }

  /** What a token holds, for those who ask about it. Undefined for no token, and for one that is refused. */
  async holderOf(found: FoundToken | undefined): Promise<PolicyHolder | undefined> {
    const subject = found && (await this.subjectOf(found))
    return subject && { policies: subject.policies, entityId: subject.entityId, from: found.from }
  }

  #knownOf(home: Home, found: Awaitable<FoundToken | undefined>): Awaitable<FoundToken | undefined> {
    if (home === this.own) return found
    return found instanceof Promise ? found.then((late) => this.#known(home, late)) : this.#known(home, found)
  }

  #known(home: Home, found: FoundToken | undefined): FoundToken | undefined {
    if (found === undefined || home === this.own) return found
    const from = home.ref.id
    return { hash: `${from}.${found.hash}`, entry: found.entry, from }
  }
}

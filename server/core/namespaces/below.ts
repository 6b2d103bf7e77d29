import type { NamespaceRef } from '../../../engines/engine.ts'
import type { EgideError } from '../../../engines/errors.ts'
import type { Store } from '../../../storage/store.ts'

/** What a namespace knows of those below it. */
export interface NamespacesBelow {
  /** Ends what a token left in one of them, by the token's hash as it is called there. Does nothing when it is gone. False: it is sealed. */
  endBelow(namespaceId: string, tokenHash: string): Promise<boolean>
  /** Whether one of this name lies directly below, as of now. */
  isNamespace(parentId: string, name: string): Promise<boolean>
  /** Why one of them is unavailable: locked, sealed or gone; undefined: it is open. As of the last refresh of the store. */
  whyUnavailable(namespaceId: string): Promise<EgideError | undefined>
  /** What `make` comes to. Rejects with `rate_limited` when a quota allows no more leases below `path` of the last of these namespaces. */
  makeLease<T>(namespaceIds: readonly string[], store: Store, path: string, make: () => Promise<T>): Promise<T>
  /** The quotas of a mount of a namespace go along when it moves. */
  moveQuotas(namespace: NamespaceRef, from: string, to: string): Promise<void>
}

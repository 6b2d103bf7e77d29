import type { Clock, Log, NamespaceRef } from '../../../engines/engine.ts'
import type { EgideError } from '../../../engines/errors.ts'
import type { Store } from '../../../storage/store.ts'
import type { AuditLog } from '../audit-port.ts'
import type { NamespaceIdentity } from '../identity/identity.ts'
import type { LeaseManager } from '../leases/lease-manager.ts'
import type { LifeEvents } from '../life-events.ts'
import type { LoginMfa } from '../mfa/login-mfa.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import type { TokenHomes } from '../tokens/homes.ts'
import type { TokenStore } from '../tokens/token-store.ts'
import type { Wrapping } from '../wrapping/wrapping.ts'

/** What the pipeline of a namespace is made of. */
export interface PipelineParts {
  readonly namespace: NamespaceRef
  readonly store: Store
  readonly mounts: MountManager
  readonly tokens: TokenStore
  /** Where the tokens are at home that may be used here. */
  readonly homes: TokenHomes
  readonly identity: NamespaceIdentity
  readonly mfa: LoginMfa
  readonly leases: LeaseManager
  readonly wrapping: Wrapping
  readonly audit: AuditLog
  /** Of the vault as it is open now; undefined: it is sealed. */
  readonly auditNow: () => AuditLog | undefined
  /** Why the namespace answers nothing; undefined: it does. */
  readonly whyUnavailable: () => Promise<EgideError | undefined>
  readonly events: LifeEvents
  readonly clock: Clock
  readonly log: Log
  /** Of the server, for help texts. */
  readonly version: string
}

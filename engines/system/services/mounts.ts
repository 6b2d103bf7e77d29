import type { Route } from '../../engine.ts'
import type { LockoutRules } from '../../lockout.ts'

/** Settings of a mount that tuning changes. Durations are seconds; 0: the server's default. */
export interface MountConfig {
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  readonly auditClearRequest: readonly string[]
  readonly auditClearResponse: readonly string[]
  /** Whether `sys/internal/ui/mounts` shows it to callers without a token. */
  readonly listingVisibility: '' | 'hidden' | 'unauth'
  readonly passthroughRequestHeaders: readonly string[]
  readonly allowedResponseHeaders: readonly string[]
  /** Of auth mounts: which tokens they make. */
  readonly tokenType: 'default-service' | 'default-batch' | 'service' | 'batch'
  /** Of auth mounts with users, where it is set; 0 in it is the default. */
  readonly lockout?: LockoutRules
}

/** A row of the mount table. */
export interface MountEntry {
  readonly uuid: string
  readonly accessor: string
  readonly kind: 'secret' | 'auth'
  /** Full path, ending in '/': 'secret/', 'auth/token/'. */
  readonly path: string
  readonly type: string
  readonly description: string
  readonly options: Readonly<Record<string, string>>
  readonly config: MountConfig
  /** Kept and shown; every mount is of this one installation. */
  readonly local: boolean
  readonly sealWrap: boolean
  readonly externalEntropyAccess: boolean
  /** Being unmounted or moved: no request reaches it any more. */
  readonly leaving: boolean
  /** Where it is being moved to: nothing else is mounted there meanwhile. */
  readonly movingTo?: string
}

export interface NewMount {
  readonly kind: 'secret' | 'auth'
  readonly path: string
  readonly type: string
  readonly description: string
  readonly options: Readonly<Record<string, string>>
  readonly config: Partial<MountConfig>
  readonly local: boolean
  readonly sealWrap: boolean
  readonly externalEntropyAccess: boolean
}

export interface MountChange {
  readonly description?: string
  readonly options?: Readonly<Record<string, string>>
  readonly config?: Partial<MountConfig>
}

/** Mounts that are part of the server: neither made, moved nor removed by hand. */
const SINGLETONS: ReadonlySet<string> = new Set(['system', 'cubbyhole', 'token', 'identity'])

export function isSingleton(entry: { readonly type: string }): boolean {
  return SINGLETONS.has(entry.type)
}

/** What can be mounted. */
export interface EngineType {
  readonly type: string
  readonly kind: 'secret' | 'auth'
}

export interface RemountStatus {
  readonly sourceMount: string
  readonly targetMount: string
  readonly status: 'in-progress' | 'success' | 'failure'
}

/** The mount table of the request's namespace. Paths are full ('secret/', 'auth/x/'), with their '/'. Rejects with an EgideError. */
export interface MountService {
  /** Shared and never edited. */
  all(): Promise<readonly MountEntry[]>
  at(path: string): Promise<MountEntry | undefined>
  /** The mount that a request path belongs to. */
  holding(path: string): Promise<MountEntry | undefined>
  mount(mount: NewMount): Promise<MountEntry>
  /** Revokes the leases, forgets the mount and deletes what it stored. */
  unmount(path: string): Promise<void>
  /** `change` may run more than once, on the entry as it is then. */
  tune(path: string, change: (entry: MountEntry) => MountChange): Promise<void>
  /** Moves a mount; its leases are revoked. Resolves with the id to ask the status by. */
  remount(from: string, to: string): Promise<string>
  remountStatus(id: string): Promise<RemountStatus | undefined>
  /** What a mount really uses where its own settings say 0. */
  effectiveTtls(entry: MountEntry): { readonly defaultLeaseTtlSeconds: number; readonly maxLeaseTtlSeconds: number }
  /** What `mount` takes. */
  engineTypes(): readonly EngineType[]
  /** The rows a mount serves. */
  routesOf(entry: MountEntry): readonly Route[]
}

export interface MountServices {
  readonly mounts: MountService
}

import type { Page } from '../../../storage/store.ts'
import type { MountEntry } from './mounts.ts'
import type { NamespaceSealStatus } from './seal.ts'

/** What the rows of `sys/namespaces` need of the server. Everything rejects with an EgideError. */

export interface NamespaceInfo {
  readonly id: string
  readonly uuid: string
  /** Full, ending in '/'. */
  readonly path: string
  /** Its deletion has begun. */
  readonly tainted: boolean
  readonly locked: boolean
  readonly customMetadata: Readonly<Record<string, string>>
  /** By its policies every denial that fits wins, also over closer paths. */
  readonly denyAlwaysWins: boolean
}

export interface MountBelow {
  readonly entry: MountEntry | undefined
  /** Relative to the namespace of the request, ending in '/'. */
  readonly namespacePath: string
}

export interface NamespaceDraft {
  readonly customMetadata: Readonly<Record<string, string>>
  /** Absent: as it is; of a new one, no. */
  readonly denyAlwaysWins: boolean | undefined
  /** A document in HCL or JSON with one `seal "shamir"` block: shares of its own. '': it has none. */
  readonly seal: string
}

export interface NamespacePut {
  readonly info: NamespaceInfo
  /** Of a new one with a seal: Buffers that the caller encodes, and zeroes when it has. */
  readonly shares: readonly Buffer[]
  readonly threshold: number
}

/** What is absent stays. */
export interface NamespacePatch {
  /** Merges: null takes a key out; null for all of it takes out all. */
  readonly customMetadata?: Readonly<Record<string, string | null>> | null
  readonly denyAlwaysWins?: boolean
}

/** Namespaces below that of the request. Names are of those directly below; paths are relative to it. */
export interface NamespaceService {
  /** Those directly below, sorted by name. */
  list(page: Page): Promise<readonly NamespaceInfo[]>
  /** All below, sorted by path, each before those within it. */
  scan(): Promise<readonly NamespaceInfo[]>
  get(name: string): Promise<NamespaceInfo | undefined>
  /** The mount of a namespace below that a path belongs to, which begins with that namespace's. None in one that is sealed or locked. */
  mountBelow(path: string): Promise<MountBelow>
  /** Makes it, or gives it other metadata. */
  put(name: string, draft: NamespaceDraft): Promise<NamespacePut>
  /** Rejects with `not_found`. */
  patch(name: string, change: NamespacePatch): Promise<NamespaceInfo>
  /** Of root, which has nobody above it who could say. */
  rootDenyAlwaysWins(): Promise<boolean>
  setRootDenyAlwaysWins(denyAlwaysWins: boolean): Promise<void>
  /** False: there is none. Its data is unreadable when this resolves; its rows go in the background. */
  remove(name: string): Promise<boolean>
  /** As `remove`, with all below it if `force` says so. Rejects with `invalid_request` when it is not sealed, `in_use` when there are some. */
  removeSealed(name: string, force: boolean): Promise<boolean>
  /** Of one with shares of its own; for any other `invalid_request`. So do the three below it. */
  sealStatus(name: string): Promise<NamespaceSealStatus>
  /** Gives one share to this server; owns and zeroes it. */
  unseal(name: string, share: Buffer): Promise<NamespaceSealStatus>
  resetUnseal(name: string): Promise<NamespaceSealStatus>
  /**
   * Nothing in it or below it is answered from here on, by any node. Resolves when every node has forgotten its keys; or
   * after a few seconds, with the names of those that have not said so.
   */
  seal(name: string): Promise<readonly string[]>
  /** '' is the namespace of the request. Resolves with the key that unlocks it. */
  lock(path: string): Promise<string>
  /** `key`: undefined for whoever needs none. */
  unlock(path: string, key: string | undefined): Promise<void>
}

export interface NamespaceServices {
  readonly namespaces: NamespaceService
}

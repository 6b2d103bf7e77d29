import type { Clock, Log, Random } from '../../engines/engine.ts'
import type { Backend, Entry, Revision } from '../../storage/backend.ts'
import type { Cipher } from '../../storage/store.ts'
import type { NamespaceSealing } from './namespaces/sealing.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

/** The namespace that every vault has. */
export const ROOT_NAMESPACE_ID = 'root'

/** Told of namespaces whose keys this process holds no more, whoever uses them. Resolves when nothing of them is left here. */
export type DroppedListener = (namespaceIds: readonly string[]) => Promise<unknown>

/** Who hears of the keys of namespaces in this process. */
export interface KeysListener {
  /** Before the keys are taken that shares of a namespace's own open, which wait for this. */
  readonly onUnsealing: () => Promise<void>
  readonly onDropped: DroppedListener
}

/** What unsealing gives: it works until the vault is sealed, then every use of it throws. */
export interface UnsealedKeys {
  /**
   * The cipher of a namespace whose keys this process holds: the root namespace's, and those made or loaded since. The
   * same object each time. Throws EgideError `not_found` for any other.
   */
  cipherFor(namespaceId: string): Cipher
  /**
   * As `cipherFor`, reading the keys from storage if they are not held. Throws `sealed` when they can't be read. Each call wants a
   * `releaseNamespace` later.
   */
  loadNamespace(namespaceId: string): Promise<Cipher>
  /** Gives back what `loadNamespace` gave: with the last of them the keys are forgotten, and the cipher throws. */
  releaseNamespace(namespaceId: string): void
  /**
   * Makes the keys of a new namespace; durable when this resolves. Does nothing when it has keys. They are not held, but
   * for those of one with shares of its own, which is unsealed here: it resolves with the shares, which the caller zeroes.
   */
  createNamespace(namespaceId: string, sealing?: NamespaceSealing): Promise<readonly Buffer[]>
  /** Whether this process holds what a namespace's own shares make. */
  isUnsealed(namespaceId: string): boolean
  /** Whether it holds that of any namespace. */
  hasUnsealed(): boolean
  /** Seals one, and all that its keys seal, in this process alone. Resolves when nothing of them is left here. */
  forgetNamespace(namespaceId: string): Promise<void>
  /** Whether what `loadNamespace` gave is still of use: not once the namespace was sealed or destroyed. */
  holds(namespaceId: string, cipher: Cipher): boolean
  /** There is one listener, the last. */
  listen(listener: KeysListener): void
  /** The change of keys that this process has taken up last, by any process. */
  readonly epoch: Revision
  /** Resolves when nothing is left here of what was sealed or destroyed. */
  dropped(): Promise<void>
  /** Why an entry of the seal, one below `core/`, is not what was written; undefined: it is, or nobody here can say. */
  problemOfRecord(entry: Entry): Promise<string | undefined>
  /** Crypto-shreds: afterwards nothing that the namespace stored can be read by anyone. */
  destroyNamespace(namespaceId: string): Promise<void>
}

/** The keys that lie in another storage. Nobody works with them but whoever asked for them. */
export interface OtherKeys extends UnsealedKeys {
  release(): void
}

/**
 * The core, as the seal manager drives it. Calls never overlap, but for a `close` during `createRootToken` for a root
 * generation. Per initialisation: `initialise`, `createRootToken`, `close`. Per unseal: `open`, later `close`.
 */
export interface Lifecycle {
  /** Opens for requests. When it rejects, the manager calls `close` and stays sealed. */
  open(keys: UnsealedKeys): Promise<void>
  /**
   * Forgets everything decrypted and refuses requests from here on. Must work whatever state the core is in, and must not
   * wait for the requests under way: one of them is the one that seals. `reopens`: it is to be opened again at once.
   */
  close(reopens?: boolean): Promise<void>
  /** Writes what a new vault holds (mounts, policies), and is then ready for `createRootToken`. The storage is empty but for the keys. */
  initialise(keys: UnsealedKeys): Promise<void>
  /** A new root token, durable when this resolves. Also called while open, for root generation. */
  createRootToken(): Promise<string>
  /** Takes back a root token that could not be handed over. */
  revokeRootToken(token: string): Promise<void>
  /** How long root tokens are, which is how long a one-time password for one must be. */
  readonly rootTokenLength: number
}

/** What the seal manager is made of: `new SealManager(parts)` (manager.ts). Without a wrapper the seal is Shamir's. */
export interface SealParts {
  readonly backend: Backend
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly lifecycle: Lifecycle
  readonly wrapper?: SealWrapper
  /** The service that sealed the vault until now, when it is to be migrated away from it. */
  readonly formerWrapper?: SealWrapper
  /** Whether recovery shares that are made from now on open the vault too. */
  readonly breakGlass?: boolean
}

/** Of the seal that this server is configured for, as `sys/seal-status` names it. */
export function configuredType({ wrapper }: Pick<SealParts, 'wrapper'>): string {
  return wrapper?.type ?? 'shamir'
}

/** What the seal-related rows of `sys/` need of the server: the seal manager, and what the server says about itself. */

/** Plain facts of `sys/seal-status`. */
export interface SealStatus {
  /** 'shamir', or the auto-unseal wrapper's type. */
  readonly type: string
  readonly initialized: boolean
  readonly sealed: boolean
  /** Shares needed to unseal, and how many there are; 0 before initialisation. Of the recovery key where there is one. */
  readonly threshold: number
  readonly shares: number
  /** Shares given so far in the current attempt, and the attempt's nonce ('' when none is under way). */
  readonly progress: number
  readonly nonce: string
  /** Whether the seal unseals by itself and has recovery keys instead of unseal keys. */
  readonly recoverySeal: boolean
  /** Whether recovery keys open the vault too. */
  readonly breakGlass: boolean
  /** Whether the server is configured for another seal than the vault has: unsealing moves it, if it is asked to. */
  readonly migration: boolean
}

export interface InitParams {
  readonly secretShares: number
  readonly secretThreshold: number
  readonly recoveryShares: number
  readonly recoveryThreshold: number
}

/** Shares are Buffers that the caller encodes, and zeroes when it has. */
export interface InitResult {
  readonly shares: readonly Buffer[]
  readonly recoveryShares: readonly Buffer[]
  readonly rootToken: string
}

export interface ShareRotationParams {
  readonly secretShares: number
  readonly secretThreshold: number
  readonly requireVerification: boolean
}

/**
 * Who cancels: an operator whom policy allowed to, or anybody. Anybody must know the nonce of an attempt that is younger
 * than ten minutes, so that a blind request can't keep operators from finishing.
 */
export type Canceller = { readonly allowed: true } | { readonly allowed: false; readonly nonce: string }

export interface ShareRotationStatus {
  readonly started: boolean
  /** '' when none is under way. */
  readonly nonce: string
  /** Of the new shares; 0 when none is under way. */
  readonly threshold: number
  readonly shares: number
  readonly progress: number
  /** How many of the present shares authorise the change. */
  readonly required: number
  readonly verificationRequired: boolean
  /** '' until the new shares wait to be verified. */
  readonly verificationNonce: string
}

export interface ShareRotationResult {
  readonly nonce: string
  /** The new shares; none when an auto-unseal wrapper keeps the key. */
  readonly shares: readonly Buffer[]
  readonly verificationRequired: boolean
  readonly verificationNonce: string
}

export interface VerificationStatus {
  readonly started: boolean
  readonly nonce: string
  readonly threshold: number
  readonly shares: number
  readonly progress: number
}

/**
 * Replaces the shares of one key: those that unseal ('root'), or those that authorise operators under auto-unseal
 * ('recovery'). One change at a time, kept in memory only; sealing forgets it.
 */
export interface ShareRotation {
  status(): Promise<ShareRotationStatus>
  /** A result at once where there is no share to authorise it (recovery keys that were never made). */
  start(params: ShareRotationParams): Promise<ShareRotationResult | undefined>
  /** The result once enough shares are in, else undefined. */
  update(share: Buffer, nonce: string): Promise<ShareRotationResult | undefined>
  /** Forgets the change, if there is one. */
  cancel(by: Canceller): Promise<void>
  verification(): Promise<VerificationStatus>
  /** True once the new shares are proven and in force. */
  verify(share: Buffer, nonce: string): Promise<{ readonly complete: boolean; readonly nonce: string }>
  /** Forgets the new shares given so far, and changes the verification's nonce. */
  restartVerification(by: Canceller): Promise<VerificationStatus>
}

export interface RootGenerationStatus {
  readonly started: boolean
  readonly nonce: string
  readonly progress: number
  readonly required: number
  readonly complete: boolean
  /** The new root token XOR the one-time password, base64 without padding; '' until complete. */
  readonly encodedToken: string
  /** Only in the answer that starts an attempt, and only when the server made it. */
  readonly otp: string
  readonly otpLength: number
}

/** Makes a root token for whoever has enough shares. */
export interface RootGeneration {
  status(): Promise<RootGenerationStatus>
  /** `otp` '' asks for one to be made. */
  start(otp: string): Promise<RootGenerationStatus>
  update(share: Buffer, nonce: string): Promise<RootGenerationStatus>
  cancel(by: Canceller): Promise<void>
}

export interface DrillStatus {
  /** '' when none is under way. */
  readonly nonce: string
  readonly progress: number
  readonly required: number
  /** What the shares proved; undefined until all of them are given. */
  readonly proven: 'opens' | 'authorises' | undefined
}

/**
 * Proves that shares, or the service of the seal, would open the vault, and changes nothing. Shares that only authorise
 * operators, because the service opens the vault, are told from those that open it.
 */
export interface SealDrill {
  status(): Promise<DrillStatus>
  /** Gives one share; the first starts the drill and needs no nonce. Refuses the wrong ones once all are given. */
  give(share: Buffer, nonce: string): Promise<DrillStatus>
  /** Forgets the shares given so far. */
  reset(): Promise<void>
  /** Type of the seal whose service would open the vault now; refuses when there is none, or it would not. */
  service(): Promise<string>
}

/** Of a namespace with shares of its own, as `sys/namespaces/NAME/seal-status` tells it. */
export interface NamespaceSealStatus {
  readonly type: 'shamir'
  readonly sealed: boolean
  /** Shares needed to unseal it, and how many there are. */
  readonly threshold: number
  readonly shares: number
  /** Shares given so far, and the nonce of the attempt ('' when none is under way). */
  readonly progress: number
  readonly nonce: string
}

/** The seals of single namespaces, by their ids. Rejects with `invalid_request` for one without shares of its own. */
export interface NamespaceSealOperations {
  status(id: string): Promise<NamespaceSealStatus>
  /** Gives one share to this server; owns and zeroes it. Resolves with the status after it. */
  unseal(id: string, share: Buffer): Promise<NamespaceSealStatus>
  /** Forgets the shares given so far. */
  reset(id: string): Promise<NamespaceSealStatus>
  /** Here when this resolves, and on every other node before it serves another request. */
  seal(id: string): Promise<void>
}

/** Of the active term, as `sys/key-status` tells it. */
export interface KeyStatus {
  readonly term: number
  readonly installTimeMs: number
  /** Estimate of the encryptions made under this term. */
  readonly encryptions: number
}

export interface RotationConfig {
  readonly enabled: boolean
  /** 0: never by age. */
  readonly intervalSeconds: number
  readonly maxOperations: number
}

/** The seal manager as the rows use it. Everything rejects with an EgideError. */
export interface SealOperations {
  status(): Promise<SealStatus>
  /** Of the process that is asked, which waits for no other: load balancers ask for it. */
  ownState(): Promise<Pick<SealStatus, 'initialized' | 'sealed'>>
  initialise(params: InitParams): Promise<InitResult>
  /** Gives one share; `migrate` says that unsealing is to move the vault to the configured seal. Resolves with the status after it. */
  unseal(share: Buffer, migrate?: boolean): Promise<SealStatus>
  resetUnseal(): Promise<SealStatus>
  /** Seals this node at once, and every other before it serves another request. */
  sealEverywhere(): Promise<void>
  readonly rootShares: ShareRotation
  readonly recoveryShares: ShareRotation
  readonly rootGeneration: RootGeneration
  readonly drill: SealDrill
  readonly namespaces: NamespaceSealOperations
  /** Whether the seal has recovery keys (auto-unseal). */
  readonly recoverySupported: boolean
  keyStatus(): Promise<KeyStatus>
  rotationConfig(): Promise<RotationConfig>
  configureRotation(change: Partial<RotationConfig>): Promise<void>
  /** Adds a term to the keyring. */
  rotateKeyring(): Promise<void>
  /** Replaces the root key; the shares stay. */
  rotateRootKey(): Promise<void>
}

/** A node that has the vault open. */
export interface NodeFacts {
  readonly hostname: string
  readonly apiAddress: string
  readonly clusterAddress: string
  readonly version: string
  /** When it last said that it is there, in milliseconds since the epoch. */
  readonly lastEchoMs: number
}

/** What the server says about itself. */
export interface ServerFacts {
  readonly version: string
  /** RFC 3339. */
  readonly buildDate: string
  readonly storageType: string
  /** Set once initialised; read while unsealed only. */
  readonly clusterName: string
  readonly clusterId: string
  /** '' when not configured. */
  readonly apiAddress: string
  readonly clusterAddress: string
  readonly hostname: string
  /** When this process became unsealed, in milliseconds since the epoch; 0 while sealed. */
  readonly activeSinceMs: number
  /** Whether this process refuses requests because a required audit device is failing. */
  readonly isAuditFailing: boolean
  /** Whether several nodes can share the storage. */
  readonly haEnabled: boolean
  /** The other nodes that have the vault open. While unsealed only. */
  otherNodes(): Promise<readonly NodeFacts[]>
}

export interface SealServices {
  readonly seal: SealOperations
  readonly server: ServerFacts
}

/**
 * What keeps the root key sealed at rest: Shamir shares, or a service that unseals by itself (a KMS, an HSM, another
 * vault).
 */
export interface SealWrapper {
  /** As `sys/seal-status` names it: 'shamir', 'transit', 'awskms'... */
  readonly type: string
  /** True: the process unseals by itself, and operators hold recovery keys, which authorise but decrypt nothing. */
  readonly storedKeys: boolean
  wrapRootKey(rootKey: Buffer): Promise<Buffer>
  /**
   * The caller zeroes what it gets. Rejects with DecryptFailed when the blob is not one of this wrapper's, or with an
   * EgideError `unavailable` that tells an operator why it can't be opened now.
   */
  unwrapRootKey(wrapped: Uint8Array): Promise<Buffer>
  /** Whether the blob was made with a key that has since been replaced: what it holds should be wrapped anew. */
  isStale(wrapped: Uint8Array): Promise<boolean>
  /** Keeps alive what the wrapper needs to reach its service. Call it about once a second; it does what is due. */
  maintain?(): Promise<void>
}

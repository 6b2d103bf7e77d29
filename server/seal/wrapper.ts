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
  /** The caller zeroes what it gets. Rejects with DecryptFailed when the blob is not one of this wrapper's. */
  unwrapRootKey(wrapped: Uint8Array): Promise<Buffer>
}

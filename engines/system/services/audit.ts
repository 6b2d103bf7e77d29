/** What the audit rows of `sys/` need of the server: the device table, the audited headers, and what a verifier needs. */

/** A device as it is listed. Options are the operator's, as given. */
export interface AuditDeviceInfo {
  /** Ends in '/'. */
  readonly path: string
  readonly type: string
  readonly description: string
  /** Reported back as given; there is no replication that it could keep the device out of. */
  readonly local: boolean
  readonly options: Readonly<Record<string, string>>
}

export interface AuditDeviceSpec {
  readonly type: string
  readonly description: string
  readonly local: boolean
  readonly options: Readonly<Record<string, string>>
}

/** The newest checkpoint of one node's stream on a device, as storage keeps it. */
export interface AuditStreamEvidence {
  readonly node: string
  readonly stream: string
  readonly sequence: number
  readonly chain: string
  /** RFC 3339. */
  readonly time: string
  /** The signed line itself, as it stands in the device's output. */
  readonly line: string
}

/** Public: with it anybody can verify a device's output up to its checkpoints. */
export interface AuditEvidence {
  /** The device's own id, as it stands in its checkpoints. */
  readonly device: string
  /** Ed25519, SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string
  readonly keyId: string
  readonly streams: readonly AuditStreamEvidence[]
}

export interface AuditDevices {
  list(): Promise<readonly AuditDeviceInfo[]>
  /**
   * Opens the device, writes a test record through it and stores it. Throws `invalid_request` for a path in use, an
   * unknown type or option, and a device that fails its test.
   */
  enable(path: string, spec: AuditDeviceSpec): Promise<void>
  /** Writes a closing checkpoint and forgets the device. A path without a device succeeds. */
  disable(path: string): Promise<void>
  /** How the device's records show `input`: 'hmac-sha256:…'. Throws `invalid_request` for an unknown path. */
  hash(path: string, input: string): Promise<string>
  /** Lower-case header names that are audited, and whether their values are hashed. */
  headers(): Promise<Readonly<Record<string, { readonly hmac: boolean }>>>
  setHeader(name: string, hmac: boolean): Promise<void>
  /** A header that is not audited succeeds. */
  removeHeader(name: string): Promise<void>
  evidence(path: string): Promise<AuditEvidence>
  /** The secret of the device's chain, base64: whoever holds it can verify every record, and could forge records. */
  chainKey(path: string): Promise<string>
}

/** The part of the system engine's services that its audit rows use. */
export interface AuditServices {
  readonly audit: AuditDevices
}

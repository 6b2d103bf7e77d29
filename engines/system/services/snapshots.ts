/** What the backup rows of `sys/` need of the server. */

export interface SnapshotKey {
  /** PEM. */
  readonly publicKey: string
  readonly clusterId: string
}

export interface SnapshotOperations {
  /**
   * A snapshot of the whole storage at one revision, as pieces of its file. Whoever stops reading ends it. Throws
   * EgideError `rate_limited` when one is being taken already.
   */
  take(signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>>
  /** What the signatures of this vault's snapshots are verified with. */
  key(): Promise<SnapshotKey>
  /**
   * Opens every entry of the storage, and tells of those that do not open: one JSON text a line, the last of which says
   * `done`. At most `entriesPerSecond` (0: as fast as it goes). Throws EgideError `rate_limited` when one runs already.
   */
  check(entriesPerSecond: number, signal: AbortSignal | undefined): Promise<AsyncIterable<string>>
}

/** The part of the system engine's services that its backup rows use. */
export interface SnapshotServices {
  readonly snapshots: SnapshotOperations
}

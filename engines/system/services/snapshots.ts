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
  /**
   * Puts a snapshot, which `body` brings as `take` gave it, in the place of everything that is stored, at once and for all
   * nodes; afterwards the vault is what it was then. Nothing is changed until all of it was verified. Unless `isForced` it
   * has to be of this vault; with it, of any, and where the keys held do not open that one the server is sealed when this
   * resolves. Throws EgideError `invalid_request` for what is no whole snapshot, or not of this vault, and `rate_limited`.
   */
  restore(body: AsyncIterable<Uint8Array>, isForced: boolean): Promise<void>
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

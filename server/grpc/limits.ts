/** What one call or one connection may take. Upper bounds; durations are milliseconds. */
export interface GrpcLimits {
  readonly maxMessageBytes: number
  /**
   * Of messages that have not come whole: of one connection, and of all. Those that come in one piece are exempt. As much
   * again of answers that have not been read, but for short ones.
   */
  readonly heldBytes: number
  readonly heldBytesOfAll: number
  /** For a method's one message to come; at most twice that. */
  readonly messageTimeoutMs: number
  /** Compressed messages that are unpacked at a time. */
  readonly unpacking: number
  /** As HTTP/2 counts them: each has 32 bytes more than its name and value. */
  readonly maxMetadataBytes: number
  readonly maxConnections: number
  /** Of one connection. */
  readonly maxStreams: number
  /** For the whole answer to be made; answers that go on are exempt. */
  readonly handleTimeoutMs: number
  /** A connection without a call is closed after this long. */
  readonly idleTimeoutMs: number
  /** How often a connection is asked whether it is still there, and how long that may take. */
  readonly keepAliveMs: number
  readonly keepAliveTimeoutMs: number
  /** Who does not read an answer for so long is cut. */
  readonly stalledReaderMs: number
  /** Who sends nothing more of a body for so long is cut. */
  readonly stalledWriterMs: number
  /** For the TLS handshake. */
  readonly handshakeTimeoutMs: number
  /** Messages of one stream that are worked on at a time; reading pauses at that. */
  readonly pipelined: number
  /** Bytes of them. */
  readonly pipelinedBytes: number
}

const MEBIBYTE = 1024 * 1024

export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  maxMessageBytes: 32 * MEBIBYTE,
  heldBytes: 128 * MEBIBYTE,
  heldBytesOfAll: 1024 * MEBIBYTE,
  messageTimeoutMs: 30_000,
  unpacking: 2,
  maxMetadataBytes: 16 * 1024,
  maxConnections: 8192,
  maxStreams: 256,
  handleTimeoutMs: 90_000,
  idleTimeoutMs: 300_000,
  keepAliveMs: 60_000,
  keepAliveTimeoutMs: 20_000,
  stalledReaderMs: 60_000,
  stalledWriterMs: 60_000,
  handshakeTimeoutMs: 10_000,
  pipelined: 8,
  pipelinedBytes: 4 * MEBIBYTE,
}

/** What one request or one connection may take. All are upper bounds; durations are milliseconds. */
export interface RestLimits {
  readonly maxBodyBytes: number
  /** Of bodies beyond 64 KiB that have not come whole, all together. */
  readonly heldBodyBytes: number
  readonly maxJsonDepth: number
  /** Object members in a whole body. */
  readonly maxJsonKeys: number
  /** Values in a whole body: members and array items. */
  readonly maxJsonValues: number
  /** One string, in bytes as sent. */
  readonly maxJsonStringBytes: number
  /** Request line and headers. */
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  readonly headersTimeoutMs: number
  /** For the whole request to arrive. */
  readonly requestTimeoutMs: number
  /** For the whole answer to be made; streams are exempt. */
  readonly handleTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** Of answers beyond 64 KiB that have not been read, all together. */
  readonly unreadAnswerBytes: number
  /** How long a client may leave an answer unread. */
  readonly stalledReaderMs: number
}

const MEBIBYTE = 1024 * 1024

/** Vault's where Vault has one: https://developer.hashicorp.com/vault/docs/configuration/listener/tcp */
export const DEFAULT_LIMITS: RestLimits = {
  maxBodyBytes: 32 * MEBIBYTE,
  heldBodyBytes: 1024 * MEBIBYTE,
  maxJsonDepth: 128,
  maxJsonKeys: 100_000,
  maxJsonValues: 250_000,
  maxJsonStringBytes: 32 * MEBIBYTE,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 4096,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  handleTimeoutMs: 90_000,
  keepAliveTimeoutMs: 300_000,
  unreadAnswerBytes: 1024 * MEBIBYTE,
  stalledReaderMs: 60_000,
}

export const QUERY_MAX_PARAMETERS = 100
/** A number as text; the largest RSA modulus in decimal has 4933 digits. */
export const NUMBER_MAX_BYTES = 8192

import { EncodingError } from '../../crypto/errors.ts'
import { SHARES_MAX } from '../../crypto/shamir.ts'
import { EgideError, invalid } from '../../engines/errors.ts'

/** How many shares there are, and how many of them make the key. */
export interface Quorum {
  readonly shares: number
  readonly threshold: number
}

/** Of a vault that is not there yet. */
export const NO_QUORUM: Quorum = { shares: 0, threshold: 0 }

/** Of a service that keeps the key itself. */
export const SERVICE_QUORUM: Quorum = { shares: 1, threshold: 1 }

/**
 * What `core/seal-config` says. Nobody gains by changing it: the wrong threshold only combines shares to the wrong key, and
 * that there are no recovery keys is believed with a sealed record of it alone (key-records.ts).
 */
export interface SealConfig {
  /** The wrapper's type. */
  readonly type: string
  readonly quorum: Quorum
  /** Of the recovery key; shares 0: none was made. Null for a seal without recovery keys. */
  readonly recovery: Quorum | null
  /** Whether recovery shares open the vault too. */
  readonly breakGlass: boolean
}

/** The shares that operators hold: those that unseal, or those that authorise. */
export function authorityOf({ recovery, quorum }: SealConfig): Quorum {
  return recovery ?? quorum
}

/** Refuses a quorum in the words that clients know; `what` is the kind of configuration. */
export function checkQuorum(what: string, { shares, threshold }: Quorum, options: { mayBeNone: boolean }): void {
  const refuse = (why: string): EgideError => invalid(`invalid ${what} configuration: ${why}`)
  if (options.mayBeNone && shares === 0 && threshold === 0) return
  if (shares < 1) throw refuse('shares must be at least one')
  if (threshold < 1) throw refuse('threshold must be at least one')
  if (shares > 1 && threshold < 2) throw refuse('threshold must be greater than one for multiple shares')
  if (shares > SHARES_MAX) throw refuse('shares must be less than 256')
  if (threshold > SHARES_MAX) throw refuse('threshold must be less than 256')
  if (threshold > shares) throw refuse('threshold cannot be larger than shares')
}

const VERSION = 1
/** Many times what is written: nothing seals it, and it is parsed whenever somebody asks for the status. */
const CONFIG_MAX_BYTES = 4096

export function encodeSealConfig(config: SealConfig): Buffer {
  return Buffer.from(JSON.stringify({ version: VERSION, ...config }))
}

/** Throws EgideError `internal` for bytes that `encodeSealConfig` would not have written. */
export function decodeSealConfig(bytes: Uint8Array): SealConfig {
  const corrupt = (cause?: unknown) =>
    new EgideError('internal', 'the stored seal configuration is unreadable', { cause })
  if (bytes.byteLength > CONFIG_MAX_BYTES) throw corrupt()
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw corrupt(cause)
  }
  if (!isRecord(parsed) || parsed.version !== VERSION || typeof parsed.type !== 'string') throw corrupt()
  const { quorum, recovery, type, breakGlass = false } = parsed
  if (!isQuorum(quorum) || (recovery !== null && !isQuorum(recovery))) throw corrupt()
  if (typeof breakGlass !== 'boolean') throw corrupt()
  return { type, quorum, recovery, breakGlass }
}

/** Throws EncodingError for what is none. */
export function decodeQuorum(parsed: unknown): Quorum {
  if (!isQuorum(parsed)) throw new EncodingError('not a quorum')
  return { shares: parsed.shares, threshold: parsed.threshold }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isQuorum(value: unknown): value is Quorum {
  return isRecord(value) && isShareCount(value.shares) && isShareCount(value.threshold)
}

function isShareCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= SHARES_MAX
}

import { ShamirError } from '../../../crypto/errors.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Clock, Random } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import type { Canceller } from '../../../engines/system/services/seal.ts'
import { ShareCollector, shareLengthError } from './collector.ts'

/** How long strangers can't cancel an attempt without its nonce. */
const PROTECTED_MS = 10 * 60_000

/** What an attempt is called where a caller is told why its share was refused. */
export interface AttemptWords {
  /** As in 'nonce for this ... operation is'. */
  readonly nonceFor: string
  /** As in 'given key has already been provided during this ... operation'. */
  readonly providedDuring: string
}

/** Shares on their way to a threshold, under a nonce that every holder of a share must know. */
export class ShareAttempt {
  readonly nonce: string
  readonly #words: AttemptWords
  readonly #startedMs: number
  readonly #shares = new ShareCollector()

  constructor(random: Random, clock: Clock, words: AttemptWords) {
    this.nonce = random.uuid()
    this.#startedMs = clock.now()
    this.#words = words
  }

  get progress(): number {
    return this.#shares.progress
  }

  /**
   * Takes a share. The key once there are `threshold` of them, which the caller zeroes; undefined until then. Refuses a
   * wrong nonce, a repeated share and what can't be a share with `invalid_request`. The share is zeroed in time.
   */
  async give(share: Buffer, nonce: string, threshold: number): Promise<Buffer | undefined> {
    const refusal = shareLengthError(share) ?? this.#wrongNonce(nonce)
    if (refusal !== undefined) {
      zeroize(share)
      throw invalid(refusal)
    }
    if (!this.#shares.add(share)) {
      throw invalid(`given key has already been provided during this ${this.#words.providedDuring} operation`)
    }
    return this.#shares.progress < threshold ? undefined : combined(this.#shares, threshold)
  }

  #wrongNonce(nonce: string): string | undefined {
    // The nonce is no secret: whoever asks for the status sees it. It keeps shares from going to another attempt.
    if (nonce === this.nonce) return undefined
    return `incorrect nonce supplied; nonce for this ${this.#words.nonceFor} operation is "${this.nonce}"`
  }

  /** Throws when this caller may not end the attempt. */
  checkCanceller(by: Canceller, nowMs: number): void {
    if (by.allowed || by.nonce === this.nonce || nowMs - this.#startedMs >= PROTECTED_MS) return
    throw invalid(
      by.nonce === ''
        ? 'nonce is required to cancel an operation that was started less than ten minutes ago'
        : `incorrect nonce supplied; nonce for this ${this.#words.nonceFor} operation is "${this.nonce}"`,
    )
  }

  clear(): void {
    this.#shares.clear()
  }
}

/** The key that the shares make; `invalid_request` for what can't be shares of one key. Forgets the shares. */
export async function combined(shares: ShareCollector, threshold: number): Promise<Buffer> {
  try {
    return await shares.combine(threshold)
  } catch (error) {
    if (error instanceof ShamirError) throw invalid(`failed to compute combined key: ${error.message}`)
    throw error
  }
}

import { zeroize } from '../../../crypto/zeroize.ts'
import type { Random } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { combined } from './attempt.ts'
import { ShareCollector, shareLengthError } from './collector.ts'

/** Shares on their way to unseal something: the first one begins the attempt, and nobody has to know its nonce. */
export class UnsealAttempt {
  readonly #random: Random
  readonly #shares = new ShareCollector()
  #nonce = ''

  constructor(random: Random) {
    this.#random = random
  }

  /** '' while there is no share. */
  get nonce(): string {
    return this.#nonce
  }

  get progress(): number {
    return this.#shares.progress
  }

  /**
   * Takes a share; one that was given counts once. The key once there are `threshold` of them, which the caller zeroes and
   * which ends the attempt, whatever comes of it; undefined until then.
   */
  async give(share: Buffer, threshold: number): Promise<Buffer | undefined> {
    if (this.#nonce === '') this.#nonce = this.#random.uuid()
    this.#shares.add(share)
    if (this.progress < threshold) return undefined
    this.#nonce = ''
    return combined(this.#shares, threshold)
  }

  clear(): void {
    this.#shares.clear()
    this.#nonce = ''
  }
}

/** Zeroes what can't be a share, and throws EgideError `invalid_request`. */
export function requireShare(share: Buffer): void {
  const refusal = shareLengthError(share)
  if (refusal === undefined) return
  zeroize(share)
  throw invalid(`invalid key: ${refusal}`)
}

import { timingSafeEqual } from 'node:crypto'
import { combine, SHARE_BYTES_MAX, SHARE_BYTES_MIN } from '../../../crypto/shamir.ts'
import { zeroize } from '../../../crypto/zeroize.ts'

/** Why bytes can't be a share, in the words that clients know; undefined when they can. */
export function shareLengthError(share: Buffer): string | undefined {
  if (share.length < SHARE_BYTES_MIN) return `key is shorter than minimum ${SHARE_BYTES_MIN} bytes`
  if (share.length > SHARE_BYTES_MAX) return `key is longer than maximum ${SHARE_BYTES_MAX} bytes`
  return undefined
}

/** Gathers shares towards a threshold. It owns what it is given and zeroes it. */
export class ShareCollector {
  #shares: Buffer[] = []

  get progress(): number {
    return this.#shares.length
  }

  /** False when it has this very share already. */
  add(share: Buffer): boolean {
    // Every share is compared whole, so that the time taken says nothing about which one matched.
    let repeated = false
    for (const known of this.#shares) {
      if (known.length === share.length && timingSafeEqual(known, share)) repeated = true
    }
    if (repeated) zeroize(share)
    else this.#shares.push(share)
    return !repeated
  }

  /** Combines and forgets the shares, whatever comes of it. The caller zeroes the key. */
  async combine(threshold: number): Promise<Buffer> {
    try {
      return await combine(this.#shares, threshold)
    } finally {
      this.clear()
    }
  }

  clear(): void {
    zeroize(...this.#shares)
    this.#shares = []
  }
}

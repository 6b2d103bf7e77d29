import { combine as combineShares, split as splitSecret } from 'shamir-secret-sharing'
import { ShamirError } from './errors.ts'
import { zeroize } from './zeroize.ts'

/**
 * Shamir's secret sharing over GF(2^8) with the AES polynomial. A share is the y bytes and then one x byte: Vault's and
 * OpenBao's layout, so shares can be exchanged with theirs. One share is the secret itself, without an x byte, also as
 * theirs. The field arithmetic is by table and not constant-time: it runs on the operator's own shares only.
 */

export const SHARES_MAX = 255
/** What Vault accepts as a share: an AES key of at least 128 bits, and for more than one share its x byte. */
export const SHARE_BYTES_MIN = 16
export const SHARE_BYTES_MAX = 33

/** The caller zeroes the shares and the secret. */
export async function split(secret: Buffer, shares: number, threshold: number): Promise<Buffer[]> {
  if (shares === 1 && threshold === 1) return [Buffer.from(secret)]
  if (!(threshold >= 2 && threshold <= shares && shares <= SHARES_MAX)) throw new ShamirError('threshold out of range')
  const copy = new Uint8Array(secret) // the library refuses subclasses, Buffer among them
  try {
    return (await splitSecret(copy, shares, threshold)).map((share) =>
      Buffer.from(share.buffer, share.byteOffset, share.byteLength),
    )
  } finally {
    zeroize(copy)
  }
}

/**
 * The secret, or, when a share is wrong or too few are given, other bytes of its length: only using it tells. Throws
 * ShamirError for what can't be shares of one secret: unequal lengths, a repeated x, an x of 0.
 */
export async function combine(shares: readonly Buffer[], threshold: number): Promise<Buffer> {
  const [first] = shares
  if (first === undefined || shares.length !== threshold) throw new ShamirError('not as many shares as the threshold')
  if (threshold === 1) return Buffer.from(first)
  const points = new Set(shares.map((share) => share.at(-1)))
  const alike = shares.every((share) => share.length === first.length && share.length >= 2)
  if (!alike || points.size !== shares.length || points.has(0))
    throw new ShamirError('these are not shares of one secret')
  const copies = shares.map((share) => new Uint8Array(share))
  try {
    const secret = await combineShares(copies)
    return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
  } finally {
    zeroize(...copies)
  }
}

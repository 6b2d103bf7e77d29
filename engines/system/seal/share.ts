import Type from 'typebox'
import { fromHexOrBase64 } from '../../../crypto/encoding.ts'
import { SHARE_BYTES_MAX, SHARE_BYTES_MIN } from '../../../crypto/shamir.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'

/** One share as an operator gives it. */
export const keyField = field.text({ default: '', description: 'One key share, in hexadecimal or base64.' })
export const nonceField = field.text({ default: '', description: 'Nonce of the attempt.' })

/** The bytes of a share; whoever takes them zeroes them. `missing` is what a caller without one is told. */
export function shareOf(text: string, missing = "'key' must be specified in request body as JSON"): Buffer {
  const trimmed = text.trim()
  if (trimmed === '') throw invalid(missing)
  const share = fromHexOrBase64(trimmed, SHARE_BYTES_MIN, SHARE_BYTES_MAX)
  if (share === undefined) throw invalid("'key' must be a valid hex or base64 string")
  return share
}

export interface WrittenShares {
  readonly hex: readonly string[]
  readonly base64: readonly string[]
}

/** Shares as operators get them. Zeroes them. */
export function writtenShares(shares: readonly Buffer[]): WrittenShares {
  const written = {
    hex: shares.map((share) => share.toString('hex')),
    base64: shares.map((share) => share.toString('base64')),
  }
  zeroize(...shares)
  return written
}

export const shareList = {
  keys: Type.Array(Type.String(), { description: 'The shares, in hexadecimal.' }),
  keys_base64: Type.Array(Type.String(), { description: 'The same shares, in base64.' }),
}

import { randomInt } from 'node:crypto'
import { misuse } from '../../failure.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A one-time password of `length` characters, each equally likely. */
export function generateOtp(length: number): string {
  return Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('')
}

/** The token that was encoded with `otp`: base64 without padding, over the two XORed byte by byte. */
export function decodeToken(encoded: string, otp: string): string {
  const bytes = Buffer.from(encoded, 'base64')
  const pad = Buffer.from(otp, 'utf8')
  if (bytes.length === 0 || bytes.length !== pad.length) {
    throw misuse('Error decoding root token: the encoded token and the OTP are not of the same length')
  }
  return Buffer.from(bytes.map((byte, at) => byte ^ (pad[at] ?? 0))).toString('utf8')
}

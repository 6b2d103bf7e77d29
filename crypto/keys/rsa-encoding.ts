import { createHash, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '../random.ts'
import { digestInfoPrefix, type HashName, hashBytes, opensslHash } from './hash.ts'

/**
 * RSA's encodings of a hash that the caller made (RFC 8017 section 9): Node offers OpenSSL's only together with the
 * hashing. For keys whose length is a multiple of 8 bits, as all here are: an encoded message is as long as the modulus.
 */

/** The most salt that fits. */
export function pssSaltMax(modulusBytes: number, hash: HashName): number {
  return modulusBytes - hashBytes(hash) - 2
}

/** EMSA-PSS (section 9.1.1) with MGF1 of the same hash. `saltBytes` is at most pssSaltMax. */
export function encodePss(
  modulusBytes: number,
  hash: HashName,
  hashed: Buffer,
  saltBytes: number,
  random: RandomBytes,
): Buffer {
  const salt = random.bytes(saltBytes)
  const check = pssHash(hash, hashed, salt)
  const block = Buffer.alloc(modulusBytes - check.length - 1)
  block[block.length - saltBytes - 1] = 1
  salt.copy(block, block.length - saltBytes)
  mask(block, hash, check)
  return Buffer.concat([block, check, Buffer.of(TRAILER)])
}

/** EMSA-PSS verification (section 9.1.2); any length of salt where `saltBytes` is undefined. */
export function verifyPss(encoded: Buffer, hash: HashName, hashed: Buffer, saltBytes: number | undefined): boolean {
  const length = hashBytes(hash)
  const blockBytes = encoded.length - length - 1
  if (blockBytes < 1 || encoded.at(-1) !== TRAILER || ((encoded[0] ?? 0) & 0x80) !== 0) return false
  const block = Buffer.from(encoded.subarray(0, blockBytes))
  const check = encoded.subarray(blockBytes, -1)
  mask(block, hash, check)
  const one = block.findIndex((byte) => byte !== 0)
  if (one === -1 || block[one] !== 1) return false
  const salt = block.subarray(one + 1)
  if (saltBytes !== undefined && salt.length !== saltBytes) return false
  return timingSafeEqual(check, pssHash(hash, hashed, salt))
}

const TRAILER = 0xbc
const EIGHT_ZEROES = Buffer.alloc(8)

function pssHash(hash: HashName, hashed: Buffer, salt: Buffer): Buffer {
  return createHash(opensslHash(hash)).update(EIGHT_ZEROES).update(hashed).update(salt).digest()
}

/** MGF1 (appendix B.2.1) laid over the block in place; the topmost bit stays clear. */
function mask(block: Buffer, hash: HashName, seed: Buffer): void {
  const counter = Buffer.alloc(4)
  for (let at = 0, count = 0; at < block.length; count++) {
    counter.writeUInt32BE(count)
    for (const byte of createHash(opensslHash(hash)).update(seed).update(counter).digest()) {
      if (at === block.length) break
      block[at] = (block[at] ?? 0) ^ byte
      at++
    }
  }
  block[0] = (block[0] ?? 0) & 0x7f
}

/** What PKCS #1 v1.5 pads and signs (section 9.2): the hash's name and the hash, or with `none` the input as it is. */
export function pkcs1Input(hash: HashName | 'none', hashed: Buffer): Buffer {
  return hash === 'none' ? hashed : Buffer.concat([digestInfoPrefix(hash), hashed])
}

/** EMSA-PKCS1-v1_5 (section 9.2). Undefined when the input is too long. */
export function encodePkcs1(modulusBytes: number, input: Buffer): Buffer | undefined {
  const padding = modulusBytes - input.length - 3
  if (padding < 8) return undefined
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(padding, 0xff), Buffer.of(0), input])
}

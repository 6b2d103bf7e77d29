import { createHmac, type KeyObject } from 'node:crypto'

/** FIPS 180-4 and 202, by the names that Vault's clients use. */
const HASHES = {
  sha1: { openssl: 'sha1', bytes: 20, oid: '2b0e03021a' },
  'sha2-224': { openssl: 'sha224', bytes: 28, oid: '608648016503040204' },
  'sha2-256': { openssl: 'sha256', bytes: 32, oid: '608648016503040201' },
  'sha2-384': { openssl: 'sha384', bytes: 48, oid: '608648016503040202' },
  'sha2-512': { openssl: 'sha512', bytes: 64, oid: '608648016503040203' },
  'sha3-224': { openssl: 'sha3-224', bytes: 28, oid: '608648016503040207' },
  'sha3-256': { openssl: 'sha3-256', bytes: 32, oid: '608648016503040208' },
  'sha3-384': { openssl: 'sha3-384', bytes: 48, oid: '608648016503040209' },
  'sha3-512': { openssl: 'sha3-512', bytes: 64, oid: '60864801650304020a' },
} as const

export type HashName = keyof typeof HASHES

export const HASH_NAMES = Object.keys(HASHES) as readonly HashName[]

export function isHashName(name: string): name is HashName {
  return Object.hasOwn(HASHES, name)
}

export const hashBytes = (name: HashName): number => HASHES[name].bytes

/** What OpenSSL calls it. */
export const opensslHash = (name: HashName): string => HASHES[name].openssl

/** HMAC (FIPS 198-1). */
export function hmac(name: HashName, key: KeyObject, data: Buffer): Buffer {
  return createHmac(HASHES[name].openssl, key).update(data).digest()
}

/** What stands before a hash in an RSA PKCS #1 v1.5 signature (RFC 8017 section 9.2): its algorithm, with parameters NULL. */
export function digestInfoPrefix(name: HashName): Buffer {
  const { bytes, oid } = HASHES[name]
  const identifier = Buffer.concat([Buffer.of(0x06, oid.length / 2), Buffer.from(oid, 'hex'), Buffer.of(0x05, 0)])
  const head = Buffer.of(0x30, identifier.length + 4 + bytes, 0x30, identifier.length)
  return Buffer.concat([head, identifier, Buffer.of(0x04, bytes)])
}

import { createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { decrypt, encrypt, KEY_BYTES, termOf } from '../../../crypto/aead.ts'
import { ByteReader } from '../../../crypto/encoding.ts'
import { DecryptFailed, EncodingError } from '../../../crypto/errors.ts'
import { deriveBytes } from '../../../crypto/kdf.ts'
import { Keyring } from '../../../crypto/keyring.ts'
import type { RandomBytes } from '../../../crypto/random.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { RotationConfig } from '../../../engines/system/services/seal.ts'
import { namespaceKeysPath, SEAL_DOMAINS, SEAL_PATHS, successorPath } from '../paths.ts'

/** How each of the seal's entries is sealed and opened. Opening throws DecryptFailed or EncodingError. */

export function sealKeyring(rootKey: KeyObject, keyring: Keyring, random: RandomBytes): Buffer {
  const bytes = keyring.encode()
  try {
    return encrypt(rootKey, 0, SEAL_DOMAINS.keyring, SEAL_PATHS.keyring, bytes, random)
  } finally {
    zeroize(bytes)
  }
}

export function openKeyring(rootKey: KeyObject, sealed: Uint8Array): Keyring {
  const bytes = decrypt(rootKey, SEAL_DOMAINS.keyring, SEAL_PATHS.keyring, sealed)
  try {
    return Keyring.decode(bytes)
  } finally {
    zeroize(bytes)
  }
}

/** `outer`: the vault's keyring, or the keys of the nearest namespace above with a seal. `own`: what its own shares make, if it has any. */
export function sealNamespaceKeys(
  outer: Keyring,
  id: string,
  keys: Keyring,
  random: RandomBytes,
  own?: KeyObject | null,
): Buffer {
  const path = namespaceKeysPath(id)
  const bytes = keys.encode()
  try {
    const inner = own ? encrypt(own, 0, SEAL_DOMAINS.namespaceSeal, path, bytes, random) : bytes
    return outer.encrypt(SEAL_DOMAINS.namespaceKeys, path, inner, random)
  } finally {
    zeroize(bytes)
  }
}

/** As they were sealed. */
export function openNamespaceKeys(outer: Keyring, id: string, sealed: Uint8Array, own?: KeyObject | null): Keyring {
  const path = namespaceKeysPath(id)
  const inner = outer.decrypt(SEAL_DOMAINS.namespaceKeys, path, sealed)
  const bytes = own ? decrypt(own, SEAL_DOMAINS.namespaceSeal, path, inner) : inner
  try {
    return Keyring.decode(bytes)
  } finally {
    zeroize(bytes)
  }
}

/** Whether these bytes are those of a key. */
export function isKey(key: KeyObject, bytes: Buffer): boolean {
  const known = key.export()
  try {
    return known.length === bytes.length && timingSafeEqual(known, bytes)
  } finally {
    zeroize(known)
  }
}

/** Names a root key without telling anything about it. */
export function fingerprintOf(rootKey: KeyObject): string {
  return deriveBytes(rootKey, 'egide/root-key-fingerprint', 16).toString('hex')
}

const EXPIRY_BYTES = 8

/**
 * The successor of a root key, for processes that hold the old one: `expires(8) | sealed key`. Who changes the expiry
 * gains nothing: it only says when the entry may be swept.
 */
export function sealSuccessor(
  old: KeyObject,
  successor: KeyObject,
  expiresMs: number,
  random: RandomBytes,
): { readonly path: string; readonly value: Buffer } {
  const path = successorPath(fingerprintOf(old))
  const expiry = Buffer.alloc(EXPIRY_BYTES)
  expiry.writeBigUInt64BE(BigInt(expiresMs))
  const bytes = successor.export()
  const sealed = encrypt(old, 0, SEAL_DOMAINS.successor, path, bytes, random)
  zeroize(bytes)
  return { path, value: Buffer.concat([expiry, sealed]) }
}

export function openSuccessor(old: KeyObject, value: Uint8Array): KeyObject {
  const path = successorPath(fingerprintOf(old))
  const bytes = decrypt(old, SEAL_DOMAINS.successor, path, value.subarray(EXPIRY_BYTES))
  if (bytes.length !== KEY_BYTES) throw new EncodingError('not a root key')
  const key = createSecretKey(bytes)
  zeroize(bytes)
  return key
}

/** An unreadable expiry has passed. */
export function successorExpiryMs(value: Uint8Array): number {
  return value.length < EXPIRY_BYTES ? 0 : Number(Buffer.from(value).readBigUInt64BE())
}

/** How often a term has encrypted, by what every process recorded. */
export interface Usage {
  readonly term: number
  readonly encryptions: number
}

export function sealUsage(keyring: Keyring, usage: Usage, random: RandomBytes): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(usage.term)
  bytes.writeBigUInt64BE(BigInt(usage.encryptions), 4)
  return keyring.encrypt(SEAL_DOMAINS.settings, SEAL_PATHS.usage, bytes, random)
}

export function openUsage(keyring: Keyring, sealed: Uint8Array): Usage {
  const reader = new ByteReader(keyring.decrypt(SEAL_DOMAINS.settings, SEAL_PATHS.usage, sealed))
  const usage = { term: reader.uint32(), encryptions: reader.uint53() }
  reader.end()
  return usage
}

const ROTATION_VERSION = 1

export function sealRotationConfig(keyring: Keyring, config: RotationConfig, random: RandomBytes): Buffer {
  const bytes = Buffer.alloc(18)
  bytes[0] = ROTATION_VERSION
  bytes[1] = config.enabled ? 1 : 0
  bytes.writeBigUInt64BE(BigInt(config.intervalSeconds), 2)
  bytes.writeBigUInt64BE(BigInt(config.maxOperations), 10)
  return keyring.encrypt(SEAL_DOMAINS.settings, SEAL_PATHS.rotationConfig, bytes, random)
}

export function openRotationConfig(keyring: Keyring, sealed: Uint8Array): RotationConfig {
  const reader = new ByteReader(keyring.decrypt(SEAL_DOMAINS.settings, SEAL_PATHS.rotationConfig, sealed))
  if (reader.uint8() !== ROTATION_VERSION) throw new EncodingError('unknown version of a rotation configuration')
  const config = { enabled: reader.uint8() === 1, intervalSeconds: reader.uint53(), maxOperations: reader.uint53() }
  reader.end()
  return config
}

/** What proves a recovery key without keeping it: the vault needs to know it again, never to use it. */
function recoveryVerifier(recoveryKey: Buffer): Buffer {
  return deriveBytes(recoveryKey, 'egide/recovery-verifier', 32)
}

export function sealRecoveryVerifier(keyring: Keyring, recoveryKey: Buffer, random: RandomBytes): Buffer {
  const verifier = recoveryVerifier(recoveryKey)
  try {
    return keyring.encrypt(SEAL_DOMAINS.settings, SEAL_PATHS.recoveryKey, verifier, random)
  } finally {
    zeroize(verifier)
  }
}

/**
 * In the verifier's place, where no recovery key was ever made. Only this lets one be made without a quorum: what the seal's
 * configuration says is sealed by nothing, and a record can be deleted. It holds under the active term alone, since an older one
 * can be put back: the first recovery key comes with a new term.
 */
export function sealNoRecoveryKey(keyring: Keyring, random: RandomBytes): Buffer {
  return keyring.encrypt(SEAL_DOMAINS.settings, SEAL_PATHS.recoveryKey, Buffer.alloc(0), random)
}

/** Whether this is what `sealNoRecoveryKey` gave under the active term; what does not open is not. */
export function isNoRecoveryKey(keyring: Keyring, sealed: Uint8Array): boolean {
  try {
    if (termOf(sealed) !== keyring.active.number) return false
    const known = keyring.decrypt(SEAL_DOMAINS.settings, SEAL_PATHS.recoveryKey, sealed)
    zeroize(known)
    return known.length === 0
  } catch (error) {
    if (error instanceof DecryptFailed) return false
    throw error
  }
}

/** Whether these bytes are the key of which this is the sealed verifier. */
export function isRecoveryKey(keyring: Keyring, sealed: Uint8Array, bytes: Buffer): boolean {
  const known = keyring.decrypt(SEAL_DOMAINS.settings, SEAL_PATHS.recoveryKey, sealed)
  const given = recoveryVerifier(bytes)
  try {
    return known.length === given.length && timingSafeEqual(known, given)
  } finally {
    zeroize(known, given)
  }
}

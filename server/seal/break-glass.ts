import { createSecretKey, type KeyObject } from 'node:crypto'
import { decrypt, encrypt } from '../../crypto/aead.ts'
import { deriveKey } from '../../crypto/kdf.ts'
import type { Keyring } from '../../crypto/keyring.ts'
import type { RandomBytes } from '../../crypto/random.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Write } from '../../storage/backend.ts'
import { SEAL_DOMAINS, SEAL_PATHS } from './paths.ts'

/**
 * Break-glass: the root key once more, under a key that recovery shares make, so that they open a vault whose auto-unseal
 * service is gone. That key is also kept sealed by the keyring, so that an open vault can wrap a new root key for the same
 * shares: who can read it there could read the root key anyway.
 */

/** The key of these recovery shares. */
export function breakGlassKey(recoveryKey: Buffer): KeyObject {
  return deriveKey(recoveryKey, 'egide/break-glass-key')
}

export function breakGlassWrites(keyring: Keyring, key: KeyObject, rootKey: Buffer, random: RandomBytes): Write[] {
  const bytes = key.export()
  try {
    return [
      breakGlassRootKey(key, rootKey, random),
      {
        path: SEAL_PATHS.breakGlassKey,
        value: keyring.encrypt(SEAL_DOMAINS.settings, SEAL_PATHS.breakGlassKey, bytes, random),
      },
    ]
  } finally {
    zeroize(bytes)
  }
}

/** For a new root key. */
export function breakGlassRootKey(key: KeyObject, rootKey: Buffer, random: RandomBytes): Write {
  const path = SEAL_PATHS.breakGlassRootKey
  return { path, value: encrypt(key, 0, SEAL_DOMAINS.breakGlass, path, rootKey, random) }
}

export const NO_BREAK_GLASS: readonly Write[] = [
  { path: SEAL_PATHS.breakGlassRootKey, value: null },
  { path: SEAL_PATHS.breakGlassKey, value: null },
]

/** Throws DecryptFailed: other shares. The caller zeroes the root key. */
export function openBreakGlass(key: KeyObject, sealed: Uint8Array): Buffer {
  return decrypt(key, SEAL_DOMAINS.breakGlass, SEAL_PATHS.breakGlassRootKey, sealed)
}

export function openBreakGlassKey(keyring: Keyring, sealed: Uint8Array): KeyObject {
  const bytes = keyring.decrypt(SEAL_DOMAINS.settings, SEAL_PATHS.breakGlassKey, sealed)
  const key = createSecretKey(bytes)
  zeroize(bytes)
  return key
}

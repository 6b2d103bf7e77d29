import type { Aead } from '../../../crypto/keys/algorithm.ts'
import { invalid } from '../../errors.ts'
import { convergentNonce } from './derivation.ts'
import type { VersionKey } from './version-key.ts'

/** What is encrypted or decrypted, beside the text itself. */
export interface Circumstances {
  /** What a derived key is derived for; undefined: none was given. */
  readonly context: Buffer | undefined
  /** Bound to the ciphertext, not part of it; undefined: none. */
  readonly associatedData: Buffer | undefined
  /** The caller's own, which only convergent keys of the first scheme have; undefined: none was given. */
  readonly nonce: Buffer | undefined
}

/**
 * Convergent encryption: the same plaintext in the same context gives the same ciphertext. Three schemes there were in
 * Vault; keys that are made here have the third, and only backups of older ones bring the others.
 * 1: the caller gives the nonce, which is no part of the ciphertext.
 * 2: the nonce is the HMAC of the plaintext under the context.
 * 3: the nonce is the HMAC of the plaintext under a key that is derived for the context.
 */
export function sealConvergent(
  aead: Aead,
  version: VersionKey,
  plaintext: Buffer,
  circumstances: Circumstances,
): Buffer {
  const { context, associatedData } = circumstances
  if (version.convergentScheme === 1) {
    const nonce = givenNonce(aead, circumstances)
    return aead.seal(version.cipherKey(context), nonce, plaintext, associatedData).subarray(aead.nonceBytes)
  }
  refuseNonce(circumstances)
  const { cipherKey, nonceKey } = version.convergentKeys(context)
  const nonce = convergentNonce(nonceKey, plaintext, associatedData, aead.nonceBytes)
  return aead.seal(cipherKey, nonce, plaintext, associatedData)
}

export function openConvergent(aead: Aead, version: VersionKey, sealed: Buffer, circumstances: Circumstances): Buffer {
  const { context, associatedData } = circumstances
  if (version.convergentScheme === 1) {
    const whole = Buffer.concat([givenNonce(aead, circumstances), sealed])
    return aead.open(version.cipherKey(context), whole, associatedData)
  }
  refuseNonce(circumstances)
  return aead.open(version.cipherKey(context), sealed, associatedData)
}

function givenNonce(aead: Aead, { nonce }: Circumstances): Buffer {
  const given = nonce?.length ?? 0
  if (nonce !== undefined && given === aead.nonceBytes) return nonce
  throw invalid(`base64-decoded nonce must be ${aead.nonceBytes} bytes long but given ${given} bytes`)
}

/** A nonce that a caller chooses may come twice, and then gives the key's authentication away. */
export function refuseNonce({ nonce }: Circumstances): void {
  if (nonce !== undefined) throw invalid('nonce provided when not allowed')
}

/**
 * Overwrites key bytes in place. What JavaScript can't promise: copies that the engine or a library made, strings, and
 * memory behind a KeyObject, which OpenSSL clears when the object is collected (docs/seal.md).
 */
export function zeroize(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0)
}

/**
 * Whether bytes that are a key were overwritten: nothing may be done with what is left. No key is made of such bytes, nor
 * brought in from elsewhere.
 */
export function isZeroized(secret: Uint8Array): boolean {
  return secret.length > 0 && secret.every((byte) => byte === 0)
}

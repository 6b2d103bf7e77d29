import type { KeyObject } from 'node:crypto'

/**
 * Whether two public keys are one. `KeyObject.equals` alone, asked of keys of two types, leaves an error in OpenSSL's queue,
 * and the thread's next `createPrivateKey`, whoever asks for it, throws that.
 */
export function isSameKey(a: KeyObject, b: KeyObject): boolean {
  return a.asymmetricKeyType === b.asymmetricKeyType && a.equals(b)
}

import type { SymmetricAlgorithm } from './algorithm.ts'

/** Keys that only authenticate; `hmac` of hash.ts does it. */
export const hmacKey: SymmetricAlgorithm = {
  kind: 'symmetric',
  name: 'hmac',
  keyBytes: { min: 32, max: 512, usual: 32 },
}

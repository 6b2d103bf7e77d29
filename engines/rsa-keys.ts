import type { KeyObject } from 'node:crypto'

/** Makes RSA keys, which take the time of a thousand other requests; some lie ready. */
export interface RsaKeys {
  /** A key that nobody else gets. Rejects with KeysBusy (crypto/keys/errors.ts) when too many wait. */
  pair(bits: number): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>
}

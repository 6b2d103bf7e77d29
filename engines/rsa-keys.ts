/** Makes RSA keys, which take the time of a thousand other requests; some lie ready. */
export interface RsaKeys {
  /**
   * A key that nobody else gets, as PKCS #8, which its taker zeroes, and SubjectPublicKeyInfo. Rejects with KeysBusy
   * (crypto/keys/errors.ts) when too many wait.
   */
  pair(bits: number): Promise<{ readonly privateKey: Buffer; readonly publicKey: Buffer }>
}

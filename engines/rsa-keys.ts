/** Makes RSA keys, which take the time of a thousand other requests; some lie ready. */
export interface RsaKeys {
  /** A key that nobody else gets. Rejects with KeysBusy (crypto/keys/errors.ts) when too many wait. */
  pair(bits: number): Promise<TakenRsaKey>
}

export interface TakenRsaKey {
  /** PKCS #8. */
  readonly privateKey: Buffer
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
  /** Zeroes the private key. To be called, once, when what it was asked for is made: it lets others go on who wait for theirs. */
  done(): void
}

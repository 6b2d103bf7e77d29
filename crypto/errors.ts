/** One message for whatever was wrong (key, tag, length, version, path): a reason would tell an attacker how far they got. */
export class DecryptFailed extends Error {
  override readonly name: string = 'DecryptFailed'
  constructor() {
    super('decryption failed')
  }
}

/**
 * The bytes name a term that this keyring lacks. To callers it is a DecryptFailed like any other; who holds the keyring
 * may load it anew, because another process may have added the term, and try once more.
 */
export class TermUnknown extends DecryptFailed {
  readonly term: number
  constructor(term: number) {
    super()
    this.term = term
  }
}

/** The vault was sealed, or the namespace destroyed, while somebody still held its cipher. */
export class KeysReleased extends Error {
  override readonly name = 'KeysReleased'
  constructor() {
    super('the keys were released')
  }
}

/** Bytes that are not an encoding of what was expected. It says nothing about them: they may be key material. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError'
}

/** Shares that can't be split or combined as asked. It never says anything about a share's bytes. */
export class ShamirError extends Error {
  override readonly name = 'ShamirError'
}

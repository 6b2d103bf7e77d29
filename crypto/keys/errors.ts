/** Bytes that are not a key of the kind that was asked for. The message says what is wrong, and nothing of the bytes. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
}

/** What was to be encrypted or signed is not what the algorithm takes. The message says why, and nothing of the input. */
export class InputRefused extends Error {
  override readonly name = 'InputRefused'
}

/** Too much slow work waits already: trying again later may help. */
export class KeysBusy extends Error {
  override readonly name = 'KeysBusy'
  constructor() {
    super('too many keys or signatures that take long are being made')
  }
}

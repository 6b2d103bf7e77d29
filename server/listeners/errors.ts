/** A listener that can't be opened. The message names its address or file, and is for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** A listener that can't be opened. The message names its address or file, and is for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  // Of a socket in a folder that is not there, libuv makes EACCES too.
  EACCES: 'permission is missing, or its folder does not exist',
  ENOTFOUND: 'the host name is unknown',
}

/** Why an address can't be listened at, in an operator's words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  return REASONS[code] ?? code
}

import { invalid, notFound } from './errors.ts'

/** Bytes (UTF-8) of a path chosen by a caller; storage keeps the rest of its 2560 for what stands before and behind it. */
const PATH_MAX_BYTES = 2048

function fits(path: string): boolean {
  return (path.length <= PATH_MAX_BYTES / 3 || Buffer.byteLength(path) <= PATH_MAX_BYTES) && path.isWellFormed()
}

interface Sent {
  /** As sent, below the mount. */
  readonly path: string
  readonly fields: { readonly path: string }
}

/** The path of a secret that is looked up: what can't be stored is not there. */
export function lookedUp(path: string): string {
  if (path === '' || !fits(path)) throw notFound()
  return path
}

/** The path of a secret that is removed; undefined: nothing can be there, and removing that succeeds. */
export function removed(path: string): string | undefined {
  return path === '' || !fits(path) ? undefined : path
}

/** `lookedUp`, of an engine that has nothing but secrets: 'a/' is a folder, and none of them. */
export function lookedUpPlain({ path: sent, fields: { path } }: Sent): string {
  if (sent.endsWith('/')) throw notFound()
  return lookedUp(path)
}

/** `removed`, of an engine that has nothing but secrets. */
export function removedPlain({ path: sent, fields: { path } }: Sent): string | undefined {
  return sent.endsWith('/') ? undefined : removed(path)
}

/** The folder that a secret lies in: '' or ending in '/'. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** Throws `invalid_request` for a folder, which nothing is written to: the words are Vault's. */
export function refuseFolder(sent: string): void {
  if (sent === '' || sent.endsWith('/')) throw invalid("cannot write to a path ending in '/'")
}

/** The path of a secret that is written. */
export function writable({ path: sent, fields: { path } }: Sent): string {
  refuseFolder(path === '' ? '' : sent)
  if (!fits(path)) throw invalid(`the path must be valid UTF-8 of at most ${PATH_MAX_BYTES} bytes`)
  return path
}

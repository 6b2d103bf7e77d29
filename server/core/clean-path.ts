import { EgideError, invalid } from '../../engines/errors.ts'

/** A path below `/v1/`, decoded, in bytes of UTF-8. Storage paths (2560) are this and a mount's prefix. */
export const PATH_MAX_BYTES = 2048

/** The one way in which a request can be too large that HTTP has a number of its own for. */
export class PathTooLong extends EgideError {
  constructor() {
    super('too_large', `the path is longer than ${PATH_MAX_BYTES} bytes`)
  }
}

/** What nobody sees (zero-width, directions of writing, line separators): two paths that look alike would be two. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/

/** Refuses, rather than repairs, what two parsers could read in two ways. `path` is decoded. Throws `invalid_request`. */
export function requireCleanPath(path: string): void {
  if (UNSEEN.test(path)) throw invalid('the path must not contain control characters or invisible ones')
  if (path.includes('\\')) throw invalid('the path must not contain a backslash')
  if (path.includes('//')) throw invalid('the path must not contain "//"')
  if (DOT_SEGMENT.test(path)) throw invalid('relative paths not supported')
}

/** `path` is decoded. Throws PathTooLong. */
export function refuseOverlong(path: string): void {
  if (path.length * 3 > PATH_MAX_BYTES && Buffer.byteLength(path) > PATH_MAX_BYTES) throw new PathTooLong()
}

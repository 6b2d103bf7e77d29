import { invalid } from '../../engines/errors.ts'

/** What nobody sees (zero-width, directions of writing, line separators): two paths that look alike would be two. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/

/** What could mean two things to two parsers is refused rather than repaired. `path` is decoded. Throws `invalid_request`. */
export function refuseUnclean(path: string): void {
  if (UNSEEN.test(path)) throw invalid('the path must not contain control characters or invisible ones')
  if (path.includes('\\')) throw invalid('the path must not contain a backslash')
  if (path.includes('//')) throw invalid('the path must not contain "//"')
  if (DOT_SEGMENT.test(path)) throw invalid('relative paths not supported')
}

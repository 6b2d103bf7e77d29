import { invalid } from '../../engines/errors.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\x00-\x1f\x7f]/
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/

/** What could mean two things to two parsers is refused rather than repaired. `path` is decoded. Throws `invalid_request`. */
export function refuseUnclean(path: string): void {
  if (CONTROL.test(path)) throw invalid('the path must not contain control characters')
  if (path.includes('\\')) throw invalid('the path must not contain a backslash')
  if (path.includes('//')) throw invalid('the path must not contain "//"')
  if (DOT_SEGMENT.test(path)) throw invalid('relative paths not supported')
}

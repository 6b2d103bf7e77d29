import { invalid } from '../../engines/errors.ts'
import { PATH_MAX_BYTES, PathTooLong, refuseOverlong, requireCleanPath } from '../core/clean-path.ts'

// Any byte that needs a second look: '%', a doubled slash, a segment that starts with '.', a backslash, a control
// character, and what no URL holds. Most paths have none and are taken as they are.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const SUSPECT = /[%\\\x00-\x1f\x7f-\uffff#]|\/\/|(?:^|\/)\./

/**
 * The path below `/v1/` of a request target, percent-decoded exactly once. What could mean two things to two parsers is
 * refused rather than repaired: an encoded slash, `.` and `..` segments however written, `//`, a backslash, control
 * characters, broken escapes and invalid UTF-8. Where `isLenient`, an escaped slash is a slash and a doubled one is one: all
 * that decides is still asked of the one spelling that comes out.
 */
export function decodePath(raw: string, isLenient = false): string {
  if (raw.length > PATH_MAX_BYTES * 3) throw new PathTooLong()
  const path = SUSPECT.test(raw) ? decodeSuspect(raw, isLenient) : raw
  if (path.charCodeAt(0) === SLASH) throw invalid('the path must not contain "//"')
  refuseOverlong(path)
  return path
}

const SLASH = 0x2f

function decodeSuspect(raw: string, isLenient: boolean): string {
  if (!isLenient && /%2f/i.test(raw)) {
    throw invalid('the path must not contain an encoded slash: only a listener with lenient_paths takes it')
  }
  const decoded = percentDecode(raw)
  if (decoded === undefined) throw invalid('the path is not valid percent-encoded UTF-8')
  const path = isLenient ? decoded.replace(/\/{2,}/g, '/') : decoded
  requireCleanPath(path)
  if (raw.includes('#')) throw invalid('the path must not contain an unescaped "#"')
  return path
}

function percentDecode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}

/** A namespace header's value as the core knows it: '' is root, anything else ends in '/' and starts with none. */
export function canonicalNamespace(raw: string): string {
  const inner = raw.replace(/^\/|\/$/g, '')
  if (inner === '' || inner === 'root') return ''
  return `${decodePath(inner)}/`
}

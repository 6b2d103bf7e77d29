import { BASE62 } from '../../engines/base62.ts'

/** So many characters tell milliseconds of the last four hours apart; then they begin again. */
export const TIME_PREFIX_CHARS = 4

/**
 * What names of rows begin with that are made at one time, so that a database keeps them on the same few pages: wholly
 * random names would have it write a page for each. Of the time alone, it is no secret, and nothing is told by it.
 */
export function timePrefix(nowMs: number): string {
  let rest = Math.floor(nowMs)
  let place = ''
  while (place.length < TIME_PREFIX_CHARS) {
    place = BASE62.charAt(rest % BASE62.length) + place
    rest = Math.floor(rest / BASE62.length)
  }
  return place
}

import { CoercionError, parseDuration } from '../../../engines/coerce.ts'
import { invalid } from '../../../engines/errors.ts'

/** How a request asks for its answer to be wrapped. */
export interface AskedWrapping {
  /** A duration, as Vault's API takes them. */
  readonly ttl: string
  /** Of the wrapping token; undefined: as it comes. */
  readonly format: string | undefined
  /** By which its errors call the ttl. */
  readonly name: string
}

/** Seconds; undefined when the ttl is none. Throws `invalid_request`. */
export function askedWrapTtl({ ttl, format, name }: AskedWrapping): number | undefined {
  const seconds = secondsOf(ttl, name)
  if (seconds < 0) throw invalid('requested wrap ttl cannot be negative')
  if (seconds > 0 && format === 'jwt') throw invalid('wrapping tokens are not available in JWT form')
  return seconds === 0 ? undefined : seconds
}

function secondsOf(ttl: string, name: string): number {
  try {
    return parseDuration(ttl)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`error parsing ${name}: ${error.message}`)
    throw error
  }
}

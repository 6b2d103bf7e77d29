import { invalid } from '../../../errors.ts'
import { distinct } from './stored.ts'

const URI_MAX_CHARS = 2048
/** What a browser would run rather than go to. */
const RUN_BY_BROWSERS = new Set(['javascript:', 'data:', 'vbscript:', 'blob:'])

/** Throws EgideError `invalid_request` for what nobody may be sent back to: RFC 6749, section 3.1.2. */
export function checkedRedirects(uris: readonly string[]): readonly string[] {
  for (const uri of uris) {
    const url = uri.length > URI_MAX_CHARS ? null : URL.parse(uri)
    if (url === null || RUN_BY_BROWSERS.has(url.protocol) || uri.includes('#'))
      throw invalid(
        `a redirect URI is absolute, without a fragment, and has at most ${URI_MAX_CHARS} characters: ${uri.slice(0, 100)}`,
      )
  }
  return distinct(uris)
}

import { json } from '../../storage/codec.ts'
import type { Reader, Tx } from '../../storage/store.ts'
import type { Clock, EngineContext, EngineRequest, Reply } from '../engine.ts'
import { namesTag } from './caching.ts'
import { type ListDocument, rows } from './documents.ts'

/**
 * `If-None-Match` and `If-Modified-Since` of what anybody may read: certificates of issuers, lists of revoked certificates
 * and OCSP answers (RFC 9110, 13.1; https://developer.hashicorp.com/vault/docs/secrets/pki/considerations).
 */

/** For `headers` of a row whose answer goes through `unlessUnmodified`. */
export const CONDITIONAL_HEADERS: readonly string[] = ['if-none-match', 'if-modified-since']

/** When any issuer, chain or default of the mount last changed; Unix seconds. */
const codec = json<number>()

/**
 * The second that a change counts from, after the one before. It is rounded up and never the same twice, so that what was
 * fetched in the same second but before the change is not taken for what there is now.
 */
export function changeSecond(before: number | undefined, nowMs: number): number {
  return Math.max(Math.floor(nowMs / 1000) + 1, (before ?? 0) + 1)
}

/** Has to be called in each transaction that changes an issuer or which one is the default. */
export async function issuersChange(tx: Tx, clock: Clock): Promise<void> {
  const before = await tx.get(rows.issuersChanged, codec)
  tx.put(rows.issuersChanged, changeSecond(before, clock.now()), codec)
}

/** Undefined where nothing has changed since the mount keeps account of it. */
export async function issuersChanged(reader: Reader): Promise<number | undefined> {
  return reader.get(rows.issuersChanged, codec)
}

/** Which issuer a reference means may change as well as its list. `issuers`: from before the reference was followed. */
export function listChanged({ changed }: ListDocument, issuers: number | undefined): number | undefined {
  return changed === undefined || issuers === undefined ? undefined : Math.max(changed, issuers)
}

/** `reply`, dated; or that what the caller has is still what there is. `changed`: Unix seconds. */
export function unlessUnmodified(
  { headers }: Pick<EngineRequest, 'headers'>,
  changed: number | undefined,
  reply: Reply,
  { clock }: Pick<EngineContext, 'clock'>,
): Reply {
  const now = Math.floor(clock.now() / 1000)
  // A date in the future is none (RFC 9110, 8.8.2.1), so what changed this very second is not dated yet.
  const dated = changed === undefined || changed > now ? reply : withDate(reply, changed)
  const [tags, since] = [headers['if-none-match'], secondsOf(headers['if-modified-since'])]
  // Who names tags means no date (RFC 9110, 13.2.2).
  const isKept =
    tags === undefined
      ? dated !== reply && changed !== undefined && since !== undefined && since >= changed && since <= now
      : namesTag(tags, reply.raw?.headers?.etag)
  return isKept ? unmodified(dated) : dated
}

function withDate(reply: Reply, changed: number): Reply {
  const date = { 'last-modified': new Date(changed * 1000).toUTCString() }
  const { raw } = reply
  return raw === undefined
    ? { ...reply, headers: date }
    : { ...reply, raw: { ...raw, headers: { ...raw.headers, ...date } } }
}

/** What would have come with the whole comes with this too (RFC 9110, 15.4.5). */
function unmodified({ raw, headers }: Reply): Reply {
  return { raw: { status: 304, contentType: '', body: '', headers: { ...headers, ...raw?.headers } } }
}

const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|UTC)$/

/** Unix seconds of a date in the form that HTTP has now (RFC 9110, 5.6.7), or as Go's RFC1123 writes it; another is as none. */
function secondsOf(text: string | undefined): number | undefined {
  const ms = text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms / 1000
}

import { createHash } from 'node:crypto'
import type { RawReply } from '../engine.ts'
import { certificatePem } from './x509/pem.ts'
import { perDocument } from './x509/per-document.ts'

/**
 * What caches are told of what anybody may read: certificates of issuers, lists of revoked certificates and OCSP answers
 * (RFC 9111; RFC 5019, 6).
 */

/** What was read is asked for anew after so long, so that a revocation or another issuer shows within it behind any cache. */
const FRESH_SECONDS_MAX = 60

/** Seconds for which what holds for `leftMs` more may be taken without asking. */
function freshSeconds(leftMs: number): number {
  return Math.max(0, Math.min(FRESH_SECONDS_MAX, Math.floor(leftMs / 1000)))
}

/** An entity tag for one form of a document: another for other contents, the same at every node (RFC 9110, 8.8.3). */
export function entityTag(document: Buffer, form: string): string {
  return digestTag(digestOf(document), form)
}

const DIGEST_CHARACTERS = 32
const digestOf = perDocument((document: Buffer) => createHash('sha256').update(document).digest('hex'))

/** As `entityTag`, of a document that is known by its digest, in hexadecimal. */
export function digestTag(digest: string, form: string): string {
  return `"${digest.slice(0, DIGEST_CHARACTERS)}-${form}"`
}

/** With what it is known by, for caches of whoever asked and between. `leftMs`: how long it holds; default: until it changes. */
export function cacheable(raw: RawReply, etag: string, leftMs: number = Number.POSITIVE_INFINITY): RawReply {
  const cacheControl = `max-age=${freshSeconds(leftMs)}, public, no-transform, must-revalidate`
  return { ...raw, headers: { ...raw.headers, 'cache-control': cacheControl, etag } }
}

/** An authority's or another's certificate, in the form that is asked for. */
export function certificateReply(der: Buffer, form: 'der' | 'pem'): RawReply {
  const raw =
    form === 'der'
      ? { status: 200, contentType: 'application/pkix-cert', body: der }
      : { status: 200, contentType: 'application/pem-certificate-chain', body: certificatePem(der) }
  return cacheable(raw, entityTag(der, form))
}

const TAG = /(?:W\/)?("[\x21\x23-\x7e]*")/g

/** Whether `If-None-Match` names the tag, or anything at all (RFC 9110, 13.1.2, by weak comparison). */
export function namesTag(condition: string, etag: string | undefined): boolean {
  if (etag === undefined) return false
  if (condition.trim() === '*') return true
  for (const [, tag] of condition.matchAll(TAG)) if (tag === etag) return true
  return false
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Authorization } from './authorization.ts'
import { AwsError } from './aws-error.ts'

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string
  /** Percent-encoded, without a query: what is served has none. */
  readonly path: string
  /** Names and values in turn, as Node.js has them. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** How far the clocks of client and server may be apart. */
const SKEW_MS = 5 * 60_000
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** The values of a header, in the order they came in. */
export function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '')
  }
  return values
}

/**
 * Whether the time that was signed is about now, and the day that the credential is scoped to. Throws AwsError. Returns
 * the time as it was written, which is part of what is signed.
 */
export function signedTime(request: SignedRequest, { date }: Authorization, nowMs: number): string {
  const [written, ...more] = valuesOf(request.rawHeaders, 'x-amz-date')
  const parts = DATE.exec(written?.trim() ?? '')
  if (parts === null || more.length > 0)
    throw new AwsError(
      'IncompleteSignatureException',
      "Authorization header requires existence of one 'X-Amz-Date' header, in the form YYYYMMDDTHHMMSSZ.",
    )
  const [time, ...numbers] = parts
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers.map(Number)
  const signedMs = Date.UTC(year, month - 1, day, hour, minute, second)
  const now = basicTime(nowMs)
  if (signedMs < nowMs - SKEW_MS)
    throw signatureFailure(
      `Signature expired: ${time} is now earlier than ${basicTime(nowMs - SKEW_MS)} (${now} - 5 min.)`,
    )
  if (signedMs > nowMs + SKEW_MS)
    throw signatureFailure(
      `Signature not yet current: ${time} is still later than ${basicTime(nowMs + SKEW_MS)} (${now} + 5 min.)`,
    )
  if (!time.startsWith(date))
    throw signatureFailure('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.')
  return time
}

/** The ISO 8601 form that AWS signs with: 20150830T123600Z. */
export function basicTime(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|[.]\d+/g, '')
}

/**
 * Throws unless the signature was made of this very request with `secret`. The comparison takes the same time whatever the
 * signature is. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  time: string,
  secret: Uint8Array,
): void {
  const { date, region, service, signature } = authorization
  const scope = `${date}/${region}/${service}/aws4_request`
  const canonical = canonicalRequest(request, authorization.signedHeaders)
  const hashed = createHash('sha256').update(canonical, 'latin1').digest('hex')
  const expected = hmac(signingKey(secret, authorization), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hashed}`)
  if (timingSafeEqual(expected, signature)) return
  throw signatureFailure(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
      'and signing method. Consult the service documentation for details.',
  )
}

export function signatureFailure(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message)
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const { method, path, rawHeaders, body } = request
  const headers = signedHeaders.map((name) => {
    const values = valuesOf(rawHeaders, name)
    if (values.length === 0) throw signatureFailure(`the signed header '${name}' is not in the request`)
    return `${name}:${values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',')}\n`
  })
  const bodyHash = createHash('sha256').update(body).digest('hex')
  return `${method}\n${path}\n\n${headers.join('')}\n${signedHeaders.join(';')}\n${bodyHash}`
}

function signingKey(secret: Uint8Array, { date, region, service }: Authorization): Buffer {
  const first = Buffer.concat([Buffer.from('AWS4'), secret])
  try {
    return hmac(hmac(hmac(hmac(first, date), region), service), 'aws4_request')
  } finally {
    first.fill(0)
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest()
}

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { authorizationOf } from './authorization.ts'
import { AwsError } from './aws-error.ts'
import { type SignedRequest, signedTime, valuesOf, verifySignature } from './signature.ts'

/** AWS's own vectors for requests without a query: test/vectors/README.md. */
const vectors = JSON.parse(readFileSync(new URL('../../test/vectors/sigv4.json', import.meta.url), 'utf8')) as Readonly<
  Record<'secret' | 'time', string>
> & { readonly requests: Readonly<Record<string, string>> }
const SECRET = Buffer.from(vectors.secret)
const NOW_MS = Date.parse(vectors.time)
const MINUTE_MS = 60_000

function requestOf(text: string): SignedRequest {
  const end = text.indexOf('\n\n')
  const [line = '', ...headers] = text.slice(0, end).split('\n')
  const rawHeaders = headers.flatMap((header) => [
    header.slice(0, header.indexOf(':')),
    header.slice(header.indexOf(':') + 1),
  ])
  return { method: line.split(' ')[0] ?? '', path: '/', rawHeaders, body: Buffer.from(text.slice(end + 2)) }
}

function verify(request: SignedRequest, nowMs = NOW_MS, secret: Uint8Array = SECRET): void {
  const authorization = authorizationOf(valuesOf(request.rawHeaders, 'authorization')[0])
  verifySignature(request, authorization, signedTime(request, authorization, nowMs), secret)
}

/** The type of the refusal, and what it says. */
function refusal(act: () => void): string {
  try {
    act()
  } catch (error) {
    if (error instanceof AwsError) return `${error.type}: ${error.message}`
    throw error
  }
  return 'accepted'
}

const vanilla = (): SignedRequest => requestOf(vectors.requests['post-vanilla'] ?? '')

function withHeader(request: SignedRequest, name: string, change: (value: string) => string): SignedRequest {
  const rawHeaders = request.rawHeaders.map((text, at) =>
    at % 2 === 1 && request.rawHeaders[at - 1]?.toLowerCase() === name ? change(text) : text,
  )
  return { ...request, rawHeaders }
}

describe('vectors that AWS publishes', () => {
  for (const [name, text] of Object.entries(vectors.requests)) {
    test(`${name} is accepted, and no longer once a bit of it is changed`, () => {
      const request = requestOf(text)
      verify(request)
      const mismatch = /^InvalidSignatureException: The request signature we calculated does not match/
      expect(refusal(() => verify({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }))).toMatch(
        mismatch,
      )
      expect(refusal(() => verify({ ...request, method: 'PUT' }))).toMatch(mismatch)
      expect(refusal(() => verify({ ...request, path: '/other' }))).toMatch(mismatch)
      expect(refusal(() => verify(withHeader(request, 'host', () => 'other.amazonaws.com')))).toMatch(mismatch)
      expect(refusal(() => verify(request, NOW_MS, Buffer.from('another secret')))).toMatch(mismatch)
      for (const scope of ['20150830', 'us-east-1', 'service', 'SignedHeaders=host']) {
        const altered = withHeader(request, 'authorization', (value) =>
          scope.startsWith('Signed')
            ? value.replace('SignedHeaders=', 'SignedHeaders=authorization;')
            : value.replace(scope, '20150831'),
        )
        expect(refusal(() => verify(altered))).toMatch(/^InvalidSignatureException: /)
      }
    })
  }
})

describe('time', () => {
  test('five minutes either way are bridged, and not a second more', () => {
    for (const offset of [-5 * MINUTE_MS, 0, 5 * MINUTE_MS]) verify(vanilla(), NOW_MS + offset)
    expect(refusal(() => verify(vanilla(), NOW_MS + 5 * MINUTE_MS + 1000))).toBe(
      'InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)',
    )
    expect(refusal(() => verify(vanilla(), NOW_MS - 5 * MINUTE_MS - 1000))).toBe(
      'InvalidSignatureException: Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    )
  })

  const unusable: Readonly<Record<string, (request: SignedRequest) => SignedRequest>> = {
    'is missing': (request) => ({ ...request, rawHeaders: request.rawHeaders.filter((_, at) => at < 2 || at > 3) }),
    'is in another form': (request) => withHeader(request, 'x-amz-date', () => '2015-08-30T12:36:00Z'),
    'stands twice': (request) => ({
      ...request,
      rawHeaders: [...request.rawHeaders, 'x-amz-date', '20150830T123600Z'],
    }),
  }
  for (const [what, change] of Object.entries(unusable)) {
    test(`a date that ${what} is refused`, () => {
      expect(refusal(() => verify(change(vanilla())))).toMatch(/^IncompleteSignatureException: .*X-Amz-Date/)
    })
  }
})

const CREDENTIAL = 'Credential=AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request'
const SIGNATURE = `Signature=${'0'.repeat(64)}`
const malformed: Readonly<Record<string, [header: string | undefined, told: RegExp]>> = {
  nothing: [undefined, /^MissingAuthenticationTokenException: /],
  'a bearer token': ['Bearer abc', /^IncompleteSignatureException: Unsupported AWS 'algorithm'/],
  'another algorithm': [`AWS4-ECDSA-P256-SHA256 ${CREDENTIAL}`, /^IncompleteSignatureException: Unsupported/],
  'no parameters': ['AWS4-HMAC-SHA256 ', /^IncompleteSignatureException: /],
  'no signature': [`AWS4-HMAC-SHA256 ${CREDENTIAL}, SignedHeaders=host`, /requires 'Signature' parameter/],
  'a short signature': [`AWS4-HMAC-SHA256 ${CREDENTIAL}, SignedHeaders=host, Signature=00`, /64 hexadecimal digits/],
  'a parameter twice': [
    `AWS4-HMAC-SHA256 ${CREDENTIAL}, ${CREDENTIAL}, SignedHeaders=host, ${SIGNATURE}`,
    /name=value/,
  ],
  'a scope of four': [
    `AWS4-HMAC-SHA256 Credential=A/20150830/kms/aws4_request, SignedHeaders=host, ${SIGNATURE}`,
    /exactly 5/,
  ],
  'another terminator': [`AWS4-HMAC-SHA256 ${CREDENTIAL}x, SignedHeaders=host, ${SIGNATURE}`, /valid terminator/],
  'headers out of order': [`AWS4-HMAC-SHA256 ${CREDENTIAL}, SignedHeaders=x-amz-date;host, ${SIGNATURE}`, /sorted/],
  'a header twice': [`AWS4-HMAC-SHA256 ${CREDENTIAL}, SignedHeaders=host;host, ${SIGNATURE}`, /sorted/],
}
for (const [what, [header, told]] of Object.entries(malformed)) {
  test(`an Authorization header with ${what} is refused`, () => {
    expect(refusal(() => void authorizationOf(header))).toMatch(told)
  })
}

import type { IncomingMessage } from 'node:http'
import { type Address, shownUrl } from './address.ts'
import { ApiError, type Asked, codeOfStatus, type ErrorCode, isErrorCode, TransportError } from './errors.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts'
import type { Reply } from './reply.ts'

/** What goes with every request of a client. */
export interface RequestSettings {
  readonly token?: string | undefined
  readonly namespace?: string | undefined
  /** Ask for answers to be wrapped for this long, e.g. `60s`. */
  readonly wrapTtl?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export function headersOf(settings: RequestSettings, request: Omit<HttpRequest, 'headers'>): Record<string, string> {
  const { token, namespace, wrapTtl, headers } = settings
  return {
    ...headers,
    // Says that no browser was tricked into sending this: servers may insist on it.
    'X-Vault-Request': 'true',
    ...(token !== undefined && token !== '' && { 'X-Vault-Token': token }),
    ...(namespace !== undefined && namespace !== '' && { 'X-Vault-Namespace': namespace }),
    ...(wrapTtl !== undefined && wrapTtl !== '' && { 'X-Vault-Wrap-TTL': wrapTtl }),
    ...((request.file !== undefined || request.content !== undefined) && {
      'Content-Type': 'application/octet-stream',
    }),
    ...(request.body !== undefined && {
      'Content-Type': request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    }),
  }
}

const SHOWN_OF_RAW = 1024

/** The error of an answer that says no. `body` is what it holds as JSON, if it is JSON. */
export function refusalOf(
  asked: Asked,
  response: HttpResponse,
  body: JsonValue | undefined,
  reply?: Reply<unknown>,
): ApiError {
  const { status, headers } = response
  const told = isJsonObject(body) ? body : {}
  const isTold = isJsonObject(body) && (isJsonArray(told.errors) || reply !== undefined)
  const requestId = header(headers['x-request-id']) ?? told.request_id
  return new ApiError(asked, {
    status,
    code: errorCode(header(headers['x-egide-code']), status),
    requestId: typeof requestId === 'string' ? requestId : '',
    retryAfterSeconds: secondsOf(headers['retry-after']),
    ...(isTold
      ? { errors: isJsonArray(told.errors) ? told.errors.filter((text) => typeof text === 'string') : [] }
      : { raw: response.body.subarray(0, SHOWN_OF_RAW).toString('utf8') }),
    reply,
  })
}

/** The body of a refusal in the place of a stream: it is short, so that its first piece is the whole. */
export async function firstBytes(message: IncomingMessage): Promise<Buffer> {
  for await (const chunk of message as AsyncIterable<Buffer>) return chunk
  return Buffer.alloc(0)
}

/** What was asked, as errors show it. */
export function askedOf(address: Address, request: Omit<HttpRequest, 'headers'>, namespace = ''): Asked {
  return { method: request.method, url: shownUrl(address, request), namespace }
}

function errorCode(named: string | undefined, status: number): ErrorCode {
  return named !== undefined && isErrorCode(named) ? named : codeOfStatus(status)
}

/** Seconds, as `Retry-After` gives them. A date is not read: clocks differ. */
function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** What the server warns of where its answer has no body. */
export function warningsIn({ headers }: HttpResponse): readonly string[] {
  const text = header(headers['x-egide-warnings'])
  const told = text === undefined ? undefined : jsonOf(Buffer.from(text), (json) => JSON.parse(json) as JsonValue)
  return isJsonArray(told) ? told.filter((warning) => typeof warning === 'string') : []
}

/** Undefined: not JSON. */
export function jsonOf(body: Buffer, parse: (text: string) => JsonValue): JsonValue | undefined {
  try {
    return parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Undefined: the answer has no body. Throws when it has one that is no JSON object. */
export function objectOf(response: HttpResponse, parse: (text: string) => JsonValue): JsonObject | undefined {
  if (response.body.length === 0) return undefined
  const parsed = jsonOf(response.body, parse)
  if (!isJsonObject(parsed))
    throw new TransportError('invalid_response', 'the server did not answer with a JSON object')
  return parsed
}

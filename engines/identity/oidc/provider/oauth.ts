import Type, { type TSchema } from 'typebox'
import { CoercionError, parseInteger, parseText } from '../../../coerce.ts'
import type { Handler, Reply } from '../../../engine.ts'
import { type Field, type Fields, field } from '../../../field.ts'
import type { Context } from '../../shown.ts'

/** How OAuth 2.0 and OpenID Connect ask and answer: parameters, and refusals in their words. */

/**
 * What refuses: codes of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 6750 (section 3.1) and OpenID Connect Core 1.0 (section
 * 3.1.2.6), and Vault's own three that its login page knows.
 */
export type RefusalCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'invalid_token'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'invalid_client_id'
  | 'invalid_redirect_uri'
  | 'max_age_violation'

/** A request that is refused. `message` goes to the client, and repeats nothing of what it sent. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * A parameter, read by its handler: one that does not fit is refused in OAuth's words, as a repeated one is, which comes as
 * a list (RFC 6749, section 3.1).
 */
export function parameter(description: string, schema: TSchema = Type.String()): Field<unknown> {
  return field.any({ description, schema, query: true })
}

/** The text of a parameter; '' where it is absent. */
export function textOf(raw: unknown, name: string, maxChars: number): string {
  const text = raw === undefined || raw === null ? '' : read(raw, name, parseText)
  if (text.length > maxChars) throw new Refusal('invalid_request', `${name} is longer than ${maxChars} characters`)
  return text
}

/** The number of a parameter; undefined where it is absent or empty. */
export function integerOf(raw: unknown, name: string): number | undefined {
  return raw === undefined || raw === null || raw === '' ? undefined : read(raw, name, parseInteger)
}

function read<T>(raw: unknown, name: string, parse: (raw: unknown) => T): T {
  try {
    return parse(raw)
  } catch (error) {
    if (error instanceof CoercionError) throw new Refusal('invalid_request', `${name}: ${error.message}`)
    throw error
  }
}

type Headers = Readonly<Record<string, string>>

/**
 * An answer that is JSON without an envelope, and that nobody may keep (RFC 6749, section 5.1). The audit log gets it as
 * any other data.
 */
export function answer(status: number, data: Readonly<Record<string, unknown>>, headers: Headers = {}): Reply {
  const body = JSON.stringify(data)
  const own = { 'cache-control': 'no-store', pragma: 'no-cache', ...headers }
  return { data, raw: { status, contentType: 'application/json', body, headers: own } }
}

/** The handler, whose refusals `rendered` turns into answers. */
export function refusing<F extends Fields>(
  handler: Handler<F, Context['services']>,
  rendered: (refusal: Refusal, request: Parameters<typeof handler>[0]) => Reply,
): Handler<F, Context['services']> {
  return async (request, context) => {
    try {
      return await handler(request, context)
    } catch (error) {
      if (error instanceof Refusal) return rendered(error, request)
      throw error
    }
  }
}

/** Fields of answers and requests that are no secret. */
export const OAUTH_CLEAR = [
  'error',
  'error_description',
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'max_age',
  'code_challenge_method',
  'grant_type',
  'token_type',
  'expires_in',
  'sub',
]

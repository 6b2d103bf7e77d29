import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** The envelope every engine answers in. Fields are those of the wire, in the order clients print them. */
export interface Secret {
  readonly request_id: string
  readonly lease_id: string
  /** Seconds. */
  readonly lease_duration: number
  readonly renewable: boolean
  readonly data: JsonObject | null
  readonly warnings: readonly string[] | null
  readonly auth?: Auth
  readonly wrap_info?: WrapInfo
}

/** A token that was issued or renewed. */
export interface Auth {
  readonly client_token: string
  readonly accessor: string
  readonly policies: readonly string[] | null
  readonly token_policies: readonly string[] | null
  readonly identity_policies: readonly string[] | null
  readonly metadata: JsonObject | null
  readonly orphan: boolean
  readonly entity_id: string
  /** Seconds; 0 never expires. */
  readonly lease_duration: number
  readonly renewable: boolean
  /** The login waits for a second factor, and there is no token yet. */
  readonly mfa_requirement?: JsonValue
}

/** Where the real answer waits, for one reader. */
export interface WrapInfo {
  readonly token: string
  readonly accessor: string
  /** Seconds. */
  readonly ttl: number
  /** RFC 3339. */
  readonly creation_time: string
  readonly creation_path: string
  readonly wrapped_accessor?: string
}

const ENVELOPE = ['request_id', 'lease_id', 'lease_duration', 'renewable', 'data', 'warnings', 'auth', 'wrap_info']

/**
 * Reads the envelope out of an answer's body. What is missing reads as its zero value, as clients expect. The few
 * endpoints that answer without one (`sys/health`, say) are read as its data; a list of errors, even an empty one, is
 * none.
 */
export function secretOf(body: JsonObject): Secret {
  if (isBare(body)) return secretOf({ data: body })
  return redacted({
    request_id: text(body.request_id),
    lease_id: text(body.lease_id),
    lease_duration: integer(body.lease_duration),
    renewable: body.renewable === true,
    data: isJsonObject(body.data) ? body.data : null,
    warnings: texts(body.warnings),
    ...(isJsonObject(body.auth) && { auth: authOf(body.auth) }),
    ...(isJsonObject(body.wrap_info) && { wrap_info: wrapInfoOf(body.wrap_info) }),
  })
}

const HIDDEN = ['data', 'auth', 'wrap_info'] as const

/** Whoever logs an answer by accident logs none of what it was asked for. Printing it on purpose takes its fields. */
function redacted(secret: Secret): Secret {
  const shown: Record<string, unknown> = { ...secret }
  for (const name of HIDDEN) if (shown[name] !== undefined && shown[name] !== null) shown[name] = '[hidden]'
  return Object.defineProperty(secret, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown })
}

/** Whether an answer stands without an envelope around it. */
export function isBare(body: JsonObject): boolean {
  return Object.keys(body).length > 0 && ![...ENVELOPE, 'errors'].some((field) => Object.hasOwn(body, field))
}

function authOf(auth: JsonObject): Auth {
  return {
    // What this version does not know is kept for whoever prints it.
    ...auth,
    client_token: text(auth.client_token),
    accessor: text(auth.accessor),
    policies: texts(auth.policies),
    token_policies: texts(auth.token_policies),
    identity_policies: texts(auth.identity_policies),
    metadata: isJsonObject(auth.metadata) ? auth.metadata : null,
    orphan: auth.orphan === true,
    entity_id: text(auth.entity_id),
    lease_duration: integer(auth.lease_duration),
    renewable: auth.renewable === true,
  }
}

function wrapInfoOf(info: JsonObject): WrapInfo {
  return {
    token: text(info.token),
    accessor: text(info.accessor),
    ttl: integer(info.ttl),
    creation_time: text(info.creation_time),
    creation_path: text(info.creation_path),
    ...(typeof info.wrapped_accessor === 'string' && { wrapped_accessor: info.wrapped_accessor }),
  }
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function integer(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0
}

function texts(value: JsonValue | undefined): readonly string[] | null {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : null
}

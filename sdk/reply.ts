import { inspect } from 'node:util'
import { type MfaRequirement, mfaRequirementOf } from './mfa.ts'

/** A token that was issued or renewed. It shows itself only when asked by name. */
export class Auth {
  readonly #clientToken: string
  readonly accessor: string
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  /** Seconds that the token lives; 0 is for ever. */
  readonly ttlSeconds: number
  readonly renewable: boolean
  readonly entityId: string
  readonly orphan: boolean
  /** `service` or `batch`. */
  readonly tokenType: string
  /** Requests that it may still make; 0 is any number. */
  readonly numUses: number
  /** The login waits for a second factor, and there is no token yet. */
  readonly mfaRequirement: MfaRequirement | undefined

  constructor(wire: WireAuth) {
    this.#clientToken = wire.client_token ?? ''
    this.accessor = wire.accessor ?? ''
    this.policies = wire.policies ?? []
    this.metadata = wire.metadata ?? {}
    this.ttlSeconds = wire.lease_duration ?? 0
    this.renewable = wire.renewable === true
    this.entityId = wire.entity_id ?? ''
    this.orphan = wire.orphan === true
    this.tokenType = wire.token_type ?? ''
    this.numUses = wire.num_uses ?? 0
    this.mfaRequirement = mfaRequirementOf(wire.mfa_requirement)
  }

  /** The token itself. A secret. */
  get clientToken(): string {
    return this.#clientToken
  }
}

/** For how long, and under which name, data was given. */
export interface Lease {
  readonly id: string
  readonly ttlSeconds: number
  readonly renewable: boolean
}

/** Where an answer waits, for one reader. It shows the token only when asked by name. */
export class WrapInfo {
  readonly #token: string
  readonly accessor: string
  /** Seconds that the answer is kept. */
  readonly ttlSeconds: number
  /** RFC 3339. */
  readonly creationTime: string
  readonly creationPath: string
  /** Accessor of the token in the wrapped answer; '' for none. */
  readonly wrappedAccessor: string

  constructor(wire: WireWrapInfo) {
    this.#token = wire.token ?? ''
    this.accessor = wire.accessor ?? ''
    this.ttlSeconds = wire.ttl ?? 0
    this.creationTime = wire.creation_time ?? ''
    this.creationPath = wire.creation_path ?? ''
    this.wrappedAccessor = wire.wrapped_accessor ?? ''
  }

  /** Unwraps the answer. A secret. */
  get token(): string {
    return this.#token
  }
}

/** The members of an answer's envelope, as both transports have them. */
export interface WireEnvelope {
  readonly request_id?: string
  readonly lease_id?: string
  readonly lease_duration?: number
  readonly renewable?: boolean
  readonly warnings?: readonly string[] | null
  readonly auth?: WireAuth | null
  readonly wrap_info?: WireWrapInfo | null
}

interface WireAuth {
  readonly client_token?: string
  readonly accessor?: string
  readonly policies?: readonly string[] | null
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly lease_duration?: number
  readonly renewable?: boolean
  readonly entity_id?: string
  readonly orphan?: boolean
  readonly token_type?: string
  readonly num_uses?: number
  readonly mfa_requirement?: unknown
}

interface WireWrapInfo {
  readonly token?: string
  readonly accessor?: string
  readonly ttl?: number
  readonly creation_time?: string
  readonly creation_path?: string
  readonly wrapped_accessor?: string
}

/**
 * What the server answered. `util.inspect` and JSON show of it what is no secret: take `data` out to work with it.
 */
export class Reply<T> {
  /** HTTP's number for the outcome; also over gRPC. */
  readonly status: number
  /** Names the request in the audit log. */
  readonly requestId: string
  /** What the caller should know, in sentences. */
  readonly warnings: readonly string[]
  readonly lease: Lease | undefined
  readonly #envelope: WireEnvelope
  readonly #data: T
  readonly #auth: Auth | undefined
  readonly #wrapInfo: WrapInfo | undefined

  constructor(status: number, envelope: WireEnvelope, data: T) {
    this.status = status
    this.requestId = envelope.request_id ?? ''
    this.warnings = envelope.warnings ?? []
    this.lease = leaseOf(envelope)
    this.#envelope = envelope
    this.#data = data
    this.#auth = envelope.auth ? new Auth(envelope.auth) : undefined
    this.#wrapInfo = envelope.wrap_info ? new WrapInfo(envelope.wrap_info) : undefined
  }

  /** The same answer with other data. */
  with<U>(data: U): Reply<U> {
    return new Reply(this.status, this.#envelope, data)
  }

  get data(): T {
    return this.#data
  }

  /** The token that was made or renewed. */
  get auth(): Auth | undefined {
    return this.#auth
  }

  /** Where the answer is instead, when it was asked to be wrapped. */
  get wrapInfo(): WrapInfo | undefined {
    return this.#wrapInfo
  }

  [inspect.custom](): string {
    const warnings = this.warnings.length === 0 ? '' : `, ${this.warnings.length} warnings`
    return `Reply { status: ${this.status}, requestId: '${this.requestId}'${warnings}, data: [hidden] }`
  }
}

function leaseOf({ lease_id: id = '', lease_duration: ttlSeconds = 0, renewable }: WireEnvelope): Lease | undefined {
  if (id === '' && ttlSeconds === 0) return undefined
  return { id, ttlSeconds, renewable: renewable === true }
}

/** An answer that has a form of its own. */
export interface RawBody {
  readonly contentType: string
  readonly body: Uint8Array
}

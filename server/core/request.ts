import type { Connection, IssuedAuth, Operation, RawReply, WrapInfo } from '../../engines/engine.ts'
import type { Awaitable } from '../../storage/backend.ts'

/** What a request came in. */
export type Protocol = 'rest' | 'grpc' | 'aws-kms'

/** What came over the wire, decoded by an adapter that decides nothing. */
export interface Request {
  /** RFC 9562 UUID, made by the adapter; stands in the audit log, the reply and our log. */
  readonly id: string
  /** From `X-Vault-Namespace` or the like; '' is the root namespace. Without a leading, with a trailing '/'. */
  readonly namespace: string
  /** A POST or PUT is 'update'; the core makes it 'create' where the route knows better. */
  readonly operation: Operation
  /** Below `/v1/`, decoded, canonical: no empty, '.' or '..' segment, no NUL; a trailing '/' is kept. */
  readonly path: string
  /** The body, or the query of a read, list, scan or delete. Numbers that a double can't hold are JSON.rawJSON values. */
  readonly data: Readonly<Record<string, unknown>>
  readonly token: string | undefined
  /** Asked-for wrapping, in seconds. */
  readonly wrapTtlSeconds: number | undefined
  readonly connection: Connection
  /** Lower-case names. Never the token's. */
  readonly headers: Readonly<Record<string, string>>
  /** Values of `X-Vault-MFA`; absent: none. Never among the headers. */
  readonly mfaValues?: readonly string[]
  readonly protocol: Protocol
  /** Aborted when the client is gone or the deadline has passed. */
  readonly signal: AbortSignal | undefined
  /** Where the operation takes it as it comes (`streamsBody`). */
  readonly body?: AsyncIterable<Uint8Array> | undefined
}

/** What an adapter renders. Exactly one of `raw` and the envelope's parts is used. */
export interface Response {
  readonly requestId: string
  /** HTTP's number for the outcome: 200, 202, 204, 404 or 400 with data; adapters map it. */
  readonly status: number
  readonly data: Readonly<Record<string, unknown>> | null
  readonly topLevel: boolean
  readonly leaseId: string
  readonly renewable: boolean
  readonly leaseDurationSeconds: number
  readonly auth: IssuedAuth | null
  readonly wrapInfo: WrapInfo | null
  readonly warnings: readonly string[] | null
  readonly mountType: string
  readonly raw: RawReply | null
  /** Of the envelope's answer, besides the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The pipeline, as adapters see it. Rejects with an EgideError, or with anything else for an internal fault. */
export interface Core {
  /**
   * Before a request's body is read: whether its client has asked too much. The headers for its answer; undefined: it has
   * to be asked again, with `isWhole`, when the body is there. Throws what `handle` would reject with. Absent: nobody has.
   */
  admit?(request: Request, isWhole: boolean): Awaitable<readonly string[] | undefined>
  handle(request: Request): Promise<Response>
}

import type { IssuedAuth, IssuedLease, WrapInfo } from '../../engine.ts'

/** What `sys/wrapping` needs of the server. */

export interface WrappedInfo {
  readonly creationPath: string
  /** Milliseconds since the epoch. */
  readonly creationTimeMs: number
  readonly creationTtlSeconds: number
}

/** An answer as it was when it was wrapped. */
export interface Unwrapped {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly auth: IssuedAuth | null
  readonly lease: IssuedLease
  readonly warnings: readonly string[]
}

/** A token and the use of it that a request has taken. */
export interface WrappingToken {
  readonly token: string
  /** It is the calling token, whose one use the request took; otherwise the use is taken here. */
  readonly isCaller: boolean
}

/** Rejects with `invalid_request`, always the same, for what is no wrapping token, was used or has expired. */
export interface WrappingService {
  /** Takes no use. */
  lookup(token: string): Promise<WrappedInfo>
  /** Of many at one time exactly one resolves. */
  unwrap(token: WrappingToken): Promise<Unwrapped>
  /**
   * Likewise; what is wrapped goes over to a new token without being shown. That one waits as long as the old one did, or
   * for `askedSeconds` where those are fewer.
   */
  rewrap(token: WrappingToken, askedSeconds: number | undefined): Promise<WrapInfo>
}

export interface WrappingServices {
  readonly wrapping: WrappingService
}

/** How a call ends: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
export const GRPC = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const

export type GrpcCode = (typeof GRPC)[keyof typeof GRPC]

/** What goes with a status; names that end in '-bin' have base64. */
export type Trailers = Readonly<Record<string, string>>

/** How a call fails. */
export interface GrpcError {
  readonly code: GrpcCode
  readonly details: string
  readonly trailers: Trailers
}

/** A failure of which there is no more to say. */
export const failure = (code: GrpcCode, details: string): GrpcError => ({ code, details, trailers: {} })

import { create, toBinary } from '@bufbuild/protobuf'
import { type Any, anyPack } from '@bufbuild/protobuf/wkt'
import type { Code, EgideError } from '../../engines/errors.ts'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../../proto/gen/google/rpc/error_details_pb.ts'
import { StatusSchema } from '../../proto/gen/google/rpc/status_pb.ts'
import { GRPC, type GrpcCode, type GrpcError, type Trailers } from './codes.ts'

/** The only place that knows gRPC's status for an error. A new code does not compile until it has one. */
const STATUS: Readonly<Record<Code, GrpcCode>> = {
  invalid_request: GRPC.INVALID_ARGUMENT,
  permission_denied: GRPC.PERMISSION_DENIED,
  not_found: GRPC.NOT_FOUND,
  unsupported_operation: GRPC.UNIMPLEMENTED,
  unsupported_media_type: GRPC.INVALID_ARGUMENT,
  conflict: GRPC.ABORTED, // the caller may read anew and try again with another cas
  in_use: GRPC.FAILED_PRECONDITION,
  too_large: GRPC.RESOURCE_EXHAUSTED,
  timeout: GRPC.DEADLINE_EXCEEDED,
  rate_limited: GRPC.RESOURCE_EXHAUSTED,
  sealed: GRPC.UNAVAILABLE,
  not_initialized: GRPC.FAILED_PRECONDITION,
  unavailable: GRPC.UNAVAILABLE,
  internal: GRPC.INTERNAL,
}

/** What an answer that HTTP gives with data and one of these numbers is here. */
export function codeOfHttp(number: number): Code {
  if (number === 401 || number === 403) return 'permission_denied'
  if (number === 404) return 'not_found'
  if (number === 429) return 'rate_limited'
  return number >= 500 ? 'unavailable' : 'invalid_request'
}

/** Vault says nothing of what is missing; a status should say something. */
const UNSAID: Partial<Record<Code, string>> = { not_found: 'there is nothing at this path' }

const DOMAIN = 'egide'

/** Of a message, which stands in the metadata up to three times: gRPC's clients take 8 KiB of that. */
const MESSAGE_MAX_BYTES = 1000

function shortened(text: string): string {
  if (text.length * 3 <= MESSAGE_MAX_BYTES) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= MESSAGE_MAX_BYTES) return text
  // The last character may be a part of one.
  return `${bytes.toString('utf8', 0, MESSAGE_MAX_BYTES).replace(/\ufffd*$/, '')}...`
}

/** The request, and where an engine has names for its refusals the name. */
function infoOf({ kind }: EgideError, requestId: string): Record<string, string> {
  return { request_id: requestId, ...(typeof kind === 'string' && { kind }) }
}

/** A google.rpc.Status in grpc-status-details-bin: Egide's own code, the field that was refused, when to try again. */
export function grpcError(error: EgideError, requestId: string, reply?: Any): GrpcError {
  const code = STATUS[error.code]
  const message = shortened(error.message || (UNSAID[error.code] ?? error.code.replaceAll('_', ' ')))
  const reason = error.code.toUpperCase()
  const info = { reason, domain: DOMAIN, metadata: infoOf(error, requestId) }
  const details = [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, info))]
  if (error.field !== undefined) {
    const fieldViolations = [{ field: error.field, description: message }]
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })))
  }
  if (error.retryAfterSeconds !== undefined) {
    const retryDelay = { seconds: BigInt(Math.ceil(error.retryAfterSeconds)) }
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })))
  }
  if (reply !== undefined) details.push(reply)
  const rich = Buffer.from(toBinary(StatusSchema, create(StatusSchema, { code, message, details })))
  const trailers = { ...trailerOf(requestId), 'grpc-status-details-bin': rich.toString('base64') }
  return { code, details: message, trailers }
}

/** Names the request, in what goes around its answers. */
export function trailerOf(requestId: string): Trailers {
  return { 'x-request-id': requestId }
}

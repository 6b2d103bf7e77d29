import { type DescMessage, fromBinary } from '@bufbuild/protobuf'
import { anyUnpack } from '@bufbuild/protobuf/wkt'
import { type ServiceError, status } from '@grpc/grpc-js'
import { ErrorInfoSchema, RetryInfoSchema } from '../../proto/gen/google/rpc/error_details_pb.ts'
import { type Status, StatusSchema } from '../../proto/gen/google/rpc/status_pb.ts'
import { ApiError, type Asked, type ErrorCode, isErrorCode, STATUS, TransportError } from '../errors.ts'
import type { Reply } from '../reply.ts'
import { NO_TLS } from '../unreachable.ts'

/** Reads the reply that an error carries. */
export type ReadReply = (bytes: Uint8Array) => Reply<unknown>

/** What a call failed of. Without the server's own word in its details, it was the way and not the server. */
export function failureOf(error: ServiceError, asked: Asked, output: DescMessage, readReply: ReadReply): Error {
  const rich = richStatus(error)
  const info = rich?.details.map((detail) => anyUnpack(detail, ErrorInfoSchema)).find((detail) => detail !== undefined)
  const code = info?.reason.toLowerCase() ?? ''
  if (rich === undefined || info === undefined || !isErrorCode(code)) return brokenWay(error, asked)
  const carried = rich.details.find(({ typeUrl }) => typeUrl.endsWith(`/${output.typeName}`))
  const reply = carried === undefined ? undefined : readReply(carried.value)
  return new ApiError(asked, {
    status: reply?.status ?? STATUS[code],
    code,
    errors: messagesOf(code, rich.message, reply !== undefined),
    requestId: info.metadata.request_id ?? '',
    retryAfterSeconds: retryAfter(rich),
    reply,
  })
}

function richStatus(error: ServiceError): Status | undefined {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? []
  if (!Buffer.isBuffer(bytes)) return undefined
  try {
    return fromBinary(StatusSchema, bytes)
  } catch {
    return undefined
  }
}

function retryAfter({ details }: Status): number | undefined {
  const info = details.map((detail) => anyUnpack(detail, RetryInfoSchema)).find((detail) => detail !== undefined)
  return info?.retryDelay === undefined ? undefined : Number(info.retryDelay.seconds)
}

/** HTTP lists no error where there is just nothing, or where the reply says it; a status always needs a sentence. */
const NOTHING_THERE = 'there is nothing at this path'

function messagesOf(code: ErrorCode, message: string, hasReply: boolean): string[] {
  if (hasReply || (code === 'not_found' && message === NOTHING_THERE)) return []
  return [message]
}

const NOT_OVER_TLS = "what answers there does not speak TLS: tls: 'plain' is for a listener without it"

function brokenWay(error: ServiceError, { url }: Asked): TransportError {
  const told = `${url}: ${NO_TLS.test(error.details) ? NOT_OVER_TLS : error.details}`
  switch (error.code) {
    case status.UNAVAILABLE:
      return new TransportError('unreachable', told, { transient: true })
    case status.DEADLINE_EXCEEDED:
      return new TransportError('timeout', `${url}: no answer in time`)
    case status.UNIMPLEMENTED:
      return new TransportError('unsupported', `${url}: the server has no such operation`)
    case status.RESOURCE_EXHAUSTED:
    case status.INTERNAL:
      return new TransportError('invalid_response', told)
    default:
      return new TransportError('unreachable', told)
  }
}

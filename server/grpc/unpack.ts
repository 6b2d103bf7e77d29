import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { failure, GRPC, type GrpcError } from './codes.ts'
import type { WireMessage } from './message-reader.ts'

const UNPACK = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
])

/** The compressions that a client may use, as the header that tells it so. */
export const ACCEPTED = ['identity', ...UNPACK.keys()].join(',')

export const isFailure = (outcome: Buffer | GrpcError): outcome is GrpcError => !Buffer.isBuffer(outcome)

/** The message that was packed as `encoding` says, up to `maxBytes`; or why there is none. Never rejects. */
export async function unpacked(
  { bytes }: WireMessage,
  encoding: string,
  maxBytes: number,
): Promise<Buffer | GrpcError> {
  if (encoding === 'identity') return failure(GRPC.INTERNAL, 'a message is compressed, and nothing says how')
  const unpack = UNPACK.get(encoding)
  if (unpack === undefined) return failure(GRPC.UNIMPLEMENTED, 'the compression of a message is not known')
  try {
    return await unpack(bytes, { maxOutputLength: Math.max(maxBytes, 1) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return failure(GRPC.RESOURCE_EXHAUSTED, `a message is longer than ${maxBytes} bytes`)
    return failure(GRPC.INTERNAL, 'a message is not what its compression says')
  }
}

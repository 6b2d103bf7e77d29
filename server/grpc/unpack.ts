import type { IncomingHttpHeaders } from 'node:http2'
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

/** Whose message it is. */
interface Packer {
  readonly headers: IncomingHttpHeaders
  readonly isOver: boolean
}

/** Unpacks messages, few at a time: what comes out may be a thousand times as long as what came. */
export class Unpacker {
  readonly #maxBytes: number
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(maxBytes: number, most: number) {
    this.#maxBytes = maxBytes
    this.#most = most
  }

  /**
   * The message that was packed as the call says; or why there is none. Undefined where the call was over before its turn.
   * Never rejects.
   */
  async unpack(message: WireMessage, packer: Packer): Promise<Buffer | GrpcError | undefined> {
    if (this.#busy < this.#most) this.#busy++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      const encoding = String(packer.headers['grpc-encoding'] ?? 'identity')
      return packer.isOver ? undefined : await unpacked(message, encoding, this.#maxBytes)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy--
      else next()
    }
  }
}

async function unpacked({ bytes }: WireMessage, encoding: string, maxBytes: number): Promise<Buffer | GrpcError> {
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

import { once } from 'node:events'
import { unlinkSync } from 'node:fs'
import net from 'node:net'
import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js'
import {
  DecryptRequestSchema,
  DecryptResponseSchema,
  EncryptRequestSchema,
  EncryptResponseSchema,
  KeyManagementService,
  StatusRequestSchema,
  StatusResponseSchema,
} from '../../proto/gen/kubernetes/kms/v2/api_pb.ts'
import { ApiError, type ErrorCode, TransportError } from '../../sdk/errors.ts'
import { clearSocketPath, listenUnix } from '../../server/listeners/unix-socket.ts'
import { Refused, type WrappingKey } from './wrapping-key.ts'

/** Kubernetes seals seeds of 32 bytes; what it may store of them is below 1 kB. */
const MESSAGE_MAX_BYTES = 64 * 1024
/** One API server calls, over one connection; others are its next process, and people who look. */
const CONNECTIONS_MAX = 16
const STREAMS_MAX = 128
const GRACE_MS = 5_000

const same = (bytes: Buffer): Buffer => bytes

/** The KMS v2 service on a Unix socket that its owner alone may open. */
export class SocketServer {
  readonly #key: WrappingKey
  readonly #path: string
  readonly #grpc: Server
  readonly #socket: net.Server
  readonly #connections = new Set<net.Socket>()

  constructor(key: WrappingKey, path: string) {
    this.#key = key
    this.#path = path
    this.#grpc = new Server({
      'grpc.max_receive_message_length': MESSAGE_MAX_BYTES,
      'grpc.max_concurrent_streams': STREAMS_MAX,
      'grpc.enable_channelz': 0,
    })
    const { method } = KeyManagementService
    this.#serve(method.status, StatusRequestSchema, StatusResponseSchema, () => this.#key.status())
    this.#serve(method.encrypt, EncryptRequestSchema, EncryptResponseSchema, ({ plaintext }) =>
      this.#key.encrypt(plaintext),
    )
    this.#serve(method.decrypt, DecryptRequestSchema, DecryptResponseSchema, (asked) => this.#key.decrypt(asked))
    const injector = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure())
    this.#socket = net.createServer((connection) => {
      this.#connections.add(connection)
      connection.once('close', () => this.#connections.delete(connection))
      // A peer that resets is no news.
      connection.on('error', () => {})
      injector.injectConnection(connection)
    })
    this.#socket.maxConnections = CONNECTIONS_MAX
  }

  /** Takes the place of a socket at which nobody listens any more. Throws ListenError where somebody does. */
  async listen(): Promise<void> {
    await clearSocketPath(this.#path)
    const listening = once(this.#socket, 'listening')
    listenUnix(this.#socket, { socketPath: this.#path, mode: 0o600, user: undefined, group: undefined })
    await listening
  }

  /** Lets calls under way finish, and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#socket.close(() => resolve()))
    const cut = setTimeout(() => this.#grpc.forceShutdown(), GRACE_MS)
    await new Promise<void>((resolve) => this.#grpc.tryShutdown(() => resolve()))
    clearTimeout(cut)
    for (const connection of this.#connections) connection.destroy()
    await closed
    try {
      unlinkSync(this.#path)
    } catch {
      // Node.js has removed it already, or somebody else has.
    }
  }

  #serve<In extends DescMessage, Out extends DescMessage>(
    { name }: { readonly name: string },
    input: In,
    output: Out,
    answer: (request: MessageShape<In>) => Promise<Parameters<typeof create<Out>>[1]>,
  ): void {
    const handle = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      this.#answer(call.request, input, output, answer).then(
        (reply) => callback(null, reply),
        (error: unknown) => callback(failureOf(error)),
      )
    }
    this.#grpc.register(`/${KeyManagementService.typeName}/${name}`, handle, same, same, 'unary')
  }

  async #answer<In extends DescMessage, Out extends DescMessage>(
    bytes: Buffer,
    input: In,
    output: Out,
    answer: (request: MessageShape<In>) => Promise<Parameters<typeof create<Out>>[1]>,
  ): Promise<Buffer> {
    return Buffer.from(toBinary(output, create(output, await answer(read(input, bytes)))))
  }
}

function read<In extends DescMessage>(input: In, bytes: Buffer): MessageShape<In> {
  try {
    return fromBinary(input, bytes)
  } catch {
    throw new Refused('the message is not what its type says')
  }
}

const CODES: Readonly<Partial<Record<ErrorCode, status>>> = {
  invalid_request: status.INVALID_ARGUMENT,
  permission_denied: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  rate_limited: status.RESOURCE_EXHAUSTED,
  timeout: status.DEADLINE_EXCEEDED,
  internal: status.INTERNAL,
}

function failureOf(error: unknown): { readonly code: status; readonly details: string } {
  if (error instanceof Refused) return { code: status.INVALID_ARGUMENT, details: error.message }
  if (error instanceof ApiError) {
    return { code: CODES[error.code] ?? status.UNAVAILABLE, details: `${error.code}: ${error.errors.join('; ')}` }
  }
  if (error instanceof TransportError) return { code: status.UNAVAILABLE, details: error.message }
  return { code: status.INTERNAL, details: 'internal error' }
}

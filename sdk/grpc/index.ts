import { isIP } from 'node:net'
import { create, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type requestCallback,
  type ServiceError,
} from '@grpc/grpc-js'
import { type Asked, TransportError } from '../errors.ts'
import { SERVICES } from '../gen/grpc-services.ts'
import type { Input, Operation } from '../operation.ts'
import { Reply, type WireEnvelope } from '../reply.ts'
import { conform } from '../shape.ts'
import { authorities, identityOf, type TlsSettings } from '../tls.ts'
import type { Call, Content, SendCall, StreamCall, Transport } from '../transport.ts'
import { failureOf } from './failure.ts'
import { jsonOf, messageOf } from './message.ts'

export interface GrpcSettings {
  /** `vault.example.com:8201`, without a scheme. */
  readonly address: string
  /** `plain` for a listener without TLS. Default: TLS that trusts the machine's authorities. */
  readonly tls?: TlsSettings | 'plain'
  /** For one try. Default 60 000. */
  readonly timeoutMs?: number
  /** Larger answers are refused. Default 32 MiB. */
  readonly maxResponseBytes?: number
}

const DEFAULT_TIMEOUT_MS = 60_000
/** What the addresses of other protocols begin with, and what servers show of their own. The library takes it for a host. */
const SCHEME = /^(?:https?|grpcs?):\/\//i
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024

/** The gRPC API. One connection carries all calls. Throws TransportError `invalid_address` for one with a scheme. */
export class GrpcTransport implements Transport {
  readonly place: string
  readonly #client: Client
  readonly #timeoutMs: number

  constructor({ address, tls = {}, timeoutMs, maxResponseBytes }: GrpcSettings) {
    if (SCHEME.test(address))
      throw new TransportError(
        'invalid_address',
        "gRPC's address is host:port; tls says whether it is TLS, not a scheme",
      )
    this.place = address
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS
    const options: ChannelOptions = {
      ...(tls !== 'plain' && nameOptions(tls, address)),
      'grpc.max_receive_message_length': maxResponseBytes ?? DEFAULT_MAX_BYTES,
      // Retries are the client's: it knows what may be repeated.
      'grpc.enable_retries': 0,
      'grpc.enable_http_proxy': 0,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 5_000,
      'grpc.keepalive_time_ms': 60_000,
    }
    this.#client = new Client(address, tls === 'plain' ? credentials.createInsecure() : secure(tls, address), options)
  }

  async call(call: Call): Promise<Reply<unknown>> {
    const method = methodOf(call.operation)
    const request = encoded(call.operation, method, call.input)
    const options = { deadline: Date.now() + (call.timeoutMs ?? this.#timeoutMs) }
    return this.#once(call, method, (answered) =>
      this.#client.makeUnaryRequest(
        pathOf(method),
        asIs,
        decoder(method),
        request,
        metadataOf(call),
        options,
        answered,
      ),
    )
  }

  async send(call: SendCall): Promise<Reply<unknown>> {
    const { operation, timeoutMs } = call
    const method = methodOf(operation)
    const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }
    return this.#once(call, method, (answered) => {
      const sent = this.#client.makeClientStreamRequest(
        pathOf(method),
        asIs,
        decoder(method),
        metadataOf(call),
        options,
        answered,
      )
      // A body that cannot be read to its end must not be taken for whole.
      sendAll(sent, (content) => encoded(operation, method, { content }), call.content).catch(() => sent.cancel())
      return sent
    })
  }

  /** A call that is answered once, which the caller's signal ends sooner. */
  #once(
    call: Omit<Call, 'input'>,
    method: DescMethod,
    begin: (answered: requestCallback<Message>) => { cancel(): void },
  ): Promise<Reply<unknown>> {
    const { operation, signal } = call
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => sent.cancel()
      const sent = begin((error, reply) => {
        signal?.removeEventListener('abort', abort)
        if (error !== null) reject(this.#failure(error, method, call))
        else resolve(replyOf(operation, method, reply))
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  async *stream(call: StreamCall): AsyncGenerator<Reply<unknown>> {
    const { operation, signal } = call
    const method = methodOf(operation)
    signal?.throwIfAborted()
    const stream = await this.#open(operation, method, call)
    const abort = () => stream.cancel()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      for await (const message of stream as AsyncIterable<Message>) yield replyOf(operation, method, message)
    } catch (error) {
      throw this.#failure(error as ServiceError, method, call)
    } finally {
      signal?.removeEventListener('abort', abort)
      stream.cancel()
    }
  }

  close(): void {
    this.#client.close()
  }

  async #open(operation: Operation, method: DescMethod, call: StreamCall) {
    const encode = (input: Input) => encoded(operation, method, input)
    const [path, decode] = [pathOf(method), decoder(method)]
    if (method.methodKind === 'server_streaming') {
      const inputs = call.inputs[Symbol.asyncIterator]()
      const { value } = await inputs.next()
      const request = encode(value as Input)
      return this.#client.makeServerStreamRequest(path, asIs, decode, request, metadataOf(call)) as Streamed
    }
    const stream = this.#client.makeBidiStreamRequest(path, asIs, decode, metadataOf(call))
    void send(stream, encode, call.inputs)
    return stream as Streamed
  }

  #failure(error: ServiceError, method: DescMethod, call: Common): unknown {
    if (call.signal?.aborted) return call.signal.reason
    // Not a status: what a caller's own input threw while it was read.
    if (error.metadata === undefined) return error
    const url = `${this.place}${pathOf(method)}`
    const asked: Asked = { method: 'RPC', url, namespace: call.namespace ?? '' }
    const read = (bytes: Uint8Array) => replyOf(call.operation, method, fromBinary(method.output, bytes))
    return failureOf(error, asked, method.output, read)
  }
}

/** Of a body in one message: the server takes no more. */
const PIECE_BYTES = 1024 * 1024

/** Writes a body as fast as the server takes it, and stops when that has answered. */
async function sendAll(
  stream: ClientWritableStream<Buffer>,
  encode: (piece: Uint8Array) => Buffer,
  content: Content,
): Promise<void> {
  let isAnswered = false
  stream.once('status', () => {
    isAnswered = true
  })
  for await (const bytes of content) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (isAnswered) return
      if (!stream.write(encode(bytes.subarray(at, at + PIECE_BYTES)))) await drained(stream)
    }
  }
  stream.end()
}

type Common = Omit<StreamCall, 'inputs' | 'timeoutMs'>
type Streamed = ClientReadableStream<Message> | ClientDuplexStream<Buffer, Message>

/** Writes what is to be asked as fast as the server takes it. An input that fails ends the stream with its error. */
async function send(
  stream: ClientDuplexStream<Buffer, Message>,
  encode: (input: Input) => Buffer,
  inputs: AsyncIterable<Input>,
): Promise<void> {
  try {
    for await (const input of inputs) {
      if (stream.destroyed) return
      if (!stream.write(encode(input))) await drained(stream)
    }
    stream.end()
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error('the input of a stream failed'))
  }
}

/** When one of these comes, it takes more or never will. */
const MOVED = ['drain', 'close', 'error', 'end', 'status'] as const

function drained(stream: ClientDuplexStream<Buffer, Message> | ClientWritableStream<Buffer>): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      for (const event of MOVED) stream.off(event, go)
      resolve()
    }
    for (const event of MOVED) stream.on(event, go)
  })
}

const METHODS: ReadonlyMap<string, DescMethod> = new Map(
  SERVICES.flatMap((service) => service.methods.map((method) => [`${service.name}.${method.name}`, method] as const)),
)

function methodOf({ service, rpc }: Operation): DescMethod {
  const method = METHODS.get(`${service}.${rpc}`)
  if (method === undefined) throw new TransportError('unsupported', `${rpc} is for the HTTP API only`)
  return method
}

const pathOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`

const asIs = (bytes: Buffer): Buffer => bytes

/** Throws TypeError for what has no form in a message. Not the runtime's own error, which quotes the value. */
function encoded({ service, rpc }: Operation, { input: desc }: DescMethod, input: Input): Buffer {
  try {
    const bytes = toBinary(desc, messageOf(desc, input))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch {
    throw new TypeError(`the input is not what ${service}.${rpc} takes`)
  }
}

function decoder({ output }: DescMethod): (bytes: Buffer) => Message {
  return (bytes) => fromBinary(output, bytes)
}

function replyOf(operation: Operation, { output }: DescMethod, message: Message | undefined): Reply<unknown> {
  const read = jsonOf(output, message ?? create(output)) as {
    readonly envelope?: WireEnvelope & { readonly status?: number }
    readonly data?: unknown
    readonly raw?: { readonly content_type?: string; readonly body?: Uint8Array }
  }
  const { envelope = {}, data, raw } = read
  const status = envelope.status ?? 200
  if (operation.answers === 'bytes') return new Reply(status, envelope, read)
  if (operation.answers === 'bare' || operation.answers === 'events') {
    return new Reply(status, envelope, conform(operation.shape, read))
  }
  if (operation.answers === 'raw') {
    return new Reply(status, envelope, { contentType: raw?.content_type ?? '', body: raw?.body ?? new Uint8Array() })
  }
  return new Reply(status, envelope, data === undefined ? undefined : conform(operation.shape, data))
}

function metadataOf({ token, namespace, wrapTtl, headers = {} }: Common): Metadata {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  if (token !== undefined && token !== '') metadata.set('x-vault-token', token)
  if (namespace !== undefined && namespace !== '') metadata.set('x-egide-namespace', namespace)
  if (wrapTtl !== undefined) metadata.set('x-wrap-ttl', wrapTtl)
  return metadata
}

function secure(tls: TlsSettings, address: string) {
  const roots = authorities(tls)
  const name = nameOf(tls, address)
  return credentials.createSsl(
    roots === undefined ? null : Buffer.from(roots.join('\n')),
    tls.key === undefined ? null : Buffer.from(tls.key),
    tls.cert === undefined ? null : Buffer.from(tls.cert),
    {
      rejectUnauthorized: tls.dangerouslySkipVerification !== true,
      ...(isIP(name) !== 0 && { checkServerIdentity: identityOf(name) }),
    },
  )
}

/** With or without a scheme of gRPC's before it, brackets around it, a port behind it. */
const HOST = /^(?:ipv[46]:|dns:(?:\/\/[^/]*\/)?)?\[?(.*?)\]?(?::\d+)?$/

/** Whose certificate is wanted. */
function nameOf({ serverName }: TlsSettings, address: string): string {
  return serverName ?? HOST.exec(address)?.[1] ?? ''
}

/** Node.js refuses to ask for an IP address, and grpc-js always asks for something: nobody has this name (RFC 2606). */
const NOBODY = 'address.invalid'

/** The name to ask for and to check. */
function nameOptions(tls: TlsSettings, address: string): ChannelOptions {
  const { serverName } = tls
  const asked = isIP(nameOf(tls, address)) === 0 ? serverName : NOBODY
  return {
    ...(asked !== undefined && { 'grpc.ssl_target_name_override': asked }),
    ...(serverName !== undefined && { 'grpc.default_authority': serverName }),
  }
}

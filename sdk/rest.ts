import type { IncomingMessage } from 'node:http'
import { parseAddress } from './address.ts'
import { UPLOAD_MAX_MS } from './deadline.ts'
import { ApiError, TransportError } from './errors.ts'
import { type HttpRequest, type HttpResponse, type HttpSettings, HttpWire, type Wire } from './http.ts'
import { askedOf, firstBytes, headersOf, jsonOf, objectOf, refusalOf, warningsIn } from './http-answer.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'
import type { HttpMethod, Query } from './method.ts'
import { fillPath, type Input, type Operation } from './operation.ts'
import { Reply, type WireEnvelope } from './reply.ts'
import { isBare } from './secret.ts'
import { conform } from './shape.ts'
import type { Call, SendCall, StreamCall, Transport } from './transport.ts'

export interface RestSettings extends HttpSettings {
  /** `https://vault.example.com:8200`, `http://…` or `unix:///path/to/socket`. */
  readonly address: string
}

type Unsent = Omit<HttpRequest, 'headers'>

/** The HTTP API. */
export class RestTransport implements Transport {
  readonly place: string
  readonly #wire: Wire

  constructor({ address, ...settings }: RestSettings) {
    const parsed = parseAddress(address)
    this.place = parsed.socketPath ?? parsed.base
    this.#wire = new HttpWire(parsed, settings)
  }

  call(call: Call): Promise<Reply<unknown>> {
    return this.#ask(call, requestOf(call.operation, call.input))
  }

  send(call: SendCall): Promise<Reply<unknown>> {
    const request: Unsent = { method: 'POST', path: call.operation.path, content: call.content }
    return this.#ask({ ...call, timeoutMs: call.timeoutMs ?? UPLOAD_MAX_MS }, request)
  }

  async #ask(call: Omit<Call, 'input'>, request: Unsent): Promise<Reply<unknown>> {
    const { operation } = call
    const headers = headersOf(call, request)
    const response = await this.#wire.send({ ...request, headers }, { signal: call.signal, timeoutMs: call.timeoutMs })
    const isGood = response.status >= 200 && response.status < 300
    if (isGood || operation.anyStatus === true) return replyOf(operation, response)
    const body = parsed(response.body)
    const reply = isJsonObject(body) && isJsonObject(body.data) ? parsedReply(operation, response, body) : undefined
    throw refusalOf(askedOf(this.#wire.address, request, call.namespace), response, body, reply)
  }

  async *stream(call: StreamCall): AsyncGenerator<Reply<unknown>> {
    const { operation, signal } = call
    if (operation.answers !== 'bytes' && operation.answers !== 'events') throw unsupported(operation)
    const isEvents = operation.answers === 'events'
    for await (const input of call.inputs) {
      const request = requestOf(operation, isEvents ? { ...input, watch: true } : input)
      const headers = headersOf(call, request)
      const message = await this.#wire.stream({ ...request, headers }, { signal, timeoutMs: call.timeoutMs })
      try {
        if (message.statusCode !== 200) throw await this.#streamRefusal(call, request, message)
        if (isEvents) yield* eventsOf(operation, message)
        else for await (const content of message as AsyncIterable<Buffer>) yield new Reply(200, {}, { content })
      } catch (error) {
        throw signal?.aborted ? signal.reason : brokenOff(error, this.place)
      } finally {
        message.destroy()
      }
    }
  }

  close(): void {
    this.#wire.close()
  }

  async #streamRefusal(call: StreamCall, request: Unsent, message: IncomingMessage): Promise<ApiError> {
    const asked = askedOf(this.#wire.address, request, call.namespace)
    const body = await firstBytes(message)
    return refusalOf(asked, { status: message.statusCode ?? 0, headers: message.headers, body }, parsed(body))
  }
}

/** A line of JSON for each event. */
async function* eventsOf(operation: Operation, message: IncomingMessage): AsyncGenerator<Reply<unknown>> {
  let rest = ''
  message.setEncoding('utf8')
  for await (const chunk of message as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_EVENT) throw new TransportError('invalid_response', 'an event is too long')
    for (const line of lines) {
      const event = line === '' ? undefined : conform(operation.shape, parsed(Buffer.from(line)))
      if (event !== undefined) yield new Reply(200, {}, event)
    }
  }
}

const LONGEST_EVENT = 1024 * 1024

function brokenOff(error: unknown, place: string): unknown {
  if (error instanceof ApiError || error instanceof TransportError) return error
  return new TransportError('unreachable', `the stream from ${place} broke off`, { cause: error, transient: true })
}

const parsed = (body: Buffer): JsonValue | undefined => jsonOf(body, (text) => JSON.parse(text) as JsonValue)

function unsupported({ service, rpc }: Operation): TransportError {
  return new TransportError('unsupported', `${service}.${rpc} is for gRPC only`)
}

const METHODS: Readonly<Record<Exclude<Operation['verb'], ''>, HttpMethod>> = {
  GET: 'GET',
  LIST: 'GET',
  SCAN: 'GET',
  POST: 'POST',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
}

function requestOf(operation: Operation, input: Input): Unsent {
  const { verb } = operation
  if (verb === '') throw unsupported(operation)
  const { path, rest } = fillPath(operation, input)
  const method = METHODS[verb]
  if (verb === 'POST' || verb === 'PATCH') return { method, path, body: JSON.stringify(bodyOf(operation, rest)) }
  // Not the methods LIST and SCAN, which proxies do not know.
  const flags: Query = verb === 'LIST' ? [['list', 'true']] : verb === 'SCAN' ? [['scan', 'true']] : []
  return { method, path, query: [...queryOf(rest), ...flags] }
}

function bodyOf({ whole }: Operation, input: Input): Input {
  if (whole === undefined) return input
  const { [whole]: body, ...others } = input
  return { ...(body as object | undefined), ...others }
}

function queryOf(input: Input): Query {
  return Object.entries(input).flatMap(([name, value]) => {
    if (value === undefined || value === null) return []
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    return values.map((one) => [name, String(one)] as const)
  })
}

function replyOf(operation: Operation, response: HttpResponse): Reply<unknown> {
  if (operation.answers === 'raw') {
    const contentType = response.headers['content-type'] ?? ''
    return new Reply(response.status, requestIdIn(response), { contentType, body: response.body })
  }
  const parse = (text: string): JsonValue => JSON.parse(text) as JsonValue
  return parsedReply(operation, response, objectOf(response, parse))
}

function parsedReply(operation: Operation, response: HttpResponse, body: JsonObject | undefined): Reply<unknown> {
  if (body === undefined) {
    return new Reply(response.status, { ...requestIdIn(response), warnings: warningsIn(response) }, undefined)
  }
  const told = isBare(body) ? { data: body } : body
  const data = told.data === null || told.data === undefined ? undefined : conform(operation.shape, told.data)
  // Checked by nobody but the server: what of it is missing or of another kind reads as nothing.
  return new Reply(response.status, { ...requestIdIn(response), ...(told as WireEnvelope) }, data)
}

function requestIdIn({ headers }: HttpResponse): WireEnvelope {
  const id = headers['x-request-id']
  return typeof id === 'string' ? { request_id: id } : {}
}

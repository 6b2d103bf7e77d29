import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RawReply } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Allowance } from '../core/allowance.ts'
import { httpStatusOf } from '../core/http-status.ts'
import type { Response } from '../core/request.ts'
import { renderEnvelope, renderErrors } from './envelope.ts'
import type { Exchange } from './exchange.ts'

/** Header lists of a listener, by status: Vault's constant ones and what the operator added. */
export type HeadersFor = (status: number) => readonly string[]

const NO_CONTENT = 204
const NOT_MODIFIED = 304

/** An answer that a client has to read in portions gets a time limit on its reading, and a share of what may lie unread. */
const LARGE_REPLY_BYTES = 64 * 1024

/** How long large answers of a listener may be left unread, and how much of them. */
export interface Reading {
  readonly stalledMs: number
  readonly unread: Allowance
}

/** Whether the body is a stream, which is sent piece by piece for as long as the client reads. */
export function hasStreamedBody({ raw }: Response): boolean {
  return raw !== null && typeof raw.body !== 'string' && !(raw.body instanceof Uint8Array)
}

/**
 * Undefined: it is sent. A promise where it goes on. Throws EgideError `unavailable`, with nothing sent, where too much lies
 * unread for an answer of this size.
 */
export function sendResponse(
  exchange: Exchange,
  response: Response,
  headersFor: HeadersFor,
  reading: Reading,
): Promise<void> | undefined {
  exchange.mountType = response.mountType
  if (response.raw !== null) return sendRaw(exchange, response.raw, headersFor, reading)
  if (response.status === 204) sendEmpty(exchange, response, headersFor)
  else sendText(exchange, response, headersFor, reading)
  return undefined
}

export function sendError(exchange: Exchange, error: EgideError, headersFor: HeadersFor): void {
  const status = httpStatusOf(error)
  const { reply } = exchange
  if (reply.headersSent || reply.destroyed) {
    reply.destroy()
    return
  }
  const body = renderErrors(error.message, error.data)
  // Statuses are Vault's, and some of them mean several things: this tells which.
  const own = ['X-Request-Id', exchange.id, 'X-Egide-Code', error.code]
  const headers = [...headersFor(status), ...exchange.extraHeaders, ...own]
  if (error.retryAfterSeconds !== undefined) headers.push('Retry-After', String(Math.ceil(error.retryAfterSeconds)))
  headers.push('Content-Length', String(Buffer.byteLength(body)))
  reply.writeHead(status, headers)
  reply.end(body)
}

function sendText(exchange: Exchange, response: Response, headersFor: HeadersFor, reading: Reading): void {
  const { reply, extraHeaders } = exchange
  const { status, headers: own } = response
  const body = renderEnvelope(response)
  const length = Buffer.byteLength(body)
  const isLarge = length > LARGE_REPLY_BYTES
  if (isLarge) takeRoom(reading, length)
  const headers = [...headersFor(status), ...extraHeaders, 'Content-Length', String(length)]
  if (own !== undefined) for (const [name, value] of Object.entries(own)) setHeader(headers, name, value)
  reply.writeHead(status, headers)
  // Text of as many bytes as characters is ASCII, which goes out faster as what it is.
  reply.end(body, length === body.length ? 'latin1' : 'utf8')
  if (isLarge) limitReading(exchange, reading, length)
}

function sendEmpty(exchange: Exchange, { warnings }: Response, headersFor: HeadersFor): void {
  const headers = [...headersFor(204), ...exchange.extraHeaders, 'X-Request-Id', exchange.id]
  if (warnings !== null) headers.push('X-Egide-Warnings', asHeader(warnings))
  exchange.reply.writeHead(204, headers)
  exchange.reply.end()
}

const LONGEST_WARNING_CHARS = 300

/** A JSON array in ASCII: warnings hold names that callers chose. Cut, because proxies bound what headers may hold. */
function asHeader(warnings: readonly string[]): string {
  const short = warnings.map((warning) => warning.slice(0, LONGEST_WARNING_CHARS))
  return JSON.stringify(short).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function sendRaw(
  exchange: Exchange,
  raw: RawReply,
  headersFor: HeadersFor,
  reading: Reading,
): Promise<void> | undefined {
  const { reply } = exchange
  const status = exchange.message.method === 'HEAD' ? (raw.headStatus ?? raw.status) : raw.status
  const headers = withContentType(headersFor(status), raw.contentType)
  headers.push(...exchange.extraHeaders)
  for (const [name, value] of Object.entries(raw.headers ?? {})) setHeader(headers, name, value)
  if (typeof raw.body === 'string' || raw.body instanceof Uint8Array) {
    // Of an answer that has no body, it would be said of the one that is not sent (RFC 9110, 8.6).
    const length = Buffer.byteLength(raw.body)
    if (status !== NOT_MODIFIED && status !== NO_CONTENT) headers.push('Content-Length', String(length))
    const isLarge = length > LARGE_REPLY_BYTES
    if (isLarge) takeRoom(reading, length)
    reply.writeHead(status, headers)
    reply.end(raw.body)
    if (isLarge) limitReading(exchange, reading, length)
    return undefined
  }
  exchange.streaming = true
  if (raw.length === undefined) {
    reply.writeHead(status, headers)
    reply.flushHeaders()
  } else {
    reply.writeHead(status, [...headers, 'Content-Length', String(raw.length)])
    // Its pieces are made as they are read.
    limitReading(exchange, reading, 0)
  }
  return pipeline(Readable.from(raw.body), reply)
}

/** In the place of the listener's own, where it has one of that name: an answer that may be kept is not one that may not. */
function setHeader(headers: string[], name: string, value: string): void {
  const at = headers.findIndex((own, index) => index % 2 === 0 && own.toLowerCase() === name.toLowerCase())
  if (at < 0) headers.push(name, value)
  else headers[at + 1] = value
}

function withContentType(headers: readonly string[], contentType: string): string[] {
  const own = [...headers]
  const at = own.indexOf('Content-Type')
  if (contentType === '') own.splice(at, 2)
  else own[at + 1] = contentType
  return own
}

function takeRoom({ unread }: Reading, bytes: number): void {
  if (!unread.take(bytes)) throw new EgideError('unavailable', 'too many long answers wait to be read')
}

/** Cuts a client off that lets a large answer lie: it holds memory, `held` bytes of what may lie, until it is read or cut. */
function limitReading(exchange: Exchange, { stalledMs, unread }: Reading, held: number): void {
  const { reply, message } = exchange
  if (reply.writableFinished || reply.destroyed) {
    unread.take(-held)
    return
  }
  reply.once('close', () => unread.take(-held))
  const onStall = () => message.socket.destroy()
  message.socket.setTimeout(stalledMs, onStall)
  reply.once('finish', () => {
    message.socket.removeListener('timeout', onStall)
  })
}

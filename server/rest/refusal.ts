import type { Duplex } from 'node:stream'
import { renderErrors } from './envelope.ts'
import type { ParserFailure } from './replay.ts'

/** What is answered on a connection whose request never became one: the parser, or a bound, refused it. */
export interface Refusal {
  readonly status: 400 | 405 | 408 | 414 | 431 | 503
  readonly message: string
}

export const ALLOWED_METHODS = 'GET, HEAD, LIST, SCAN, POST, PUT, PATCH, DELETE, OPTIONS'
const REASONS: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
}

/** Undefined for a connection that broke: there is nobody to answer. */
export function refusalOf(failure: ParserFailure): Refusal | undefined {
  switch (failure.code) {
    case 'HPE_INVALID_METHOD':
      return isMethod(failure)
        ? { status: 405, message: 'unsupported method' }
        : { status: 400, message: 'malformed HTTP request' }
    case 'HPE_HEADER_OVERFLOW':
      return isLongRequestLine(failure.rawPacket)
        ? { status: 414, message: 'the request target is too long' }
        : { status: 431, message: 'the request headers are too large' }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'the request did not arrive in time' }
    case undefined:
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined
    default:
      return failure.code.startsWith('HPE_') ? { status: 400, message: 'malformed HTTP request' } : undefined
  }
}

/** Whether the line at which the parser gave up begins as a request might, only with a method that there isn't. */
function isMethod({ rawPacket, bytesParsed = 0 }: ParserFailure): boolean {
  if (rawPacket === undefined) return false
  const start = rawPacket.lastIndexOf('\n', Math.max(bytesParsed - 1, 0)) + 1
  return /^[A-Za-z-]+ /.test(rawPacket.toString('latin1', start, start + METHOD_MAX_CHARS))
}
const METHOD_MAX_CHARS = 32

/** Whether the packet that overflowed is a request line with no end in sight. */
function isLongRequestLine(packet: Buffer | undefined): boolean {
  if (packet === undefined) return false
  const end = packet.indexOf('\n')
  return end < 0 ? /^[A-Z]+ \//.test(packet.toString('latin1', 0, 16)) : end > packet.length / 2 && end > MAX_LINE_BYTES
}
const MAX_LINE_BYTES = 8192
/** For the answer to be read before the connection is cut. */
const LINGER_MS = 1000

export function writeRefusal(socket: Duplex, refusal: Refusal): void {
  const body = renderErrors(refusal.message)
  const head = [
    `HTTP/1.1 ${refusal.status} ${REASONS[refusal.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(refusal.status === 405 ? [`Allow: ${ALLOWED_METHODS}`] : []),
    ...(refusal.status === 503 ? ['Retry-After: 1'] : []),
  ]
  socket.on('error', () => {})
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Reading on for a moment keeps the kernel from resetting the connection before the answer was read.
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

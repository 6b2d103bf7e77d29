import type { IncomingMessage } from 'node:http'
import { EgideError } from '../../engines/errors.ts'

/** Past its bound a body is thrown away as it comes, so that the client gets to read its 413; but not without end. */
const DISCARD_FACTOR = 4

/** Whether a message has a body at all: RFC 9112 section 6.3. */
export function hasBody(message: IncomingMessage): boolean {
  const { headers } = message
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

export function isOverlong(message: IncomingMessage, maxBytes: number): boolean {
  return Number(message.headers['content-length'] ?? 0) > maxBytes
}

/** The whole body. Rejects with `too_large` as soon as it is known to be, and with `timeout` when the client is gone. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let size = 0
    const refuse = () => {
      chunks = []
      reject(new EgideError('too_large', `the request body is larger than ${maxBytes} bytes`))
    }
    if (isOverlong(message, maxBytes)) refuse()
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else if (size <= maxBytes * DISCARD_FACTOR) refuse()
      else message.socket.destroy()
    })
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    message.on('error', () => reject(new EgideError('timeout', 'the request body did not arrive')))
  })
}

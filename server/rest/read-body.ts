import type { IncomingMessage } from 'node:http'
import { EgideError } from '../../engines/errors.ts'
import type { Allowance } from '../core/allowance.ts'

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

/** Bodies up to this are read whatever else is being read. */
const EXEMPT_BYTES = 64 * 1024

/**
 * The whole body. Rejects with `too_large` as soon as it is known to be, with `unavailable` where long ones take all that is
 * allowed while they come, and with `timeout` when the client is gone.
 */
export function readBody(message: IncomingMessage, maxBytes: number, allowance: Allowance): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let size = 0
    let held = 0
    let isRefused = false
    const release = (): void => {
      allowance.take(-held)
      held = 0
    }
    const refuse = (error: EgideError): void => {
      isRefused = true
      chunks = []
      release()
      reject(error)
    }
    const isHeld = (bytes: number): boolean => {
      if (size <= EXEMPT_BYTES) return true
      if (!allowance.take(bytes)) return false
      if (held === 0) message.once('close', release)
      held += bytes
      return true
    }
    if (isOverlong(message, maxBytes)) refuse(tooLarge(maxBytes))
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes * DISCARD_FACTOR) message.socket.destroy()
      else if (isRefused) return
      else if (size > maxBytes) refuse(tooLarge(maxBytes))
      else if (isHeld(chunk.length)) chunks.push(chunk)
      else refuse(new EgideError('unavailable', 'too many long request bodies are coming at once'))
    })
    message.on('end', () => {
      release()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    message.on('error', () => reject(new EgideError('timeout', 'the request body did not arrive')))
  })
}

const tooLarge = (maxBytes: number): EgideError =>
  new EgideError('too_large', `the request body is larger than ${maxBytes} bytes`)

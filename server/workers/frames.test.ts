import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EgideError } from '../../engines/errors.ts'
import { FrameReader, frameOf } from './frames.ts'
import { type Handler, Peer } from './peer.ts'

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
)
const messages = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(leaf, fc.array(leaf))))

test('messages arrive as they were sent, however the pipe cuts them, and what the pipe gave is erased', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 50 }), (sent, step) => {
      const read: unknown[] = []
      const reader = new FrameReader((message) => read.push(message))
      const bytes = Buffer.concat(sent.map(frameOf))
      const chunks: Buffer[] = []
      for (let at = 0; at < bytes.length; at += step) chunks.push(Buffer.from(bytes.subarray(at, at + step)))
      for (const chunk of chunks) reader.take(chunk)
      expect(read).toEqual(sent)
      expect(chunks.every((chunk) => chunk.every((byte) => byte === 0))).toBe(true)
    }),
  )
})

test('a length that is none ends it', () => {
  const reader = new FrameReader(() => {})
  expect(() => reader.take(Buffer.from('ffffffff00000001', 'hex'))).toThrow(/impossible length/)
})

function pair(a: Handler, b: Handler) {
  const up = new PassThrough()
  const down = new PassThrough()
  const end = { gone: 0 }
  const duplex = (readable: PassThrough, writable: PassThrough) => {
    const both = new PassThrough()
    readable.on('data', (chunk: Buffer) => both.emit('data', chunk))
    both.write = ((frame: Buffer, done: () => void) => writable.write(Buffer.from(frame), done)) as typeof both.write
    return both
  }
  const left = duplex(down, up)
  const one = new Peer(left, a, () => end.gone++)
  const other = new Peer(duplex(up, down), b, () => {})
  return { one, other, left, end }
}

const nobody: Handler = async () => undefined

test('a call is answered with a value or with the error that it threw; bytes given and got are erased at the other end', async () => {
  const seen: Uint8Array[] = []
  const { one } = pair(nobody, async (method, [bytes]) => {
    if (method === 'fail') throw new EgideError('invalid_request', 'no', { field: 'f' })
    if (method === 'break') throw new Error('secret detail')
    seen.push(bytes as Uint8Array)
    const answer = Buffer.from(bytes as Uint8Array)
    seen.push(answer)
    return { answer }
  })
  expect(await one.call('echo', Buffer.from('key'))).toEqual({ answer: Buffer.from('key') })
  expect(seen.map((bytes) => [...bytes])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
  await expect(one.call('fail')).rejects.toMatchObject({ code: 'invalid_request', message: 'no', field: 'f' })
  await expect(one.call('break')).rejects.toMatchObject({ code: 'internal', message: 'internal error' })
})

test('who waits for a process that ends is told', async () => {
  const { one, left, end } = pair(nobody, () => new Promise(() => {}))
  const waiting = one.call('anything')
  left.destroy()
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
  await expect(one.call('more')).rejects.toMatchObject({ code: 'unavailable' })
  expect(end.gone).toBe(1)
})

import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isUpload, StreamedBody } from './streamed-body.ts'

const MINUTE_MS = 60_000
const MIB = 1024 * 1024

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A message as far as a body looks at one; a socket that is destroyed takes its message along. */
function upload() {
  const socket = new PassThrough()
  const message = Object.assign(new PassThrough(), { socket, complete: false })
  socket.once('close', () => message.destroy(new Error('aborted')))
  let begun = 0
  const body = new StreamedBody(message as unknown as IncomingMessage, () => begun++)
  return { socket, message, body, begun: () => begun }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a body is asked for when somebody reads it, and may take as long as it comes', async () => {
  const { socket, message, body, begun } = upload()
  expect([begun(), isUpload(socket)]).toEqual([0, true])
  const pieces: string[] = []
  const read = (async () => {
    for await (const piece of body) pieces.push(Buffer.from(piece).toString())
  })()
  for (const piece of ['one', 'two', 'three']) {
    message.write(piece)
    await turn()
    vi.advanceTimersByTime(MINUTE_MS - 1)
  }
  message.complete = true
  message.end()
  await read
  expect([pieces, begun(), socket.destroyed, isUpload(socket)]).toEqual([['one', 'two', 'three'], 1, false, false])
})

test('one of which nothing comes any more is a timeout, and so is one that ends short', async () => {
  const stalled = upload()
  const read = stalled.body[Symbol.asyncIterator]().next()
  await turn()
  vi.advanceTimersByTime(MINUTE_MS)
  await expect(read).rejects.toMatchObject({ code: 'timeout' })
  expect(stalled.socket.destroyed).toBe(true)

  const short = upload()
  short.message.end()
  await expect(short.body[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'timeout' })
})

test('what nobody wants is read to its end, but not for ever and not without end', async () => {
  const ended = upload()
  ended.body.discard()
  ended.message.end('rest')
  await turn()
  vi.advanceTimersByTime(MINUTE_MS)
  expect([ended.message.readableEnded, ended.socket.destroyed]).toEqual([true, false])

  const slow = upload()
  slow.body.discard()
  slow.message.write('a')
  await turn()
  expect([isUpload(slow.socket), slow.socket.destroyed]).toEqual([false, false])
  vi.advanceTimersByTime(MINUTE_MS)
  expect(slow.socket.destroyed).toBe(true)

  const large = upload()
  large.body.discard()
  for (let n = 0; n < 64; n++) {
    large.message.write(Buffer.alloc(MIB))
    await turn()
  }
  expect(large.socket.destroyed).toBe(false)
  large.message.write('one more')
  await turn()
  expect(large.socket.destroyed).toBe(true)
})

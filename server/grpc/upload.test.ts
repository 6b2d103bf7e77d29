import { Duplex } from 'node:stream'
import { create, getOption, toBinary } from '@bufbuild/protobuf'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { http } from '../../proto/gen/google/api/annotations_pb.ts'
import { Rpc } from './rpc.ts'
import { UploadedBody } from './upload.ts'

const STALLED_MS = 60_000
const method = Sys.method.restoreSnapshot
const rpc = new Rpc(method, getOption(method, http))
const message = (text: string): Buffer =>
  Buffer.from(toBinary(method.input, create(method.input, { content: Buffer.from(text) })))

/** The messages of a call: what a test pushes is what came. */
class Incoming extends Duplex {
  cancelled = false
  asked = 0

  constructor() {
    super({ objectMode: true })
  }

  override _read(): void {
    this.asked++
  }

  cancel(): void {
    this.cancelled = true
    this.destroy()
  }
}

let incoming: Incoming
let body: UploadedBody
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  incoming = new Incoming()
  body = new UploadedBody(rpc, incoming, STALLED_MS)
})
afterEach(() => {
  vi.useRealTimers()
})

async function read(): Promise<string> {
  let text = ''
  for await (const piece of body) text += Buffer.from(piece).toString()
  return text
}

test('is what the messages hold, one after the other', async () => {
  const reading = read()
  for (const text of ['a', '', 'bc', 'd']) incoming.push(message(text))
  incoming.push(null)
  expect(await reading).toBe('abcd')
  body.end()
  expect(vi.getTimerCount()).toBe(0)
})

test('has begun with its first message, and where there is none', async () => {
  incoming.push(message('a'))
  await body.begun()
  incoming.cancel()
  const none = new Incoming()
  const other = new UploadedBody(rpc, none, STALLED_MS)
  none.cancel()
  await other.begun()
})

const ENDS: Readonly<Record<string, () => void>> = {
  'the call is cancelled': () => incoming.cancel(),
  'the call is cancelled just after its messages ended': () => {
    incoming.push(null)
    incoming.once('end', () => process.nextTick(() => incoming.cancel()))
  },
  'nothing comes for too long': () => vi.advanceTimersByTime(STALLED_MS),
}
for (const [what, end] of Object.entries(ENDS)) {
  test(`is not taken for whole when ${what}`, async () => {
    incoming.push(message('a'))
    const pieces = body[Symbol.asyncIterator]()
    await pieces.next()
    const rest = pieces.next()
    end()
    await expect(rest).rejects.toThrow('the request body did not arrive')
  })
}

test('messages without contents put off nothing', async () => {
  const reading = read()
  const outcome = expect(reading).rejects.toThrow('the request body did not arrive')
  for (let nth = 0; nth < 4; nth++) {
    vi.advanceTimersByTime(STALLED_MS / 4)
    incoming.push(message(''))
    await new Promise(setImmediate)
  }
  await outcome
})

test('no more is read than somebody takes', async () => {
  incoming.push(message('a'))
  await body.begun()
  for (let nth = 0; nth < 100; nth++) {
    const before = incoming.asked
    incoming.push(message('x'))
    await new Promise(setImmediate)
    if (incoming.asked === before) break
  }
  expect(incoming.readableLength).toBeLessThanOrEqual(incoming.readableHighWaterMark)
  incoming.cancel()
})

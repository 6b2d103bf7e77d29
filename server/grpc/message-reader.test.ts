import fc from 'fast-check'
import { expect, test } from 'vitest'
import { framed, MessageReader, MessageTooLong, TooMuchBuffered, UnknownFlag } from './message-reader.ts'

const MOST = 1000
const unbounded = { hold: () => true }

/** What a reader makes of the bytes, however they are cut. */
function read(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const reader = new MessageReader(MOST, unbounded)
  const found: Buffer[] = []
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  for (const [n, start] of places.slice(0, -1).entries()) {
    reader.push(bytes.subarray(start, places[n + 1]))
    for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next.bytes)
  }
  expect(reader.isInside).toBe(false)
  return found
}

test('messages are the same however the bytes are cut, and stay what they were', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  fc.assert(
    fc.property(messages, fc.array(fc.nat(2500), { maxLength: 30 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(framed))
      const within = cuts.map((cut) => Math.min(cut, bytes.length))
      expect(read(bytes, within).map((one) => [...one])).toEqual(sent.map((one) => [...one]))
    }),
    { seed: 11 },
  )
})

test('a message is refused for its length before it is there', () => {
  const reader = new MessageReader(MOST, unbounded)
  reader.push(framed(Buffer.alloc(MOST)))
  expect(reader.next()?.bytes).toHaveLength(MOST)
  reader.push(framed(Buffer.alloc(MOST + 1)).subarray(0, 5))
  expect(() => reader.next()).toThrow(MessageTooLong)
})

test('a message that is not whole is none, and is noticed', () => {
  const reader = new MessageReader(MOST, unbounded)
  reader.push(framed(Buffer.from('abc')).subarray(0, 7))
  expect([reader.next(), reader.isInside]).toEqual([undefined, true])
})

test('what is held of messages that are not whole is told, and given back with the next piece', () => {
  const held: number[] = []
  const reader = new MessageReader(MOST, { hold: (bytes) => held.push(bytes) > 0 && bytes < 900 })
  const whole = framed(Buffer.alloc(300))
  reader.push(whole)
  expect(reader.next()?.bytes).toHaveLength(300)
  for (const piece of [whole.subarray(0, 100), whole.subarray(100, 200), whole.subarray(200)]) reader.push(piece)
  expect([reader.next()?.bytes.length, held]).toEqual([300, [200, 400]])
  reader.push(whole.subarray(0, 4))
  expect([reader.next(), held]).toEqual([undefined, [200, 400, 0]])
  expect(() => reader.push(Buffer.alloc(900))).toThrow(TooMuchBuffered)
})

test.each([2, 3, 128, 255])('a message says whether it is compressed, and %i says neither', (flag) => {
  const reader = new MessageReader(MOST, unbounded)
  const message = framed(Buffer.from('abc'))
  message[0] = flag
  reader.push(message)
  expect(() => reader.next()).toThrow(UnknownFlag)
})

import { expect, test } from 'vitest'
import { Device } from './device.ts'
import { FailureLog } from './failure-log.ts'
import { RecordWriter } from './records/record.ts'
import { ShorthandReader, ShorthandWriter } from './records/shorthand.ts'
import type { RecordStream } from './streams/record-stream.ts'
import { TestingClock, testingRequest, testingResponse } from './testing-records.ts'

const SALT = Buffer.alloc(32, 7)

/** A stream in shorthand whose first write ends when told, and later ones at once. */
function hangingStream() {
  const shorthand = new ShorthandWriter(1)
  const reader = new ShorthandReader(shorthand.memory, SALT)
  const written: string[] = []
  const first = Promise.withResolvers<void>()
  const nothing = async () => undefined
  const stream: RecordStream = {
    depth: 1,
    shorthand,
    async write(texts) {
      written.push(...reader.read(texts.join('\n'), shorthand.next()))
      if (written.length === texts.length) await first.promise
    },
    open: nothing,
    tick: nothing,
    checkpoint: nothing,
    reopen: nothing,
    close: nothing,
    drop: () => undefined,
    giveUp: () => undefined,
    abandon: () => undefined,
  }
  return { stream, written, goOn: first.resolve }
}

test('a record that was dropped while a write hung is referred to by none that comes later', async () => {
  const { stream, written, goOn } = hangingStream()
  const options = { logRaw: false, hmacAccessor: true, elideListResponses: false }
  const ignore = () => undefined
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
  const failures = new FailureLog({ path: 'file/', required: true, log, clock: new TestingClock() })
  const writer = new RecordWriter(SALT, options, stream.shorthand)
  const common = { path: 'file/', delivery: 'required', timeoutMs: 20, onFailure: undefined, onTurn: ignore } as const
  const device = new Device({ ...common, writer, stream, failures })
  const first = device.request(testingRequest(1), undefined)
  await new Promise((resolve) => setImmediate(resolve))
  const request = testingRequest(2, { data: { value: 'a long value '.repeat(20) } })
  const dropped = device.request(request, undefined)
  await expect(first).rejects.toThrow('is failing')
  await expect(dropped).rejects.toThrow('is failing')
  goOn()
  await expect.poll(() => device.isFailing).toBe(false)
  await device.response(request, testingResponse(), 0)
  const plain = new RecordWriter(SALT, options)
  expect(written.map((text) => JSON.parse(`${text}}`).request.path)).toEqual(['secret/data/app-1', 'secret/data/app-2'])
  expect(JSON.parse(`${written[1]}}`).request.data).toEqual({ value: plain.hash('a long value '.repeat(20)) })
})

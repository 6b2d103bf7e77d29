import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testingRequest, testingResponse } from '../testing-records.ts'
import { RecordWriter } from './record.ts'
import { ShorthandReader, ShorthandWriter } from './shorthand.ts'

const SALT = Buffer.alloc(32, 7)
const OPTIONS = { logRaw: false, hmacAccessor: true, elideListResponses: false }
const UNDER_WAY = 2
const SECRET = /canary/
const TIME_MS = 5

/** The same records twice: as they are, and as they come out on the other side. */
class Pair {
  readonly shorthand = new ShorthandWriter(UNDER_WAY)
  readonly #reader = new ShorthandReader(this.shorthand.memory, SALT)
  readonly #plain = new RecordWriter(SALT, OPTIONS)
  readonly #short = new RecordWriter(SALT, OPTIONS, this.shorthand)
  readonly #expected: string[] = []
  readonly #sent: string[] = []

  request(record: Parameters<RecordWriter['request']>[0], error?: string): void {
    this.#expected.push(this.#plain.request(record, error))
    this.#sent.push(this.#short.request(record, error))
  }

  response(record: Parameters<RecordWriter['request']>[0], response = testingResponse()): void {
    this.#expected.push(this.#plain.response(record, response, TIME_MS))
    this.#sent.push(this.#short.response(record, response, TIME_MS))
  }

  send(): { readonly lines: string; readonly slot: number; readonly expected: readonly string[] } {
    const lines = this.#sent.splice(0).join('\n')
    return { lines, slot: this.shorthand.next(), expected: this.#expected.splice(0) }
  }

  read({ lines, slot }: { readonly lines: string; readonly slot: number }): readonly string[] {
    return this.#reader.read(lines, slot)
  }

  /** What lies beside the batches. */
  get beside(): string {
    return Buffer.from(this.shorthand.memory).toString('latin1')
  }
}

const long = (name: string): string => `canary-${name}-`.repeat(20)

test('records come out as they are written without it, whatever stands in them', () => {
  const pair = new Pair()
  const text = fc.oneof(fc.string(), fc.string({ minLength: 129, maxLength: 2500, unit: 'binary' }))
  const data = fc.dictionary(text, fc.oneof(text, fc.jsonValue(), fc.array(text), fc.dictionary(text, text)))
  fc.assert(
    fc.property(fc.array(fc.tuple(data, data, fc.boolean()), { minLength: 1, maxLength: 4 }), (requests) => {
      const records = requests.map(([data]) => testingRequest(1, { data }))
      for (const [at, [, answer, isAlone]] of requests.entries()) {
        const request = records[at] ?? testingRequest(0)
        pair.request(request, isAlone ? long('error') : undefined)
        if (isAlone) pair.response(request, testingResponse({ data: Object.freeze(answer) }))
      }
      for (const [at, [, answer, isAlone]] of requests.entries())
        if (!isAlone) pair.response(records[at] ?? testingRequest(0), testingResponse({ data: answer }))
      const batch = pair.send()
      expect(pair.read(batch)).toEqual(batch.expected)
    }),
    { numRuns: 60 },
  )
})

test('neither a long value nor what both records say goes along; the value lies beside until it is read, and no longer', () => {
  const pair = new Pair()
  const request = testingRequest(1, { data: { a: long('asked') } })
  pair.request(request)
  pair.response(request, testingResponse({ data: { b: long('answered') } }))
  const batch = pair.send()
  expect(batch.lines).not.toMatch(SECRET)
  expect(batch.lines).not.toContain('hmac-sha256:0')
  expect(batch.lines.split('"path":')).toHaveLength(2)
  expect(pair.beside).toMatch(SECRET)
  expect(pair.read(batch)).toEqual(batch.expected)
  expect(pair.beside).not.toMatch(SECRET)
})

test('a response in a later batch than its request, while the slot of that is used again, says it anew', () => {
  const pair = new Pair()
  const requests = Array.from({ length: 2 * UNDER_WAY + 3 }, (_, n) =>
    testingRequest(n, { data: { a: long(`n-${n}`) } }),
  )
  const batches = []
  for (const [n, request] of requests.entries()) {
    pair.request(request)
    const [before] = requests.slice(Math.max(n - 1, 0))
    if (before !== undefined && n > 0) pair.response(before)
    batches.push(pair.send())
    if (batches.length < UNDER_WAY) continue
    const batch = batches.shift()
    if (batch !== undefined) expect(pair.read(batch)).toEqual(batch.expected)
  }
})

test('a response without long values in a later batch than its request says what that said, and not what another of its batch says', () => {
  const pair = new Pair()
  const [request, other] = [testingRequest(1), testingRequest(2)]
  pair.request(request)
  pair.read(pair.send())
  pair.request(other)
  pair.response(request)
  const batch = pair.send()
  expect(pair.read(batch)).toEqual(batch.expected)
})

test('what there is no room or no name for stands in the record itself', () => {
  const pair = new Pair()
  for (let n = 0; n < 300; n++) {
    const request = testingRequest(n, { data: { a: long(`n-${n}`) } })
    pair.request(request)
    pair.response(request)
  }
  pair.request(testingRequest(300, { data: { huge: long('huge').repeat(1000) } }))
  const batch = pair.send()
  expect(batch.lines).not.toMatch(SECRET)
  expect(pair.read(batch)).toEqual(batch.expected)
})

test('a document that is kept for later records is kept whole', () => {
  const pair = new Pair()
  const data = { data: Object.freeze({ password: long('kept'), list: Object.freeze([long('listed')]) }) }
  for (let round = 0; round < 3; round++) {
    const request = testingRequest(round)
    pair.request(request)
    pair.response(request, testingResponse({ data }))
    const batch = pair.send()
    expect(pair.read(batch)).toEqual(batch.expected)
  }
})

test('of a batch that goes nowhere, and of one that nobody will read, nothing stays; responses to its requests say it anew', () => {
  const pair = new Pair()
  const request = testingRequest(1, { data: { a: long('dropped') } })
  pair.request(request)
  pair.shorthand.drop()
  expect(pair.beside).not.toMatch(SECRET)
  pair.send()
  pair.response(request)
  const [response] = pair.read(pair.send())
  expect(response).toContain(`"path":"${request.path}"`)
  pair.request(testingRequest(2, { data: { a: long('sent') } }))
  pair.send()
  pair.shorthand.forgetSent()
  expect(pair.beside).not.toMatch(SECRET)
})

test('a mark that means nothing fails the batch, and shows nothing', () => {
  const pair = new Pair()
  pair.request(testingRequest(0))
  pair.read(pair.send())
  pair.request(testingRequest(1, { data: { a: long('lost') } }))
  const { lines, slot } = pair.send()
  pair.shorthand.forgetSent()
  expect(() => pair.read({ lines, slot })).toThrow('lacks a text')
  expect(() => pair.read({ lines: '\u0004@', slot })).toThrow('not in its batch')
})

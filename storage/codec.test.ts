import fc from 'fast-check'
import { expect, test } from 'vitest'
import { document, json } from './codec.ts'

const raw = (text: string) => (JSON as unknown as { rawJSON(text: string): object }).rawJSON(text)
const any = json<unknown>()
const doc = document<unknown>()

test('json gives back what JSON can hold', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const decoded = any.decode(any.encode(value))
      expect(JSON.stringify(decoded)).toBe(JSON.stringify(value))
    }),
  )
})

const numbers = [
  '9007199254740993',
  '-0',
  '0.10',
  '1E400',
  '1e21',
  '12345678901234567890.5',
  '1.0',
  '-0.0',
  '1e+21',
  '0',
  '-1',
  '1.5',
  '1e-7',
]
for (const text of numbers) {
  for (const [where, around] of Object.entries({
    alone: '%',
    'in a list': '[1,%]',
    'in an object': '{"a":%,"b":[%]}',
  })) {
    test(`json keeps the digits of ${text} ${where}`, () => {
      const stored = around.replaceAll('%', text)
      expect(Buffer.from(any.encode(any.decode(Buffer.from(stored)))).toString()).toBe(stored)
    })
  }
}

test('a number that a double holds exactly stays a number', () => {
  expect(any.decode(Buffer.from('{"a":1.5,"b":[7]}'))).toEqual({ a: 1.5, b: [7] })
  expect(JSON.stringify(any.decode(any.encode({ n: raw('123456789012345678901') })))).toBe(
    '{"n":123456789012345678901}',
  )
})

test('a decoding error quotes nothing of what was to be decoded', () => {
  expect(() => any.decode(Buffer.from('{"password":"hunter2'))).toThrow(/^these bytes are not an encoded document$/)
})

const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '0', 'length', '')), tie('node'), { maxKeys: 4 }),
  ),
})).node

/** JSON cannot tell -0 from 0 written by a number, so a comparison ignores the sign; Buffers compare by their bytes. */
const shape = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.entries(value).map(([key, child]) => [key, shape(child)])
}

test('document gives back trees with binary values anywhere in them', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const decoded = doc.decode(doc.encode(value))
      expect(shape(decoded)).toEqual(shape(value))
    }),
    { numRuns: 500 },
  )
})

test('document writes binary values as they are, and never as text', () => {
  const key = Buffer.from('a key that must not be text')
  const bytes = Buffer.from(doc.encode({ versions: [{ key }], name: 'x' }))
  expect(bytes.subarray(-key.length)).toEqual(key)
  expect(bytes.indexOf(key.toString('base64').slice(0, 12))).toBe(-1)
  const decoded = doc.decode(bytes) as { versions: { key: Buffer }[] }
  const first = decoded.versions[0]?.key
  expect(Buffer.isBuffer(first)).toBe(true)
  bytes.fill(0)
  expect(first).toEqual(key)
})

test('document does not change what it encodes', () => {
  const value = { keep: { key: Buffer.from('k') } }
  doc.encode(value)
  expect(value.keep.key.toString()).toBe('k')
})

const head = (text: string, body = '') => {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt8(1)
  bytes.writeUInt32BE(text.length, 1)
  return Buffer.concat([bytes, Buffer.from(text), Buffer.from(body)])
}
const bad: Record<string, Buffer> = {
  'nothing at all': Buffer.alloc(0),
  'another version': Buffer.concat([Buffer.from([2]), head('[1,[]]').subarray(1)]),
  'a head longer than the bytes': head('[1,[]]').subarray(0, 8),
  'no table': head('[1]'),
  'bytes left over': head('[1,[]]', 'x'),
  'too few bytes': head('[null,[[[],4]]]', 'x'),
  'a negative length': head('[null,[[[],-1]]]'),
  'a place that is not there': head('[{},[[["a"],1]]]', 'x'),
  'a place in the prototype': head('[{},[[["__proto__","a"],1]]]', 'x'),
  'a place that is taken': head('[{"a":1},[[["a"],1]]]', 'x'),
}
for (const [what, bytes] of Object.entries(bad)) {
  test(`document refuses ${what}`, () => {
    expect(() => doc.decode(bytes)).toThrow('not an encoded document')
  })
}

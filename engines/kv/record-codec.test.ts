import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Known } from '../../storage/known.ts'
import { Body } from './body.ts'
import { newRecord, type SecretRecord, type Version } from './record.ts'
import { recordCodec } from './record-codec.ts'

const time = fc.integer({ min: 1, max: 2 ** 41 })
const version = fc.record({
  createdMs: time,
  deletionMs: fc.option(time, { nil: undefined }),
  expiresMs: fc.option(time, { nil: undefined }),
  data: fc.oneof(
    { weight: 4, arbitrary: fc.string().map((value) => Body.of({ value })) },
    fc.constantFrom('apart' as const, 'destroyed' as const),
  ),
})
const record = fc.array(version, { maxLength: 12 }).map((versions): SecretRecord => {
  const numbered = versions.map((one, at): Version => ({ ...one, number: at + 1, isRemoved: false }))
  return { ...newRecord(1), current: numbered.length, versions: numbered }
})

const read = (encoded: Uint8Array): SecretRecord => recordCodec.decode(Buffer.from(encoded))
const texts = ({ versions }: SecretRecord) =>
  versions.map(({ data, ...rest }) => ({ ...rest, data: data instanceof Body ? data.bytes.toString() : data }))

test('a record reads as it was written, also behind what is another’s', () => {
  fc.assert(
    fc.property(record, fc.nat(20), (written, before) => {
      expect(texts(read(recordCodec.encode(written)))).toEqual(texts(written))
      const behind = recordCodec.encodeBehind?.(before, written, (bytes) => Buffer.alloc(bytes, 7)) ?? Buffer.of()
      expect(behind.subarray(0, before)).toEqual(Buffer.alloc(before, 7))
      expect(behind.subarray(before)).toEqual(Buffer.from(recordCodec.encode(written)))
    }),
  )
})

test('of versions that lie together, any may go, come in between, or be of another record', () => {
  fc.assert(
    fc.property(record, record, fc.infiniteStream(fc.constantFrom('kept', 'gone', 'new')), (one, other, choices) => {
      const others = read(recordCodec.encode(other)).versions
      const versions = read(recordCodec.encode(one)).versions.flatMap((old, at): Version[] => {
        const choice = choices.next().value
        if (choice === 'gone') return []
        return choice === 'kept' ? [old] : [{ ...old, data: others[at]?.data ?? Body.of({ at }) }]
      })
      const changed = { ...one, versions }
      expect(texts(read(recordCodec.encode(changed)))).toEqual(texts(changed))
    }),
  )
})

test('the bytes stay what they are', () => {
  const data = Body.of({ a: 1 })
  const written: SecretRecord = {
    ...newRecord(5),
    current: 3,
    versions: [
      { number: 1, createdMs: 5, deletionMs: 6, isRemoved: true, data: 'destroyed' },
      { number: 2, createdMs: 5, expiresMs: 9, data: 'apart' },
      { number: 3, createdMs: 7, deletionMs: 8, data },
    ],
    last: { kind: 'written', version: 3 },
  }
  const bytes = Buffer.from(recordCodec.encode(written))
  expect(bytes.subarray(0, 5).toString('hex')).toBe('0100000128')
  expect(bytes.subarray(5).toString()).toBe(
    '{"created":5,"updated":5,"current":3,"oldest":0,"settings":{"metadataVersion":0,"maxVersions":0,"casRequired":false,' +
      '"metadataCasRequired":false,"deleteVersionAfterSeconds":0,"customMetadata":null},' +
      '"versions":[[1,5,-6,null,-2],[2,5,null,9,-1],[3,7,8,null,7]],"last":{"kind":"written","version":3}}{"a":1}',
  )
})

test('what is cut, longer, or of another format is no record', () => {
  const bytes = Buffer.from(
    recordCodec.encode({ ...newRecord(1), versions: [{ number: 1, createdMs: 1, data: Body.of({}) }] }),
  )
  expect(() => read(bytes.subarray(0, -1))).toThrow('cut')
  expect(() => read(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('cut')
  expect(() => read(Buffer.concat([Buffer.of(2), bytes.subarray(1)]))).toThrow('format')
})

test('what was read is frozen, and its bytes are zeroed with the cache', () => {
  const versions = [1, 2].map((number): Version => ({ number, createdMs: 1, data: Body.of({ number }) }))
  const plaintext = Buffer.from(recordCodec.encode({ ...newRecord(1), versions }))
  const known = Known.present('path', 1, { plaintext, expiresAtMs: undefined, generation: 0 })
  const found = known.read(recordCodec)
  for (const part of [found, found?.versions, found?.versions[1], found?.settings, found?.last])
    expect(Object.isFrozen(part)).toBe(true)
  expect(found?.versions[1]?.data).toHaveProperty('data', { number: 2 })
  known.wipe()
  expect(plaintext.equals(Buffer.alloc(plaintext.length))).toBe(true)
})

import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { Batch, CHAIN_START, ChainWriter, chainOf, lineEnd } from './chain.ts'

const KEY = Buffer.alloc(32, 7)
const TEXT = '{"path":"secret/data/ключ"'

for (const seq of [1, 9, 10, 99, 100, 999_999_999, 4_294_967_296, 10 ** 15, Number.MAX_SAFE_INTEGER]) {
  test(`line ${seq} says its number in decimal digits, and its chain value covers it`, () => {
    const batch = new Batch()
    new ChainWriter(KEY, seq - 1, CHAIN_START).append(batch, TEXT)
    const line = batch.bytes.subarray(0, -1)
    const end = lineEnd(line)
    const body = line.subarray(0, end?.bodyEnd)
    expect(body.toString()).toBe(`${TEXT},"seq":${seq},"chain":"`)
    expect(end?.seq).toBe(seq)
    const chain = chainOf(createSecretKey(KEY), CHAIN_START, body)
    expect(end?.chain).toBe(Buffer.from(chain, 'latin1').toString('base64url'))
  })
}

test('a line is as long as its text, whatever room there was before', () => {
  const batch = new Batch()
  const writer = new ChainWriter(KEY, 0, CHAIN_START)
  const texts = ['{"a":"b"', `{"a":"${'é'.repeat(600_000)}"`, '{"a":"c"']
  for (const text of texts) writer.append(batch, text)
  const lines = batch.bytes.toString().trimEnd().split('\n')
  expect(lines.map((line) => line.slice(0, line.indexOf(',"seq":')))).toEqual(texts)
  expect(lines.map((line) => lineEnd(Buffer.from(line))?.seq)).toEqual([1, 2, 3])
})

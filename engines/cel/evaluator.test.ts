import { createRegistry } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { Evaluator } from './evaluator.ts'

/** Functions as OpenBao's programs have them. */

const evaluator = new Evaluator(createRegistry())
const cases: Record<string, unknown> = {
  "'a.b.c'.replace('.', '-')": 'a-b-c',
  "'a.b.c'.replace('.', '-', 1)": 'a-b.c',
  "'a.b.c'.replace('.', '-', 0)": 'a.b.c',
  "'a.b.c'.replace('.', '', -1)": 'abc',
  "'ab'.replace('', '-')": '-a-b-',
  "'ab'.replace('', '-', 2)": '-a-b',
  "'aaa'.replace('aa', 'a')": 'aa',
}
test.each(Object.entries(cases))('%s', (expression, value) => {
  expect(evaluator.evaluate({ variables: [], expression }, {})).toEqual({ value })
})

test('each run may make its own bytes, however many those before it made', () => {
  const text = Buffer.alloc(196_000).toString('base64')
  const run = (times: number) =>
    evaluator.evaluate(
      { variables: [], expression: Array(times).fill('size(base64.decode(text))').join(' + ') },
      { text },
    )
  for (let round = 0; round < 3; round++) expect(run(40)).toEqual({ value: 40n * 196_000n })
  expect(run(100)).toMatchObject({ why: expect.stringContaining('too many bytes') })
  expect(run(1)).toEqual({ value: 196_000n })
})

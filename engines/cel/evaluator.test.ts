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

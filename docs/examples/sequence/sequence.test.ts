import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { sequence } from './index.ts'

test('each number is handed out once, however many ask at once', async () => {
  const mount = new MountedEngine(sequence)
  await mount.call('update', 'sequences/invoices', { start: 100 })
  const asking = Array.from({ length: 50 }, () => mount.data('update', 'next/invoices'))
  const numbers = (await Promise.all(asking)).map(({ first }) => Number(first))
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => 100 + n))
  expect(await mount.data('update', 'next/invoices', { count: '5' })).toEqual({ first: 150, last: 154 })
})

test('a sequence ends at its last number, and is left as it was when there are too few', async () => {
  const mount = new MountedEngine(sequence)
  await mount.call('update', 'sequences/s', { max: 3 })
  expect(await mount.refusal('update', 'next/s', { count: 4 })).toBe(
    'invalid_request: the sequence has only 3 numbers left',
  )
  expect(await mount.data('update', 'next/s', { count: 3 })).toEqual({ first: 1, last: 3 })
  expect(await mount.refusal('update', 'next/s')).toBe('invalid_request: the sequence has only 0 numbers left')
  expect(await mount.data('read', 'sequences/s')).toEqual({ last: 3, max: 3 })
})

test('making one is a create, and making it again is refused', async () => {
  const mount = new MountedEngine(sequence)
  expect(await mount.call('update', 'sequences/s')).toEqual({ operation: 'create' })
  expect(await mount.refusal('update', 'sequences/s')).toBe('invalid_request: this sequence exists already')
  expect(await mount.data('list', 'sequences')).toEqual({ keys: ['s'] })
  await mount.call('delete', 'sequences/s')
  expect(await mount.refusal('list', 'sequences')).toBe('not_found: ')
})

test.each([
  ['next/none', {}, 'not_found: no such sequence'],
  ['next/s', { count: 0 }, 'invalid_request: count must be 1 to 1000'],
  ['next/s', { count: 1001 }, 'invalid_request: count must be 1 to 1000'],
  ['next/s', { count: 'x' }, 'invalid_request: error converting input for field "count": expected an integer'],
  ['sequences/t', { start: 2, max: 1 }, 'invalid_request: start must not be greater than max'],
])('%s %j is refused', async (path, data, refusal) => {
  const mount = new MountedEngine(sequence)
  await mount.call('update', 'sequences/s')
  expect(await mount.refusal('update', path, data)).toBe(refusal)
})

test('the guide shows this engine as it is', () => {
  const guide = readFileSync(new URL('../../adding-an-engine.md', import.meta.url), 'utf8')
  const source = ['index.ts', 'sequence.test.ts']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('')
  const shown = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '')
  expect(shown.length).toBeGreaterThan(4)
  for (const code of shown) expect(source).toContain(code)
})

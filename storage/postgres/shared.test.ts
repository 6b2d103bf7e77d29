import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Shared } from './shared.ts'

/** Queries that are answered when the test says so. */
function queries(itemsMax: number) {
  const sent: { items: readonly string[]; answer: (text: string) => void; fail: (error: Error) => void }[] = []
  const shared = new Shared<string, string>((items) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    sent.push({ items, answer: resolve, fail: reject })
    return promise
  }, itemsMax)
  return { sent, shared }
}

test('all who ask in one turn share one query, which names each item once', async () => {
  const { sent, shared } = queries(10)
  const asked = ['a', 'b', 'a'].map((item) => shared.ask(item))
  await turn()
  expect(sent.map(({ items }) => items)).toEqual([['a', 'b']])
  sent[0]?.answer('done')
  expect(await Promise.all(asked)).toEqual(['done', 'done', 'done'])
})

test('nobody is answered by a query that was sent before he asked', async () => {
  const { sent, shared } = queries(10)
  const first = shared.ask('a')
  await turn()
  const second = shared.ask('a')
  await turn()
  expect(sent).toHaveLength(2)
  const later = [shared.ask('b'), shared.ask('c')] // two are under way: these wait, together
  await turn()
  expect(sent).toHaveLength(2)
  sent[1]?.answer('second')
  expect(await second).toBe('second')
  await turn()
  expect(sent[2]?.items).toEqual(['b', 'c'])
  sent[0]?.answer('first')
  sent[2]?.answer('third')
  expect([await first, ...(await Promise.all(later))]).toEqual(['first', 'third', 'third'])
})

test('a query that fails fails for those who share it, and for nobody else', async () => {
  const { sent, shared } = queries(10)
  const failing = [shared.ask('a'), shared.ask('b')]
  await turn()
  sent[0]?.fail(new Error('lost'))
  for (const one of failing) await expect(one).rejects.toThrow('lost')
  const next = shared.ask('a')
  await turn()
  sent[1]?.answer('found')
  expect(await next).toBe('found')
})

test('a query takes no more items than it may', async () => {
  const { sent, shared } = queries(2)
  const asked = ['a', 'b', 'c'].map((item) => shared.ask(item))
  await turn()
  expect(sent.map(({ items }) => items)).toEqual([['a', 'b'], ['c']])
  for (const { answer } of sent) answer('done')
  await Promise.all(asked)
})

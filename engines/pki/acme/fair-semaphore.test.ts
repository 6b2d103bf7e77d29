import { expect, test } from 'vitest'
import { FairSemaphore } from './fair-semaphore.ts'

/** Work that ends when it is told to. Of `x:a1` the mount is `x`, and the account `a`; of `a1` the mount is ''. */
function workIn(places: FairSemaphore) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const take = (name: string) => {
    const [, mount = '', account = ''] = /^(?:(\w):)?(\w)/.exec(name) ?? []
    return places.take({ mount, account }, async () => {
      begun.push(name)
      await new Promise<void>((end) => ends.set(name, end))
    })
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise(setImmediate)
  }
  return { begun, take, end }
}

test('a place goes to who has fewest, and of those to whose turn is longest ago', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(3, 100, 100))
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'b2']) void take(name)
  for (const name of ['a1', 'a2', 'a3', 'b1', 'c1']) await end(name)
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5'])
})

test('who comes last waits for one turn of each, however much they had in line before', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(1, 100, 100))
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1']) void take(name)
  for (let nth = 0; nth < 6; nth++) await end(String(begun.at(-1)))
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'b3'])
})

test('many accounts of one mount hold up another mount by one piece at most', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(2, 100, 100))
  for (const name of ['x:a1', 'x:b1', 'x:c1', 'x:d1', 'y:e1', 'y:e2']) void take(name)
  for (const name of ['x:a1', 'x:b1', 'y:e1', 'x:c1']) await end(name)
  expect(begun).toEqual(['x:a1', 'x:b1', 'y:e1', 'x:c1', 'y:e2', 'x:d1'])
})

test('who has too much that waits is not taken, and holds nobody up', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(1, 3, 2))
  void take('a1')
  const waiting = [take('a2'), take('a3')]
  await take('a4')
  void take('b1')
  await take('a5')
  for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name)
  await Promise.all(waiting)
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3'])
  void take('c2')
  expect(begun.at(-1)).toBe('c2')
})

test('where the line is full, the last of who has most in it makes room for who has less', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(1, 4, 100))
  void take('a1')
  const sentAway = [take('a2'), take('a3'), take('a4'), take('a5')].slice(2)
  void take('b1')
  void take('b2')
  await Promise.all(sentAway)
  await take('b3')
  await take('a6')
  for (let nth = 0; nth < 5; nth++) await end(String(begun.at(-1)))
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
})

test('the mount that has most in a full line makes room for another, however few each of its accounts has', async () => {
  const { begun, take, end } = workIn(new FairSemaphore(2, 3, 100))
  for (const name of ['x:a1', 'x:b1', 'x:c1', 'x:d1']) void take(name)
  const sentAway = take('x:e1')
  void take('y:f1')
  await sentAway
  await end('x:a1')
  expect(begun).toEqual(['x:a1', 'x:b1', 'y:f1'])
})

test('work that fails gives its place back', async () => {
  const places = new FairSemaphore(1, 0, 0)
  const [a, b] = [
    { mount: 'm', account: 'a' },
    { mount: 'm', account: 'b' },
  ]
  await expect(places.take(a, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  let isDone = false
  await places.take(b, async () => {
    isDone = true
  })
  expect(isDone).toBe(true)
})

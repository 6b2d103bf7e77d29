import { expect, test } from 'vitest'
import { Places } from './places.ts'

/** Work that ends when it is told to. */
function workIn(places: Places) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const take = (name: string) =>
    places.take(name.charAt(0), async () => {
      begun.push(name)
      await new Promise<void>((end) => ends.set(name, end))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise(setImmediate)
  }
  return { begun, take, end }
}

test('a place goes to who has fewest, and of those to who waited longest', async () => {
  const { begun, take, end } = workIn(new Places(3, 100, 100))
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'b2']) void take(name)
  for (const name of ['a1', 'a2', 'a3', 'b1', 'c1']) await end(name)
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5'])
})

test('who has too much that waits is not taken, and holds nobody up', async () => {
  const { begun, take, end } = workIn(new Places(1, 3, 2))
  void take('a1')
  const waiting = [take('a2'), take('a3')]
  await take('a4')
  void take('b1')
  await take('c1')
  for (const name of ['a1', 'a2', 'a3', 'b1']) await end(name)
  await Promise.all(waiting)
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1'])
  void take('c2')
  expect(begun.at(-1)).toBe('c2')
})

test('work that fails gives its place back', async () => {
  const places = new Places(1, 0, 0)
  await expect(places.take('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  let isDone = false
  await places.take('b', async () => {
    isDone = true
  })
  expect(isDone).toBe(true)
})

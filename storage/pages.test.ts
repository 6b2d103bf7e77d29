import { expect, test } from 'vitest'
import { namesInPages } from './pages.ts'

/** What `list` of a store with these names answers; `asked`: after which names pages were read. */
function storeOf(names: string[]) {
  const asked: string[] = []
  const read = async ({ after, limit }: { readonly after: string; readonly limit: number }) => {
    asked.push(after)
    return names.filter((name) => name > after).slice(0, limit)
  }
  return { asked, read }
}

test.each([0, 1, 2, 3, 4, 5])('%i names in pages of two are each given once, in order', async (count) => {
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, count)
  const { asked, read } = storeOf(names)
  expect(await Array.fromAsync(namesInPages(2, read))).toEqual(names)
  expect(asked).toHaveLength(Math.floor(count / 2) + 1)
})

test('names may go as they are given, the last of a page too', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const given: string[] = []
  for await (const name of namesInPages(2, storeOf(names).read)) {
    given.push(name)
    names.splice(names.indexOf(name), 1)
  }
  expect(given).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('no page is read beyond the one that the loop was left in', async () => {
  const { asked, read } = storeOf(['a', 'b', 'c'])
  for await (const name of namesInPages(2, read)) if (name === 'b') break
  expect(asked).toEqual([''])
})

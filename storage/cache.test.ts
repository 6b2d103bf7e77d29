import { expect, test } from 'vitest'
import { Cache } from './cache.ts'
import { Known } from './known.ts'

const known = (path: string, bytes = 10): Known =>
  Known.present(path, 1, { plaintext: Buffer.alloc(bytes), expiresAtMs: undefined, generation: 0 })
const paths = (cache: Cache, among: readonly string[]) => among.filter((path) => cache.get(path) !== undefined)

test('over its count it drops what was not read since the last round', () => {
  const cache = new Cache(1e9, 3)
  for (const path of ['a', 'b', 'c']) cache.put(known(path))
  cache.get('a')
  cache.put(known('d')) // a has a second chance, b or c goes
  expect(cache.entries).toBe(3)
  expect(paths(cache, ['a', 'd'])).toEqual(['a', 'd'])
  expect(paths(cache, ['b', 'c'])).toHaveLength(1)
})

test('while it is within its bounds it has what was put last at each path, and nothing that was forgotten', () => {
  const cache = new Cache(1e9, 1e6)
  const model = new Map<string, Known>()
  for (let n = 0; n < 20_000; n++) {
    const path = `secret/data/${(n * 7919) % 3000}`
    if (n % 3 === 2) {
      cache.forget(path)
      model.delete(path)
    } else {
      const put = known(path)
      cache.put(put)
      model.set(path, put)
    }
  }
  const missing = [...model].filter(([path, put]) => cache.get(path) !== put)
  // A bucket that is full drops one.
  expect(missing.length).toBeLessThan(model.size / 100)
  expect(cache.entries).toBe(model.size - missing.length)
  for (let n = 0; n < 3000; n++) {
    const path = `secret/data/${n}`
    if (!model.has(path)) expect(cache.get(path)).toBeUndefined()
  }
})

test('what is read all the time stays, however much passes by', () => {
  const cache = new Cache(1e9, 100)
  const hot = Array.from({ length: 50 }, (_, n) => `hot/${n}`)
  for (const path of hot) cache.put(known(path))
  for (let n = 0; n < 10_000; n++) {
    cache.put(known(`cold/${n}`))
    if (n % 10 === 0) expect(paths(cache, hot)).toEqual(hot)
  }
  expect(cache.entries).toBe(100)
})

test('its bytes stay within their bound, and are counted', () => {
  const cache = new Cache(100_000, 1e6)
  for (let n = 0; n < 1000; n++) {
    cache.put(known(`${n % 400}`, (n * 7919) % 3000))
    expect(cache.bytes).toBeLessThanOrEqual(100_000)
  }
  for (let n = 0; n < 400; n++) cache.forget(`${n}`)
  expect([cache.bytes, cache.entries]).toEqual([0, 0])
  cache.put(known('huge', 90_000))
  expect(cache.entries).toBe(0)
})

test('it goes on after it was cleared, and when all that is left has been read', () => {
  const cache = new Cache(1e9, 2)
  for (const round of ['x', 'y']) {
    for (let n = 0; n < 5; n++) {
      cache.put(known(`${round}/${n}`))
      cache.get(`${round}/${n}`)
    }
    expect(cache.entries).toBe(2)
    expect(cache.get(`${round}/4`)).toBeDefined()
    cache.clear()
  }
})

test('one that may have no entries keeps none', () => {
  const cache = new Cache(1e9, 0)
  cache.put(known('a'))
  expect([cache.get('a'), cache.entries]).toEqual([undefined, 0])
})

import { expect, test } from 'vitest'
import { ByPath } from './by-path.ts'

interface Thing {
  readonly path: string
  readonly n: number
}

for (const count of [1, 15, 16, 17, 500]) {
  test(`${count} things are found by their paths, in the order in which these were first put`, () => {
    const things = new ByPath<Thing>()
    const put = Array.from({ length: count }, (_, n) => ({ path: `kv/${n}`, n }))
    for (const thing of put) things.put(thing)
    expect(things.size).toBe(count)
    expect(things.all()).toEqual(put)
    expect(put.map(({ path }) => things.get(path))).toEqual(put)
    expect(things.get(`kv/${count}`)).toBeUndefined()
    things.put({ path: 'kv/0', n: -1 })
    expect(things.size).toBe(count)
    expect(things.all()[0]).toEqual({ path: 'kv/0', n: -1 })
    expect(things.get('kv/0')).toEqual({ path: 'kv/0', n: -1 })
  })
}

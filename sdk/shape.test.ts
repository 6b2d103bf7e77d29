import { expect, test } from 'vitest'
import { conform, type Shape } from './shape.ts'

const shape: Shape = {
  object: {
    name: 'value',
    tags: { list: 'value' },
    meta: { map: 'value' },
    free: 'any',
    inner: { object: { items: { list: { object: { deep: { list: 'value' } } } } } },
    some: { optional: { list: 'value' } },
  },
}

test('lists and maps are there, nothing is null, and what is free stays as it came', () => {
  const free = { a: null, b: [null], c: { d: null } }
  expect(conform(shape, { name: null, tags: null, meta: null, free, inner: {}, some: [] })).toEqual({
    ...{ tags: [], meta: {}, free, inner: { items: [] } },
  })
  expect(conform(shape, {})).toEqual({ tags: [], meta: {} })
  expect(conform(shape, { inner: { items: [{}] }, some: ['x'], more: 1, gone: null })).toEqual({
    ...{ tags: [], meta: {}, inner: { items: [{ deep: [] }] }, some: ['x'], more: 1 },
  })
  expect(conform({ map: { object: { keys: { list: 'value' } } } }, { a: null, b: {} })).toEqual({ b: { keys: [] } })
})

test('a member that is called __proto__ is a member', () => {
  const odd = JSON.parse('{"__proto__": {"x": 1}, "name": "n"}') as object
  const formed = conform({ object: { name: 'value' } }, odd) as object
  expect(Object.getPrototypeOf(formed)).toBe(Object.prototype)
  expect(Object.entries(formed)).toEqual([
    ['__proto__', { x: 1 }],
    ['name', 'n'],
  ])
})

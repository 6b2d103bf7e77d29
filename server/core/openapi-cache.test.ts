import { expect, test } from 'vitest'
import { route } from '../../engines/engine.ts'
import { OpenApiCache } from './openapi-cache.ts'

const row = (pattern: string) =>
  route(pattern, { summary: 'x', fields: {}, operations: { read: async () => undefined } })
const one = [row('one')]
const two = [row('two')]
const info = { version: '1' }

test('the same mounts give the same document, other rows or mounts another', () => {
  const cache = new OpenApiCache()
  const first = cache.document([{ path: 'a/', routes: one }], info)
  expect(cache.document([{ path: 'a/', routes: one }], info)).toBe(first)
  expect(Object.keys(cache.document([{ path: 'a/', routes: two }], info).paths)).toEqual(['/a/two'])
  expect(Object.keys(cache.document([{ path: 'b/', routes: one }], info).paths)).toEqual(['/b/one'])
  expect(Object.keys(cache.document([], info).paths)).toEqual([])
})

test('a document with a context is not kept in place of the one without', () => {
  const cache = new OpenApiCache()
  const mounts = [{ path: 'a/', routes: one }]
  expect(cache.document(mounts, { ...info, context: 'x' }).paths['/a/one']?.get?.operationId).toBe('read-a-one_x')
  expect(cache.document(mounts, info).paths['/a/one']?.get?.operationId).toBe('read-a-one')
})

test('many sets of mounts are bounded, and right', () => {
  const cache = new OpenApiCache()
  for (let n = 0; n < 100; n++) {
    expect(Object.keys(cache.document([{ path: `m${n}/`, routes: one }], info).paths)).toEqual([`/m${n}/one`])
  }
})

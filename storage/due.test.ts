import { expect, test } from 'vitest'
import { dueEntries } from './due.ts'
import { MemoryBackend } from './memory/memory.ts'

const value = Buffer.from('v')

test('what is due goes to the owner of the longest prefix, by its path below it', async () => {
  const backend = new MemoryBackend()
  const writes = ['root', 'a/lease', 'a/b/c/lease', 'x/y', 'a/later'].map((path, at) => ({
    path,
    value,
    expiresAtMs: at,
  }))
  await backend.commit([{ reads: [], lists: [], writes }])
  const owners = new Map([
    ['a/', 'A'],
    ['a/b/', 'B'],
  ])
  expect(await dueEntries(backend, owners, 3, 10)).toEqual([
    { owner: undefined, path: 'root' },
    { owner: 'A', path: 'lease' },
    { owner: 'B', path: 'c/lease' },
    { owner: undefined, path: 'x/y' },
  ])
  expect(await dueEntries(backend, new Map([['', 'all']]), 3, 1)).toEqual([{ owner: 'all', path: 'root' }])
})

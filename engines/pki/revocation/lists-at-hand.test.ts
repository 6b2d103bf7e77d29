import { expect, test } from 'vitest'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { createStore } from '../../../storage/sealed-store.ts'
import { testingCipher } from '../../../storage/testing-cipher.ts'
import { entriesAtHand, putAtHand } from './lists-at-hand.ts'

const MIB = 1024 * 1024
const mount = () => createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: '' })

test('a list is at hand at its mount and place alone, until another takes its place', () => {
  const [store, other] = [mount(), mount()]
  const [first, second] = [[Buffer.from('first')], [Buffer.from('second')]]
  putAtHand(store, 'a', '1', first)
  expect(entriesAtHand(store, 'a', '1')).toBe(first)
  expect([entriesAtHand(store, 'a', '2'), entriesAtHand(store, 'b', '1'), entriesAtHand(other, 'a', '1')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  putAtHand(store, 'a', '2', second)
  expect([entriesAtHand(store, 'a', '1'), entriesAtHand(store, 'a', '2')]).toEqual([undefined, second])
})

test('one that somebody is being sent is at hand, however long it and others are', () => {
  const store = mount()
  const lists = Array.from({ length: 5 }, (_, nth) => [Buffer.alloc((nth + 1) * 4 * MIB)])
  for (const [nth, entries] of lists.entries()) putAtHand(store, `list ${nth}`, '1', entries)
  for (const [nth, entries] of lists.entries()) expect(entriesAtHand(store, `list ${nth}`, '1')).toBe(entries)
})

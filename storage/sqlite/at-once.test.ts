import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Backend, Entry, Outcome, Transaction } from '../backend.ts'
import { openSqlite } from './sqlite.ts'

// What comes while a group is committed is committed together, and answered one by one.

const folder = mkdtempSync(join(tmpdir(), 'egide-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const open = (name: string): Promise<Backend> => openSqlite({ path: join(folder, `${name}.db`) })

const writing = (path: string, revision: number): Transaction => ({
  reads: [{ path, revision }],
  lists: [],
  writes: [{ path, value: Buffer.from(String(revision)) }],
})
const committed = (revision: number): Outcome => ({ kind: 'committed', revision })

test('each group has the outcomes of its own transactions, and they resolve in their order', async () => {
  const backend = await open('groups')
  const resolved: number[] = []
  const groups = Array.from({ length: 40 }, async (_, n) => {
    // The first goes on from what the group before it wrote, the second from what nobody wrote.
    const before = Math.max(0, 2 * n - 1)
    const outcomes = await backend.commit([writing('a', before), writing('a', 1000), writing(`own/${n}`, 0)])
    resolved.push(n)
    return outcomes
  })
  for (const [n, outcomes] of (await Promise.all(groups)).entries()) {
    expect(outcomes).toEqual([committed(2 * n + 1), { kind: 'conflict', path: 'a' }, committed(2 * n + 2)])
  }
  expect(resolved).toEqual(groups.map((_, n) => n))
  expect(await backend.readIndex()).toBe(80)
  await backend.close()
})

test('a replacement among them stands where it was asked for', async () => {
  const backend = await open('replacement')
  async function* entries(): AsyncGenerator<readonly Entry[]> {
    yield [{ path: 'put', value: Buffer.from('back'), revision: 0, expiresAtMs: undefined }]
  }
  const before = Array.from({ length: 3 }, (_, n) => backend.commit([writing(`before/${n}`, 0)]))
  const replaced = backend.replace(entries())
  const after = Array.from({ length: 3 }, (_, n) => backend.commit([writing(`after/${n}`, 0)]))
  expect(await Promise.all(before)).toEqual([[committed(1)], [committed(2)], [committed(3)]])
  expect(await replaced).toBe(4)
  expect(await Promise.all(after)).toEqual([[committed(5)], [committed(6)], [committed(7)]])
  const { names } = await backend.list('', { recursive: true, after: '', limit: 100 })
  expect(names).toEqual(['after/0', 'after/1', 'after/2', 'put'])
  await backend.close()
})

test('closing waits for all of them', async () => {
  const backend = await open('closing')
  const groups = Array.from({ length: 10 }, (_, n) => backend.commit([writing(`a/${n}`, 0)]))
  await backend.close()
  expect((await Promise.all(groups)).flat().map(({ kind }) => kind)).toEqual(Array(10).fill('committed'))
})

import { expect, test } from 'vitest'
import { TestNamespace } from '../../test/core/test-namespace.ts'
import { EntryCheck } from './entry-check.ts'

test('rows of tenants open under their own keys; without keys they are damage, unless their removal is under way', async () => {
  const world = await TestNamespace.create()
  const { id } = await world.data('update', 'sys/namespaces/a')
  const { names } = await world.backend.list(`ns/${id}/`, { recursive: true, after: '', limit: 100 })
  const entries = await world.backend.get(names.map((name) => `ns/${id}/${name}`))
  const problems = async () => {
    const check = new EntryCheck(world.keys, world.namespace.store)
    const found = new Set<string | undefined>()
    for (const entry of entries) if (entry !== undefined) found.add(await check.problemOf(entry))
    check.end()
    return found
  }
  expect(await problems()).toEqual(new Set([undefined]))
  expect(world.keys.lent).toEqual([])
  await world.call('delete', 'sys/namespaces/a')
  expect(await problems()).toEqual(new Set([undefined]))
  await expect.poll(() => world.refusal('read', 'sys/namespaces/a').catch(() => '')).toContain('not_found')
  expect(await problems()).toEqual(new Set(['its namespace has no keys']))
})

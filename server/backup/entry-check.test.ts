import { expect, test, vi } from 'vitest'
import type { Backend } from '../../storage/backend.ts'
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
  // The removal is held up where the keys are gone and the rows, which it lists to delete them, are not.
  const [arrived, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const backend: Backend = world.backend
  const list = backend.list.bind(backend)
  vi.spyOn(backend, 'list').mockImplementation(async (prefix, page) => {
    if (prefix === `ns/${id}/`) {
      arrived.resolve()
      await goOn.promise
    }
    return list(prefix, page)
  })
  await world.call('delete', 'sys/namespaces/a')
  await arrived.promise
  await expect(world.keys.loadNamespace(String(id))).rejects.toMatchObject({ code: 'not_found' })
  expect(await problems()).toEqual(new Set([undefined]))
  goOn.resolve()
  await expect.poll(() => world.refusal('read', 'sys/namespaces/a').catch(() => '')).toContain('not_found')
  expect(await problems()).toEqual(new Set(['its namespace has no keys']))
})

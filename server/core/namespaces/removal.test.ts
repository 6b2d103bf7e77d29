import { expect, test } from 'vitest'
import { FaultyBackend } from '../../../storage/faulty.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** Making and deleting a namespace, cut short anywhere: another process ends it one way or the other. */

async function rowsBelow(backend: MemoryBackend, prefix: string): Promise<readonly string[]> {
  return (await backend.list(prefix, { recursive: true, after: '', limit: 10_000 })).names
}

/** As another process would find it later. */
async function later(before: TestNamespace, backend: MemoryBackend): Promise<TestNamespace> {
  const { cipher, clock, credentials, root } = before
  const after = await TestNamespace.over({ backend, cipher, clock }, credentials)
  after.root = root
  for (let round = 0; round < 4; round++) {
    after.pass(700)
    await after.sweep()
  }
  return after
}

for (const fate of ['refused', 'applied, reply lost'] as const) {
  test(`a deletion that was cut short (${fate}) is finished, and what it had is unreadable meanwhile`, async () => {
    for (let nth = 1, fired = true; fired; nth++) {
      const backend = new MemoryBackend()
      const before = await TestNamespace.create({ backend })
      const { id } = await before.data('update', 'sys/namespaces/a')
      await before.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace: 'a/' })
      await before.call('update', 'kv/x', { v: 1 }, { namespace: 'a/' })
      const { cipher, clock, credentials, root } = before
      const faulty = new FaultyBackend(backend, nth, fate)
      await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
        .then(async (cut) => {
          await cut.call('delete', 'sys/namespaces/a', {}, { token: root })
          await cut.namespaces.close()
        })
        .catch(() => undefined)
      fired = faulty.fired
      const after = await later(before, backend)
      const found = await after.call('read', 'sys/namespaces/a').catch(() => undefined)
      if (found === undefined) expect(await rowsBelow(backend, `ns/${String(id)}/`), `fault ${nth}`).toEqual([])
      else {
        // Nothing was begun.
        expect(found.data, `fault ${nth}`).toMatchObject({ tainted: false })
        expect(await after.data('read', 'kv/x', {}, { namespace: 'a/' })).toEqual({ v: 1 })
      }
    }
  })

  test(`a namespace that was not finished (${fate}) leaves nothing behind, and its name is free`, async () => {
    for (let nth = 1, fired = true; fired; nth++) {
      const backend = new MemoryBackend()
      const before = await TestNamespace.create({ backend })
      const { cipher, clock, credentials, root } = before
      const faulty = new FaultyBackend(backend, nth, fate)
      await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
        .then((cut) => cut.call('update', 'sys/namespaces/a', {}, { token: root }))
        .catch(() => undefined)
      fired = faulty.fired
      const after = await later(before, backend)
      const found = await after.call('read', 'sys/namespaces/a').catch(() => undefined)
      const below = (await rowsBelow(backend, 'ns/')).filter((path) => !path.startsWith('root/'))
      if (found === undefined) expect(below, `fault ${nth}`).toEqual([])
      else
        expect(
          below.every((path) => path.startsWith(`${String(found.data?.id)}/`)),
          `fault ${nth}`,
        ).toBe(true)
      await after.call('update', 'sys/namespaces/a')
      await after.call('update', 'sys/mounts/kv', { type: 'kv' }, { namespace: 'a/' })
    }
  })
}

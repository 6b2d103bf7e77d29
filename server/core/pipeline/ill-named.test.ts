import { expect, test } from 'vitest'
import { engine, route } from '../../../engines/engine.ts'
import { notFound } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** What has a name that earlier versions took, and that is none any more. */

const stored = new Map([
  ['team a', 1],
  ['good', 2],
])
const fields = { name: field.name({ required: true, description: 'Name' }) }

const things = engine({
  type: 'things',
  kind: 'secret',
  description: 'what has names',
  routes: [
    route('thing/:name', {
      summary: 'A thing',
      fields,
      operations: {
        read: async ({ fields: { name } }) => {
          const value = stored.get(name)
          if (value === undefined) throw notFound()
          return { data: { value } }
        },
        update: async ({ fields: { name } }) => void stored.set(name, 3),
        delete: async ({ fields: { name } }) => void stored.delete(name),
      },
    }),
    route('all/:name', {
      summary: 'All',
      fields,
      operations: {
        delete: async () => {
          stored.clear()
          return undefined
        },
      },
    }),
  ],
})

test('can be deleted, by who may, and nothing else', async () => {
  const world = await TestNamespace.create({ engines: [things as never] })
  await world.call('update', 'sys/mounts/things', { type: 'things' })
  const nothing = 'not_found: unsupported path'
  expect(await world.refusal('read', 'things/thing/team a')).toBe(nothing)
  expect(await world.refusal('update', 'things/thing/team a')).toBe(nothing)
  const stranger = { token: await world.token({ policies: ['default'] }) }
  expect(await world.refusal('delete', 'things/thing/team a', {}, stranger)).toContain('permission denied')
  expect(await world.refusal('delete', 'things/all/team a')).toBe(nothing)
  expect(stored.get('team a')).toBe(1)
  expect((await world.call('delete', 'things/thing/team a')).status).toBe(204)
  expect([...stored.keys()]).toEqual(['good'])
  expect(await world.refusal('delete', 'things/thing/team a')).toBe(nothing)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backend, Changes } from '../backend.ts'
import { json } from '../codec.ts'
import { createStore } from '../sealed-store.ts'
import { testingCipher } from '../testing-cipher.ts'
import { openPostgres } from './postgres.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

const text = json<string>()
const HANG_UP =
  "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'"

/** An older state is put in the place of the database's, under servers that run: a backup is restored, a standby lacked the newest. */
describe.skipIf(noPostgres !== undefined)('a database that is set back under running servers', () => {
  let testing: TestingBackends
  beforeAll(async () => {
    testing = await TestingBackends.start()
  })
  afterAll(() => testing.stop())

  async function world() {
    const table = testing.newTable()
    const cipher = testingCipher()
    const open = async () => {
      const backend = await openPostgres({ connectionUrl: testing.server.url, table, maxParallel: 3 })
      const looks: Changes[] = []
      const look = backend.look?.bind(backend)
      const watched: Backend = new Proxy(backend, {
        get(inner, name) {
          if (name === 'look')
            return async (since: number) => {
              const changes = (await look?.(since)) as Changes
              looks.push(changes)
              return changes
            }
          const found: unknown = Reflect.get(inner, name)
          return typeof found === 'function' ? found.bind(inner) : found
        },
      })
      const store = createStore({ backend: watched, cipher, prefix: 'ns/' })
      const put = (path: string, value: string) => store.transaction((tx) => tx.put(path, value, text))
      const get = async (path: string) => {
        await store.refresh()
        return store.get(path, text)
      }
      const undone = () => looks.filter((changes) => changes.kind === 'resync' && changes.isUndone === true).length
      return { put, get, undone, close: () => backend.close() }
    }
    const parts = ['clock', 'entry', 'change', 'writer'].map((part) => `${table}_${part}`)
    const save = () =>
      testing.sql(
        parts.map((part) => `drop table if exists old_${part}; create table old_${part} as table ${part}`).join(';'),
      )
    const setBack = () =>
      testing.sql(
        `begin; ${parts.map((part) => `delete from ${part}; insert into ${part} select * from old_${part}`).join(';')}; commit; ${HANG_UP}`,
      )
    return { open, save, setBack }
  }

  test.each([
    ['behind', 0],
    ['where it was', 3],
    ['ahead', 8],
  ])(
    'a server serves nothing of what was undone, when others have moved the clock on to %s',
    async (_where, others) => {
      const { open, save, setBack } = await world()
      const one = await open()
      await one.put('a', 'then')
      await save()
      for (let n = 0; n < 3; n++) await one.put('a', `undone ${n}`)
      expect(await one.get('a')).toBe('undone 2')
      await setBack()
      const other = await open()
      for (let n = 0; n < others; n++) await other.put(`other/${n}`, 'x')
      expect(await one.get('a')).toBe('then')
      await testing.sql(HANG_UP)
      expect(await one.get('a')).toBe('then')
      expect(one.undone()).toBe(1)
      await one.put('a', 'since')
      expect(await other.get('a')).toBe('since')
      expect([one.undone(), other.undone()]).toEqual([1, 0])
      await Promise.all([one.close(), other.close()])
    },
  )

  test('a server that only read what was undone serves nothing of it, nor tells of it twice', async () => {
    const { open, save, setBack } = await world()
    const [one, reader] = [await open(), await open()]
    await one.put('a', 'then')
    expect(await reader.get('a')).toBe('then')
    await save()
    for (let n = 0; n < 3; n++) await one.put('a', `undone ${n}`)
    expect(await reader.get('a')).toBe('undone 2')
    await setBack()
    const other = await open()
    for (let n = 0; n < 8; n++) await other.put(`other/${n}`, 'x')
    expect(await reader.get('a')).toBe('then')
    expect(reader.undone()).toBe(1)
    await one.put('a', 'since')
    expect(await reader.get('a')).toBe('since')
    await testing.sql(HANG_UP)
    expect(await reader.get('a')).toBe('since')
    expect(reader.undone()).toBe(1)
    await Promise.all([one.close(), reader.close(), other.close()])
  })

  test('connections that end while the database stays as it is undo nothing', async () => {
    const { open } = await world()
    const [one, reader] = [await open(), await open()]
    for (let n = 0; n < 5; n++) {
      await one.put('a', String(n))
      expect(await reader.get('a')).toBe(String(n))
      await testing.sql(HANG_UP)
      expect(await one.get('a')).toBe(String(n))
    }
    expect([one.undone(), reader.undone()]).toEqual([0, 0])
    await Promise.all([one.close(), reader.close()])
  })
})

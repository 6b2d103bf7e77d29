import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from './postgres.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

describe.skipIf(noPostgres !== undefined)('tables that do not keep what is written', () => {
  let backends: TestingBackends
  beforeAll(async () => {
    backends = await TestingBackends.start()
    await backends.sql(`create role plain login; grant all on schema public to plain;
      create function eat() returns trigger language plpgsql as 'begin return null; end'`)
  })
  afterAll(() => backends.stop())

  const lossy: Readonly<Record<string, readonly [add: string, remove: string]>> = {
    'the trigger eats': [
      'create trigger eats before insert on $_entry for each row execute function eat()',
      'drop trigger eats on $_entry',
    ],
    'the rule nothing': [
      'create rule nothing as on insert to $_change do instead nothing',
      'drop rule nothing on $_change',
    ],
    'row security': [
      'alter table $_entry force row level security; alter table $_entry enable row level security',
      'alter table $_entry disable row level security',
    ],
  }
  const harmless: Readonly<Record<string, string>> = {
    'a trigger that runs after': 'create trigger eats after insert on $_entry for each row execute function eat()',
    'one that is disabled':
      'create trigger eats before insert on $_entry for each row execute function eat(); alter table $_entry disable trigger eats',
  }

  async function made() {
    const table = backends.newTable()
    const open = () =>
      openPostgres({
        connectionUrl: `host=${backends.server.folder} port=${backends.server.port} user=plain dbname=postgres`,
        table,
      })
    await (await open()).close()
    return { open, sql: (text: string) => backends.sql(text.replaceAll('$', table)) }
  }

  test.each(Object.entries(lossy))('%s is refused by name, until it is removed', async (what, [add, remove]) => {
    const { open, sql } = await made()
    await sql(add)
    await expect(open()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(`has ${what}`) })
    await sql(remove)
    await (await open()).close()
  })

  test.each(Object.entries(harmless))('%s is not', async (_what, add) => {
    const { open, sql } = await made()
    await sql(add)
    const backend = await open()
    expect(await backend.commit([{ reads: [], lists: [], writes: [{ path: 'a', value: Buffer.from('a') }] }])).toEqual([
      { kind: 'committed', revision: 1 },
    ])
    expect(await backend.get(['a'])).toMatchObject([{ path: 'a' }])
    await backend.close()
  })
})

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PreparedStatements } from './prepared-statements.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

describe.skipIf(noPostgres !== undefined)('prepared statements', () => {
  let backends: TestingBackends
  let client: pg.Client
  let prepared: PreparedStatements
  beforeAll(async () => {
    backends = await TestingBackends.start()
    client = new pg.Client({ connectionString: backends.server.tcpUrl() })
    await client.connect()
    prepared = new PreparedStatements(client)
  })
  afterAll(async () => {
    await client.end()
    await backends.stop()
  })

  test.each<[type: string, value: unknown]>([
    ['text', 'é\u{1f511} {"\\'],
    ['text', ''],
    ['text', null],
    ['bigint', Number.MAX_SAFE_INTEGER],
    ['integer', -7],
    ['text[]', ['', 'NULL', 'a,b', '{"\\', null, 'é\u{1f511}']],
    ['bigint[]', [2 ** 40, null]],
    ['text[]', []],
  ])('%s %j is what the server gets', async (type, value) => {
    const statement = { name: `seen ${type}`, text: `select to_json($1::${type})::text` }
    const [row] = await prepared.ask(statement, [value])
    expect(JSON.parse(String(row?.[0] ?? null))).toEqual(value)
  })

  test('bytes go and come as they are', async () => {
    const bytes = Buffer.from([0, 0x5c, 0x78, 0xff])
    expect(await prepared.ask({ name: 'bytes', text: 'select $1::bytea' }, [bytes])).toEqual([[bytes]])
  })

  test('each run has its own rows, with columns of the types that the first was told', async () => {
    const statement = {
      name: 'rows',
      text: 'select n, n::bigint, n > 1, null::bigint, n::text from generate_series(1, $1::int) as n',
    }
    const rows = [
      [1, 1, false, null, '1'],
      [2, 2, true, null, '2'],
    ]
    expect(await prepared.ask(statement, [2])).toEqual(rows)
    expect(await prepared.ask(statement, [0])).toEqual([])
    expect(await prepared.ask(statement, [1])).toEqual(rows.slice(0, 1))
  })

  test('a statement that answers no rows may run again', async () => {
    await client.query('create temporary table noted (n int)')
    const statement = { name: 'note', text: 'insert into noted values ($1)' }
    expect([await prepared.ask(statement, [1]), await prepared.ask(statement, [2])]).toEqual([[], []])
    expect(await prepared.ask({ name: 'noted', text: 'select n from noted order by n' }, [])).toEqual([[1], [2]])
  })

  test('columns that have become others are refused, not misread', async () => {
    await client.query('create temporary table changing (n int)')
    const statement = { name: 'changing', text: 'select * from changing' }
    await prepared.ask(statement, [])
    await client.query('alter table changing alter n type text')
    await expect(prepared.ask(statement, [])).rejects.toMatchObject({ code: '0A000' })
  })

  test.each([
    ['no statement at all', ''],
    ['copying', 'copy pg_am to stdout'],
  ])('%s fails', async (name, text) => {
    await expect(prepared.ask({ name, text }, [])).rejects.toThrow('what no statement of ours asks for')
  })
})

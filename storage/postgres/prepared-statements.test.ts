import type { EventEmitter } from 'node:events'
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

  test('what an array lacks is null', async () => {
    expect(await prepared.ask({ name: 'lacking', text: 'select $1::text[]::text' }, [['a', undefined]])).toEqual([
      ['{a,NULL}'],
    ])
  })

  test('bytes go and come as they are', async () => {
    const bytes = Buffer.from([0, 0x5c, 0x78, 0xff])
    const statement = { name: 'bytes', text: 'select $1::bytea' }
    expect(await prepared.ask(statement, [bytes])).toEqual([[bytes]])
    expect(await prepared.ask(statement, [new Uint8Array(bytes).subarray(1)])).toEqual([[bytes.subarray(1)]])
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

  test('columns are described once, statements are sent once', async () => {
    const told: string[] = []
    const { connection } = client as unknown as { connection: EventEmitter }
    for (const name of ['parseComplete', 'rowDescription']) connection.on(name, () => told.push(name))
    const statement = { name: 'once', text: 'select $1::int' }
    expect([await prepared.ask(statement, [1]), await prepared.ask(statement, [2])]).toEqual([[[1]], [[2]]])
    expect(told).toEqual(['parseComplete', 'rowDescription'])
  })

  test.each<[what: string, text: string, failing: unknown, code: string]>([
    ['in a parameter', 'select 10 / n from generate_series(1, $1::int) as n', 'x', '22P02'],
    ['behind some rows', 'select 10 / (3 - n) from generate_series(1, $1::int) as n', 5, '22012'],
    ['behind rows of another run', 'select 10 / (3 - n), n from generate_series(1, $1::int) as n', 3, '22012'],
  ])('an error %s leaves the statement as it was', async (name, text, failing, code) => {
    const run = (value: unknown) => prepared.ask({ name, text }, [value]).then((rows) => rows.map(([first]) => first))
    if (name.startsWith('behind rows')) expect(await run(2)).toEqual([5, 10])
    await expect(run(failing)).rejects.toMatchObject({ code })
    expect(await run(1)).toEqual([name === 'in a parameter' ? 10 : 5])
  })

  test('a statement that could not be parsed is not taken for one that was', async () => {
    await expect(prepared.ask({ name: 'mended', text: 'selec 1' }, [])).rejects.toMatchObject({ code: '42601' })
    expect(await prepared.ask({ name: 'mended', text: 'select 1' }, [])).toEqual([[1]])
  })

  test('what waits behind one that fails has its own answer', async () => {
    const failing = prepared.ask({ name: 'first of two', text: 'select 1 / $1::int' }, [0])
    const good = prepared.ask({ name: 'second of two', text: 'select $1::text' }, ['own'])
    await expect(failing).rejects.toMatchObject({ code: '22012' })
    expect(await good).toEqual([['own']])
  })

  test('text that PostgreSQL cannot keep is refused', async () => {
    const statement = { name: 'kept text', text: 'select $1::text' }
    await expect(prepared.ask(statement, ['a\0b'])).rejects.toMatchObject({ code: '22021' })
    expect(await prepared.ask(statement, ['ab'])).toEqual([['ab']])
  })

  test('rows that come in many pieces are whole', async () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'long ')
    const statement = { name: 'pieces', text: 'select n, $1::bytea from generate_series(1, 3) as n' }
    const rows = await prepared.ask(statement, [bytes])
    expect(rows.map(([n, found]) => [n, bytes.equals(found as Buffer)])).toEqual([1, 2, 3].map((n) => [n, true]))
  })

  test('a connection that ends in the middle is told', async () => {
    const other = new pg.Client({ connectionString: backends.server.tcpUrl() })
    await other.connect()
    const ended = new Promise((resolve) => other.on('error', resolve))
    const asking = new PreparedStatements(other).ask({ name: 'ends', text: 'select pg_terminate_backend($1::int)' }, [
      (other as unknown as { processID: number }).processID,
    ])
    await expect(asking).rejects.toMatchObject({ code: '57P01' })
    await ended
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

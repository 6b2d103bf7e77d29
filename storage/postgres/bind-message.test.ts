import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BindMessage } from './bind-message.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

describe.skipIf(noPostgres !== undefined)('parameters in binary', () => {
  let backends: TestingBackends
  let client: pg.Client
  let prepared: PreparedStatements
  const message = new BindMessage()
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

  /** What the server took a parameter for, as JSON. */
  const seen = async (type: string, add: (to: BindMessage) => BindMessage): Promise<unknown> => {
    const statement = { name: `seen ${type}`, text: `select to_json($1::${type})::text` }
    const [row] = await prepared.ask(statement, add(message.begin(statement.name, 1)).end())
    return JSON.parse(String(row?.[0]))
  }

  test.each<[type: string, value: unknown, add: (to: BindMessage) => BindMessage]>([
    ['uuid', '0b0ed3b8-3a8c-4a52-9f08-5ab9fd35ae6d', (to) => to.uuid('0b0ed3b8-3a8c-4a52-9f08-5ab9fd35ae6d')],
    ['bigint', Number.MAX_SAFE_INTEGER, (to) => to.bigint(Number.MAX_SAFE_INTEGER)],
    ['integer', -7, (to) => to.integer(-7)],
    ['integer', null, (to) => to.integer(null)],
    ['integer[]', [0, -1, 2 ** 31 - 1, -(2 ** 31)], (to) => to.integers([0, -1, 2 ** 31 - 1, -(2 ** 31)])],
    ['integer[]', [], (to) => to.integers([])],
    ['bigint[]', [2 ** 32, null, -1, 2 ** 31], (to) => to.bigints([2 ** 32, null, -1, 2 ** 31])],
    ['boolean[]', [true, null, false], (to) => to.booleans([true, null, false])],
    ['text[]', ['', null, 'é\u{1f511}', '{"\\'], (to) => to.texts(['', null, 'é\u{1f511}', '{"\\'])],
    ['bytea[]', ['\\x', null, '\\x00ff'], (to) => to.byteas([Buffer.alloc(0), null, Buffer.from([0, 255])])],
  ])('%s %j is what the server gets', async (type, value, add) => {
    expect(await seen(type, add)).toEqual(value)
  })

  test('a message may be of any length, and the next one short again', async () => {
    const texts = Array.from({ length: 20_000 }, (_, at) => (at % 3 === 0 ? null : `${at} `.repeat(at % 50)))
    for (let times = 0; times < 2; times++) {
      expect(await seen('text[]', (to) => to.texts(texts))).toEqual(texts)
      expect(await seen('text[]', (to) => to.texts(['short']))).toEqual(['short'])
    }
  })

  test('what the server refuses is told, and the connection goes on', async () => {
    const statement = { name: 'fails', text: 'select 1 / $1::integer' }
    const ask = (by: number) => prepared.ask(statement, message.begin('fails', 1).integer(by).end())
    await expect(ask(0)).rejects.toMatchObject({ code: '22012' })
    expect(await ask(1)).toEqual([[1]])
  })

  test('a connection that has ended says so', async () => {
    const ended = new pg.Client({ connectionString: backends.server.tcpUrl() })
    await ended.connect()
    await ended.end()
    const bind = message.begin('one', 0).end()
    await expect(new PreparedStatements(ended).ask({ name: 'one', text: 'select 1' }, bind)).rejects.toThrow()
  })
})

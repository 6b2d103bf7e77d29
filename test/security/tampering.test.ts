import path from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Whoever can write to the database gets an error and a line in the log out of it: never data, never a wider policy. */

interface Row {
  readonly path: string
  readonly value: Buffer
}

let server: Server
let reader = ''

/** Works on the stopped server's database, then starts it again. */
async function meddle(work: (db: BetterSqlite3.Database) => void): Promise<void> {
  await server.stop()
  const db = new BetterSqlite3(path.join(server.dataDir, 'egide.db'))
  try {
    work(db)
  } finally {
    db.close()
  }
  await server.start()
  await server.unseal()
}

function rowsLike(db: BetterSqlite3.Database, pattern: string): Row[] {
  return db.prepare<[string], Row>('SELECT path, value FROM entry WHERE path LIKE ? ORDER BY path').all(pattern)
}

function write(db: BetterSqlite3.Database, where: string, value: Buffer): void {
  db.prepare('UPDATE entry SET value = ? WHERE path = ?').run(value, where)
}

function flipped(value: Buffer): Buffer {
  const copy = Buffer.from(value)
  copy[copy.length - 20] = (copy[copy.length - 20] ?? 0) ^ 1
  return copy
}

const read = (name: string, token?: string) =>
  server.call('GET', `secret/data/${name}`, token === undefined ? {} : { token })

beforeAll(async () => {
  server = await startUnsealed()
  for (const name of ['one', 'two', 'three']) {
    await server.call('POST', `secret/data/${name}`, { body: { data: { value: `secret of ${name}` } } })
  }
  const policy = 'path "secret/data/*" { capabilities = ["read"] }\npath "secret/data/two" { capabilities = ["deny"] }'
  await server.call('POST', 'sys/policies/acl/reader', { body: { policy } })
  const made = await server.call('POST', 'auth/token/create', { body: { policies: ['reader'], ttl: '1h' } })
  reader = String(at(made.body, 'auth', 'client_token'))
})
afterAll(() => server.remove())

test('before anybody meddles, the policy holds', async () => {
  expect((await read('one', reader)).status).toBe(200)
  expect((await read('two', reader)).status).toBe(403)
})

test('a flipped bit and two swapped secrets are errors and lines in the log', async () => {
  let kept: Row[] = []
  await meddle((db) => {
    kept = rowsLike(db, '%/keys/%').filter((row) => /\/(one|two|three)$/.test(row.path))
    expect(kept).toHaveLength(3)
    const [one, three, two] = kept as [Row, Row, Row]
    write(db, one.path, flipped(one.value))
    write(db, two.path, three.value)
    write(db, three.path, two.value)
  })
  for (const name of ['one', 'two', 'three']) {
    const reply = await read(name)
    expect([reply.status, reply.text]).toEqual([500, '{"errors":["a stored value is damaged"]}\n'])
  }
  // The answer may be here before what the log says of it.
  const lines = () => server.log.match(/a stored value is not what was written/g)?.length ?? 0
  await expect.poll(lines).toBeGreaterThanOrEqual(3)
  expect(server.log).not.toContain('secret of')
  await meddle((db) => {
    for (const { path: where, value } of kept) write(db, where, value)
  })
  expect(at((await read('one')).body, 'data', 'data', 'value')).toBe('secret of one')
})

test('a damaged policy gives nothing, not even what its other rules gave', async () => {
  let kept: Row | undefined
  await meddle((db) => {
    kept = rowsLike(db, '%policies/acl/reader').at(-1)
    if (kept === undefined) throw new Error('no row of the policy')
    write(db, kept.path, flipped(kept.value))
  })
  for (const name of ['one', 'two']) expect((await read(name, reader)).status).toBe(500)
  await meddle((db) => write(db, kept?.path ?? '', kept?.value ?? Buffer.alloc(0)))
  expect((await read('one', reader)).status).toBe(200)
})

test("another token's row in its place is an error, not that token's power", async () => {
  let kept: Row[] = []
  await meddle((db) => {
    kept = rowsLike(db, '%/tokens/id/%')
    expect(kept.length).toBeGreaterThanOrEqual(2)
    const [first, second] = kept as [Row, Row]
    write(db, first.path, second.value)
    write(db, second.path, first.value)
  })
  expect((await read('two', reader)).status).toBe(500)
  expect((await read('one')).status).toBe(500)
  await meddle((db) => {
    for (const { path: where, value } of kept) write(db, where, value)
  })
  expect((await read('two', reader)).status).toBe(403)
})

test('with a seal configuration that is none the server says so, and ends', async () => {
  const file = path.join(server.dataDir, 'egide.db')
  const altered = {
    'no JSON': Buffer.from('{'),
    'no quorum': Buffer.from('{"version":1,"type":"shamir","quorum":1,"recovery":null}'),
    'megabytes of a genuine one': Buffer.alloc(2_000_000, ' '),
  }
  await server.stop()
  const db = new BetterSqlite3(file)
  const [config] = rowsLike(db, 'core/seal-config')
  if (config === undefined) throw new Error('no configuration')
  altered['megabytes of a genuine one'].set(config.value)
  for (const [what, value] of Object.entries(altered)) {
    write(db, config.path, value)
    const started = await server.start().then(
      () => 'it started',
      (error: Error) => error.message,
    )
    expect([what, started]).toEqual([
      what,
      expect.stringMatching(/\nError: the stored seal configuration is unreadable/),
    ])
  }
  write(db, config.path, config.value)
  db.close()
  await server.start()
  await server.unseal()
  expect((await read('one')).status).toBe(200)
})

test('with a damaged keyring the right shares do not unseal, and say nothing', async () => {
  await server.stop()
  const db = new BetterSqlite3(path.join(server.dataDir, 'egide.db'))
  const [keyring] = rowsLike(db, 'core/keyring')
  if (keyring === undefined) throw new Error('no keyring')
  write(db, keyring.path, flipped(keyring.value))
  await server.start()
  const reply = await server.call('PUT', 'sys/unseal', { body: { key: server.keys[0] } })
  expect([reply.status, reply.text]).toEqual([500, '{"errors":["a stored value is damaged"]}\n'])
  expect((await server.call('GET', 'sys/health')).status).toBe(503)
  write(db, keyring.path, keyring.value)
  db.close()
  await server.unseal()
  expect((await read('one')).status).toBe(200)
})

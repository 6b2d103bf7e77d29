import SQLite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { egide } from '../harness/program.ts'
import { type Server, startServer, startUnsealed } from '../harness/server.ts'
import { databaseOf, emptyServer, fill, get, operatorOf, put } from './backup.ts'

/** A vault goes from SQLite to PostgreSQL and back, with real processes. */
describe.skipIf(noPostgres !== undefined)('egide storage migrate', () => {
  let database: TestingServer
  const servers: Server[] = []
  beforeAll(async () => {
    database = await TestingServer.start()
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.remove()))
    await database.stop()
  })

  const kept = <T extends Server>(server: T): T => {
    servers.push(server)
    return server
  }
  const onPostgres = (table: string) => {
    const block = `storage "postgresql" {\n  connection_url = "${database.url}"\n  table = "${table}"\n}`
    return startServer({ program: egide, storage: { block } }).then(kept)
  }
  const migrate = (from: Server, to: Server) =>
    operatorOf(from).run(['storage', 'migrate', `-source=${from.configFile}`, `-destination=${to.configFile}`])

  test('moves everything to PostgreSQL and back', async () => {
    const source = kept(await startUnsealed({ program: egide }))
    const secrets = await fill(source, 30, 60_000)
    await put(source, 'app', 'kept')
    await source.stop()
    const shared = await onPostgres('moved')
    await shared.stop()
    const there = await migrate(source, shared)
    expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining('Success!') })

    shared.adopt(source)
    await shared.start()
    await shared.unseal()
    for (const [name, value] of secrets) expect(await get(shared, name)).toBe(value)
    await put(shared, 'app', 'written on PostgreSQL')
    const taken = operatorOf(shared)
    await taken.ok(['operator', 'snapshot', 'save', 'of-postgres'])
    const proof = await taken.run(['operator', 'snapshot', 'verify', '-shares', 'of-postgres'], {
      stdin: source.keys.join('\n'),
    })
    expect(proof.stdout).toMatch(/do not open +0\n/)

    const back = kept(await emptyServer())
    // A running node says that it lives, and what it writes after the copy would be lost.
    expect(await migrate(shared, back)).toMatchObject({ code: 1, stderr: expect.stringContaining('stop every server') })
    await expect(back.start()).rejects.toThrow(/not finished/)
    await shared.stop()
    expect((await migrate(shared, back)).code).toBe(0)
    back.adopt(source)
    await back.start()
    await back.unseal()
    expect(await get(back, 'app')).toBe('written on PostgreSQL')
    for (const [name, value] of secrets) expect(await get(back, name)).toBe(value)
  })

  test('names the rows that it leaves out, which no server writes', async () => {
    const [source, destination] = [kept(await startUnsealed({ program: egide })), kept(await emptyServer())]
    await put(source, 'app', 'kept')
    await source.stop()
    const file = new SQLite(databaseOf(source))
    file.exec("INSERT INTO entry (path, revision, expires_at, value) VALUES ('/stray' || char(27), 1, NULL, x'00')")
    file.close()
    const { code, stdout, stderr } = await migrate(source, destination)
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Success!') })
    expect(stderr).toContain('left out, for no server writes such rows: /stray')
    expect(stderr).not.toContain('\u001b')
    destination.adopt(source)
    await destination.start()
    await destination.unseal()
    expect(await get(destination, 'app')).toBe('kept')
  })

  test('refuses a destination that holds something, an empty source, and one storage for both', async () => {
    const running = kept(await startUnsealed({ program: egide }))
    const [vault, empty] = [kept(await startUnsealed({ program: egide })), kept(await emptyServer())]
    await vault.stop()
    expect(await migrate(running, empty)).toMatchObject({ code: 1, stderr: expect.stringContaining('uses the source') })
    expect(await migrate(empty, vault)).toMatchObject({ code: 1, stderr: expect.stringContaining('empty') })
    expect(await migrate(vault, vault)).toMatchObject({ code: 1, stderr: expect.stringContaining('one storage') })
    const other = kept(await startUnsealed({ program: egide }))
    await other.stop()
    expect(await migrate(vault, other)).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') })
  })
})

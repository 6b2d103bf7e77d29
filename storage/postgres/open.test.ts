import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../test/harness/certificate.ts'
import { openPostgres } from './postgres.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres, TESTING_PASSWORD, TestingServer } from './testing-server.ts'

const put = (path: string) => ({ reads: [], lists: [], writes: [{ path, value: Buffer.from(path) }] })

describe.skipIf(noPostgres !== undefined)('opening PostgreSQL', () => {
  let backends: TestingBackends
  let server: TestingServer
  beforeAll(async () => {
    backends = await TestingBackends.start()
    server = backends.server
  })
  afterAll(() => backends.stop())

  test('nodes that open it together, new, make its tables once, and see each other’s commits', async () => {
    const table = backends.newTable()
    const nodes = await Promise.all(Array.from({ length: 4 }, () => openPostgres({ connectionUrl: server.url, table })))
    const write = async (node: (typeof nodes)[number], name: number) => {
      for (let n = 0; n < 20; n++) {
        const [outcome] = await node.commit([put(`${name}/${n}`)])
        if (outcome?.kind !== 'committed') throw new Error('a conflict that there is not')
        for (const other of nodes) expect(await other.readIndex()).toBeGreaterThanOrEqual(outcome.revision)
      }
    }
    await Promise.all(nodes.map(write))
    for (const node of nodes) expect(await node.readIndex()).toBe(80)
    await Promise.all(nodes.map((node) => node.close()))
  })

  test('a database that a newer version has only added to is opened; one that it made unreadable is not', async () => {
    const table = backends.newTable()
    const open = () => openPostgres({ connectionUrl: server.url, table })
    await (await open()).close()
    await backends.sql(`insert into ${table}_migration (name, timestamp) values ('9999_later', '')`)
    await (await open()).close()
    await backends.sql(`update ${table}_clock set format = 2`)
    await expect(open()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('newer version') })
  })

  test('no statement reads a table whole, also one that was prepared while all were empty', async () => {
    const table = backends.newTable()
    const wholeReads = async () =>
      Object.fromEntries(
        (
          await backends.sql(`select relname, seq_scan from pg_stat_user_tables
            where relname in ('${table}_clock', '${table}_entry', '${table}_change') order by relname`)
        ).map(({ relname, seq_scan }) => [relname, Number(seq_scan)]),
      )
    const connectionUrl = server.tcpUrl(server.port, 'sslmode=disable&application_name=counting')
    // What a connection counted is known when it has ended, which is some time after it was closed.
    const ended = () =>
      expect
        .poll(() => backends.sql("select 1 from pg_stat_activity where application_name = 'counting'"))
        .toHaveLength(0)
    await (await openPostgres({ connectionUrl, table })).close()
    await ended()
    const before = await wholeReads()
    expect(Object.keys(before)).toHaveLength(3)
    const backend = await openPostgres({ connectionUrl, table, maxParallel: 1 })
    const useAll = async (group: string) => {
      const since = await backend.readIndex()
      const writes = Array.from({ length: 200 }, (_, n) => {
        return { path: `${group}/${n}`, value: Buffer.from('v'), expiresAtMs: n }
      })
      const reads = [{ path: `${group}/0`, revision: 0 }]
      await backend.commit([{ reads, lists: [{ prefix: `${group}/`, since }], writes }])
      await backend.get([`${group}/1`, `${group}/2`])
      await backend.list(`${group}/`, { recursive: false, after: '', limit: 10 })
      await backend.list('', { recursive: false, after: '', limit: 10 })
      await backend.due(100, 10)
      await backend.look?.(since)
    }
    for (let group = 0; group < 20; group++) await useAll(`group-${group}`)
    await backend.close()
    await ended()
    expect(await wholeReads()).toEqual(before)
    const used = `select idx_scan > 20 as often from pg_stat_user_tables where relname = '${table}_entry'`
    await expect.poll(() => backends.sql(used)).toEqual([{ often: true }])
  })

  test('what is long is compressed by what gives up soonest, where the server has that', async () => {
    const table = backends.newTable()
    const backend = await openPostgres({ connectionUrl: server.url, table })
    await backend.commit([{ reads: [], lists: [], writes: [{ path: 'a', value: Buffer.alloc(100_000, 'long') }] }])
    const [offered] = await backends.sql(
      "select 'lz4' = any (enumvals) as is_there from pg_settings where name = 'default_toast_compression'",
    )
    const method = offered?.is_there === true ? 'lz4' : 'pglz'
    expect(await backends.sql(`select pg_column_compression(value) as method from ${table}_entry`)).toEqual([
      { method },
    ])
    await backend.close()
  })

  test('two vaults in one database do not meet', async () => {
    const [one, other] = await Promise.all([backends.open(), backends.open()])
    await one.commit([put('a')])
    expect(await other.get(['a'])).toEqual([undefined])
    await Promise.all([one.close(), other.close()])
  })

  test('the password may come from a file, which may change while it is open', async () => {
    const passwordFile = join(server.folder, 'password.txt')
    writeFileSync(passwordFile, `${TESTING_PASSWORD}\n`)
    const connectionUrl = `postgres://egide@127.0.0.1:${server.port}/postgres?sslmode=disable`
    const backend = await openPostgres({ connectionUrl, passwordFile, table: backends.newTable() })
    await backends.sql("alter user egide password 'changed'")
    writeFileSync(passwordFile, 'changed')
    await backends.sql('select pg_terminate_backend(pid) from pg_stat_activity where client_addr is not null')
    expect(await backend.commit([put('a')])).toEqual([{ kind: 'committed', revision: 1 }])
    expect(await backend.readIndex()).toBe(1)
    await backend.close()
    await backends.sql(`alter user egide password '${TESTING_PASSWORD}'`)
    const missing = openPostgres({ connectionUrl, passwordFile: `${passwordFile}.none` })
    await expect(missing).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('ENOENT') })
  })

  test('of several hosts the first that takes writes is used', async () => {
    const [, credentials] = /\/\/(.*)@/.exec(server.tcpUrl()) ?? []
    const connectionUrl = `postgres://${credentials}@127.0.0.1:1,127.0.0.1:${server.port}/postgres?sslmode=disable`
    const backend = await openPostgres({ connectionUrl, table: backends.newTable() })
    expect(await backend.readIndex()).toBe(0)
    await backend.close()
  })

  const ADVICE =
    'tried once: start again when it answers, or set max_connect_retries higher to have the start wait for it'
  const refused: Record<string, [url: () => string, refusal: object]> = {
    'a wrong password': [
      () => `postgres://egide:wrong-pass@127.0.0.1:${server.port}/postgres?sslmode=disable`,
      { code: 'unavailable', message: 'the database does not accept the user or the password' },
    ],
    'no such database': [
      () => `${server.url} dbname=none`,
      { code: 'unavailable', message: 'there is no such database' },
    ],
    'nobody there': [
      () => 'postgres://egide:wrong-pass@127.0.0.1:1/postgres',
      { code: 'unavailable', message: `the database cannot be reached; ${ADVICE}` },
    ],
    'no TLS where it is asked for': [
      () => server.tcpUrl(server.port, 'sslmode=require'),
      { code: 'unavailable', message: `the database cannot be reached; ${ADVICE}` },
    ],
    'a root certificate that is not there': [
      () => server.tcpUrl(server.port, 'sslmode=verify-full&sslrootcert=/none.pem'),
      { code: 'invalid', message: 'the file that sslrootcert names cannot be read: ENOENT' },
    ],
    'an encoding that is not Unicode': [
      () => server.url.replace('postgres', 'latin'),
      { code: 'invalid', message: 'the encoding of the database must be UTF8' },
    ],
  }
  test('what cannot be opened is refused, and the password stays out of it', async () => {
    await backends.sql("create database latin encoding 'LATIN1' template template0 locale 'C' locale_provider libc")
    for (const [what, [url, refusal]] of Object.entries(refused)) {
      const error: unknown = await openPostgres({ connectionUrl: url(), maxConnectRetries: 0 }).catch((one) => one)
      expect([what, error]).toEqual([what, expect.objectContaining(refusal)])
      expect(JSON.stringify([error, String((error as Error).cause)])).not.toMatch(/wrong-pass|staple/)
    }
  })

  const modes: Record<string, boolean> = {
    'sslmode=prefer': true,
    'sslmode=require': true,
    'sslmode=verify-ca&sslrootcert=CA': true,
    'sslmode=verify-full&sslrootcert=CA': true,
    'sslmode=disable': false,
  }
  test('TLS is as strict as sslmode says', async () => {
    const { caFile, certFile, keyFile } = await makeCertificate(join(server.folder, 'tls'))
    const { caFile: otherCa } = await makeCertificate(join(server.folder, 'other'))
    const certificate = server.give('server.crt', readFileSync(certFile, 'utf8'))
    const key = server.give('server.key', readFileSync(keyFile, 'utf8'))
    await backends.sql(`alter system set ssl_cert_file = '${certificate}'`)
    await backends.sql(`alter system set ssl_key_file = '${key}'`)
    await backends.sql('alter system set ssl = on')
    await backends.sql('select pg_reload_conf()')
    while ((await backends.sql('show ssl'))[0]?.ssl !== 'on') await new Promise((resolve) => setTimeout(resolve, 10))
    const table = backends.newTable()
    for (const [mode, isEncrypted] of Object.entries(modes)) {
      const connectionUrl = server.tcpUrl(server.port, `${mode.replace('CA', caFile)}&application_name=tls`)
      const backend = await openPostgres({ connectionUrl, table })
      await backend.readIndex()
      const [{ ssl } = {}] = await backends.sql(
        "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'tls'",
      )
      expect([mode, ssl]).toEqual([mode, isEncrypted])
      await backend.close()
      while ((await backends.sql("select 1 from pg_stat_activity where application_name = 'tls'")).length > 0);
    }
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      const connectionUrl = server.tcpUrl(server.port, `sslmode=${mode}&sslrootcert=${otherCa}`)
      await expect(openPostgres({ connectionUrl, table })).rejects.toMatchObject({ code: 'unavailable' })
    }
    await expect(
      openPostgres({ connectionUrl: server.tcpUrl(server.port, 'sslmode=verify-full'), table }),
    ).rejects.toThrow()
  })
})

describe.skipIf(noPostgres !== undefined)('a PostgreSQL that changes its mind', () => {
  test('is waited for when it starts a moment later', async () => {
    const server = await TestingServer.start()
    try {
      await server.halt()
      const opening = openPostgres({ connectionUrl: server.url, maxConnectRetries: 20 })
      await server.restart()
      await (await opening).close()
    } finally {
      await server.stop()
    }
  })

  test('is no database for us while it is a standby: what it answers is of a while ago', async () => {
    const server = await TestingServer.start()
    try {
      const backend = await openPostgres({ connectionUrl: server.url })
      await backend.commit([put('a')])
      await server.halt()
      server.give('data/standby.signal', '')
      await server.restart()
      await expect(backend.readIndex()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/standby/),
      })
      await expect(openPostgres({ connectionUrl: server.url })).rejects.toMatchObject({ code: 'unavailable' })
      await backend.close()
    } finally {
      await server.stop()
    }
  })
})

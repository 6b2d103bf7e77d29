import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Backend, Outcome, Transaction } from '../backend.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { TestingBackends } from './testing-backends.ts'
import { type CommitFate, TestingProxy } from './testing-proxy.ts'
import { noPostgres, TestingServer } from './testing-server.ts'

const put = (path: string, value = path): Transaction => ({
  reads: [],
  lists: [],
  writes: [{ path, value: Buffer.from(value) }],
})
/** What a refusal says after which nothing was done. */
const NOTHING_DONE = new Set(['refused', 'unavailable'])
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Counts up at one path without looking, so that a commit that is made twice shows in the revision. */
class Counter {
  readonly #backend: Backend
  /** Acknowledged. */
  count = 0

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async up(): Promise<Outcome | undefined> {
    const failing = { ...put('never'), reads: [{ path: 'never', revision: 1 }] }
    const outcomes = await this.#backend.commit([put('counter', `${this.count + 1}`), failing])
    this.count++
    expect(outcomes[1]).toEqual({ kind: 'conflict', path: 'never' })
    return outcomes[0]
  }

  async stored(): Promise<{ count: number; revision: number }> {
    const [entry] = await this.#backend.get(['counter'])
    return { count: Number(Buffer.from(entry?.value ?? []).toString()), revision: entry?.revision ?? 0 }
  }
}

describe.skipIf(noPostgres !== undefined)('PostgreSQL behind a wire that is cut', () => {
  let backends: TestingBackends
  let proxy: TestingProxy
  let backend: Backend
  beforeAll(async () => {
    backends = await TestingBackends.start()
    proxy = await TestingProxy.open(backends.server.port)
  })
  afterEach(() => backend.close())
  afterAll(async () => {
    await proxy.close()
    await backends.stop()
  })
  const openBehindProxy = async (limits: PostgresOptions['limits'] = {}, more = '') => {
    const connectionUrl = backends.server.tcpUrl(proxy.port, `sslmode=disable${more}`)
    backend = await openPostgres({ connectionUrl, table: backends.newTable(), limits, maxConnectRetries: 20 })
  }

  const fates: Record<CommitFate, string> = {
    'request lost': 'whose request is lost',
    'reply lost': 'whose reply is lost',
    late: 'whose request arrives after its outcome was looked up',
  }
  for (const [fate, what] of Object.entries(fates) as [CommitFate, string][]) {
    test(`a commit ${what} is made once, and is said to be made`, async () => {
      await openBehindProxy()
      const counter = new Counter(backend)
      for (let nth = 1; nth <= 5; nth++) {
        proxy.next(fate)
        expect(await counter.up()).toEqual({ kind: 'committed', revision: nth })
        proxy.deliverLate()
        await later(30) // whatever the server was late with, it has done
        expect([await backend.readIndex(), await counter.stored()]).toEqual([nth, { count: nth, revision: nth }])
      }
    })
  }

  test('a commit is made once through any row of cuts', async () => {
    await openBehindProxy()
    const counter = new Counter(backend)
    const names = Object.keys(fates) as CommitFate[]
    for (const first of names) {
      for (const second of names) {
        proxy.next(first, second)
        await counter.up()
        proxy.deliverLate()
      }
    }
    await later(30)
    expect([await backend.readIndex(), await counter.stored()]).toEqual([9, { count: 9, revision: 9 }])
  })

  /** What comes once the database serves within a short time; the machine may need longer for it at first. */
  const served = async <T>(work: () => T): Promise<Awaited<T>> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!NOTHING_DONE.has((error as { code?: string }).code ?? '')) throw error
      }
    }
  }

  test('while the database is away reads and writes are refused, and served when it is back', async () => {
    await openBehindProxy({ patienceMs: 200 })
    const counter = new Counter(backend)
    await served(() => counter.up())
    proxy.setDown(true)
    await expect(backend.readIndex()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(counter.up()).rejects.toMatchObject({ code: 'refused', message: 'the database cannot be reached' })
    proxy.setDown(false)
    await served(() => counter.up())
    expect(await counter.stored()).toEqual({ count: 2, revision: 2 })
  })

  test('a database that answers nothing is given up in time, and served from when it answers again', async () => {
    await openBehindProxy({ patienceMs: 400, replyMs: 300, lookMs: 200 }, '&connect_timeout=1')
    // Whether it is known of a late one that it was made does not matter here.
    const committed = (path: string) =>
      expect.poll(() => backend.commit([put(path)])).toMatchObject([{ kind: 'committed' }])
    await committed('before')
    proxy.setFrozen(true)
    await expect(backend.readIndex()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(backend.get(['before'])).rejects.toMatchObject({ code: 'unavailable' })
    // The request may yet arrive.
    await expect(backend.commit([put('lost')])).rejects.toMatchObject({ code: 'unknown' })
    proxy.setFrozen(false)
    await committed('after')
    expect(await served(() => backend.get(['after']))).toMatchObject([{ path: 'after' }])
  })

  test('it is closed in time though the database answers nothing', async () => {
    await openBehindProxy()
    await Promise.all([backend.commit([put('a')]), backend.readIndex(), backend.get(['a'])])
    proxy.setFrozen(true)
    await backend.close()
    proxy.setFrozen(false)
  })

  test('an outcome that cannot be looked up is said to be unknown; the next commit goes on from it', async () => {
    await openBehindProxy({ patienceMs: 200 })
    const counter = new Counter(backend)
    await served(() => counter.up())
    proxy.next('reply lost')
    proxy.onMet = () => proxy.setDown(true)
    await expect(counter.up()).rejects.toMatchObject({ code: 'unknown' })
    proxy.onMet = () => {}
    proxy.setDown(false)
    expect(await served(() => backend.commit([put('next')]))).toEqual([{ kind: 'committed', revision: 3 }])
  })

  test('a writer whose row is gone registers anew', async () => {
    const [peer] = await backends.openPeers(1)
    if (peer === undefined) throw new Error('no peer')
    backend = peer
    await backend.commit([put('a')])
    for (const { name } of await backends.sql("select relname as name from pg_class where relname like '%\\_writer'")) {
      await backends.sql(`delete from ${name}`)
    }
    expect(await backend.commit([put('b')])).toEqual([{ kind: 'committed', revision: 2 }])
  })

  const failures: Record<string, [state: string, message: string]> = {
    'a full disk': ['53100', 'the disk is full'],
    'a disk that fails': ['58030', 'the disk failed'],
    'a database out of memory': ['53200', 'the database is out of connections or memory'],
    'a statement that took too long': ['57014', 'busy: the database took too long'],
    'missing rights': ['42501', 'the user may not do this in the database'],
  }
  test('what fails in the database is told by kind, and nothing of it is written', async () => {
    await openBehindProxy()
    await backend.commit([put('a')])
    const [{ name } = {}] = await backends.sql(
      "select relname as name from pg_class where relname like '%\\_entry' order by oid desc limit 1",
    )
    for (const [state, message] of Object.values(failures)) {
      await backends.sql(`create or replace function fails() returns trigger language plpgsql as $$
        begin raise exception 'secret detail' using errcode = '${state}'; end $$;
        create or replace trigger fails before insert on ${name} for each row execute function fails()`)
      const failing = backend.commit([put('b'), put('a', 'new')])
      await expect(failing).rejects.toMatchObject({ code: 'refused', message })
    }
    await backends.sql(`drop trigger fails on ${name}`)
    expect(await backend.commit([put('c')])).toEqual([{ kind: 'committed', revision: 2 }])
    expect((await backend.get(['a', 'b', 'c'])).map((entry) => entry?.revision)).toEqual([1, undefined, 2])
  })
})

describe.skipIf(noPostgres !== undefined)('a PostgreSQL that is killed', () => {
  let server: TestingServer
  beforeAll(async () => {
    server = await TestingServer.start({ durable: true })
  })
  afterAll(() => server.stop())

  test('in the middle of commits, and started again, holds each acknowledged commit once', async () => {
    const peers = await Promise.all([1, 2].map(() => openPostgres({ connectionUrl: server.url })))
    let isOver = false
    const acknowledged = new Map<string, number>()
    const refused: unknown[] = []
    const write = async (peer: Backend, name: number) => {
      for (let n = 0; !isOver; n++) {
        const path = `${name}/${n}`
        const reads = [{ path, revision: 0 }]
        const [outcome] = await peer.commit([{ ...put(path), reads }])
        if (outcome?.kind === 'committed') acknowledged.set(path, outcome.revision)
        else refused.push(outcome)
      }
    }
    const writing = Promise.all(peers.map(write))
    for (let round = 1; round <= 4; round++) {
      const before = acknowledged.size
      while (acknowledged.size < before + 20) await later(5)
      if (round % 2 === 1) await server.kill()
      else await server.halt()
      await server.restart()
    }
    isOver = true
    await writing
    expect(refused).toEqual([])
    const [peer] = peers
    expect(await peer?.readIndex()).toBe(acknowledged.size)
    for (const [path, revision] of acknowledged) {
      expect((await peer?.get([path]))?.[0]).toMatchObject({ path, revision })
    }
    await Promise.all(peers.map((one) => one.close()))
  })
})

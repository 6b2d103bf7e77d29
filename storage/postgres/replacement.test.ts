import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../backend.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { namesOf } from './names.ts'
import { openPostgres } from './postgres.ts'
import { replaceAll } from './replacement.ts'
import { Session } from './session.ts'
import { noPostgres, TestingServer } from './testing-server.ts'

const entry = (path: string): Entry => ({ path, value: Buffer.from('new'), revision: 0 })

describe.skipIf(noPostgres !== undefined)('a replacement of everything', () => {
  let server: TestingServer
  beforeAll(async () => {
    server = await TestingServer.start()
  })
  afterAll(() => server.stop())

  test('by a process that stops in the middle keeps others from writing no longer than any transaction', async () => {
    const backend = await openPostgres({ connectionUrl: server.url })
    const write = () => backend.commit([{ reads: [], lists: [], writes: [{ path: 'a', value: Buffer.from('old') }] }])
    await write()
    const brief = async () => {
      const session = await Session.open(parseConnectionUrl(server.url), async () => undefined)
      await session.run('set idle_in_transaction_session_timeout = 500', 5000)
      return session
    }
    const [stop, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    async function* stopped() {
      yield [entry('a')]
      stop.resolve()
      await end.promise
      yield [entry('b')]
    }
    const replacing = replaceAll(brief, namesOf('egide'), stopped()).catch((error: unknown) => error)
    await Promise.race([stop.promise, replacing])
    const written = await write().finally(() => end.resolve())
    expect(await replacing).toMatchObject({ code: 'refused' })
    expect(written).toEqual([{ kind: 'committed', revision: 2 }])
    const found = await backend.get(['a', 'b'])
    expect(found.map((one) => one && Buffer.from(one.value).toString())).toEqual(['old', undefined])
    await backend.close()
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backend } from '../backend.ts'
import { openPostgres } from './postgres.ts'
import { noPostgres, TestingServer } from './testing-server.ts'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.skipIf(noPostgres !== undefined)('when the primary dies and its synchronous standby takes over', () => {
  let primary: TestingServer
  let standby: TestingServer
  beforeAll(async () => {
    primary = await TestingServer.start({ durable: true })
    standby = await primary.startStandby()
  })
  afterAll(async () => {
    await primary.stop()
    await standby.stop()
  })

  test('commits go on there: none that was acknowledged is lost, and none is made twice', async () => {
    const connectionUrl = `host=${primary.folder},${standby.folder} port=${primary.port},${standby.port} user=egide dbname=postgres`
    const peers = await Promise.all([1, 2, 3].map(() => openPostgres({ connectionUrl, maxParallel: 2 })))
    let isOver = false
    const acknowledged: [path: string, revision: number][] = []
    const write = async (peer: Backend, name: number) => {
      for (let n = 0; !isOver; n++) {
        // Written without a look, so that what is made twice shows in the count of revisions.
        const path = `${name}/${n}`
        const writes = [{ path, value: Buffer.from(path) }]
        const [outcome] = await peer.commit([{ reads: [], lists: [], writes }])
        if (outcome?.kind !== 'committed') throw new Error('a conflict that there is not')
        acknowledged.push([path, outcome.revision])
      }
    }
    const writing = Promise.all(peers.map(write))
    while (acknowledged.length < 100) await later(5)
    await primary.kill()
    await standby.promote()
    const before = acknowledged.length
    while (acknowledged.length < before + 100) await later(5)
    isOver = true
    await writing
    const [peer] = peers
    expect(await peer?.readIndex()).toBe(acknowledged.length)
    for (const [path, revision] of acknowledged) {
      expect((await peer?.get([path]))?.[0]).toMatchObject({ path, revision })
    }
    await Promise.all(peers.map((one) => one.close()))
  })
})

import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { get, operatorOf, put } from '../backup/backup.ts'
import { RESTORE, sendSnapshot } from '../backup/restoring.ts'
import type { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Cluster } from './cluster.ts'

describe.skipIf(noPostgres !== undefined)('a restore into nodes on one database', () => {
  let cluster: Cluster
  let one: Server
  let two: Server
  let shell: Shell
  beforeAll(async () => {
    cluster = await Cluster.start(2)
    ;[one, two] = cluster.nodes as [Server, Server]
    shell = operatorOf(one)
  })
  afterAll(async () => {
    shell.remove()
    await cluster.remove()
  })
  const fileOf = (name: string): string => path.join(shell.home, name)
  const open = (server: Server) =>
    expect.poll(async () => (await server.call('GET', 'secret/data/app')).status).toBe(200)

  test('after the call has returned no node serves what was, and what is written since stays', async () => {
    await put(one, 'app', 'then')
    await shell.ok(['operator', 'snapshot', 'save', 'then.snap'])
    for (let round = 0; round < 3; round++) {
      const [restoring, other] = round % 2 === 0 ? [one, two] : [two, one]
      await put(other, 'app', `after ${round}`)
      expect(await get(restoring, 'app')).toBe(`after ${round}`)
      const made = await other.call('POST', 'auth/token/create', { body: {} })
      const token = String(at(made.body, 'auth', 'client_token'))
      let isDone = false
      const seen = new Set<unknown>()
      const reading = (async () => {
        while (!isDone) {
          const reply = await other.call('GET', 'secret/data/app')
          seen.add(reply.status === 200 ? at(reply.body, 'data', 'data', 'value') : reply.status)
        }
      })()
      const writing = (async () => {
        while (!isDone)
          seen.add((await other.call('PUT', `secret/data/beside-${round}`, { body: { data: {} } })).status)
      })()
      expect(await sendSnapshot(restoring, RESTORE, fileOf('then.snap'))).toBe(204)
      const first = await Promise.all(
        [one, two].map(async (server) => {
          const reply = await server.call('GET', 'secret/data/app')
          return reply.status === 503 ? 'then' : at(reply.body, 'data', 'data', 'value')
        }),
      )
      isDone = true
      await Promise.all([reading, writing])
      expect(first).toEqual(['then', 'then'])
      expect([...seen].filter((what) => !['then', `after ${round}`, 200, 503].includes(what as string))).toEqual([])
      await Promise.all([open(one), open(two)])
      expect((await other.call('GET', 'auth/token/lookup-self', { token })).status).toBe(403)
      await put(other, 'since', `${round}`)
      expect(await get(restoring, 'since')).toBe(`${round}`)
    }
    expect((await shell.run(['storage', 'check'])).stdout).toMatch(/ 0 damaged/)
  })

  test('two restores at one time leave one of the two', async () => {
    await put(one, 'app', 'second')
    await shell.ok(['operator', 'snapshot', 'save', 'second.snap'])
    const statuses = await Promise.all([
      sendSnapshot(one, RESTORE, fileOf('then.snap')),
      sendSnapshot(two, RESTORE, fileOf('second.snap')),
    ])
    expect(statuses).toContain(204)
    expect(statuses.filter((status) => status !== 204 && status !== 503)).toEqual([])
    await Promise.all([open(one), open(two)])
    const found = await get(one, 'app')
    expect(['then', 'second']).toContain(found)
    expect(await get(two, 'app')).toBe(found)
  })

  test('the vault of another server seals every node, until it is given the shares of that', async () => {
    const other = await startUnsealed()
    const theirs = operatorOf(other)
    try {
      await put(other, 'app', 'theirs')
      await theirs.ok(['operator', 'snapshot', 'save', fileOf('theirs.snap')])
      expect(await sendSnapshot(one, RESTORE, fileOf('theirs.snap'))).toBe(400)
      expect(await sendSnapshot(one, `${RESTORE}-force`, fileOf('theirs.snap'))).toBe(204)
      for (const node of [one, two]) expect((await node.call('GET', 'secret/data/app')).status).toBe(503)
      for (const node of [one, two]) {
        await expect.poll(async () => at((await node.call('GET', 'sys/seal-status')).body, 'sealed')).toBe(true)
        node.adopt(other)
        await node.unseal()
        expect(await get(node, 'app')).toBe('theirs')
      }
    } finally {
      theirs.remove()
      await other.remove()
    }
  })
})

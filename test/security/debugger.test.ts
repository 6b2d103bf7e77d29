import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ config: 'workers = 2\n' })
})
afterAll(() => server.remove())

/** Node.js says within milliseconds that it listens for debuggers. */
const LISTENS_WITHIN_MS = 1500

test('a signal opens no debugger, through which every user of the machine could read the memory', async () => {
  const pids = [server.pid, ...server.workerPids()]
  expect(pids).toHaveLength(3)
  for (const pid of pids) process.kill(pid, 'SIGUSR1')
  await sleep(LISTENS_WITHIN_MS)
  expect(server.log).not.toContain('Debugger')
  expect([server.pid, ...server.workerPids()]).toEqual(pids)
  expect((await server.call('GET', 'sys/health')).status).toBe(200)
})

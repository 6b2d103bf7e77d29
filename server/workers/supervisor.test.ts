import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Supervisor } from './supervisor.ts'

const nothing = (): void => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, changedLevel: undefined, change: nothing }

test('what operators ask of a worker that is about to say that it serves is done', async () => {
  const clock = { now: () => Date.now() }
  const supervisor = new Supervisor({ workers: 1, clock, log, onReady: () => {} })
  const exec = fileURLToPath(new URL('./testing-unready.ts', import.meta.url))
  cluster.setupPrimary({ exec, args: [], execArgv: [] })
  const told = once(cluster, 'message')
  const ended = supervisor.run()
  const [worker, message] = await told
  expect(message).toEqual({ outcome: 'done' })
  void supervisor.stop()
  worker.process.kill('SIGKILL')
  expect(await ended).toBe(0)
})

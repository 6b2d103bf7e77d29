import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { Supervisor } from './supervisor.ts'

const nothing = (): void => {}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, changedLevel: undefined, change: nothing }
const clock = { now: () => Date.now() }

/** Less than workers are given to finish. */
const SOON_MS = 20_000

const UNREADY = new URL('./testing-unready.ts', import.meta.url)
const STARTING = new URL('./testing-starting.ts', import.meta.url)

/** A supervisor whose workers run `file`. */
function supervising(file = UNREADY): Supervisor {
  const supervisor = new Supervisor({ workers: 1, clock, log, onReady: () => {} })
  const exec = fileURLToPath(file)
  cluster.setupPrimary({ exec, args: [], execArgv: [] })
  return supervisor
}

afterEach(() => {
  vi.useRealTimers()
})

test('what operators ask of a worker that is about to say that it serves is done', async () => {
  const supervisor = supervising()
  const told = once(cluster, 'message')
  const ended = supervisor.run()
  const [worker, message] = await told
  expect(message).toEqual({ outcome: 'done' })
  void supervisor.stop()
  worker.process.kill('SIGKILL')
  expect(await ended).toBe(0)
})

test('told to stop, it does not wait to start the worker that was to take the place of another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const supervisor = supervising()
  const told = once(cluster, 'message')
  const ended = supervisor.run()
  const [worker] = await told
  const before = vi.getTimerCount()
  const gone = once(cluster, 'exit')
  worker.process.kill('SIGKILL')
  await gone
  expect(vi.getTimerCount()).toBe(before + 1)
  void supervisor.stop()
  expect(await ended).toBe(0)
  expect(vi.getTimerCount()).toBe(before)
})

test(
  'told to stop, it does not wait for a worker that is still at its start',
  async () => {
    const supervisor = supervising(STARTING)
    const told = once(cluster, 'message')
    const ended = supervisor.run()
    await told
    void supervisor.stop()
    expect(await ended).toBe(0)
  },
  SOON_MS,
)

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

const TOOK_OVER = /the log has another level: .*logLevel=(\w+)/g

async function levelOf(server: Server): Promise<unknown> {
  const { body } = await server.call('GET', 'sys/config/state/sanitized', { token: server.rootToken })
  return at(body, 'data', 'log_level')
}

test.each([1, 2])(
  'on hang-up a server of %i processes logs at the level that its file has by then, unsealed all the while',
  async (workers) => {
    const server = await startUnsealed({ config: `workers = ${workers}\nlog_level = "info"` })
    onTestFinished(() => server.remove())
    const written = readFileSync(server.configFile, 'utf8')
    const hangUpWith = (text: string) => {
      writeFileSync(server.configFile, text)
      process.kill(server.pid, 'SIGHUP')
    }
    const tookOver = () => [...server.log.matchAll(TOOK_OVER)].map(([, level]) => level)
    const processes = workers === 1 ? 1 : workers + 1

    hangUpWith(written.replace('"info"', '"debug"'))
    await expect.poll(tookOver).toEqual(Array(processes).fill('debug'))
    expect(await levelOf(server)).toBe('debug')

    hangUpWith(`${written}\nlistener "smoke" {}`)
    const kept = () => server.log.match(/the log keeps its level: .*error=.*smoke/g)
    await expect.poll(kept).toHaveLength(processes)

    rmSync(server.configFile)
    process.kill(server.pid, 'SIGHUP')
    const gone = () => server.log.match(/the log keeps its level: .*no such file/g)
    await expect.poll(gone).toHaveLength(processes)
    expect(await levelOf(server)).toBe('debug')
  },
)

test.each([1, 2])(
  'a server of %i processes logs at the level that an operator says, until it is deleted or the file is read again',
  async (workers) => {
    const server = await startUnsealed({ config: `workers = ${workers}\nlog_level = "warn"` })
    onTestFinished(() => server.remove())
    await expect.poll(() => server.workerPids().length).toBe(workers === 1 ? 0 : 2)
    const { rootToken: token } = server
    const processes = workers === 1 ? 1 : workers + 1
    const took = [] as unknown[]
    const takesOver = async (level: string, times = 1) => {
      took.push(...Array(processes * times).fill(level))
      await expect.poll(() => [...server.log.matchAll(TOOK_OVER)].map(([, one]) => one)).toEqual(took)
    }
    const body = { level: 'debug' }
    await expect.poll(async () => (await server.call('POST', 'sys/loggers', { token, body })).status).toBe(204)
    await takesOver('debug')
    expect(at((await server.call('GET', 'sys/loggers', { token })).body, 'data')).toEqual({ core: 'debug' })
    expect(await levelOf(server)).toBe('debug')

    expect((await server.call('DELETE', 'sys/loggers/core', { token })).status).toBe(204)
    await takesOver('warn')

    await server.call('PUT', 'sys/loggers/core', { token, body })
    await takesOver('debug')
    if (workers > 1) {
      // Which begins with the configuration's.
      const [first] = server.workerPids()
      process.kill(Number(first), 'SIGKILL')
      took.push('debug')
      await takesOver('debug', 0)
    }
    process.kill(server.pid, 'SIGHUP')
    await takesOver('warn')
    expect(await levelOf(server)).toBe('warn')
    expect((await server.call('POST', 'sys/loggers', { token, body: {} })).status).toBe(400)
  },
)

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

// Servers of three processes start here, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 })

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
    await expect.poll(tookOver, { timeout: 15_000 }).toEqual(Array(processes).fill('debug'))
    expect(await levelOf(server)).toBe('debug')

    hangUpWith(`${written}\nlistener "smoke" {}`)
    const kept = () => server.log.match(/the log keeps its level: .*error=.*smoke/g)
    await expect.poll(kept, { timeout: 15_000 }).toHaveLength(processes)

    rmSync(server.configFile)
    process.kill(server.pid, 'SIGHUP')
    const gone = () => server.log.match(/the log keeps its level: .*no such file/g)
    await expect.poll(gone, { timeout: 15_000 }).toHaveLength(processes)
    expect(await levelOf(server)).toBe('debug')
  },
)

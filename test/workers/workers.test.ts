import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials } from '@grpc/grpc-js'
import { afterEach, describe, expect, test } from 'vitest'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { freePort } from '../harness/free-port.ts'
import { at, type CallOptions, type Reply } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { type Server, type ServerOptions, startServer, startUnsealed } from '../harness/server.ts'

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.remove()
})

/** None that can be made. */
const NO_FILE = '/proc/none/egide.db'

const two: ServerOptions = { config: 'workers = 2' }

async function unsealed(options: ServerOptions = {}): Promise<Server> {
  const server = await startUnsealed({ ...two, ...options })
  opened.push(server)
  await bothServe(server)
  return server
}

async function sealed(): Promise<Server> {
  const server = await startServer(two)
  opened.push(server)
  await expect.poll(() => server.workerPids().length).toBe(2)
  return server
}

/** Over a connection of its own, which goes to the next worker. */
function fresh(server: Server, method: string, where: string, options: CallOptions = {}): Promise<Reply> {
  return server.call(method, where, { ...options, headers: { ...options.headers, connection: 'close' } })
}

/** Which workers have answered requests, by their own metrics. */
async function workersIn(server: Server): Promise<string[]> {
  const { text } = await fresh(server, 'GET', 'sys/metrics?format=prometheus')
  return [...text.matchAll(/^egide_sealed\{worker="(\d)"\} 0$/gm)].map(([, worker]) => worker ?? '').sort()
}

function bothServe(server: Server): Promise<void> {
  return expect.poll(() => workersIn(server)).toEqual(['1', '2'])
}

const isThere = (file: string): boolean => existsSync(file)

async function each(server: Server, method: string, where: string, options: CallOptions = {}): Promise<number[]> {
  const replies: number[] = []
  for (let n = 0; n < 6; n++) replies.push((await fresh(server, method, where, options)).status)
  return [...new Set(replies)]
}

describe('two workers are one server', () => {
  test('what one writes the next request finds, wherever it goes; a revoked token is refused everywhere', async () => {
    const server = await unsealed()
    for (let n = 1; n <= 20; n++) {
      expect((await fresh(server, 'PUT', 'secrets/a', { body: { data: { n } } })).status).toBe(200)
      const read = await fresh(server, 'GET', 'secrets/a')
      expect(at(read.body, 'data', 'data', 'n') ?? at(read.body, 'data', 'n')).toBe(n)
    }
    const made = await fresh(server, 'POST', 'auth/token/create', { body: { ttl: '1h' } })
    const token = String(at(made.body, 'auth', 'client_token'))
    expect(await each(server, 'GET', 'auth/token/lookup-self', { token })).toEqual([200])
    await fresh(server, 'POST', 'auth/token/revoke', { body: { token } })
    expect(await each(server, 'GET', 'auth/token/lookup-self', { token })).toEqual([403])
    const { text } = await fresh(server, 'GET', 'sys/metrics?format=prometheus')
    for (const worker of [1, 2]) {
      const count = new RegExp(`^egide_request_seconds_count\\{.*worker="${worker}".*\\} ([1-9]\\d*)$`, 'm')
      expect(text).toMatch(count)
    }
  })

  test('uses of a token are counted exactly, and a wrapping token opens once, under requests at one time', async () => {
    const server = await unsealed()
    const made = await fresh(server, 'POST', 'auth/token/create', { body: { ttl: '1h', num_uses: 5 } })
    const token = String(at(made.body, 'auth', 'client_token'))
    const uses = await Promise.all(
      Array.from({ length: 12 }, () => fresh(server, 'GET', 'auth/token/lookup-self', { token })),
    )
    expect(uses.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(7).fill(403)])
    for (let round = 0; round < 5; round++) {
      const headers = { 'x-vault-wrap-ttl': '60s' }
      const wrapped = await fresh(server, 'GET', 'sys/mounts', { headers })
      const wrapping = String(at(wrapped.body, 'wrap_info', 'token'))
      const unwraps = await Promise.all(
        Array.from({ length: 6 }, () => fresh(server, 'POST', 'sys/wrapping/unwrap', { token: wrapping })),
      )
      expect(unwraps.filter(({ status }) => status === 200)).toHaveLength(1)
    }
  })

  test('shares may go to any worker, progress is seen at all, and the last share opens all', async () => {
    const server = await sealed()
    await server.init(5, 3)
    for (const [given, key] of server.keys.slice(0, 3).entries()) {
      const reply = await fresh(server, 'PUT', 'sys/unseal', { body: { key } })
      expect(at(reply.body, 'progress')).toBe(given === 2 ? 0 : given + 1)
      if (given === 2) break
      for (let n = 0; n < 4; n++) {
        const status = await fresh(server, 'GET', 'sys/seal-status')
        expect(at(status.body, 'progress')).toBe(given + 1)
        expect(at(status.body, 'nonce')).toBe(at(reply.body, 'nonce'))
      }
    }
    expect(await each(server, 'GET', 'sys/health')).toEqual([200])
    expect(await each(server, 'GET', 'sys/mounts')).toEqual([200])

    const started = await fresh(server, 'PUT', 'sys/generate-root/attempt', { body: {} })
    const nonce = String(at(started.body, 'nonce'))
    let last: Reply | undefined
    for (const key of server.keys.slice(0, 3)) {
      last = await fresh(server, 'PUT', 'sys/generate-root/update', { body: { key, nonce } })
      expect(last.status).toBe(200)
    }
    expect(at(last?.body, 'complete')).toBe(true)

    const rekey = await fresh(server, 'PUT', 'sys/rekey/init', { body: { secret_shares: 1, secret_threshold: 1 } })
    let done: Reply | undefined
    for (const key of server.keys.slice(0, 3)) {
      const body = { key, nonce: at(rekey.body, 'nonce') }
      done = await fresh(server, 'PUT', 'sys/rekey/update', { body })
    }
    const keys = at(done?.body, 'keys_base64')
    server.useKeys(Array.isArray(keys) ? keys.map(String) : [])
    expect(await each(server, 'PUT', 'sys/rotate')).toEqual([204])
    // Whoever takes the place of the one that replaced the shares can go on with the new ones.
    const [first = 0] = server.workerPids()
    process.kill(first, 'SIGKILL')
    await expect.poll(() => server.workerPids().includes(first)).toBe(false)
    await bothServe(server)
    expect(await each(server, 'PUT', 'sys/rotate/root')).toEqual([204])
    expect(await each(server, 'GET', 'sys/mounts')).toEqual([200])

    expect((await fresh(server, 'PUT', 'sys/seal')).status).toBe(204)
    expect(await each(server, 'GET', 'sys/mounts')).toEqual([503])
    expect(await each(server, 'GET', 'sys/health')).toEqual([503])
    await server.unseal()
    expect(await each(server, 'GET', 'sys/mounts')).toEqual([200])
  })

  test('a namespace is unsealed, and sealed, in all of them at once, also in one that takes the place of another', async () => {
    const server = await unsealed()
    const seal = 'seal "shamir" {\n shares = 3\n threshold = 2\n}'
    const made = await fresh(server, 'POST', 'sys/namespaces/own', { body: { seal } })
    const shares = at(made.body, 'data', 'key_shares') as unknown as readonly string[]
    const headers = { 'X-Vault-Namespace': 'own' }
    for (let round = 0; round < 2; round++) {
      expect(await each(server, 'GET', 'sys/mounts', { headers })).toEqual([503])
      for (const [given, key] of shares.slice(0, 2).entries()) {
        const reply = await fresh(server, 'POST', 'sys/namespaces/own/unseal', { body: { key } })
        const status = await fresh(server, 'GET', 'sys/namespaces/own/seal-status')
        expect(at(reply.body, 'data', 'progress')).toBe(given === 1 ? 0 : 1)
        expect(at(status.body, 'data')).toEqual(at(reply.body, 'data'))
      }
      expect(await each(server, 'GET', 'sys/mounts', { headers })).toEqual([200])
      if (round === 0) expect((await fresh(server, 'POST', 'sys/namespaces/own/seal')).status).toBe(204)
    }
    const [first = 0] = server.workerPids()
    process.kill(first, 'SIGKILL')
    await expect.poll(() => server.workerPids().includes(first)).toBe(false)
    await bothServe(server)
    expect(await each(server, 'GET', 'sys/mounts', { headers })).toEqual([200])
  })

  test('where the first can not start the server says why, and ends', async () => {
    const storage = { block: `storage "sqlite" {\n  path = "${NO_FILE}"\n}` }
    await expect(startServer({ ...two, storage })).rejects.toThrow(/ended before it answered:\s+Error: /)
  })

  test('where the first can not start for a reason that nobody foresaw, the server ends too', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'egide-workers-'))
    const preload = path.join(folder, 'preload.mjs')
    writeFileSync(
      preload,
      "import cluster from 'node:cluster'\nif (cluster.isWorker) globalThis.AsyncDisposableStack = undefined\n",
    )
    const env = { NODE_OPTIONS: `--import=${preload}` }
    await expect(startServer({ ...two, env })).rejects.toThrow(
      /ended before it answered:\s+Internal error \(TypeError\)/,
    )
  })

  test('one that can not start is replaced until it can', async () => {
    const server = await unsealed()
    const configuration = readFileSync(server.configFile, 'utf8')
    writeFileSync(server.configFile, configuration.replace(path.join(server.dataDir, 'egide.db'), NO_FILE))
    process.kill(server.workerPids()[1] ?? 0, 'SIGKILL')
    const failures = () => server.log.match(/^Error: /gm)?.length ?? 0
    await expect.poll(failures).toBeGreaterThan(1)
    writeFileSync(server.configFile, configuration)
    await bothServe(server)
  })

  test('a killed worker is replaced and opened by the other; when all are killed the vault is sealed', async () => {
    const server = await unsealed()
    await fresh(server, 'PUT', 'secrets/kept', { body: { data: { a: 1 } } })
    for (let round = 0; round < 2; round++) {
      const before = server.workerPids()
      const victim = before[round]
      if (victim === undefined) throw new Error('no such worker')
      process.kill(victim, 'SIGKILL')
      await expect.poll(() => server.workerPids().includes(victim)).toBe(false)
      // The one that is left goes on meanwhile, and so does what operators do.
      expect((await fresh(server, 'GET', 'secrets/kept')).status).toBe(200)
      expect(at((await fresh(server, 'GET', 'sys/seal-status')).body, 'sealed')).toBe(false)
      await bothServe(server)
      expect(await each(server, 'GET', 'secrets/kept')).toEqual([200])
    }
    expect(await each(server, 'PUT', 'sys/rotate/root')).toEqual([204])

    const all = server.workerPids()
    for (const pid of all) process.kill(pid, 'SIGKILL')
    await expect.poll(() => server.workerPids().filter((pid) => !all.includes(pid)).length).toBe(2)
    await expect.poll(async () => (await fresh(server, 'GET', 'sys/health').catch(() => undefined))?.status).toBe(503)
    await sleep(500)
    expect(await each(server, 'GET', 'secrets/kept')).toEqual([503])
    await server.unseal()
    expect(await each(server, 'GET', 'secrets/kept')).toEqual([200])
  })

  test('each writes its own audit file, every request is in one of them, and no key in any file or log', async () => {
    const server = await unsealed({ audit: true })
    for (let n = 0; n < 6; n++) await fresh(server, 'GET', `secrets/none-${n}`)
    const folder = path.dirname(server.auditFile)
    const lines = ['audit.log', 'audit.worker-2.log'].map((name) =>
      readFileSync(path.join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"path":"secrets/none-')),
    )
    expect(lines.flat()).toHaveLength(12)
    for (const file of lines) expect(file.length).toBeGreaterThan(0)
    const log = server.log
    expect(log).toMatch(/worker/)
    for (const key of server.keys) expect(log).not.toContain(key)
    await server.stop()
    await expect.poll(() => server.log).toContain('stopped')
  })
})

test('workers under a seal that opens by itself open together; sealed by an operator they stay sealed, also one that is new', async () => {
  const key = 'ab'.repeat(32)
  const config = `${two.config}\nseal "static" {\n  current_key_id = "one"\n  current_key = "${key}"\n}\n`
  const server = await startServer({ config })
  opened.push(server)
  await server.initRecovery(1, 1)
  await bothServe(server)
  expect((await fresh(server, 'PUT', 'sys/seal')).status).toBe(204)
  const [victim = 0] = server.workerPids()
  process.kill(victim, 'SIGKILL')
  await expect.poll(() => server.workerPids().filter((pid) => pid !== victim).length).toBe(2)
  await sleep(1500)
  expect(await each(server, 'GET', 'sys/mounts')).toEqual([503])
  await server.stop()
  await server.start()
  await bothServe(server)
})

test('hang-up reaches all: each opens its audit file anew; a terminated worker is replaced, the server ends whole', async () => {
  const server = await unsealed({ audit: true })
  const files = [server.auditFile, server.auditFile.replace('.log', '.worker-2.log')]
  for (const file of files) renameSync(file, `${file}.1`)
  process.kill(server.pid, 'SIGHUP')
  await expect.poll(() => files.every(isThere)).toBe(true)
  const [first = 0] = server.workerPids()
  process.kill(first, 'SIGTERM')
  await expect.poll(() => server.workerPids().includes(first)).toBe(false)
  await bothServe(server)
  const pids = server.workerPids()
  await server.stop()
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow()
})

test('without the process that started them no worker is left', async () => {
  const server = await unsealed()
  const pids = server.workerPids()
  await server.kill9()
  const isGone = (pid: number) => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  }
  await expect.poll(() => pids.every(isGone)).toBe(true)
})

test('a worker that hangs is ended and replaced; who was given to it is told so, the others are served', async () => {
  const server = await unsealed()
  const [first = 0] = server.workerPids()
  process.kill(first, 'SIGSTOP')
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, () =>
      // Longer than a worker may hang.
      fresh(server, 'GET', 'sys/health', { timeoutMs: 60_000 }).then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      ),
    ),
  )
  // It is given one connection, and no more until it takes that.
  expect(outcomes.toSorted()).toEqual([200, 200, 200, 200, 200, 'ECONNRESET'])
  await expect.poll(() => server.workerPids().includes(first)).toBe(false)
  await bothServe(server)
})

test('gRPC is served by both behind one port, and its health follows the seal in both', async () => {
  const port = await freePort()
  const listener = `listener "grpc" {\n  address = "127.0.0.1:${port}"\n  tls_disable = true\n}`
  const server = await unsealed({ config: `${two.config}\n${listener}` })
  const same = (bytes: Buffer): Buffer => bytes
  const healths = async (): Promise<number[]> => {
    const seen: number[] = []
    for (let n = 0; n < 4; n++) {
      // A subchannel pool of its own makes each client a connection.
      const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
        'grpc.use_local_subchannel_pool': 1,
        'grpc.enable_http_proxy': 0,
      })
      const path = '/grpc.health.v1.Health/Check'
      const reply = await new Promise<Buffer>((resolve, reject) => {
        client.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error, bytes) =>
          bytes === undefined ? reject(error ?? new Error('nothing')) : resolve(bytes),
        )
      })
      client.close()
      seen.push(reply[1] ?? 0)
    }
    return [...new Set(seen)]
  }
  expect(await healths()).toEqual([1])
  await fresh(server, 'PUT', 'sys/seal')
  expect(await healths()).toEqual([2])
})

test.skipIf(noPostgres !== undefined)('workers of one server on PostgreSQL are one node of it', async () => {
  const database = await TestingServer.start({ durable: true })
  try {
    const env = { EGIDE_PG_CONNECTION_URL: database.url }
    const server = await unsealed({ program: egide, storage: { block: 'storage "postgresql" {}' }, env, audit: true })
    for (let n = 1; n <= 10; n++) {
      expect((await fresh(server, 'PUT', 'secrets/a', { body: { data: { n } } })).status).toBe(200)
      const read = await fresh(server, 'GET', 'secrets/a')
      expect(at(read.body, 'data', 'data', 'n') ?? at(read.body, 'data', 'n')).toBe(n)
    }
    const status = await fresh(server, 'GET', 'sys/ha-status')
    expect(at(status.body, 'nodes') ?? at(status.body, 'data', 'nodes')).toHaveLength(1)
    expect((await fresh(server, 'PUT', 'sys/seal')).status).toBe(204)
    expect(await each(server, 'GET', 'secrets/a')).toEqual([503])
    await server.unseal()
    expect(await each(server, 'GET', 'secrets/a')).toEqual([200])
    await server.remove()
  } finally {
    await database.stop()
  }
})

test('several workers on memory are refused, and so is a count that is none', async () => {
  await expect(startServer({ config: 'workers = 2', storage: 'inmem' })).rejects.toThrow(/storage that they can share/)
  await expect(startServer({ config: 'workers = 0' })).rejects.toThrow(/workers must be 1 to 64/)
})

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { Absent } from '../clients/client-programs.ts'
import { freePort } from '../harness/free-port.ts'
import { call } from '../harness/http.ts'
import { until } from '../seal/auto-seal.ts'
import { buildCheck } from './check.ts'
import { complaints, type DeployedServer, deployed, graceMs, root, startDeployed } from './deployed.ts'

// deploy/docker: what Compose would read is read, and its configurations are run.

interface Service {
  readonly hostname?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly stop_grace_period?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly ports?: readonly string[]
}

const compose = parse(deployed('docker/compose.yaml'), { merge: true }) as {
  services: Readonly<Record<string, Service>>
  secrets: Readonly<Record<string, { file: string }>>
  configs: Readonly<Record<string, { file: string }>>
}
const haproxy = deployed('docker/haproxy.cfg')
const nodes = Object.keys(compose.services).filter((name) => name.startsWith('egide-'))

const hasHaproxy = (() => {
  try {
    execFileSync('haproxy', ['-v'])
    return true
  } catch {
    return false
  }
})()

describe('compose.yaml', () => {
  test('is what Compose loads', { timeout: 600_000 }, async ({ skip }) => {
    try {
      const check = await buildCheck()
      await check('compose', 'deploy/docker/compose.yaml')
    } catch (error) {
      if (error instanceof Absent) skip(error.message)
      throw error
    }
  })

  test('its servers differ in name and address alone, and are as shut as can be', () => {
    expect(nodes).toHaveLength(3)
    for (const name of nodes) {
      const service = compose.services[name]
      expect(service).toMatchObject({ hostname: name, read_only: true, cap_drop: ['ALL'] })
      expect(service?.security_opt).toContain('no-new-privileges:true')
      expect(service?.environment?.EGIDE_API_ADDR).toBe(`https://${name}:8200`)
      expect(service?.ports).toBe(undefined)
      expect(Number.parseInt(service?.stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(graceMs() + 10_000)
    }
  })

  test('every file that it names is there, or is one that the guide makes', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'egide-compose-'))
    try {
      const [, chapter = ''] = readFileSync(path.join(root, 'docs/deployment.md'), 'utf8').split('## With Compose')
      const [, commands = ''] = /^```sh\n(cd deploy\/docker\n[\s\S]*?)^```$/m.exec(chapter) ?? []
      mkdirSync(path.join(folder, 'deploy/docker'), { recursive: true })
      execFileSync('bash', ['-ec', commands], { cwd: folder, stdio: 'pipe' })
      const made = path.join(folder, 'deploy/docker')
      const files = Object.values(compose.secrets).map(({ file }) => file)
      expect(readdirSync(path.join(made, 'secrets')).sort()).toEqual(files.map((file) => path.basename(file)).sort())
      const read = (name: string) => readFileSync(path.join(made, 'secrets', name), 'utf8')
      const certificate = new X509Certificate(read('certificate.pem'))
      expect(certificate.checkIssued(new X509Certificate(read('authority.pem')))).toBe(true)
      expect(certificate.checkPrivateKey(createPrivateKey(read('key.pem')))).toBe(true)
      for (const name of [...nodes, 'localhost']) expect(certificate.checkHost(name)).toBe(name)
      // What the health check in the container asks.
      expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    for (const { file } of Object.values(compose.configs))
      expect(existsSync(path.join(root, 'deploy/docker', file)), file).toBe(true)
    const hcl = deployed('docker/egide.hcl')
    for (const [, secret = ''] of hcl.matchAll(/"\/run\/secrets\/([\w-]+)"/g))
      expect(compose.services['egide-1']?.secrets).toContain(secret)
  })

  test('the balancer has a line for each server and port, and the servers’ names', () => {
    for (const [port, backend] of [
      ['8200', 'rest'],
      ['8201', 'grpc'],
    ]) {
      const [, lines = ''] = new RegExp(`^backend ${backend}\\n((?: .*\\n)+)`, 'm').exec(haproxy) ?? []
      expect([...lines.matchAll(/server (\S+) (\S+)/g)].map(([, name, to]) => [name, to])).toEqual(
        nodes.map((name) => [name, `${name}:${port}`]),
      )
    }
  })
})

describe.skipIf(noPostgres !== undefined)('the servers of compose.yaml', () => {
  let database: TestingServer
  const servers: DeployedServer[] = []
  beforeAll(async () => {
    database = await TestingServer.start()
    for (const name of nodes.slice(0, 2)) {
      const env = { EGIDE_API_ADDR: compose.services[name]?.environment?.EGIDE_API_ADDR ?? '' }
      servers.push(await startDeployed(deployed('docker/egide.hcl'), { database, env }))
    }
  })
  afterAll(async () => {
    for (const { server } of servers) await server.remove()
    await database.stop()
  })

  test('start without a word of complaint', async () => {
    for (const { server } of servers) {
      expect(complaints(server)).toEqual([])
      expect((await server.call('GET', 'sys/health')).status).toBe(501)
    }
    const [one, two] = servers.map(({ server }) => server)
    await one?.init()
    await one?.unseal()
    two?.adopt(one as NonNullable<typeof one>)
    expect((await two?.call('GET', 'sys/health'))?.status).toBe(503)
    expect((await one?.call('GET', 'sys/leader'))?.body).toMatchObject({ leader_address: 'https://egide-1:8200' })
  })

  describe.skipIf(!hasHaproxy)(`HAProxy${hasHaproxy ? '' : ' (skipped: none is installed)'}`, () => {
    const balancers: ChildProcess[] = []
    let rest = ''
    let grpcPort = 0
    let authorities = ''
    const statusOf = (where = 'sys/health') =>
      call('GET', `${rest}/v1/${where}`, {
        caFile: authorities,
        token: servers[0]?.server.rootToken,
        timeoutMs: 3000,
      }).then(
        ({ status }) => status,
        () => 0,
      )
    beforeAll(async () => {
      const [restPort, other] = [await freePort(), await freePort()]
      grpcPort = other
      rest = `https://127.0.0.1:${restPort}`
      // Each server has an authority of its own here.
      authorities = path.join(servers[0]?.server.dataDir ?? '', 'authorities.pem')
      writeFileSync(
        authorities,
        execFileSync(
          'cat',
          servers.map(({ certificate }) => certificate.caFile),
        ),
      )
      let text = haproxy
        .replaceAll('/run/secrets/tls-authority', authorities)
        .replace('bind :8200', `bind 127.0.0.1:${restPort}`)
        .replace('bind :8201', `bind 127.0.0.1:${grpcPort}`)
        .replaceAll(' port 8200', '')
        .replaceAll(/^ *server egide-3 .*\n/gm, '')
      for (const [at, name] of nodes.slice(0, 2).entries()) {
        const own = servers[at]
        text = text
          .replaceAll(`${name}:8200`, `127.0.0.1:${own?.restPort} port ${own?.restPort}`)
          .replaceAll(`${name}:8201`, `127.0.0.1:${own?.grpcPort} port ${own?.restPort}`)
      }
      const file = path.join(servers[0]?.server.dataDir ?? '', 'haproxy.cfg')
      writeFileSync(file, text)
      execFileSync('haproxy', ['-c', '-q', '-f', file])
      balancers.push(spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'ignore' }))
    })
    afterAll(() => {
      for (const balancer of balancers) balancer.kill('SIGKILL')
    })
    beforeEach(() => until('the balancer passes requests on', async () => (await statusOf()) === 200))

    test('sends nothing to a server that is sealed', async () => {
      for (let n = 0; n < 20; n++) expect(await statusOf()).toBe(200)
    })

    test('passes gRPC on, as it is', async () => {
      const ca = readFileSync(authorities)
      const socket = connect({ host: '127.0.0.1', port: grpcPort, ca, ALPNProtocols: ['h2'] })
      await once(socket, 'secureConnect')
      expect([socket.authorized, socket.alpnProtocol]).toEqual([true, 'h2'])
      socket.destroy()
    })

    test('sends nothing to a server that stops, and nothing again before it is unsealed', {
      timeout: 180_000,
    }, async () => {
      const [one, two] = servers.map(({ server }) => server)
      await two?.unseal()
      const statuses: number[] = []
      let isOver = false
      const client = (async () => {
        while (!isOver) statuses.push(await statusOf('auth/token/lookup-self'))
      })()
      await one?.stop()
      await until('requests went on', () => statuses.length > 50)
      isOver = true
      await client
      // A kept connection may end while a request is on its way over it: then there is no answer, and never a wrong one.
      expect(statuses.filter((status) => status !== 200 && status !== 0)).toEqual([])
      expect(statuses.slice(-10)).toEqual(Array(10).fill(200))
      await one?.start()
      for (let n = 0; n < 20; n++) expect(await statusOf('auth/token/lookup-self')).toBe(200)
      await one?.unseal()
    })
  })
})

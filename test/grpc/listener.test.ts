import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { call } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { GrpcClient, pathOf } from './client.ts'
import { type Served, same, serve } from './serve.ts'

const SOON_MS = 30_000

async function eventually(holds: () => Promise<boolean> | boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + SOON_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what()}`)
    await sleep(20)
  }
}

describe('a server that is told nothing of gRPC', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-listener-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the command until `use` is done with it. */
  async function running(args: readonly string[], ready: string, use: (said: () => string) => Promise<void>) {
    const env = { PATH: process.env.PATH, HOME: folder }
    const child: ChildProcess = spawn(egide.command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    }
    const exited = once(child, 'exit')
    try {
      await eventually(
        () => said.includes(ready) || child.exitCode !== null,
        () => said,
      )
      await use(() => said)
    } finally {
      child.kill('SIGTERM')
      await exited
    }
  }

  const dev = (port: number, ...more: string[]) => [
    'server',
    '-dev',
    '-dev-root-token-id=root',
    '-dev-no-store-token',
    `-dev-listen-address=127.0.0.1:${port}`,
    ...more,
  ]

  async function writes(address: string, token: string): Promise<void> {
    const client = new GrpcClient(address)
    client.token = token
    await client.call(Kv.method.write, { path: 'a', data: { x: 1 } })
    client.client.close()
  }

  const isOpen = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.unref()
    })

  test('serves it at the port after its own, and says so', async () => {
    const port = await freePort(1)
    await running(dev(port), 'Root Token', async (said) => {
      expect(said()).toContain(`grpc://127.0.0.1:${port + 1}`)
      await writes(`127.0.0.1:${port + 1}`, 'root')
    })
    const data = path.join(folder, 'data')
    await running(['start', `-data=${data}`, `-listen=127.0.0.1:${port}`], 'Three commands', async (said) => {
      expect(said()).toContain(`for gRPC at grpc://127.0.0.1:${port + 1}`)
      await writes(`127.0.0.1:${port + 1}`, readFileSync(path.join(data, 'root-token'), 'utf8').trim())
    })
  })

  test('does without it when told to, and when the port is taken by another', async () => {
    const port = await freePort(1)
    await running(dev(port, '-dev-grpc-address=off'), 'Root Token', async (said) => {
      expect(said()).not.toContain('grpc://')
      expect(await isOpen(port + 1)).toBe(false)
    })
    const taken = net.createServer().listen(port + 1, '127.0.0.1')
    await once(taken, 'listening')
    await running(dev(port), 'Root Token', async (said) => {
      expect(said()).toMatch(/gRPC is not served.*it is in use/)
      expect((await call('GET', `http://127.0.0.1:${port}/v1/sys/health`)).status).toBe(200)
    })
    await running(dev(port, `-dev-grpc-address=127.0.0.1:${port + 1}`), 'never', async (said) => {
      expect(said()).toContain(`can't listen at 127.0.0.1:${port + 1}: it is in use`)
    })
    taken.close()
    const other = await freePort()
    await running(dev(port, `-dev-grpc-address=127.0.0.1:${other}`), 'Root Token', () =>
      writes(`127.0.0.1:${other}`, 'root'),
    )
  })
})

describe('a listener with TLS', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve()
  })
  afterAll(() => served.stop())

  const port = () => Number(new URL(`http://${served.target}`).port)
  /** Whether a handshake of this version succeeds under this authority. */
  const shakes = (caFile: string, version: tls.SecureVersion = 'TLSv1.3') =>
    new Promise<boolean>((resolve) => {
      const options = { ca: readFileSync(caFile), servername: 'localhost', ALPNProtocols: ['h2'] }
      const socket = tls.connect({ ...options, host: '127.0.0.1', port: port(), maxVersion: version }, () => {
        resolve(socket.alpnProtocol === 'h2')
        socket.destroy()
      })
      socket.on('error', () => resolve(false))
    })

  test('takes TLS 1.3 and nothing older, unless it is told to', async () => {
    expect([await shakes(served.certificate.caFile), await shakes(served.certificate.caFile, 'TLSv1.2')]).toEqual([
      true,
      false,
    ])
  })

  test('a client without a certificate is refused where one is wanted, one of another authority too', async () => {
    const mutual = await serve({ isNew: true, mutual: true })
    const strange = await makeCertificate(mkdtempSync(path.join(tmpdir(), 'egide-strange-')))
    const tries = [
      { certFile: undefined, keyFile: undefined },
      { certFile: strange.clientCertFile, keyFile: strange.clientKeyFile },
      { certFile: mutual.certificate.clientCertFile, keyFile: mutual.certificate.clientKeyFile },
    ]
    try {
      const outcomes: string[] = []
      for (const { certFile, keyFile } of tries) {
        const client = new GrpcClient(mutual.target, mutual.certificate.caFile, certFile, keyFile)
        const outcome = client.call(Sys.method.sealStatus, {}, {})
        outcomes.push(
          await outcome.then(
            () => 'served',
            ({ code }) => status[code] ?? '',
          ),
        )
        client.client.close()
      }
      expect(outcomes).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'served'])
    } finally {
      await mutual.stop()
      rmSync(path.dirname(strange.caFile), { recursive: true, force: true })
    }
  })

  test('certificates are read again on SIGHUP', async () => {
    const { certFile, keyFile, caFile } = served.certificate
    const next = await makeCertificate(mkdtempSync(path.join(tmpdir(), 'egide-next-')))
    expect([await shakes(caFile), await shakes(next.caFile)]).toEqual([true, false])
    copyFileSync(next.certFile, certFile)
    copyFileSync(next.keyFile, keyFile)
    served.hangUp()
    await eventually(
      () => shakes(next.caFile),
      () => served.log,
    )
    expect(await shakes(caFile)).toBe(false)
    rmSync(path.dirname(next.caFile), { recursive: true, force: true })
  })
})

describe('work that nobody waits for', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve()
  })
  afterAll(() => served.stop())

  async function underWay(): Promise<number> {
    const { body } = await call('GET', `${served.restAddress}/v1/sys/in-flight-req`, { token: served.rootToken })
    return Object.keys(body as object).length - 1 // this one itself
  }

  /** Calls that are served, and what they end with. Undefined: their time was over before that was seen. */
  async function begun(deadlineMs: number | undefined) {
    const deadline = deadlineMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs
    const streams = [Kv.method.watch, Sys.method.monitor].map((method) =>
      served
        .connect()
        .makeServerStreamRequest(
          pathOf(method),
          same,
          same,
          Buffer.alloc(0),
          served.metadata({ 'x-vault-token': served.rootToken }),
          { deadline },
        ),
    )
    const codes = Promise.all(streams.map(async (stream) => (await once(stream.resume(), 'error'))[0].code as number))
    const working = await Promise.all(streams.map((stream) => once(stream, 'metadata')))
      .then(underWay)
      .catch((error: ServiceError) => error.code)
    if (Date.now() >= deadline) {
      await codes
      return undefined
    }
    expect(working).toBe(2)
    return { streams, codes }
  }

  test.each([
    ['is cancelled', undefined],
    ['has run out of time', 700],
  ])('ends when the call %s', async (_, deadlineMs) => {
    // A pause of the machine may take all of a short time.
    const { streams, codes } = (await begun(deadlineMs)) ?? (await begun(10_000)) ?? {}
    if (streams === undefined) throw new Error('nothing was served in ten seconds')
    if (deadlineMs === undefined) for (const stream of streams) stream.cancel()
    const code = deadlineMs === undefined ? status.CANCELLED : status.DEADLINE_EXCEEDED
    expect(await codes).toEqual([code, code])
    await eventually(
      async () => (await underWay()) === 0,
      () => served.log,
    )
  })
})

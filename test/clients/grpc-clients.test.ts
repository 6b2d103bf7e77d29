import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Served, serve } from '../grpc/serve.ts'
import { Absent, buildGrpcurl, prepareGrpcio } from './client-programs.ts'

const run = promisify(execFile)
const here = path.dirname(fileURLToPath(import.meta.url))
/** Building a Go program or a Python environment happens once a machine, over its network. */
const PREPARED_WITHIN_MS = 400_000
const DONE_WITHIN_MS = 90_000

const TRANSPORTS = [
  { transport: 'TLS', mutual: false },
  { transport: 'TLS with a client certificate', mutual: true },
]

const unlessAbsent = (prepare: () => Promise<string>) => prepare().catch((error: unknown) => error as Absent)
/** The program, or why this machine can't run it. */
function presentOrSkip(program: string | Error, skip: (why: string) => void): string {
  if (program instanceof Absent) skip(program.message)
  if (program instanceof Error) throw program
  return program
}

describe('grpcio (Python)', () => {
  let python: string | Error
  beforeAll(async () => {
    python = await unlessAbsent(prepareGrpcio)
  }, PREPARED_WITHIN_MS)

  test.for(TRANSPORTS)('does every step over $transport', { timeout: DONE_WITHIN_MS }, async ({ mutual }, { skip }) => {
    const command = presentOrSkip(python, skip)
    const served = await serve({ isNew: true, mutual })
    try {
      const env = { PATH: process.env.PATH, ...environmentOf(served, mutual) }
      const done = await run(command, [path.join(here, 'python', 'grpc_story.py')], { env, timeout: DONE_WITHIN_MS })
      expect(done.stdout.trim().split('\n')).toEqual([
        'reflection',
        'init and unseal',
        'sys and auth',
        'kv',
        'policies, tokens and cubbyhole',
        'leases',
        'transit',
        'streams',
        'audit',
        'seal',
      ])
    } finally {
      await served.stop()
    }
  })
})

function environmentOf({ target, certificate }: Served, mutual: boolean): Record<string, string> {
  const shown = mutual
    ? { EGIDE_CLIENT_CERT: certificate.clientCertFile, EGIDE_CLIENT_KEY: certificate.clientKeyFile }
    : {}
  return { EGIDE_GRPC: target, EGIDE_CA: certificate.caFile, ...shown }
}

/** What a command printed, as what it printed is read: one JSON text. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say what is in it
type Json = any

/** grpcurl as a person types it. */
class Grpcurl {
  readonly #command: string
  readonly #served: Served
  readonly #flags: readonly string[]
  token: string | undefined

  constructor(command: string, served: Served, mutual: boolean) {
    const { caFile, clientCertFile, clientKeyFile } = served.certificate
    this.#command = command
    this.#served = served
    this.#flags = ['-cacert', caFile, ...(mutual ? ['-cert', clientCertFile, '-key', clientKeyFile] : [])]
  }

  args(symbol: string, data: object | undefined): string[] {
    const token = this.token === undefined ? [] : ['-H', `x-vault-token: ${this.token}`]
    const body = data === undefined ? [] : ['-d', JSON.stringify(data)]
    return [...this.#flags, ...token, ...body, this.#served.target, symbol]
  }

  async print(...verb: string[]): Promise<string> {
    return (await run(this.#command, [...this.#flags, this.#served.target, ...verb])).stdout
  }

  async call(symbol: string, data: object = {}): Promise<Json> {
    const full = symbol.includes('.') ? symbol : `egide.v1.${symbol}`
    return JSON.parse((await run(this.#command, this.args(full, data))).stdout) as Json
  }

  /** The status that a call is refused with. */
  async refusal(symbol: string, data: object = {}): Promise<string> {
    const failed = await this.call(symbol, data).catch((error: { stderr?: string }) => error.stderr ?? String(error))
    if (typeof failed !== 'string') throw new Error(`${symbol} was not refused: ${JSON.stringify(failed)}`)
    return /Code: (\w+)/.exec(failed)?.[1] ?? failed
  }

  /** The first events of a stream, each as it comes; `meanwhile` runs once the first is there. */
  async events(symbol: string, data: object, count: number, meanwhile: () => Promise<unknown>): Promise<Json[]> {
    const child = spawn(this.#command, this.args(`egide.v1.${symbol}`, data), { stdio: ['ignore', 'pipe', 'inherit'] })
    const events: Json[] = []
    let text = ''
    for await (const line of createInterface(child.stdout)) {
      text += line
      if (line !== '}') continue
      events.push(JSON.parse(text) as Json)
      text = ''
      if (events.length === 1) await meanwhile()
      if (events.length === count) break
    }
    const closed = once(child, 'close')
    child.kill()
    await closed
    return events
  }
}

describe('grpcurl (Go)', () => {
  let program: string | Error
  beforeAll(async () => {
    program = await unlessAbsent(buildGrpcurl)
  }, PREPARED_WITHIN_MS)

  test.for(TRANSPORTS)('does every step over $transport', { timeout: DONE_WITHIN_MS }, async ({ mutual }, { skip }) => {
    const command = presentOrSkip(program, skip)
    const served = await serve({ isNew: true, mutual })
    try {
      await story(new Grpcurl(command, served, mutual))
    } finally {
      await served.stop()
    }
  })

  test('without the certificate that a listener wants there is no connection', async ({ skip }) => {
    const command = presentOrSkip(program, skip)
    const served = await serve({ isNew: true, mutual: true })
    try {
      await expect(new Grpcurl(command, served, false).print('list')).rejects.toThrow(/certificate/)
    } finally {
      await served.stop()
    }
  })
})

const SERVICES = ['Audit', 'Auth', 'Cubbyhole', 'Kv', 'Lease', 'Policy', 'Sys', 'Token', 'Transit']
const HEALTH = 'grpc.health.v1.Health/Check'

async function story(grpcurl: Grpcurl): Promise<void> {
  const listed = (await grpcurl.print('list')).split('\n')
  expect(listed).toEqual(expect.arrayContaining(SERVICES.map((name) => `egide.v1.${name}`)))
  expect(await grpcurl.print('describe', 'egide.v1.KvReadRequest')).toContain('string path')
  expect(await grpcurl.call(HEALTH)).toEqual({ status: 'NOT_SERVING' })

  const made = (await grpcurl.call('Sys/Init', { secret_shares: 3, secret_threshold: 2 })).data
  const keys = made.keys as string[]
  expect(await grpcurl.refusal('Kv/Read', { path: 'x' })).toBe('Unavailable')
  for (const key of keys.slice(1)) await grpcurl.call('Sys/Unseal', { key })
  expect(await grpcurl.call(HEALTH, { service: 'egide.v1.Kv' })).toEqual({ status: 'SERVING' })
  expect(await grpcurl.refusal('Kv/Read', { path: 'x' })).toBe('PermissionDenied')
  grpcurl.token = made.rootToken as string

  await grpcurl.call('Kv/Write', { path: 'app/db', data: { user: 'egide' } })
  expect((await grpcurl.call('Kv/Read', { path: 'app/db' })).data).toMatchObject({ data: { user: 'egide' } })
  expect(await grpcurl.refusal('Kv/Read', { path: 'none' })).toBe('NotFound')
  expect(await grpcurl.refusal('Kv/Read', { nothing: 1 })).toMatch(/no known field|unknown/i)
  await grpcurl.call('Transit/WriteKey', { name: 'k' })
  const plaintext = Buffer.from('4111').toString('base64')
  const { ciphertext } = (await grpcurl.call('Transit/Encrypt', { name: 'k', plaintext })).data
  expect((await grpcurl.call('Transit/Decrypt', { name: 'k', ciphertext })).data).toEqual({ plaintext })

  await grpcurl.call('Policy/WriteAclPolicy', { name: 'p', policy: 'path "x" { capabilities = ["read"] }' })
  const token = (await grpcurl.call('Token/Create', { policies: ['p'], ttl: '10m' })).envelope.auth.clientToken
  expect((await grpcurl.call('Token/Lookup', { token })).data).toMatchObject({ policies: ['default', 'p'] })
  expect((await grpcurl.call('Auth/ReadMethods')).data.entries).toHaveProperty('token/')
  await grpcurl.call('Cubbyhole/Write', { path: 'c', data: { x: true } })
  expect((await grpcurl.call('Cubbyhole/Read', { path: 'c' })).data).toEqual({ x: true })
  const below = (await grpcurl.call('Lease/ListBelow', { prefix: 'auth/token/create' })).data.keys
  expect(below).toHaveLength(1)
  expect((await grpcurl.call('Audit/ReadDevices')).data.entries).toHaveProperty('file/')

  const events = await grpcurl.events('Kv/Watch', { path: 'app' }, 2, () =>
    grpcurl.call('Kv/Write', { path: 'app/db', data: { user: 'new' } }),
  )
  expect(events[1]).toMatchObject({ kind: 'written', path: 'app/db', version: '2' })
  const seals = await grpcurl.events('Sys/SealEvents', {}, 2, () => grpcurl.call('Sys/Seal'))
  expect(seals.map(({ sealed }) => sealed)).toEqual([false, true])
  expect(await grpcurl.call(HEALTH)).toEqual({ status: 'NOT_SERVING' })
  expect(await grpcurl.refusal('Kv/Read', { path: 'app/db' })).toBe('Unavailable')
}

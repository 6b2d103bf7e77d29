import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  create,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeyManagementService } from '../../proto/gen/kubernetes/kms/v2/api_pb.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { EGIDE } from './shell.ts'

/** The plugin as kube-apiserver uses it: a client of Kubernetes' own api.proto on the Unix socket. */

const folder = mkdtempSync(path.join(tmpdir(), 'egide-kms-plugin-'))
const socketPath = path.join(folder, 'kms.sock')
const tokenFile = path.join(folder, 'token')
const READY_WITHIN_MS = 90_000
const SEED = Buffer.from('a seed of thirty-two bytes, or so')

let server: Server
let keyId: string
let plugin: ChildProcess
let said = ''
let client: Client

async function write(where: string, body: object = {}): Promise<unknown> {
  const reply = await server.call('POST', where, { body })
  if (reply.status >= 300) throw new Error(`${where}: ${reply.status} ${reply.text}`)
  return reply.body
}

async function tokenFor(policies: readonly string[], ttl = '1h'): Promise<string> {
  const made = await server.call('POST', 'auth/token/create', { body: { policies, ttl } })
  return String(at(made.body, 'auth', 'client_token'))
}

async function startPlugin(): Promise<void> {
  plugin = spawn(EGIDE, ['kms-plugin', `-socket=${socketPath}`, '-key=cluster', `-token-file=${tokenFile}`], {
    env: { PATH: process.env.PATH, HOME: folder, EGIDE_ADDR: server.address },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  plugin.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  await until(() => said.includes('listening at'))
}

async function stopPlugin(): Promise<number | null> {
  if (plugin.exitCode !== null) return plugin.exitCode
  plugin.kill('SIGTERM')
  const [code] = (await once(plugin, 'exit')) as [number | null]
  return code
}

async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`it never came to be. The plugin said:\n${said}`)
    await sleep(50)
  }
}

function call<M extends DescMethod>(
  method: M,
  input: MessageInitShape<M['input']>,
  caller = client,
): Promise<MessageShape<M['output']>> {
  const bytes = Buffer.from(toBinary(method.input, create(method.input, input)))
  const name = `/${method.parent.typeName}/${method.name}`
  const same = (buffer: Buffer): Buffer => buffer
  return new Promise((resolve, reject) => {
    caller.makeUnaryRequest(name, same, same, bytes, { deadline: Date.now() + READY_WITHIN_MS }, (error, reply) => {
      if (error === null && reply !== undefined) resolve(fromBinary(method.output, reply) as MessageShape<M['output']>)
      else reject(error)
    })
  })
}

const { status: statusOf, encrypt, decrypt } = KeyManagementService.method
async function sealedSeed() {
  const { ciphertext, keyId: by, annotations } = await call(encrypt, { plaintext: SEED, uid: 'sealing' })
  return { ciphertext, keyId: by, annotations }
}
const codeOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'ok',
    (error: ServiceError) => error.code,
  )
const healthOf = async (): Promise<string> => (await call(statusOf, {})).healthz

beforeAll(async () => {
  server = await startUnsealed()
  const rules = ['keys/cluster" { capabilities = ["read"] }', 'encrypt/cluster" { capabilities = ["update"] }']
  const made = await server.call('POST', 'kms/keys/cluster', { body: {} })
  keyId = String(at(made.body, 'data', 'key_id'))
  rules.push(`decrypt/${keyId}" { capabilities = ["update"] }`)
  const policy = [
    ...rules.map((rule) => `path "kms/${rule}`),
    'path "auth/token/*" { capabilities = ["read", "update"] }',
  ]
  await write('sys/policies/acl/kubernetes', { policy: policy.join('\n') })
  writeFileSync(tokenFile, await tokenFor(['kubernetes']))
  await startPlugin()
  client = new Client(`unix:${socketPath}`, credentials.createInsecure())
})

afterAll(async () => {
  client?.close()
  if (plugin !== undefined) await stopPlugin()
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('the socket is its owner’s alone', () => {
  expect(statSync(socketPath).mode & 0o777).toBe(0o600)
})

test('status names the version of the key that encrypts, and what is encrypted can be had back', async () => {
  expect(await call(statusOf, {})).toMatchObject({ version: 'v2', healthz: 'ok', keyId: `${keyId}/v1` })
  const sealed = await sealedSeed()
  expect(sealed.keyId).toBe(`${keyId}/v1`)
  expect(sealed.ciphertext.length).toBeLessThan(1024)
  expect(Buffer.from(sealed.ciphertext).includes(SEED)).toBe(false)
  expect((await call(decrypt, { ...sealed, uid: 'two' })).plaintext).toEqual(SEED)
})

test('a rotation gives another key id, and what was encrypted before stays readable', async () => {
  const before = await sealedSeed()
  await write('kms/keys/cluster/rotate')
  const { keyId: rotated } = await call(statusOf, {})
  expect(rotated).toBe(`${keyId}/v${Number(before.keyId.split('/v')[1]) + 1}`)
  expect((await call(encrypt, { plaintext: SEED, uid: '' })).keyId).toBe(rotated)
  expect((await call(decrypt, { ...before, uid: '' })).plaintext).toEqual(SEED)
})

test('what it never made, or what was changed, is refused', async () => {
  const sealed = await sealedSeed()
  const changed = new Uint8Array(sealed.ciphertext)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  const refused: Readonly<Record<string, object>> = {
    'a changed ciphertext': { ciphertext: changed },
    'no ciphertext': { ciphertext: new Uint8Array() },
    'a ciphertext that is too long': { ciphertext: new Uint8Array(1025) },
    'no key id': { keyId: '' },
    'a key id that climbs': { keyId: `../../sys/seal/v1` },
    'no annotation': { annotations: {} },
  }
  for (const [what, change] of Object.entries(refused)) {
    expect([what, await codeOf(call(decrypt, { ...sealed, ...change, uid: '' }))]).toEqual([
      what,
      status.INVALID_ARGUMENT,
    ])
  }
  const other = { ...sealed, keyId: `${keyId.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}/v1`, uid: '' }
  expect(await codeOf(call(decrypt, other))).toBe(status.PERMISSION_DENIED)
  expect(await codeOf(call(encrypt, { plaintext: new Uint8Array(513), uid: '' }))).toBe(status.INVALID_ARGUMENT)
  expect(await codeOf(call(encrypt, { plaintext: new Uint8Array(), uid: '' }))).toBe(status.INVALID_ARGUMENT)
  expect(await codeOf(call(encrypt, { plaintext: new Uint8Array(100_000), uid: '' }))).toBe(status.RESOURCE_EXHAUSTED)
})

test('it is not healthy while the key is disabled, and well again after', async () => {
  await write('kms/keys/cluster/disable')
  expect(await healthOf()).toBe('the key is Disabled')
  expect(await codeOf(call(encrypt, { plaintext: SEED, uid: '' }))).toBe(status.INVALID_ARGUMENT)
  await write('kms/keys/cluster/enable')
  expect(await healthOf()).toBe('ok')
})

test('it lives through a seal and a restart of the server', async () => {
  const sealed = await sealedSeed()
  await write('sys/seal')
  expect(await healthOf()).toMatch(/sealed/)
  expect(await codeOf(call(decrypt, { ...sealed, uid: '' }))).toBe(status.UNAVAILABLE)
  await server.stop()
  expect(await healthOf()).toMatch(/cannot reach/)
  await server.start()
  await server.unseal()
  expect(await healthOf()).toBe('ok')
  expect((await call(decrypt, { ...sealed, uid: '' })).plaintext).toEqual(SEED)
})

test('it takes another token when the file has one', async () => {
  writeFileSync(tokenFile, await tokenFor(['default']))
  expect(await healthOf()).toMatch(/permission_denied/)
  writeFileSync(tokenFile, `${await tokenFor(['kubernetes'], '30m')}\n`)
  expect(await healthOf()).toBe('ok')
})

test('a token that can be renewed is', async () => {
  const token = await tokenFor(['kubernetes'], '15s')
  writeFileSync(tokenFile, token)
  const look = async (): Promise<unknown> =>
    at((await server.call('POST', 'auth/token/lookup', { body: { token } })).body, 'data', 'last_renewal_time')
  await until(async () => typeof (await look()) === 'number')
  expect(await healthOf()).toBe('ok')
  writeFileSync(tokenFile, await tokenFor(['kubernetes']))
})

test('a socket that was left behind is taken over, one that is in use is not, and it goes when it is told to', async () => {
  const second = spawn(EGIDE, ['kms-plugin', `-socket=${socketPath}`, '-key=cluster', `-token-file=${tokenFile}`], {
    env: { PATH: process.env.PATH, HOME: folder, EGIDE_ADDR: server.address },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  second.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
  const [code] = (await once(second, 'exit')) as [number | null]
  expect([code, told]).toEqual([1, expect.stringContaining('is in use by another process')])
  plugin.kill('SIGKILL')
  await once(plugin, 'exit')
  expect(existsSync(socketPath)).toBe(true)
  said = ''
  await startPlugin()
  const again = new Client(`unix:${socketPath}`, credentials.createInsecure())
  expect(await call(statusOf, {}, again)).toMatchObject({ healthz: 'ok' })
  again.close()
  expect(await stopPlugin()).toBe(0)
  expect(existsSync(socketPath)).toBe(false)
  const probe = net.connect(socketPath)
  const [error] = (await once(probe, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ENOENT')
})

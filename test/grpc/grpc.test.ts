import { readFileSync } from 'node:fs'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { type Server, startServer } from '../harness/server.ts'
import { GrpcClient, pathOf } from './client.ts'

const {
  sys,
  kv,
  token: tokens,
  transit,
} = { sys: Sys.method, kv: Kv.method, token: Token.method, transit: Transit.method }

describe.each([{ tls: false }, { tls: true }])('gRPC, TLS: $tls', ({ tls }) => {
  let server: Server
  let client: GrpcClient

  beforeAll(async () => {
    const port = await freePort()
    server = await startServer({
      tls,
      audit: true,
      config: tls ? '' : `listener "grpc" {\n  address = "127.0.0.1:${port}"\n  tls_disable = true\n}`,
    })
    if (tls) {
      await server.stop()
      const files = server.certificate
      if (files === undefined) throw new Error('no certificate')
      const { writeFileSync } = await import('node:fs')
      const block = `listener "grpc" {\n  address = "127.0.0.1:${port}"\n  tls_cert_file = "${files.certFile}"\n  tls_key_file = "${files.keyFile}"\n}\n`
      writeFileSync(server.configFile, readFileSync(server.configFile, 'utf8') + block)
      await server.start()
    }
    client = new GrpcClient(`127.0.0.1:${port}`, server.certificate?.caFile)
  })
  afterAll(async () => {
    client.client.close()
    await server.remove()
  })

  test('a new vault is initialised, unsealed, and serves', async () => {
    expect((await client.call(sys.sealStatus, {})).data).toMatchObject({ initialized: false, sealed: true })
    expect(await client.failure(client.call(kv.read, { path: 'x' }))).toMatchObject({ code: status.UNAVAILABLE })
    const made = await client.call(sys.init, { secretShares: 3n, secretThreshold: 2n })
    for (const key of made.data?.keys.slice(0, 2) ?? []) await client.call(sys.unseal, { key })
    expect((await client.call(sys.sealStatus, {})).data?.sealed).toBe(false)
    client.token = made.data?.rootToken
    const written = await client.call(kv.write, {
      path: 'a/b',
      data: { user: 'grpc', deep: { list: [1, null, true] } },
    })
    expect(written.data?.version).toBe(1n)
    const read = await client.call(kv.read, { path: 'a/b' })
    expect(read.data?.metadata?.version).toBe(1n)
    expect(JSON.stringify(read.data?.data)).toContain('grpc')
    expect((await client.call(kv.list, { path: 'a/' })).data?.keys).toEqual(['b'])
  })

  test('keys are made, and what they encrypt they decrypt; both protocols share it all', async () => {
    await client.call(transit.writeKey, { name: 'k' })
    const plaintext = Buffer.from('over gRPC').toString('base64')
    const { data } = await client.call(transit.encrypt, { name: 'k', plaintext })
    const rest = await server.call('POST', 'transit/decrypt/k', {
      token: client.token,
      body: { ciphertext: data?.ciphertext },
    })
    expect(at(rest.body, 'data', 'plaintext')).toBe(plaintext)
    expect(
      at((await server.call('GET', 'secret/data/a/b', { token: client.token })).body, 'data', 'data', 'user'),
    ).toBe('grpc')
  })

  test('tokens, policies and wrapping are those of REST', async () => {
    const made = await client.call(tokens.create, { policies: ['default'], ttl: '5m' })
    const limited = made.envelope?.auth?.clientToken ?? ''
    expect(limited).toMatch(/^s\./)
    const own = await client.call(tokens.lookupSelf, {}, { 'x-vault-token': limited })
    expect(own.data?.ttl).toBeLessThanOrEqual(300n)
    const refused = await client.failure(client.call(kv.read, { path: 'a/b' }, { 'x-vault-token': limited }))
    expect(refused).toMatchObject({ code: status.PERMISSION_DENIED, details: 'permission denied' })
    expect(refused.metadata.get('grpc-status-details-bin')).toHaveLength(1)
    const bearer = { authorization: `Bearer ${client.token}` }
    const beside = client.call(kv.read, { path: 'a/b' }, { 'x-vault-token': limited, ...bearer })
    expect((await client.failure(beside)).code).toBe(status.PERMISSION_DENIED)
    const alone = await client.call(kv.read, { path: 'a/b' }, { 'x-vault-token': '', ...bearer })
    expect(alone.data?.metadata?.version).toBe(1n)
    const wrapped = await client.call(kv.read, { path: 'a/b' }, { 'x-wrap-ttl': '60s' })
    expect([wrapped.data, wrapped.envelope?.wrapInfo?.ttl]).toEqual([undefined, 60n])
    const asJwt = client.call(kv.read, { path: 'a/b' }, { 'x-wrap-ttl': '60s', 'x-vault-wrap-format': 'jwt' })
    const code = status.INVALID_ARGUMENT
    expect(await client.failure(asJwt)).toMatchObject({ code, details: expect.stringContaining('JWT') })
    const body = { token: wrapped.envelope?.wrapInfo?.token }
    const unwrapped = await server.call('POST', 'sys/wrapping/unwrap', { token: client.token, body })
    expect(at(unwrapped.body, 'data', 'data', 'user')).toBe('grpc')
  })

  test('errors have their own codes, and no stack', async () => {
    const missing = await client.failure(client.call(kv.read, { path: 'nothing' }))
    expect(missing.code).toBe(status.NOT_FOUND)
    const bad = await client.failure(client.call(transit.encrypt, { name: 'k', plaintext: '!' }))
    expect(bad.code).toBe(status.INVALID_ARGUMENT)
    const stranger = await client.failure(client.call(kv.read, { path: 'a/b' }, { 'x-vault-token': 's.nobody' }))
    expect(stranger.code).toBe(status.PERMISSION_DENIED)
    for (const { message } of [missing, bad, stranger]) expect(message).not.toMatch(/\n\s+at |\.ts:/)
  })

  test('a stream encrypts many messages, with answers in order', async () => {
    const method = transit.encryptStream
    const stream = client.client.makeBidiStreamRequest(
      pathOf(method),
      (message: Parameters<typeof toBinary<typeof method.input>>[1]) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      client.metadata(),
    )
    const { create } = await import('@bufbuild/protobuf')
    const references: string[] = []
    const ended = new Promise<void>((resolve, reject) => {
      stream.on('data', (reply) => {
        for (const result of reply.data?.batchResults ?? []) {
          expect(result.ciphertext).toMatch(/^vault:v1:/)
          references.push(result.reference ?? '')
        }
      })
      stream.on('end', resolve)
      stream.on('error', reject)
    })
    const plaintext = Buffer.from('item').toString('base64')
    for (let n = 0; n < 40; n++) {
      const batchInput = [0, 1, 2].map((m) => ({ plaintext, reference: `${n}.${m}` }))
      stream.write(create(method.input, { name: 'k', batchInput }))
    }
    stream.end()
    await ended
    expect(references).toEqual(Array.from({ length: 120 }, (_, i) => `${Math.floor(i / 3)}.${i % 3}`))
  })

  test('the audit log has both protocols, and says which', async () => {
    const id = '5f0c2f5e-8a51-4c0f-9f0a-2f6f0a1b2c3d'
    const read = await client.call(kv.read, { path: 'a/b' }, { 'x-request-id': id })
    expect(read.envelope?.requestId).toBe(id)
    await server.call('GET', 'secret/data/a/b', { token: client.token })
    const lines = readFileSync(server.auditFile, 'utf8').split('\n')
    const records = lines.filter(
      (line) => line.includes('"path":"secret/data/a/b"') && line.includes('"type":"response"'),
    )
    const over = (line: string) => line.includes('"protocol":"grpc"')
    const shape = (line: string): string[] =>
      Object.keys(JSON.parse(line).request as object).filter((key) => key !== 'protocol')
    const mine = records.findLast(over) ?? ''
    expect(mine).toContain(id)
    expect(shape(mine)).toEqual(shape(records.findLast((line) => !over(line)) ?? ''))
    expect(JSON.parse(mine).response).toEqual(JSON.parse(records.at(-1) ?? '{}').response)
  })

  test('events tell of the seal, and sealing ends the service', async () => {
    const method = sys.sealEvents
    const seen: boolean[] = []
    const stream = client.client.makeServerStreamRequest(
      pathOf(method),
      () => Buffer.alloc(0),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      {},
      client.metadata(),
    )
    stream.on('data', (event) => seen.push(event.sealed))
    stream.on('error', () => {})
    await expect.poll(() => seen).toEqual([false])
    await client.call(sys.seal, {})
    expect(await client.failure(client.call(kv.read, { path: 'a/b' }))).toMatchObject({ code: status.UNAVAILABLE })
    await expect.poll(() => seen).toEqual([false, true])
    stream.cancel()
  })
})

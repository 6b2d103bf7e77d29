import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../test/harness/certificate.ts'
import { GrpcTransport } from './grpc/index.ts'
import { Client } from './index.ts'

// Servers as people reach them by mistake, and what they are told.

const folder = mkdtempSync(path.join(tmpdir(), 'egide-unreachable-'))
let plain: Server
let secure: Server
let grpc: Server
beforeAll(async () => {
  const { certFile, keyFile } = await makeCertificate(folder)
  plain = await listening(http.createServer((_, reply) => reply.end('{}')))
  secure = await listening(https.createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }))
  grpc = await listening(http2.createServer())
})
afterAll(() => {
  for (const server of [plain, secure, grpc]) server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function listening<S extends Server | http.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

test('over gRPC: an address with a scheme is refused, and a listener without TLS is told of', async () => {
  for (const scheme of ['grpc', 'grpcs', 'http', 'https'])
    expect(() => new GrpcTransport({ address: `${scheme}://127.0.0.1:8201` })).toThrow(/gRPC's address is host:port/)
  const client = new Client({
    transport: new GrpcTransport({ address: `127.0.0.1:${portOf(plain)}` }),
    retry: { maxRetries: 0 },
  })
  await expect(client.sys.sealStatus()).rejects.toThrow(/does not speak TLS: tls: 'plain' is for/)
  client.close()
})

async function told(scheme: string, port: number): Promise<string> {
  const client = new Client({ address: `${scheme}://127.0.0.1:${port}`, retry: { maxRetries: 0 } })
  try {
    await client.request('GET', 'x')
    return 'answered'
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  } finally {
    client.close()
  }
}

test('https:// where no TLS is spoken, and http:// where it is', async () => {
  expect(await told('https', portOf(plain))).toMatch(/does not speak TLS: its address may begin with http:\/\/$/)
  expect(await told('http', portOf(secure))).toMatch(/closed without an answer; .* begins with https:\/\/$/)
})

test('the port for gRPC', async () => {
  expect(await told('http', portOf(grpc))).toMatch(
    /does not speak HTTP\/1\.1 \(HPE_\w+\): it may be the port for gRPC$/,
  )
})

test('a certificate of an authority that nobody named', async () => {
  expect(await told('https', portOf(secure))).toMatch(/leads to no authority that is trusted here \([A-Z_]+\)$/)
})

test('nobody there', async () => {
  expect(await told('http', 1)).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:1: nothing listens there \(ECONNREFUSED\)/)
})

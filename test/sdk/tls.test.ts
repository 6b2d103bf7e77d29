import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GrpcTransport } from '../../sdk/grpc/index.ts'
import { Client, type TlsSettings } from '../../sdk/index.ts'
import { type CertificateFiles, makeCertificate } from '../harness/certificate.ts'

// Servers that ask for a certificate, to see what the client shows and whom it trusts.

const folder = mkdtempSync(path.join(tmpdir(), 'egide-sdk-tls-'))
const text = (file: string): string => readFileSync(file, 'utf8')
let mine: CertificateFiles
let others: CertificateFiles
let rest: https.Server
const grpc = new Server()
let grpcPort = 0

beforeAll(async () => {
  mine = await makeCertificate(path.join(folder, 'mine'))
  others = await makeCertificate(path.join(folder, 'others'))
  const [ca, cert, key] = [text(mine.caFile), text(mine.certFile), text(mine.keyFile)]
  const options = { ca, cert, key, requestCert: true, rejectUnauthorized: false }
  rest = https.createServer(options, (request, reply) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate()
    reply.end(JSON.stringify({ data: { shown: subject?.CN ?? '' } }))
  })
  rest.listen(0, '127.0.0.1')
  await once(rest, 'listening')
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }
  const credentials = ServerCredentials.createSsl(Buffer.from(ca), [pair], true)
  grpcPort = await new Promise((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', credentials, (error, port) => (error === null ? resolve(port) : reject(error)))
  })
})
afterAll(() => {
  rest.close()
  grpc.forceShutdown()
  rmSync(folder, { recursive: true, force: true })
})

const trusting = (files: CertificateFiles): TlsSettings => ({ ca: [text(files.caFile)] })
const showing = (files: CertificateFiles): TlsSettings => ({
  cert: text(files.clientCertFile),
  key: text(files.clientKeyFile),
})

function overRest(tls: TlsSettings): Promise<unknown> {
  const { port } = rest.address() as AddressInfo
  let waits = 0
  const retry = { sleep: async () => void waits++ }
  const client = new Client({ address: `https://127.0.0.1:${port}`, tls, retry })
  return client
    .request('GET', 'x')
    .then(({ data }) => data.shown)
    .catch((error: { code: string }) => `${error.code} after ${waits} waits`)
    .finally(() => client.close())
}

test('over HTTPS: only whom the settings trust is asked, and a wrong certificate is not tried again', async () => {
  expect(await overRest(trusting(mine))).toBe('')
  expect(await overRest({ ...trusting(mine), ...showing(mine) })).toBe('client')
  expect(await overRest(trusting(others))).toBe('unreachable after 0 waits')
  expect(await overRest({})).toBe('unreachable after 0 waits')
  expect(await overRest({ ...trusting(mine), serverName: 'another.example' })).toBe('unreachable after 0 waits')
  expect(await overRest({ ...trusting(mine), serverName: '127.0.0.1' })).toBe('')
  expect(await overRest({ ...trusting(mine), serverName: '127.0.0.2' })).toBe('unreachable after 0 waits')
  expect(await overRest({ dangerouslySkipVerification: true })).toBe('')
})

/** The server has no services: that it says so is what shows that it was reached. */
function overGrpc(tls: TlsSettings, host = '127.0.0.1'): Promise<string> {
  const transport = new GrpcTransport({ address: `${host}:${grpcPort}`, tls })
  const client = new Client({ transport, retry: { maxRetries: 0 }, timeoutMs: 30_000 })
  return client.sys
    .sealStatus()
    .then(() => 'answered')
    .catch((error: { code: string }) => error.code)
    .finally(() => client.close())
}

test('over gRPC: as over HTTPS', async () => {
  const named = { serverName: 'localhost' }
  expect(await overGrpc({ ...trusting(mine), ...showing(mine), ...named })).toBe('unsupported')
  expect(await overGrpc({ ...trusting(mine), ...named })).toBe('unreachable')
  expect(await overGrpc({ ...trusting(others), ...showing(mine), ...named })).toBe('unreachable')
  expect(await overGrpc({ ...trusting(mine), ...showing(mine), serverName: 'another.example' })).toBe('unreachable')
})

test('over gRPC: an address that is no name is checked as the address that it is', async () => {
  const usual = { ...trusting(mine), ...showing(mine) }
  expect(await overGrpc(usual)).toBe('unsupported')
  expect(await overGrpc({ ...usual, serverName: '127.0.0.1' })).toBe('unsupported')
  expect(await overGrpc({ ...usual, serverName: '127.0.0.2' })).toBe('unreachable')
  expect(await overGrpc(usual, 'ipv4:127.0.0.1')).toBe('unsupported')
  expect(await overGrpc({ ...usual, ...trusting(others) })).toBe('unreachable')
})

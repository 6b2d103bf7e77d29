import 'reflect-metadata'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/harness/certificate.ts'
import { changeProtocol } from '../../../test/harness/other-protocol.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import type { TransitSealConfig } from '../../config/types.ts'
import { quietLog } from '../testing-vault.ts'
import { TransitWrapper } from './transit.ts'

/** A server in the place of Vault's that answers what nobody would expect. */

const TOKEN = 's.tokenOfTheTransitSeal1234'
const CONFIG: Omit<TransitSealConfig, 'address'> = {
  type: 'transit',
  breakGlass: false,
  token: { text: TOKEN },
  keyName: 'a key',
  mountPath: 'deep/transit',
  namespace: 'ns1',
  disableRenewal: false,
  tls: { caFile: undefined, client: undefined, serverName: undefined, insecureSkipVerify: false },
}
let server: Server | TlsServer
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

async function wrapperFor(answer: RequestListener, more: Partial<TransitSealConfig> = {}, clock = new TestClock()) {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return new TransitWrapper({ ...CONFIG, address, ...more }, clock, quietLog)
}

const answering =
  (text: string, status = 200): RequestListener =>
  (request, reply) => {
    request.resume()
    reply.writeHead(status).end(text)
  }
const WRAPPED = Buffer.from('vault:v1:AAAA')

test('asks as Vault wants to be asked', async () => {
  const asked: unknown[] = []
  const wrapper = await wrapperFor(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(
      request.method,
      request.url,
      request.headers['x-vault-token'],
      request.headers['x-vault-namespace'],
      body,
    )
    reply.end('{"data":{"ciphertext":"vault:v7:AAAA"}}')
  })
  expect((await wrapper.wrapRootKey(Buffer.from('key'))).toString()).toBe('vault:v7:AAAA')
  expect(asked).toEqual(['POST', '/v1/deep/transit/encrypt/a%20key', TOKEN, 'ns1', '{"plaintext":"a2V5"}'])
  expect(await wrapper.isStale(WRAPPED)).toBe(true)
  expect(await wrapper.isStale(Buffer.from('vault:v7:BBBB'))).toBe(false)
})

test('the certificate must have the name or the IP address that is asked for', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-seal-'))
  const { caFile, certFile, keyFile } = await makeCertificate(folder)
  const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  server = createTlsServer(pair, answering('{"data":{"ciphertext":"vault:v7:AAAA"}}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const wrapped = async (serverName: string | undefined) => {
    const tls = { caFile, client: undefined, serverName, insecureSkipVerify: false }
    const client = new TransitWrapper({ ...CONFIG, address, tls }, new TestClock(), quietLog)
    return client.wrapRootKey(Buffer.from('key')).then(String, (error: Error) => error.message)
  }
  for (const name of [undefined, 'localhost', '127.0.0.1']) expect(await wrapped(name)).toBe('vault:v7:AAAA')
  for (const name of ['another.example', '127.0.0.2']) expect(await wrapped(name)).toMatch(/does not match/)
  rmSync(folder, { recursive: true })
})

describe('an answer that is none is an error that names the server and no secret', () => {
  const answers: Record<string, [answer: RequestListener, why: RegExp]> = {
    'a page': [answering('<html>'), /answered 200/],
    nothing: [answering(''), /answered 200/],
    'no data': [answering('{"data":null}'), /answered no plaintext/],
    'a number': [answering('{"data":{"plaintext":1}}'), /answered no plaintext/],
    'a redirect': [
      (_request, reply) => reply.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      /answered 307/,
    ],
    'an endless answer': [
      (_request, reply) => {
        reply.on('error', () => {})
        reply.write('x'.repeat(100_000))
      },
      /the answer is too long/,
    ],
    'another protocol': [changeProtocol, /changes to another protocol/],
    'a closed connection': [(request) => request.socket.destroy(), /socket hang up/],
    'half an answer': [
      (request, reply) => {
        reply.writeHead(200, { 'content-length': 100 })
        reply.write('{"data"', () => request.socket.destroy())
      },
      /seal "transit" at http/,
    ],
    'errors that are long': [
      answering(JSON.stringify({ errors: ['e'.repeat(10_000), 5] }), 400),
      /answered 400: e{300}$/,
    ],
  }
  for (const [what, [answer, why]] of Object.entries(answers)) {
    test(what, async () => {
      const wrapper = await wrapperFor(answer)
      const refusal = await wrapper.unwrapRootKey(WRAPPED).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'unavailable', message: expect.stringMatching(why) })
      expect(String(refusal)).not.toContain(TOKEN)
    })
  }

  test('a ciphertext that is none', async () => {
    const wrapper = await wrapperFor(answering('{"data":{"ciphertext":"in clear"}}'))
    await expect(wrapper.wrapRootKey(Buffer.alloc(32))).rejects.toThrow('encrypt answered no ciphertext')
    await expect(wrapper.unwrapRootKey(Buffer.from('in clear'))).rejects.toThrow('was not wrapped by this seal')
  })
})

describe('the token', () => {
  test('is renewed at half its time, and sooner again when that failed', async () => {
    const clock = new TestClock()
    let renewals = 0
    let status = 200
    const wrapper = await wrapperFor(
      (request, reply) => {
        request.resume()
        renewals += 1
        reply.writeHead(status).end('{"auth":{"lease_duration":100,"renewable":true}}')
      },
      {},
      clock,
    )
    const renewalsAfter = async (seconds: number) => {
      clock.nowMs += seconds * 1000
      await wrapper.maintain()
      return renewals
    }
    expect([await renewalsAfter(0), await renewalsAfter(49), await renewalsAfter(1)]).toEqual([1, 1, 2])
    status = 503
    expect([await renewalsAfter(50), await renewalsAfter(12), await renewalsAfter(1)]).toEqual([3, 3, 4])
    status = 200
    expect([await renewalsAfter(13), await renewalsAfter(49), await renewalsAfter(1)]).toEqual([5, 5, 6])
  })

  for (const [what, answer] of [
    ['that never ends', answering('{"auth":{"lease_duration":0,"renewable":false}}')],
    ['that can’t be renewed', answering('{"errors":["lease is not renewable"]}', 400)],
  ] as const) {
    test(`${what} is left alone`, async () => {
      const clock = new TestClock()
      let asked = 0
      const wrapper = await wrapperFor(
        (request, reply) => {
          asked += 1
          answer(request, reply)
        },
        {},
        clock,
      )
      await wrapper.maintain()
      clock.nowMs += 1e9
      await wrapper.maintain()
      expect(asked).toBe(1)
    })
  }
})

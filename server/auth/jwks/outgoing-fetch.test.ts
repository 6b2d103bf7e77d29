import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../../../test/harness/certificate.ts'
import { changeProtocol } from '../../../test/harness/other-protocol.ts'
import { fetchKeys } from './key-source.ts'
import { outgoingFetch } from './outgoing-fetch.ts'
import { jwkOf, signer } from './testing-tokens.ts'

let server: Server
let base: string
const fetch = outgoingFetch({ caPem: '', serverNames: [] })

const pages: Record<string, (request: IncomingMessage, reply: ServerResponse) => void> = {
  '/keys': (_, reply) => reply.end(JSON.stringify({ keys: [jwkOf(signer('one'))] })),
  '/moved': (_, reply) => reply.writeHead(302, { location: '/keys' }).end(),
  '/circle': (_, reply) => reply.writeHead(307, { location: '/circle' }).end(),
  '/file': (_, reply) => reply.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/long': (_, reply) => reply.end('x'.repeat(1_048_577)),
  '/broken': (_, reply) => reply.end('{'),
  '/gone': (_, reply) => reply.writeHead(410).end(),
  '/odd': (_, reply) => reply.writeHead(999).end(),
  '/other-protocol': changeProtocol,
  '/echo': (request, reply) => {
    request.pipe(reply)
  },
}

beforeAll(async () => {
  server = createServer((request, reply) => pages[request.url ?? '']?.(request, reply))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

test('keys are fetched, over a redirect too', async () => {
  expect(await fetchKeys(fetch, `${base}/keys`)).toHaveLength(1)
  expect(await fetchKeys(fetch, `${base}/moved`)).toHaveLength(1)
})

const refused: Record<string, [path: string, why: string]> = {
  'an answer that is too long': ['/long', 'too long'],
  'a circle of redirects': ['/circle', 'too often'],
  'a redirect to a file': ['/file', 'not an http'],
  'an answer that is no JSON': ['/broken', 'no key set'],
  'an error': ['/gone', '410'],
  'a status that there is none of': ['/odd', 'no valid status'],
  'another protocol than was asked for': ['/other-protocol', 'another protocol'],
}
for (const [what, [path, why]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    await expect(fetchKeys(fetch, base + path)).rejects.toThrow(why)
  })
}

test('what is posted, or sent with credentials, goes to no other place', async () => {
  const posted = await fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
  expect(await posted.text()).toBe('a=b')
  expect((await fetch(`${base}/moved`, { method: 'POST', body: 'secret' })).status).toBe(302)
  expect((await fetch(`${base}/moved`, { headers: { Authorization: 'Bearer secret' } })).status).toBe(302)
})

test('a server that is not there is named, its path is not', async () => {
  const address = 'http://127.0.0.1:1/secret-path'
  await expect(fetch(address)).rejects.toThrow(/^127\.0\.0\.1:1 cannot be asked: ECONNREFUSED$/)
})

test('a caller that stops waiting stops the call', async () => {
  await expect(fetch(`${base}/nothing`, { signal: AbortSignal.timeout(50) })).rejects.toThrow('cannot be asked')
})

test('the certificate must be by the authority that is trusted, and for the host or a name that is accepted', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-test-'))
  const files = await makeCertificate(folder)
  const [cert, key, caPem] = [files.certFile, files.keyFile, files.caFile].map((file) => readFileSync(file, 'utf8'))
  rmSync(folder, { recursive: true })
  const secure = createTlsServer({ cert, key }, (_, reply) => reply.end('ok'))
  await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done))
  const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
  const answer = (serverNames: string[], ca = caPem) =>
    outgoingFetch({ caPem: ca ?? '', serverNames })(url).then(
      (reply) => reply.text(),
      (error: Error) => error.message.replace(/^.* cannot be asked: /, ''),
    )
  expect(await answer([])).toBe('ok')
  expect(await answer(['other.example', 'localhost'])).toBe('ok')
  expect(await answer(['other.example'])).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await answer([], '')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  secure.close()
})

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { egide } from '../harness/program.ts'
import { Server } from '../harness/server.ts'

const root = path.dirname(path.dirname(import.meta.dirname))

/** A server with the listener of docs/load-balancing.md, to which this machine is one of the balancers. */
let server: Server
beforeAll(async () => {
  const page = readFileSync(path.join(root, 'docs/load-balancing.md'), 'utf8')
  const [, listener = ''] = /^```hcl\n([\s\S]*?)^```$/m.exec(page) ?? []
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-balanced-'))
  const certificate = await makeCertificate(path.join(folder, 'tls'))
  const port = await freePort()
  server = new Server(egide, folder, `https://127.0.0.1:${port}`, certificate)
  const text = listener
    .replace('0.0.0.0:8200', `127.0.0.1:${port}`)
    .replace('/etc/egide/tls/full-chain.pem', certificate.certFile)
    .replace('/etc/egide/tls/key.pem', certificate.keyFile)
    .replace('10.0.1.10', '127.0.0.1')
  writeFileSync(server.configFile, `storage "inmem" {}\n${text}\nlog_format = "json"\n`)
  await server.start()
})
afterAll(() => server.remove())

test('the check says what the page says, with HEAD too', async () => {
  const headers = { 'x-forwarded-for': '192.0.2.7' }
  const asked = () =>
    Promise.all(['GET', 'HEAD'].map(async (method) => (await server.call(method, 'sys/health', { headers })).status))
  expect(server.log).not.toMatch(/"level":"(warn|error)"/)
  expect(await asked()).toEqual([501, 501])
  const body = { secret_shares: 1, secret_threshold: 1 }
  const made = await server.call('PUT', 'sys/init', { headers, body })
  expect(await asked()).toEqual([503, 503])
  const [key] = at(made.body, 'keys') as string[]
  await server.call('PUT', 'sys/unseal', { headers, body: { key } })
  expect(await asked()).toEqual([200, 200])
  expect((await server.call('GET', 'sys/health', { headers: {} })).status).toBe(400)
})

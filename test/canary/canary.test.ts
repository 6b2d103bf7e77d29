import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parametersOf } from '../../engines/engine.ts'
import { referenceMounts } from '../../server/boot/engines.ts'
import { at, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Secrets of every JSON type go through every endpoint, and are then looked for everywhere they must not be. */

const TEXT = `canary-${randomBytes(9).toString('hex')}`
const NUMBER = 7_000_000_000_000 + randomBytes(4).readUInt32BE()
const BIG = `9${randomBytes(16).readBigUInt64BE().toString().padStart(20, '7')}1234567`
/** Bytes that a store or a log might write in several ways. */
const VALUES = {
  text: TEXT,
  number: NUMBER,
  list: [TEXT, NUMBER],
  deep: { deeper: { [TEXT.slice(0, 3)]: TEXT } },
  long: TEXT.repeat(8),
  yes: true,
}

/** How a canary might be spelled. */
const SPELLINGS = [
  TEXT,
  String(NUMBER),
  BIG,
  Buffer.from(TEXT).toString('base64').replace(/=+$/, '').slice(0, -2),
  Buffer.from(TEXT).toString('hex'),
  encodeURIComponent(TEXT).replaceAll('-', '%2D'),
]

/** An RSA key of 4096 bits, whose primes are found by luck. */
const KEY_MADE_WITHIN_MS = 180_000

let server: Server
/** What error replies said. */
const errors: string[] = []

async function send(
  method: string,
  where: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const reply = await server.call(method, where, { ...(body === undefined ? {} : { body }), headers })
  if (reply.status >= 400) errors.push(`${method} ${where} ${reply.text}`)
  return reply
}

/** A body exactly as it is written here. */
function sendRaw(method: string, where: string, body: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: `/v1/${where}`, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        if ((response.statusCode ?? 0) >= 400) errors.push(`${method} ${where} ${text}`)
        resolve(text)
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

beforeAll(async () => {
  server = await startUnsealed({ audit: true, config: 'log_level = "trace"' })
  await server.call('POST', 'sys/mounts/kv', { body: { type: 'kv' } })
  await server.call('POST', 'transit/keys/k', { body: {} })
  // Made as it is first read.
  await server.call('GET', 'transit/wrapping_key', { timeoutMs: KEY_MADE_WITHIN_MS })
}, 2 * KEY_MADE_WITHIN_MS)
afterAll(() => server.remove())

test('secrets are stored, read, wrapped and encrypted', async () => {
  const cut = `{"a":"${TEXT}","big":${BIG}`
  const token = { 'x-vault-token': server.rootToken, 'content-type': 'application/json' }
  for (const where of ['secret/data/c', 'secrets/c']) await send('POST', where, { data: VALUES })
  for (const where of ['kv/c', 'cubbyhole/c']) await send('POST', where, VALUES)
  await sendRaw('POST', 'secret/data/big', `{"data":${cut}}}`, token)
  await send('PATCH', 'secret/data/c', { data: { more: TEXT } }, { 'content-type': 'application/merge-patch+json' })
  await send('POST', 'secret/metadata/c', { custom_metadata: { owner: TEXT } })
  for (const where of ['secret/data/c', 'secret/data/big', 'secrets/c', 'kv/c', 'cubbyhole/c', 'secret/metadata/c']) {
    const reply = await send('GET', where)
    expect(reply.text).toContain(where === 'secret/data/big' ? BIG : TEXT)
  }
  await send('GET', 'secret/data/c?version=1', undefined, { 'x-vault-wrap-ttl': '60' })
  const wrapped = await send('POST', 'sys/wrapping/wrap', VALUES, { 'x-vault-wrap-ttl': '60' })
  const unwrapped = await send('POST', 'sys/wrapping/unwrap', { token: at(wrapped.body, 'wrap_info', 'token') })
  expect(unwrapped.text).toContain(TEXT)
  const plaintext = Buffer.from(TEXT).toString('base64')
  const sealed = await send('POST', 'transit/encrypt/k', { plaintext, associated_data: plaintext })
  const ciphertext = at(sealed.body, 'data', 'ciphertext')
  await send('POST', 'transit/decrypt/k', { ciphertext, associated_data: plaintext })
  await send('POST', 'transit/encrypt/k', { batch_input: [{ plaintext }, { plaintext: TEXT }] })
  await send('POST', 'sys/audit-hash/file', { input: TEXT })
  await send('POST', 'sys/tools/hash', { input: plaintext })
})

test('secrets come where they do not belong', async () => {
  const json = { 'content-type': 'application/json' }
  for (const headers of [
    { 'x-vault-token': TEXT },
    { authorization: `Bearer ${TEXT}` },
    { authorization: `Basic ${Buffer.from(`user:${TEXT}`).toString('base64')}` },
    { cookie: `token=${TEXT}` },
    { 'x-vault-token': TEXT, 'x-vault-wrap-ttl': TEXT },
  ]) {
    await sendRaw('GET', 'secret/data/c', '', headers)
    await sendRaw('POST', 'secret/data/c', JSON.stringify({ data: VALUES }), { ...json, ...headers })
  }
  const token = { 'x-vault-token': server.rootToken }
  for (const body of [
    `{"data":{"a":"${TEXT}"`,
    `{"data":"${TEXT}"}`,
    `["${TEXT}"]`,
    `{"data":{"a":1,"a":"${TEXT}"}}`,
    `"${TEXT}"`,
    TEXT,
    `{"options":{"cas":"${TEXT}"},"data":{"a":"${TEXT}"}}`,
  ])
    await sendRaw('POST', 'secret/data/c', body, { ...json, ...token })
  await sendRaw('POST', 'kv/form', `password=${TEXT}`, {
    'content-type': 'application/x-www-form-urlencoded',
    ...token,
  })
  for (const field of ['token', 'accessor'])
    for (const action of ['lookup', 'renew', 'revoke']) await send('POST', `auth/token/${action}`, { [field]: TEXT })
  for (const where of ['sys/unseal', 'sys/rekey/update', 'sys/generate-root/update'])
    await send('POST', where, { key: TEXT, nonce: 'none' })
  await send('POST', 'sys/wrapping/unwrap', { token: TEXT })
  await send('POST', 'sys/wrapping/lookup', { token: TEXT })
})

/** Rows that would end the walk, or that are asked for minutes. */
const LEFT_OUT = new Set(['seal', 'monitor'])
/** A token's metadata says whose it is: look-ups and audit records show it, as Vault's do. */
const SHOWN = new Set(['meta'])
const METHODS = {
  create: 'POST',
  update: 'POST',
  patch: 'PATCH',
  read: 'GET',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

test('every field of every row gets a secret of a type that it does not take', async () => {
  let sent = 0
  for (const mount of referenceMounts()) {
    for (const route of mount.routes) {
      if (LEFT_OUT.has(route.pattern)) continue
      const params = new Set(parametersOf(route.pattern))
      const where = mount.path + route.pattern.replace(/:[a-z_]+\**/g, 'nothing-there')
      for (const [operation, method] of Object.entries(METHODS)) {
        if (!(operation in route.operations)) continue
        if (method !== 'POST' && method !== 'PATCH') {
          await send(method, where)
          continue
        }
        const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}
        for (const name of Object.keys(route.fields)) {
          // Nothing that a row says of itself is no secret is one.
          if (params.has(name) || SHOWN.has(name) || route.auditClear.includes(name)) continue
          for (const value of [{ in: TEXT, number: NUMBER }, [[TEXT], { in: TEXT }]])
            await send(method, where, { [name]: value }, headers)
          sent++
        }
      }
    }
  }
  expect(sent).toBeGreaterThan(100)
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
}

/** Where a spelling stands, with a little of what is around it. */
function found(where: string, text: string, spellings: readonly string[]): string[] {
  return spellings.flatMap((spelling) => {
    const index = text.indexOf(spelling)
    return index < 0 ? [] : [`${where}: …${text.slice(Math.max(0, index - 120), index + spelling.length)}`]
  })
}

test('none of them stands in a log, an audit record, an error, a metric or a raw byte of the database', async () => {
  const secrets = [...SPELLINGS, server.rootToken, ...server.keys]
  const metrics = await server.call('GET', 'sys/metrics?format=prometheus')
  const document = await server.call('GET', 'sys/internal/specs/openapi')
  const host = await server.call('GET', 'sys/in-flight-req')
  expect(found('metrics', metrics.text + document.text + host.text, secrets)).toEqual([])
  expect(errors.length).toBeGreaterThan(100)
  expect(errors.flatMap((error) => found('error', error, secrets)).slice(0, 5)).toEqual([])
  expect(found('log', server.log, secrets)).toEqual([])
  await server.stop()
  const files = filesBelow(server.dataDir).filter((file) => !/tls|server\.hcl/.test(file))
  expect(files.some((file) => file.endsWith('.db')) && files.includes(server.auditFile)).toBe(true)
  for (const file of files) {
    expect(found(path.basename(file), readFileSync(file, 'latin1'), secrets)).toEqual([])
  }
})

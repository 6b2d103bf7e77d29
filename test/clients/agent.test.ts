import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { freePort } from '../harness/free-port.ts'
import { at, call, type Json } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Absent, prepareBao } from './client-programs.ts'

/** OpenBao's agent and proxy, unmodified: they log in for an application that speaks no vault's protocol itself. */

const INSTALLED_WITHIN_MS = 300_000
const SEEN_WITHIN = { timeout: 60_000, interval: 50 }
const TIMEOUT = 120_000
/**
 * Seconds that a token of the agent's role lives unless it is renewed, which is tried when two thirds of them have
 * passed: a third of them is what the machine may pause for.
 */
const TTL_SECONDS = 15
const RENEWED_WITHIN_MS = 45_000

let server: Server
let bao: Shell
let absent = ''
const started: ChildProcess[] = []
let said = ''

beforeAll(async () => {
  try {
    const command = await prepareBao()
    server = await startUnsealed({ storage: 'inmem' })
    bao = new Shell({ BAO_ADDR: server.address }, command)
  } catch (error) {
    if (!(error instanceof Absent)) throw error
    absent = error.message
    return
  }
  const policy = `
    path "secret/*" { capabilities = ["read", "list"] }
    path "plain/*" { capabilities = ["read"] }
    path "pki/issue/web" { capabilities = ["update"] }
    path "auth/token/create" { capabilities = ["update"] }
  `
  await ask('PUT', 'sys/policies/acl/app', { policy })
  await ask('POST', 'sys/auth/approle', { type: 'approle' })
  await ask('POST', 'auth/approle/role/app', { token_policies: 'app', token_ttl: `${TTL_SECONDS}s` })
  await ask('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } })
  await ask('POST', 'sys/mounts/pki', { type: 'pki' })
  await ask('POST', 'pki/root/generate/internal', { common_name: 'root.example.com', key_type: 'ec', ttl: '100h' })
  await ask('POST', 'pki/roles/web', {
    allowed_domains: 'example.com',
    allow_subdomains: true,
    key_type: 'ec',
    ttl: '1h',
  })
}, INSTALLED_WITHIN_MS)

beforeEach(({ skip }) => skip(absent !== '', absent))

afterEach(async () => {
  said = ''
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue
    child.kill()
    await once(child, 'exit')
  }
})

afterAll(async () => {
  bao?.remove()
  await server?.remove()
})

async function ask(method: string, where: string, body?: object): Promise<Json> {
  const reply = await server.call(method, where, { body })
  if (reply.status >= 400) throw new Error(`${where}: ${reply.status} ${reply.text}`)
  return reply.body
}

/** The configuration that logs in with a secret id which is handed over wrapped, as the documentation advises. */
async function logIn(): Promise<string> {
  const roleId = at(await ask('GET', 'auth/approle/role/app/role-id'), 'data', 'role_id')
  const where = 'auth/approle/role/app/secret-id'
  const wrapped = await server.call('POST', where, { body: {}, headers: { 'x-vault-wrap-ttl': '60' } })
  return `
    vault { address = "${server.address}" }
    auto_auth {
      method "approle" {
        config = {
          role_id_file_path = "${bao.file('role-id', String(roleId))}"
          secret_id_file_path = "${bao.file('secret-id', String(at(wrapped.body, 'wrap_info', 'token')))}"
          secret_id_response_wrapping_path = "${where}"
        }
      }
      sink "file" { config = { path = "${path.join(bao.home, 'token')}" } }
    }
    template_config { static_secret_render_interval = "1s" exit_on_retry_failure = true }
  `
}

/** A file of the agent's; '' where there is none yet. */
const contents = (name: string): string => {
  const file = path.join(bao.home, name)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function start(verb: 'agent' | 'proxy', configuration: string): void {
  const child = spawn(bao.command, [verb, `-config=${bao.file(`${verb}.hcl`, configuration)}`, '-log-level=debug'], {
    env: { PATH: process.env.PATH, HOME: bao.home },
  })
  started.push(child)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
}

/** What `read` gives once that is what is wanted; the agent's log otherwise. */
async function seen(read: () => string, wanted: RegExp, options = SEEN_WITHIN): Promise<string> {
  try {
    await expect.poll(read, options).toMatch(wanted)
  } catch (error) {
    throw new Error(`${String(error)}\nIt said:\n${said.slice(-4000)}`)
  }
  return read()
}

const template = (name: string, contents: string): string =>
  `template { destination = "${path.join(bao.home, name)}" contents = <<X\n${contents}\nX\n}\n`

test('the agent logs in, writes files of secrets and certificates anew as they change, and renews its token', {
  timeout: TIMEOUT,
}, async () => {
  await ask('POST', 'secret/data/db', { data: { password: 'first' } })
  await ask('POST', 'plain/feature', { on: 'no', ttl: '1s' })
  const secret = '{{ with secret "secret/data/db" }}{{ .Data.data.password }} {{ .Data.metadata.version }}{{ end }}'
  const leased = '{{ with secret "plain/feature" }}{{ .Data.on }} {{ .LeaseDuration }}{{ end }}'
  const listed = '{{ range secrets "secret/metadata/" }}[{{ . }}]{{ end }}'
  const pair = '{{ with pkiCert "pki/issue/web" "common_name=a.example.com" }}{{ .Cert }}{{ .Key }}{{ end }}'
  const files = template('db', secret) + template('feature', `${leased} ${listed}`) + template('pair.pem', pair)
  start('agent', (await logIn()) + files)
  await seen(() => contents('db'), /^first 1$/m)
  await seen(() => contents('feature'), /^no 1 \[db\]$/m)
  await seen(() => contents('pair.pem'), /BEGIN CERTIFICATE[\s\S]*BEGIN EC PRIVATE KEY/)
  const token = await seen(() => contents('token'), /^s\./)
  await ask('POST', 'secret/data/db', { data: { password: 'second' } })
  await ask('POST', 'plain/feature', { on: 'yes', ttl: '1s' })
  await seen(() => contents('db'), /^second 2$/m)
  await seen(() => contents('feature'), /^yes 1 /m)
  // The first is as it logs in; the second is because time has passed.
  await seen(() => String(said.match(/renewed auth token/g)?.length ?? 0), /^([2-9]|\d\d+)$/, {
    ...SEEN_WITHIN,
    timeout: RENEWED_WITHIN_MS,
  })
  const shown = await server.call('GET', 'auth/token/lookup-self', { token })
  expect(at(shown.body, 'data')).toMatchObject({ path: 'auth/approle/login', creation_ttl: TTL_SECONDS })
})

test('the agent runs a program with secrets in its environment, and runs it anew when they change', {
  timeout: TIMEOUT,
}, async () => {
  await ask('POST', 'secret/data/env', { data: { password: 'one' } })
  const program = bao.file('program.sh', `echo "$PASSWORD" >> ${path.join(bao.home, 'seen')}; exec sleep 60\n`)
  const variable = `env_template "PASSWORD" {
    contents = "{{ with secret \\"secret/data/env\\" }}{{ .Data.data.password }}{{ end }}"
    error_on_missing_key = true
  }`
  const run = `exec { command = ["sh", "${program}"] restart_on_secret_changes = "always" restart_stop_signal = "SIGTERM" }`
  start('agent', `${await logIn()}\n${variable}\n${run}`)
  await seen(() => contents('seen'), /^one\n$/)
  await ask('POST', 'secret/data/env', { data: { password: 'two' } })
  await seen(() => contents('seen'), /^one\ntwo\n$/)
})

test('the proxy asks with its own token for who has none, and keeps leases and tokens that it gave', {
  timeout: TIMEOUT,
}, async () => {
  await ask('POST', 'secret/data/proxied', { data: { x: 1 } })
  const port = await freePort()
  const listener = `listener "tcp" { address = "127.0.0.1:${port}" tls_disable = true require_request_header = true }`
  start('proxy', `${await logIn()}\napi_proxy { use_auto_auth_token = true }\ncache {}\n${listener}`)
  await seen(() => contents('token') && said, /authentication successful/)
  const proxied = (method: string, where: string, body?: object) =>
    call(method, `http://127.0.0.1:${port}${where}`, { body, headers: { 'x-vault-request': 'true' } })
  // It says that it has logged in before it uses the token for others.
  const read = async () => at((await proxied('GET', '/v1/secret/data/proxied')).body, 'data', 'data')
  await expect.poll(read, { timeout: TIMEOUT / 2 }).toEqual({ x: 1 })
  expect((await proxied('GET', '/v1/sys/mounts')).status).toBe(403)
  const asked = { ttl: '1m', meta: { application: 'a' } }
  const made = await proxied('POST', '/v1/auth/token/create', asked)
  const again = await proxied('POST', '/v1/auth/token/create', asked)
  expect([made.headers['x-cache'], again.headers['x-cache']]).toEqual(['MISS', 'HIT'])
  expect(at(again.body, 'auth', 'client_token')).toBe(at(made.body, 'auth', 'client_token'))
  expect((await proxied('POST', '/proxy/v1/cache-clear', { type: 'all' })).status).toBe(200)
  const anew = await proxied('POST', '/v1/auth/token/create', asked)
  expect([anew.headers['x-cache'], anew.status]).toEqual(['MISS', 200])
})

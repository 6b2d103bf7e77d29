import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Absent, buildGrpcurl, prepareGrpcio } from '../clients/client-programs.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** docs/one-task.md, run as it stands but for the addresses. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const page = readFileSync(path.join(root, 'docs', 'one-task.md'), 'utf8')
const folder = mkdtempSync(path.join(tmpdir(), 'egide-one-task-'))
/** Building a Go program or a Python environment happens once a machine, over its network. */
const PREPARED_WITHIN_MS = 400_000

let server: Server
let grpc: string
let token: string
beforeAll(async () => {
  grpc = `127.0.0.1:${await freePort()}`
  server = await startUnsealed({ config: `listener "grpc" {\n  address = "${grpc}"\n  tls_disable = true\n}` })
  symlinkSync(path.join(root, 'bin'), path.join(folder, 'bin'))
  const [, policy] = /```hcl\n([\s\S]*?)```/.exec(page) ?? []
  await server.call('PUT', 'sys/policies/acl/shop', { body: { policy } })
  const made = await server.call('POST', 'auth/token/create', { body: { policies: ['shop'] } })
  token = String(at(made.body, 'auth', 'client_token'))
})
afterAll(async () => {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})
// What one way left must not be what the next one reads.
beforeEach(async () => {
  await server.call('DELETE', 'secret/metadata/shop/db')
})

/** The code of a chapter. */
function codeOf(chapter: string): string {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  const [, code] = /```\w+\n([\s\S]*?)```/.exec(text) ?? []
  if (code === undefined) throw new Error(`docs/one-task.md has no code in ${chapter}`)
  return code.replaceAll('127.0.0.1:8201', grpc)
}

async function output(command: string, args: readonly string[], programs = ''): Promise<string> {
  const env = {
    PATH: `${programs}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: token,
  }
  const { stdout } = await run(command, args, { cwd: folder, env, timeout: 60_000 })
  return stdout
}

async function didTheTask(said: string): Promise<void> {
  expect(said).toContain('s3cret')
  expect(said).toContain('4111 1111')
  const stored = await server.call('GET', 'secret/data/shop/db')
  expect(at(stored.body, 'data', 'data', 'password')).toBe('s3cret')
}

const inShell = (code: string, programs?: string) => output('bash', ['-euo', 'pipefail', '-c', code], programs)

async function prepared(prepare: () => Promise<string>, skip: (why: string) => void): Promise<string> {
  try {
    return await prepare()
  } catch (error) {
    if (error instanceof Absent) skip(error.message)
    throw error
  }
}

test.each(['curl', 'Command line'])('%s', async (chapter) => {
  await didTheTask(await inShell(codeOf(chapter)))
})

test('TypeScript', async () => {
  const file = path.join(folder, 'task.ts')
  writeFileSync(file, codeOf('TypeScript').replace("'egide/sdk'", `'${path.join(root, 'sdk', 'index.ts')}'`))
  await didTheTask(await output(process.execPath, [file]))
})

test('Python', { timeout: PREPARED_WITHIN_MS }, async ({ skip }) => {
  const python = await prepared(prepareGrpcio, skip)
  const file = path.join(folder, 'task.py')
  writeFileSync(file, codeOf('Python'))
  await didTheTask(await output(python, [file]))
})

test('grpcurl', { timeout: PREPARED_WITHIN_MS }, async ({ skip }) => {
  const grpcurl = await prepared(buildGrpcurl, skip)
  await didTheTask(await inShell(codeOf('grpcurl'), path.dirname(grpcurl)))
})

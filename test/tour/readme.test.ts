import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')

/** A machine of its own for the tour: a home without a token, and a folder that looks like the checkout. */
const folder = mkdtempSync(path.join(tmpdir(), 'egide-tour-'))
const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' }
let address = ''
let server: ReturnType<typeof spawn>
let said = ''

/** Starts the server as `npm start` does, but for the port, and resolves when it has told what to try. */
async function start(): Promise<void> {
  said = ''
  const listen = address.slice('http://'.length)
  const args = ['start', '--silent', '--', `-data=${path.join(folder, 'data')}`, `-listen=${listen}`]
  server = spawn('npm', args, { cwd: root, env: { ...env, HOME: process.env.HOME }, detached: true })
  server.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  server.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const deadline = Date.now() + 60_000
  while (!said.includes('egide kv get')) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`npm start did not come up:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function stop(): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return
  const exited = once(server, 'exit')
  process.kill(-server.pid, 'SIGTERM')
  await exited
}

beforeAll(async () => {
  address = `http://127.0.0.1:${await freePort()}`
  symlinkSync(path.join(root, 'bin'), path.join(folder, 'bin'))
  await start()
})

afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The commands of one chapter of the README, as they stand there. */
function commandsOf(chapter: string): string {
  const text = readme.split(/^## /m).find((part) => part.startsWith(chapter)) ?? ''
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n')
}

test('the README opens with the two commands', () => {
  expect(readme.split('\n').slice(0, 6).join('\n')).toMatch(/^# Egide\n\n```sh\nnpm start .*\nnpm test /)
})

test('npm start tells its address, where shares and root token are, and three commands to try', () => {
  expect(said).toContain(address)
  for (const file of ['unseal-shares', 'root-token']) {
    expect(said).toContain(path.join(folder, 'data', file))
    expect(statSync(path.join(folder, 'data', file)).mode & 0o777).toBe(0o600)
  }
  const data = path.join(folder, 'data')
  expect(said).toContain(`Its data is in ${data}.`)
  expect(said).toContain(`The audit device "file" writes to ${path.join(data, 'audit', 'audit.log')}.`)
  expect(said.match(/^ +(bin\/)?egide /gm)).toHaveLength(3)
  expect(said).not.toContain(readFileSync(path.join(folder, 'data', 'root-token'), 'utf8').trim())
})

test('the tour runs as written', async () => {
  const tour = commandsOf('Five minutes').replaceAll('http://127.0.0.1:8200', address)
  const script = `shopt -s expand_aliases\nset -eo pipefail\n${tour}`
  const { stdout } = await run('bash', ['-c', script], { cwd: folder, env, maxBuffer: 1 << 20 })
  for (const expected of [
    'second',
    'first',
    'vault:v1:',
    'refused, as it should be',
    '"password":"second"',
    'Verified: ',
  ]) {
    expect(stdout).toContain(expected)
  }
  expect(stdout).toMatch(/Verified: [1-9]\d+ records/)
  expect(stdout).toContain('Vault is sealed')
  expect(stdout.slice(stdout.indexOf('Vault is sealed'))).toMatch(/Sealed +false/)
})

test('started again, it unseals itself and has what it was given', async () => {
  await stop()
  await start()
  const get = `${path.join(root, 'bin', 'egide')} kv get -field=password secret/web/db`
  const token = readFileSync(path.join(folder, 'data', 'root-token'), 'utf8').trim()
  const { stdout } = await run('bash', ['-c', get], { env: { ...env, EGIDE_ADDR: address, EGIDE_TOKEN: token } })
  expect(stdout.trim()).toBe('second')
})

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'

// deploy/systemd: systemd itself is asked about the unit where its tools are; its commands are run as they stand there.

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const egide = path.join(root, 'bin', 'egide')
const unit = readFileSync(path.join(root, 'deploy/systemd/egide.service'), 'utf8')
const folder = mkdtempSync(path.join(tmpdir(), 'egide-unit-'))
const unitFile = path.join(folder, 'egide.service')
const noAnalyze = (() => {
  try {
    execFileSync('systemd-analyze', ['--version'])
    return false
  } catch {
    return true
  }
})()
let server: ChildProcess | undefined
let log = ''

/** The value of a setting that stands once. */
function setting(name: string): string {
  const values = [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  if (values.length !== 1) throw new Error(`${name} stands ${values.length} times in the unit`)
  return values[0] ?? ''
}

/** As on a machine where Egide was installed as docs/deployment.md says. */
const here = (text: string) =>
  text
    .replaceAll('/usr/local/bin/egide', egide)
    .replaceAll('/etc/egide', path.join(folder, 'etc'))
    .replaceAll('/var/lib/egide', path.join(folder, 'lib'))

const sh = (command: string, env: NodeJS.ProcessEnv = {}) =>
  run('sh', ['-c', command], { cwd: folder, env: { ...process.env, ...env } })

/** Waits until the log has told `times` times that certificates could not be read again. */
async function refused(times: number): Promise<void> {
  const count = () => log.split('\n').filter((line) => /certificate/i.test(line) && /"level":"error"/.test(line)).length
  const deadline = Date.now() + 60_000
  while (count() < times) {
    if (Date.now() > deadline) throw new Error(`certificates were refused ${count()} times:\n${log}`)
    await sleep(20)
  }
  expect(count()).toBe(times)
}

beforeAll(() => writeFileSync(unitFile, here(unit)))
afterAll(() => {
  server?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test.skipIf(noAnalyze)('systemd finds nothing wrong with the unit', async () => {
  const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', unitFile])
  expect(stdout + stderr).not.toContain('egide.service')
})

test.skipIf(noAnalyze)('systemd rates what the unit leaves open below 2 of 10', async () => {
  await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', unitFile])
})

test('the unit leaves a stop more time than the server takes', () => {
  const boot = readFileSync(path.join(root, 'server/boot/server.ts'), 'utf8')
  const graceMs = Number(/const GRACE_MS = ([\d_]+)/.exec(boot)?.[1]?.replaceAll('_', ''))
  const stopMs = Number(/^(\d+)s$/.exec(setting('TimeoutStopSec'))?.[1]) * 1000
  expect(stopMs).toBeGreaterThan(graceMs + 10_000)
})

test('its commands start, reload and stop a server that serves', async () => {
  const certificate = await makeCertificate(path.join(folder, 'tls'))
  const port = await freePort()
  for (const place of ['etc/tls', 'lib']) mkdirSync(path.join(folder, place), { recursive: true })
  writeFileSync(path.join(folder, 'etc/tls/full-chain.pem'), readFileSync(certificate.certFile))
  writeFileSync(path.join(folder, 'etc/tls/key.pem'), readFileSync(certificate.keyFile))
  const example = readFileSync(path.join(root, 'deploy/systemd/egide.hcl'), 'utf8')
  writeFileSync(path.join(folder, 'etc/egide.hcl'), here(example).replace('0.0.0.0:8200', `127.0.0.1:${port}`))

  const command = `umask ${setting('UMask')}; ulimit -c ${setting('LimitCORE')}; exec ${here(setting('ExecStart'))}`
  server = spawn('sh', ['-c', command], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(server, 'exit')
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (log += String(chunk)))

  const env = { EGIDE_ADDR: `https://127.0.0.1:${port}`, EGIDE_CACERT: certificate.caFile }
  const asked = () => sh(`'${egide}' status -format=json`, env).catch((error: { stdout: string }) => error)
  let said = ''
  for (const deadline = Date.now() + 60_000; said === '' && Date.now() < deadline; await sleep(50)) {
    said = (await asked()).stdout
  }
  expect(JSON.parse(said)).toMatchObject({ initialized: false, sealed: true, storage_type: 'sqlite' })
  expect(log).not.toMatch(/"level":"(warn|error)"/)

  // The server sees the change by itself, once; only the reload makes it look again.
  writeFileSync(path.join(folder, 'etc/tls/key.pem'), 'not a key')
  await refused(1)
  await sh(setting('ExecReload'), { MAINPID: String(server.pid) })
  await refused(2)
  const partly = 'not read again, and in use as before: certificates; read again: log_level and audit files'
  await expect.poll(() => log, { timeout: 60_000 }).toContain(partly)
  expect(JSON.parse((await asked()).stdout)).toMatchObject({ initialized: false })

  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

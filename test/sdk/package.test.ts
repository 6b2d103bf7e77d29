import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, serve } from '../grpc/serve.ts'

// What `npm install egide` gives, used by programs that are not in this repository.

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(path.join(tmpdir(), 'egide-package-'))
const installed = path.join(folder, 'node_modules', 'egide')
let served: Served
let tarball: Buffer

beforeAll(async () => {
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  mkdirSync(installed, { recursive: true })
  tarball = readFileSync(path.join(folder, filename))
  await run('tar', ['-xzf', path.join(folder, filename), '-C', installed, '--strip-components=1'])
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  served = await serve()
})

afterAll(async () => {
  await served?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the package says that it needs, as npm would have put it there. */
function link(...names: string[]): void {
  for (const name of names) {
    const to = path.join(folder, 'node_modules', name)
    if (existsSync(to)) continue
    mkdirSync(path.dirname(to), { recursive: true })
    symlinkSync(path.join(root, 'node_modules', name), to)
  }
}

/** Every Node.js of this machine that the SDK is for, the one that runs the tests among them. */
async function runtimes(): Promise<string[]> {
  const places = (process.env.PATH ?? '').split(path.delimiter).map((place) => path.join(place, 'node'))
  const found = new Map<string, string>()
  for (const node of [process.execPath, ...places.filter((place) => existsSync(place))]) {
    const { stdout } = await run(node, ['--version'])
    if (Number(/^v(\d+)/.exec(stdout)?.[1]) >= 20) found.set(stdout.trim(), node)
  }
  return [...found.values()]
}

const environment = () => ({
  REST: served.restAddress,
  GRPC: served.target,
  CA: served.certificate.caFile,
  TOKEN: served.rootToken,
})

/** What a strict compiler says of a program beside the package. */
async function compile(file: string): Promise<string> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit']
  const modules = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false']
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  const compiled = run(tsc, [...strict, ...modules, file], { cwd: folder })
  const { stdout } = await compiled.catch((error: { stdout: string }) => error)
  return stdout
}

async function runOnAll(name: string, script: string): Promise<string[]> {
  const file = path.join(folder, name)
  writeFileSync(file, script)
  const env = environment()
  const outputs: string[] = []
  for (const node of await runtimes()) {
    const { stdout, stderr } = await run(node, [file], { cwd: folder, env, timeout: 30_000 })
    expect(stderr).toBe('')
    outputs.push(stdout.trim())
  }
  return outputs
}

test('publint has nothing to say of the package', async () => {
  const { messages } = await publint({ pack: { tarball: tarball.buffer as ArrayBuffer }, strict: true })
  expect(messages).toEqual([])
})

test('the package holds what was compiled, and no tests or sources', async () => {
  const { stdout } = await run('find', ['.', '-type', 'f'], { cwd: installed })
  const files = stdout.split('\n').filter((file) => file !== '')
  expect(files.filter((file) => /[.]test[.]|testing-|^.\/(test|bench|node_modules)\//.test(file))).toEqual([])
  expect(files.filter((file) => /(?<![.]d)[.]ts$/.test(file))).toEqual([])
})

test('the client and the envelope need nothing but Node.js, on every Node.js there is from 20 on', async () => {
  const outputs = await runOnAll(
    'rest.js',
    `import { ApiError, Client } from 'egide/sdk'
import { Envelope } from 'egide/sdk/envelope'
const vault = new Client({ address: process.env.REST, token: process.env.TOKEN })
await vault.kv().write({ path: 'packed', data: { n: 1 } })
const { data } = await vault.kv().read('packed')
const error = await vault.kv().read('none').catch((reason) => reason)
await vault.transit().writeKey('packed')
const envelope = new Envelope({ transit: vault.transit(), key: 'packed' })
const text = String(await envelope.decrypt(await envelope.encrypt('sealed')))
console.log(data.data.n, error instanceof ApiError, error.code, text)`,
  )
  expect(new Set(outputs)).toEqual(new Set(['1 true not_found sealed']))
})

test('the gRPC transport needs the packages that it says', async () => {
  link('@grpc/grpc-js', '@bufbuild/protobuf')
  const outputs = await runOnAll(
    'grpc.js',
    `import { readFileSync } from 'node:fs'
import { Client } from 'egide/sdk'
import { GrpcTransport } from 'egide/sdk/grpc'
const tls = { ca: [readFileSync(process.env.CA, 'utf8')] }
const transport = new GrpcTransport({ address: process.env.GRPC, tls })
const vault = new Client({ transport, token: process.env.TOKEN })
await vault.kv().write({ path: 'packed', data: { n: 2 } })
console.log((await vault.kv().read('packed')).data.data.n)`,
  )
  expect(new Set(outputs)).toEqual(new Set(['2']))
})

test('a strict TypeScript program compiles against it, and a wrong one does not', async () => {
  link('@types/node', 'undici-types', '@grpc/grpc-js', '@bufbuild/protobuf')
  writeFileSync(
    path.join(folder, 'consumer.ts'),
    `import { ApiError, Client, type Reply, type TransitEncryptData, watchToken } from 'egide/sdk'
import { Envelope } from 'egide/sdk/envelope'
import { GrpcTransport } from 'egide/sdk/grpc'

const vault = new Client({ address: 'https://vault:8200', token: async () => 't', retry: { maxRetries: 1 } })
export const other = new Client({ transport: new GrpcTransport({ address: 'vault:8201', tls: 'plain' }) })
const encrypted: Reply<TransitEncryptData> = await vault.transit('transit').encrypt({ name: 'k', plaintext: 'aGk=' })
export const ciphertext: string | undefined = encrypted.data.ciphertext
const wrapped = await vault.wrap('5m', (v) => v.kv('secret').read('app'))
export const version: number = (await vault.unwrap(wrapped)).data.metadata.version
export const written = await vault.kv().update<{ n: number }>('counter', (now) => ({ n: (now?.n ?? 0) + 1 }))
const watcher = await watchToken(vault)
watcher.on('ended', ({ reason }) => reason satisfies string)
export const envelope = new Envelope({ transit: vault.transit(), key: 'k' })
for await (const { data } of vault.kv().watch()) {
  if (data.kind === 'written') break
}
try {
  await vault.sys.mount({ path: 'x', type: 'kv', options: { version: '2' } })
} catch (error) {
  if (error instanceof ApiError && error.code === 'permission_denied') throw error
}
// @ts-expect-error it is no kind of event
for await (const { data } of vault.kv().watch()) if (data.kind === 'nonsense') break
// @ts-expect-error a key has a name
await vault.transit().encrypt({ plaintext: 'aGk=' })
// @ts-expect-error there is no such field
await vault.kv().read({ path: 'app', versions: 2 })
`,
  )
  expect(await compile('consumer.ts')).toBe('')
})

test('the guide is a program that compiles, runs and prints what it says', async () => {
  link('@types/node', 'undici-types', '@grpc/grpc-js', '@bufbuild/protobuf')
  const guide = readFileSync(path.join(root, 'docs/sdk.md'), 'utf8')
  const program = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code).join('\n')
  writeFileSync(path.join(folder, 'guide.ts'), program)
  expect(await compile('guide.ts')).toBe('')
  const { REST, GRPC, CA, TOKEN } = environment()
  const env = { VAULT_ADDR: REST, VAULT_GRPC_ADDR: GRPC, VAULT_CACERT: CA, VAULT_TOKEN: TOKEN }
  const { stdout } = await run(process.execPath, ['guide.ts'], { cwd: folder, env, timeout: 30_000 })
  const said = [...program.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line]) => line)
  expect(stdout.trim().split('\n')).toEqual(said)
})

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'

/** docs/quick-start.md, followed from an empty machine to the root token put away. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const hasTools = await Promise.all([run('openssl', ['version']), run('curl', ['--version'])]).then(
  () => true,
  () => false,
)

/** Stands for the machine: /etc/egide, /var/lib/egide and a home without a token are in it. */
const folder = mkdtempSync(path.join(tmpdir(), 'egide-quick-start-'))
const bin = path.join(root, 'bin')
const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8' }

let page = ''
let server: ReturnType<typeof spawn> | undefined
let said = ''

beforeAll(async () => {
  const port = await freePort()
  page = readFileSync(path.join(root, 'docs', 'quick-start.md'), 'utf8')
    .replaceAll('0.0.0.0:8200', `127.0.0.1:${port}`)
    .replaceAll('vault.example.com:8200', `localhost:${port}`)
    .replaceAll('/etc/egide', path.join(folder, 'etc'))
    .replaceAll('/var/lib/egide', path.join(folder, 'var'))
})

afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    const exited = once(server, 'exit')
    server.kill('SIGTERM')
    await exited
  }
  rmSync(folder, { recursive: true, force: true })
})

/** The blocks of one language in the chapter that begins so. */
function blocksOf(chapter: string, language: 'sh' | 'hcl' = 'sh'): string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(chapter)) ?? ''
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === language)
  return blocks.map(([, , code = '']) => code)
}

async function shell(code: string): Promise<string> {
  const options = { cwd: folder, env, maxBuffer: 1 << 20 }
  const { stdout } = await run('bash', ['-c', `set -eo pipefail\n${code}`], options).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}\nThe server said:\n${said}`)
  })
  return stdout
}

/** Starts the server by its command. */
function serve(command: string): ReturnType<typeof spawn> {
  said = ''
  server = spawn('bash', ['-c', `exec ${command}`], { cwd: folder, env })
  const keep = (chunk: Buffer) => {
    said += chunk.toString()
  }
  server.stdout?.on('data', keep)
  server.stderr?.on('data', keep)
  return server
}

/** Resolves when the server has said `what`. */
async function until(what: RegExp): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!what.test(said)) {
    if (server?.exitCode !== null || Date.now() > deadline) throw new Error(`${what} was not said:\n${said}`)
    await sleep(20)
  }
}

test.skipIf(!hasTools)('the quick start runs as written', async () => {
  const [makeFolder = '', makeCertificate = '', command = ''] = blocksOf('1. Configure')
  await shell(makeFolder)
  const [config = ''] = blocksOf('1. Configure', 'hcl')
  const [, file = ''] = /^# (\S+)\n/.exec(config) ?? []
  writeFileSync(file, config)
  await shell(makeCertificate)
  const first = serve(command)
  await until(/not initialised yet: .*egide operator init/)

  const [initialise = ''] = blocksOf('2. Initialise')
  const opening = await shell(initialise)
  const shares = [...opening.matchAll(/^Unseal Key \d: (.*)$/gm)].map(([, share]) => share)
  const [, rootToken] = /^Initial Root Token: (.*)$/m.exec(opening) ?? []
  expect(shares).toHaveLength(5)

  // A new shell for each person; what they type comes by a pipe, which "-" reads.
  const [address = '', authority = ''] = initialise.split('\n')
  const [unseal = ''] = blocksOf('3. Unseal')
  const typed = (text: string | undefined, command: string) => `${command.trim()} - <<< '${text}'\n`
  const progress: (string | undefined)[] = []
  for (const share of shares.slice(1, 4)) {
    const status = await shell(`${address}\n${authority}\n${typed(share, unseal)}`)
    progress.push(/^Unseal Progress +(\S+)$/m.exec(status)?.[1] ?? /^Sealed +(\S+)$/m.exec(status)?.[1])
  }
  expect(progress).toEqual(['1/3', '2/3', 'false'])

  const [give = '', ask = ''] = blocksOf('4. Give an application')
  const [login = '', ...rest] = give.split('\n')
  writeFileSync(path.join(folder, 'password.txt'), 'from a file')
  const [putAway = ''] = blocksOf('5. Put the root token away')
  const lines = [address, authority, typed(rootToken, login.replace(/ +#.*/, '')), ...rest, ask, putAway]
  const answered = await shell(`${lines.join('\n')}\negide token lookup 2>&1 || echo 'nobody is root'`)
  expect(answered).toContain('"data":{"user":"shop","password":"from a file"}')
  expect(answered).toContain('Success! Revoked token')
  expect(answered.trim()).toMatch(/permission denied\s+The token may have .* revoked, .*\s+nobody is root$/)

  first.kill('SIGHUP')
  await until(/were read again; other settings need a restart/)

  // Restarted, it is sealed, and says what opens it.
  const stopped = once(first, 'exit')
  first.kill('SIGTERM')
  await stopped
  serve(command)
  await until(/sealed: 3 of 5 key shares .*egide operator unseal/)
})

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KINDS } from '../../engines/kms/errors.ts'
import { KEY_SPECS } from '../../engines/kms/key-specs.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** docs/kms.md, run as it stands. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const page = readFileSync(path.join(root, 'docs', 'kms.md'), 'utf8')
const folder = mkdtempSync(path.join(tmpdir(), 'egide-kms-'))

let server: Server
beforeAll(async () => {
  server = await startUnsealed()
  symlinkSync(path.join(root, 'bin'), path.join(folder, 'bin'))
})
afterAll(async () => {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

function codeOf(chapter: string): string {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  const [, code] = /```sh\n([\s\S]*?)```/.exec(text) ?? []
  if (code === undefined) throw new Error(`docs/kms.md has no code in ${chapter}`)
  return code
}

async function shell(code: string): Promise<string> {
  const env = {
    PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`,
    HOME: folder,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
  }
  const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', code], { cwd: folder, env, timeout: 120_000 })
  return stdout
}

const opensslIsHere = await run('openssl', ['version']).then(
  () => true,
  () => false,
)

test('the first steps work', { timeout: 120_000 }, async () => {
  await shell(codeOf('Which key for what'))
  const listed = await server.call('GET', 'kms/keys/orders')
  expect(at(listed.body, 'data')).toMatchObject({ description: 'card numbers', aliases: ['orders'] })
})

test.skipIf(!opensslIsHere)('a key that openssl made and wrapped is imported', { timeout: 120_000 }, async () => {
  await shell(codeOf('Bringing a key with openssl'))
  const described = await server.call('GET', 'kms/keys/brought')
  expect(at(described.body, 'data')).toMatchObject({ key_state: 'Enabled', origin: 'EXTERNAL' })
  const sealed = await server.call('POST', 'kms/encrypt/brought', { body: { plaintext: 'aGVsbG8=' } })
  expect(sealed.status).toBe(200)
})

test('every spec of keys is told what it is for, and every refusal is named', () => {
  const [chapter = ''] = page.split('## States')
  const short = (name: string) => name.replace(/^ECC_NIST(?=_P)/, '').replace(/^RSA_\d+$/, 'RSA_…')
  for (const name of KEY_SPECS)
    expect([name, chapter.includes(`\`${name}\``) || chapter.includes(`\`${short(name)}\``)]).toEqual([name, true])
  for (const kind of KINDS) expect([kind, page.includes(`\`${kind}\``)]).toEqual([kind, true])
})

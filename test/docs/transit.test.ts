import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALGORITHMS } from '../../crypto/keys/algorithms.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** docs/transit.md, run as it stands. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const page = readFileSync(path.join(root, 'docs', 'transit.md'), 'utf8')
const folder = mkdtempSync(path.join(tmpdir(), 'egide-transit-'))

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
  if (code === undefined) throw new Error(`docs/transit.md has no code in ${chapter}`)
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

test.skipIf(!opensslIsHere)(
  'a key that openssl made and wrapped is imported, and signs',
  { timeout: 120_000 },
  async () => {
    await shell(codeOf('Bringing a key with openssl').replace(/^shred .*$/m, ''))
    await shell('openssl pkey -in key.der -inform DER -pubout -out public.pem; printf hello > message')
    const signed = await server.call('POST', 'transit/sign/mine', { body: { input: 'aGVsbG8=' } })
    const signature = String(at(signed.body, 'data', 'signature')).slice('vault:v1:'.length)
    const verified = await shell(
      `printf %s '${signature}' | base64 -d > signature\nopenssl dgst -sha256 -verify public.pem -signature signature message`,
    )
    expect(verified).toContain('Verified OK')
  },
)

test('rotation leaves nothing of the old version', { timeout: 120_000 }, async () => {
  await server.call('POST', 'transit/keys/orders', { body: {} })
  const sealed = await server.call('POST', 'transit/encrypt/orders', { body: { plaintext: 'aGVsbG8=' } })
  const old = String(at(sealed.body, 'data', 'ciphertext'))
  await shell(`old='${old}'\n${codeOf('Rotation')}`)
  const read = await server.call('GET', 'transit/keys/orders')
  expect(at(read.body, 'data')).toMatchObject({ latest_version: 2, min_available_version: 2 })
  const refused = await server.call('POST', 'transit/decrypt/orders', { body: { ciphertext: old } })
  expect(refused.status).toBe(400)
})

test('every type of key is told what it is for', () => {
  const [chapter = ''] = page.split('## Rotation')
  const short = (name: string) => name.replace('slh-dsa-sha2', '')
  for (const { name } of ALGORITHMS) expect(chapter).toMatch(new RegExp(`\`(${name}|${short(name)})\``))
})

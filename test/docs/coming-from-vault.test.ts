import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { Absent, prepareBao } from '../clients/client-programs.ts'
import { beforeAllUnlessAbsent } from '../clients/unless-absent.ts'
import { at } from '../harness/http.ts'
import { openbao } from '../harness/program.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** docs/coming-from-vault.md, run as it stands: an OpenBao with something of everything is carried over. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const page = readFileSync(path.join(root, 'docs', 'coming-from-vault.md'), 'utf8')
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)

const ODD = 'team/ways to write "it"/été $HOME `x`'
const SECRETS: Readonly<Record<string, object>> = {
  'web/db': { user: 'shop', password: 'one\ntwo "three" $four' },
  'web/deep/er/key': { number: 12_345, nested: { list: [1, 'two', null] } },
  [ODD]: { a: 'b' },
}
const CIPHERTEXT_OF = Buffer.from('a card number').toString('base64')

let theirs: Server
let ours: Server
let shell: Shell
beforeAllUnlessAbsent(async () => {
  const command = await prepareBao()
  await run('jq', ['--version']).catch(() => {
    throw new Absent('needs jq')
  })
  theirs = await startUnsealed({ program: openbao(command) })
  ours = await startUnsealed()
  shell = new Shell({})
  symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
  symlinkSync(command, path.join(shell.home, 'bao'))
})
afterAll(async () => {
  shell?.remove()
  await ours?.remove()
  await theirs?.remove()
})

async function write(server: Server, where: string, body: object = {}) {
  const reply = await server.call('POST', where, { body })
  if (reply.status >= 300) throw new Error(`${where}: ${reply.status} ${reply.text}`)
  return reply.body?.data
}
const escaped = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

async function follow(): Promise<{ stdout: string; stderr: string }> {
  const env = {
    PATH: `${shell.home}:${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    OLD_ADDR: theirs.address,
    OLD_TOKEN: theirs.rootToken,
    EGIDE_ADDR: ours.address,
    EGIDE_TOKEN: ours.rootToken,
  }
  const script = ['set -eo pipefail', ...commands].join('\n')
  return run('bash', ['-c', script], { cwd: shell.home, env, timeout: 240_000 })
}

test('secrets, policies, keys, an authority and roles come over', { timeout: 300_000 }, async () => {
  await write(theirs, 'sys/mounts/secret', { type: 'kv', options: { version: '2' } })
  // OpenBao refuses requests to a new mount of KV 2 for a moment.
  await expect.poll(async () => (await theirs.call('GET', 'secret/config')).status).toBe(200)
  for (const [name, data] of Object.entries(SECRETS)) await write(theirs, `secret/data/${escaped(name)}`, { data })
  await write(theirs, 'secret/metadata/web/db', {
    custom_metadata: { owner: 'shop' },
    max_versions: 7,
    cas_required: true,
  })
  await write(theirs, 'secret/data/gone', { data: { a: 1 } })
  await theirs.call('DELETE', 'secret/data/gone')
  const rule = 'path "secret/data/web/*" { capabilities = ["read"] }'
  await write(theirs, 'sys/policies/acl/shop', { policy: rule })
  await write(theirs, 'sys/mounts/transit', { type: 'transit' })
  await write(theirs, 'transit/keys/cards')
  const sealed = await write(theirs, 'transit/encrypt/cards', { plaintext: CIPHERTEXT_OF })
  await write(theirs, 'transit/keys/cards/rotate')
  await write(theirs, 'sys/mounts/pki', { type: 'pki' })
  await write(theirs, 'sys/mounts/pki/tune', { max_lease_ttl: '87600h' })
  await write(theirs, 'pki/root/generate/internal', { common_name: 'Example Root', ttl: '87600h' })
  await write(theirs, 'pki/roles/web', {
    allowed_domains: 'example.com',
    allow_subdomains: true,
    key_type: 'ec',
    max_ttl: '72h',
  })
  await write(theirs, 'sys/auth/approle', { type: 'approle' })
  await write(theirs, 'auth/approle/role/shop', { token_policies: 'shop', token_ttl: '20m', secret_id_num_uses: 40 })
  const roleId = at((await theirs.call('GET', 'auth/approle/role/shop/role-id')).body, 'data', 'role_id')

  const { stdout, stderr } = await follow()
  expect(stdout.match(/differs: .*/g)).toBe(null)
  expect(stderr).toContain('left out: gone')

  for (const [name, data] of Object.entries(SECRETS))
    expect(at((await ours.call('GET', `secret/data/${escaped(name)}`)).body, 'data', 'data'), name).toEqual(data)
  expect((await ours.call('GET', 'secret/metadata/web/db')).body?.data).toMatchObject({
    custom_metadata: { owner: 'shop' },
    max_versions: 7,
    cas_required: true,
  })
  const opened = await write(ours, 'transit/decrypt/cards', { ciphertext: at(sealed, 'ciphertext') })
  expect(at(opened, 'plaintext')).toBe(CIPHERTEXT_OF)
  expect(at((await ours.call('GET', 'transit/keys/cards')).body, 'data', 'latest_version')).toBe(2)
  const issued = await write(ours, 'pki/issue/web', { common_name: 'www.example.com', ttl: '24h' })
  expect(at(issued, 'ca_chain')).toHaveLength(2)
  const secretId = at(await write(ours, 'auth/approle/role/shop/secret-id'), 'secret_id')
  const login = await ours.call('POST', 'auth/approle/login', { body: { role_id: roleId, secret_id: secretId } })
  expect(login.body?.auth, login.text).toMatchObject({ token_policies: ['default', 'shop'], lease_duration: 1200 })
  const token = String(at(login.body, 'auth', 'client_token'))
  expect((await ours.call('GET', 'secret/data/web/db', { token })).status).toBe(200)
  expect((await ours.call('GET', `secret/data/${escaped(ODD)}`, { token })).status).toBe(403)
})

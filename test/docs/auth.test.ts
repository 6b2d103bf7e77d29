import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startServer } from '../harness/server.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))

/** What the pages on logins and codes say, as it stands there, each block on what the one before it left. */
let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startServer({ storage: 'inmem' })
  await server.init(1, 1)
  await server.unseal()
  shell = new Shell({})
  symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

/** What all blocks of commands of a page print, one after the other. */
async function follow(page: string): Promise<string> {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8')
  const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const env = {
    PATH: `${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
  }
  const script = ['set -eo pipefail', ...commands].join('\n')
  return (await run('bash', ['-c', script], { cwd: shell.home, env })).stdout
}

test('AppRole', async () => {
  const printed = await follow('auth-approle.md')
  expect(printed).toMatch(/wrapping_token: /)
  expect(printed).toMatch(/policies +\["default" "shop"\]/)
  // Which of the two secret ids is looked at and destroyed is chance; the login took one use of one of them.
  const shown = Number(/secret_id_num_uses +(\d+)/.exec(printed)?.[1])
  const { body: left } = await server.call('LIST', 'auth/approle/role/shop/secret-id')
  const accessors = at(left, 'data', 'keys') as readonly string[]
  expect(accessors).toHaveLength(1)
  const { body: other } = await server.call('POST', 'auth/approle/role/shop/secret-id-accessor/lookup', {
    body: { secret_id_accessor: accessors[0] },
  })
  expect(shown + Number(at(other, 'data', 'secret_id_num_uses'))).toBe(19)
})

test('userpass', async () => {
  const printed = await follow('auth-userpass.md')
  expect(printed).toMatch(/policies +\["default" "staff"\]/)
  expect(printed).toMatch(/total +0/)
})

test('signing in to applications', async () => {
  const printed = await follow('oidc-provider.md')
  expect(printed).toContain(`"issuer":"${server.address}/v1/identity/oidc/provider/sso"`)
  expect(printed).toMatch(/\{"name":"entity_\w+","groups":\["engineers"\],"sub":"[0-9a-f-]{36}"\}$/)
})

test('login MFA', async () => {
  const printed = await follow('mfa.md')
  expect(printed).toMatch(/token_policies +\["default"\]/)
  expect(printed).toMatch(/token_meta_username +dana/)
})

test('one-time codes', async () => {
  expect(await follow('totp.md')).toMatch(/^\d{6}Success[\s\S]*valid +true/m)
})

test('roles', async () => {
  const printed = await follow('rbac.md')
  expect(printed).toMatch(/member_auth_roles +\[.*auth\/builds\/ci/)
  const shown = /```text\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs', 'rbac.md'), 'utf8'))?.[1] ?? ''
  const cells = (text: string) => text.replaceAll(/ {2,}/g, ' | ').trim().split('\n').slice(2)
  for (const line of cells(shown)) expect(cells(printed)).toContain(line)
})

test('roles of JWT, OpenID Connect and Kubernetes', async () => {
  for (const type of ['jwt', 'oidc', 'kubernetes']) await shell.ok(['auth', 'enable', type], { env: as(server) })
  const pages = ['auth-jwt.md', 'auth-kubernetes.md'].map((page) => readFileSync(path.join(root, 'docs', page), 'utf8'))
  const lines = pages.join('\n').replaceAll(/\\\n +/g, '')
  const commands = [...lines.matchAll(/^\$ (egide write auth\/\w+\/role\/.+)$/gm)].map(([, command = '']) => command)
  expect(commands).toHaveLength(4)
  for (const command of commands)
    expect(await shell.other('bash', ['-c', `bin/${command}`], { env: as(server) }), command).toMatchObject({ code: 0 })
})

const as = ({ address, rootToken }: Server) => ({ EGIDE_ADDR: address, EGIDE_TOKEN: rootToken })

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

/** What the command says of policies: of one request, of who may do what, of files in CI, and of what a change would change. */

let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
  const text = 'path "secret/data/a/*" { capabilities = ["read"] }\npath "secret/data/a/b" { capabilities = ["deny"] }'
  await shell.ok(['policy', 'write', 'team', '-'], { stdin: text })
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

test('explain says what decides, for a token in use, another, and policies that no token has', async () => {
  const asks = { stdin: 'path "sys/policies/explain-self" { capabilities = ["update"] }' }
  await shell.ok(['policy', 'write', 'asks', '-'], asks)
  const made = JSON.parse(await shell.ok(['token', 'create', '-policy=team', '-policy=asks', '-format=json'])).auth
  const refused = `Refused: "secret/data/a/b" denies, and a denial wins over whatever else is given for the same path.

Decided by:
  team, line 2    path "secret/data/a/b"    deny

Overruled, the closest first:
  team, line 1    path "secret/data/a/*"    read

To turn it: write in policy "team", line 2: path "secret/data/a/b" { capabilities = ["read"] }
`
  const own = { env: { EGIDE_TOKEN: made.client_token } }
  const asked = ['policy', 'explain', 'secret/data/a/b']
  expect(await shell.ok(asked, own)).toBe(refused)
  expect(await shell.ok(['policy', 'explain', `-accessor=${made.accessor}`, 'secret/data/a/b', 'read'])).toBe(refused)
  expect(await shell.ok(['policy', 'explain', '-other-token=-', ...asked.slice(2)], { stdin: made.client_token })).toBe(
    refused,
  )
  const told = await shell.ok(['policy', 'explain', '-policy=team', '-policy=gone', 'secret/data/a/c', 'update'])
  expect(told).toContain('"secret/data/a/*" is the closest path that fits, and does not give update')
  expect(told).toContain('There is no policy "gone".')
  expect(JSON.parse(await shell.ok([...asked, '-format=json'], own))).toMatchObject({
    allowed: false,
    reason: 'denied',
  })
  const both = await shell.run(['policy', 'explain', '-policy=team', '-accessor=x', 'a'])
  expect([both.code, both.stderr]).toEqual([1, 'Use one of -accessor, -other-token and -policy.\n'])
})

test('who lists who may do something at a path, and through what', async () => {
  await shell.ok(['auth', 'enable', 'approle'])
  await shell.ok(['write', 'auth/approle/role/ci', 'token_policies=none'])
  await shell.ok(['write', 'sys/roles/ops', 'policies=team', 'member_auth_roles=auth/approle/ci'])
  const lines = (await shell.ok(['policy', 'who', 'secret/data/a/c'])).split('\n')
  expect(lines.slice(2, 5).map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
    'policy team | read | policy:team line 1: "secret/data/a/*"',
    'role ops | read | policy:team line 1: "secret/data/a/*"',
    'auth_role auth/approle/ci | read | role:ops > policy:team line 1: "secret/data/a/*"',
  ])
  expect(lines.join('\n')).toContain('Not seen:\n  - Tokens:')
  expect(await shell.ok(['policy', 'who', '-capability=update', 'secret/data/a/c'])).toContain(
    'Nobody that can be seen.',
  )
  const first = JSON.parse(await shell.ok(['policy', 'who', '-limit=1', '-format=json', 'secret/data/a/c']))
  expect([first.holders.length, first.next]).toEqual([1, expect.stringMatching(/^[\w-]+$/)])
})

test('an operator finds a refused request by the id that its caller was told', async () => {
  const made = JSON.parse(await shell.ok(['token', 'create', '-policy=team', '-format=json'])).auth
  const refused = await server.call('GET', 'secret/data/a/b', { token: made.client_token })
  expect([refused.status, refused.text]).toEqual([403, expect.not.stringContaining('team')])
  const id = String(refused.headers['x-request-id'])
  const line = readFileSync(server.auditFile, 'utf8')
    .split('\n')
    .find((one) => one.includes(id))
  const { auth, request } = JSON.parse(line ?? '{}')
  const policies = (auth.policies as string[]).map((name) => `-policy=${name}`)
  const told = await shell.ok(['policy', 'explain', ...policies, request.path, request.operation])
  expect(told).toContain('To turn it: write in policy "team", line 2')
})

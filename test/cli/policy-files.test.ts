import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

/** Policies in files: assertions for CI, offline and against a server, and the replay of its own audit log. */

const TEAM = 'path "secret/data/team/*" { capabilities = ["create", "read", "update"] }\n'
const PAYROLL = 'path "secret/data/team/payroll" { capabilities = ["deny"] }\n'
const ASSERTIONS = `
policy "team" { file = "policies/team.hcl" }
test "the team keeps its secrets" {
  policies = ["team", "default"]
  path     = "secret/data/team/a"
  allow    = ["read", "update"]
  deny     = ["delete"]
}
test "but not the payroll" {
  policies = ["team", "default"]
  path     = "secret/data/team/payroll"
  deny     = ["read", "update"]
}
`

let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
  mkdirSync(path.join(shell.home, 'policies'))
  shell.file('policies/team.hcl', TEAM + PAYROLL)
  shell.file('wide.hcl', TEAM)
  shell.file('team.test.hcl', ASSERTIONS)
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

const OFFLINE = { env: { EGIDE_ADDR: 'http://127.0.0.1:1', EGIDE_TOKEN: undefined } }
const FAILED = `FAIL  but not the payroll (team.test.hcl, line 9; team, default)
  secret/data/team/payroll
    - read: refused
    + read: allowed, for "secret/data/team/*" gives read
      decided by team, line 1: "secret/data/team/*"
      to turn it: add to policy "team": path "secret/data/team/payroll" { capabilities = ["create", "update"] }
  secret/data/team/payroll
    - update: refused
    + update: allowed, for "secret/data/team/*" gives update
      decided by team, line 1: "secret/data/team/*"
      to turn it: add to policy "team": path "secret/data/team/payroll" { capabilities = ["create", "read"] }

1 passed, 1 failed
`

describe('policy test', () => {
  test('says offline what does not hold, and ends with 2', async () => {
    expect(await shell.ok(['policy', 'test', 'team.test.hcl'], OFFLINE)).toBe('2 passed, 0 failed\n')
    const failed = await shell.run(['policy', 'test', '-policy=team=wide.hcl', 'team.test.hcl'], OFFLINE)
    expect([failed.code, failed.stdout, failed.stderr]).toEqual([2, FAILED, ''])
    const json = await shell.run(['policy', 'test', '-format=json', '-policy=team=wide.hcl', 'team.test.hcl'], OFFLINE)
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      2,
      { passed: 1, failed: 1, tests: [{ passed: true }, { passed: false, broken: [{ claim: 'read' }, {}] }] },
    ])
  })

  test('asks a server about the policies that it has', async () => {
    await shell.ok(['policy', 'write', 'team', 'wide.hcl'])
    const failed = await shell.run(['policy', 'test', '-server', 'team.test.hcl'])
    expect([failed.code, failed.stdout]).toEqual([2, FAILED])
    await shell.ok(['policy', 'write', 'team', 'policies/team.hcl'])
    expect(await shell.ok(['policy', 'test', '-server', 'team.test.hcl'])).toBe('2 passed, 0 failed\n')
  })

  test('names what can not be read, and where', async () => {
    shell.file('bad.hcl', 'path "x" { capabilities = ["reads"] }')
    shell.file('bad.test.hcl', 'test "x" { path = "a" }')
    shell.file('other.test.hcl', 'test "x" {\n policies = ["gone"]\n path = "a"\n allow = ["read"]\n}')
    for (const [args, said] of [
      [['-policy=team=bad.hcl', 'team.test.hcl'], 'bad.hcl: line 1: invalid capability "reads"'],
      [['bad.test.hcl'], 'bad.test.hcl: line 1, column 6: policies is missing'],
      [['other.test.hcl'], 'other.test.hcl, line 1: no file of the policy "gone" is given'],
      [['-policies=nowhere', 'team.test.hcl'], 'error reading folder nowhere'],
      [['missing.hcl'], 'error reading file missing.hcl'],
      [['-server', '-policies=policies', 'team.test.hcl'], 'With -server the policies are those of the server.'],
    ] as const) {
      const { code, stderr } = await shell.run(['policy', 'test', ...args], OFFLINE)
      expect([code, stderr]).toEqual([1, expect.stringContaining(said)])
    }
  })
})

test('simulate says of its own log what then becomes true', async () => {
  await shell.ok(['policy', 'write', 'team', 'policies/team.hcl'])
  const token = await shell.ok(['token', 'create', '-policy=team', '-field=token'])
  const ask = async () => {
    const statuses: number[] = []
    for (const name of ['a', 'payroll', 'a', 'other/x'])
      statuses.push((await server.call('GET', `secret/data/team/${name}`, { token })).status)
    statuses.push((await server.call('DELETE', 'secret/data/team/a', { token })).status)
    return statuses
  }
  const before = await ask()
  expect(before).toEqual([404, 403, 404, 404, 403])
  shell.file('proposed.hcl', 'path "secret/data/team/+" { capabilities = ["read"] }')
  const asked = ['policy', 'simulate', '-policy=team=proposed.hcl']
  const offline = await shell.ok([...asked, '-present=policies', '-format=json', server.auditFile], OFFLINE)
  const report = JSON.parse(offline)
  expect(report).toMatchObject({
    allowed_to_denied: 1,
    denied_to_allowed: 1,
    unchanged: 3,
    log_differs: 0,
    missing_policies: [],
  })
  expect(
    report.examples.map((example: Record<string, unknown>) => [example.turn, example.operation, example.path]),
  ).toEqual([
    ['denied_to_allowed', 'read', 'secret/data/team/payroll'],
    ['allowed_to_denied', 'read', 'secret/data/team/other/x'],
  ])
  const online = await shell.run([...asked, '-server', '-detailed-exitcode', server.auditFile])
  expect([online.code, online.stdout]).toEqual([2, expect.stringContaining('  allowed -> refused   1\n')])
  expect(online.stdout).toContain('refused -> allowed  1 x read secret/data/team/payroll\n    default, team; ')
  // Without the present policies the log says what became of each.
  const bare = await shell.ok([...asked, server.auditFile], OFFLINE)
  expect(bare).toContain('  allowed -> refused   1\n')
  expect(bare).toContain('the policy default is taken to be as it comes with the server')
  const gone = await shell.ok(['policy', 'simulate', '-remove=team', '-present=policies', server.auditFile], OFFLINE)
  expect(gone).toContain('  allowed -> refused   3\n')

  await shell.ok(['policy', 'write', 'team', 'proposed.hcl'])
  expect(await ask()).toEqual([404, 404, 404, 403, 403])

  for (const [args, said] of [
    [[server.auditFile], 'Nothing is proposed'],
    [['-policy=team=proposed.hcl', 'nowhere.log'], 'error reading file nowhere.log'],
    [['-policy=root=proposed.hcl', server.auditFile], 'no policy can be called "root"'],
    [['-deny-always-wins=maybe', server.auditFile], '-deny-always-wins is one of'],
  ] as const) {
    const { code, stderr } = await shell.run(['policy', 'simulate', ...args], OFFLINE)
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)])
  }
})

import { expect, test } from 'vitest'
import { parseAssertions } from './assertions.ts'
import { parsePolicy } from './parse.ts'
import { brokenClaims } from './verdicts.ts'

const HCL = `
policy "team" { file = "team.hcl" }
test "reads" {
  policies = ["team"]
  path     = "/secret/data/a"
  paths    = ["secret/data/b"]
  allow    = ["read"]
  deny     = ["delete", "sudo"]
}`

test('HCL and JSON say the same', () => {
  const json = JSON.stringify({
    policy: { team: { file: 'team.hcl' } },
    test: {
      reads: {
        policies: ['team'],
        path: '/secret/data/a',
        paths: ['secret/data/b'],
        allow: ['read'],
        deny: ['delete', 'sudo'],
      },
    },
  })
  const [fromHcl, fromJson] = [parseAssertions(HCL), parseAssertions(json)]
  const withoutLine = ({ assertions, ...rest }: typeof fromHcl) => ({
    ...rest,
    assertions: assertions.map((one) => ({ ...one, line: 0 })),
  })
  expect(withoutLine(fromJson)).toEqual(withoutLine(fromHcl))
  expect(fromHcl.assertions[0]).toMatchObject({ line: 3, paths: ['secret/data/a', 'secret/data/b'] })
})

test.each([
  ['tests {}', 1, '"tests" is not one of policy, test, deny_always_wins'],
  ['test "x" { policies = ["p"]\n allow = ["read"] }', 1, 'path or paths is missing'],
  ['test "x" {\n path = "a"\n allow = ["read"] }', 1, 'policies is missing'],
  ['test "x" { policies = ["p"]\n path = "a" }', 1, 'neither allow nor deny says anything'],
  ['test "x" { policies = ["p"]\n path = "a"\n allow = ["reads"] }', 1, '"reads" is not one of'],
  ['test "x" { policies = ["p"]\n path = "a"\n allow = ["deny"] }', 1, '"deny" is not one of'],
  ['test "x" { policies = ["p"]\n path = "a"\n allow = ["read"]\n token = "s.x" }', 4, '"token" is not one of'],
  ['test "x" { policies = ["p"]\n path = "a"\n allow = ["read"]\n wrap_ttl = "x" }', 4, 'wrap_ttl'],
  ['test "x" { policies = ["p"]\n path = "a"\n allow = ["read"]\n parameters = ["x"] }', 4, 'parameters must be'],
  ['policy "x" {}', 1, 'file is missing'],
] as const)('%j is refused, with its place', (text, line, message) => {
  expect(() => parseAssertions(text)).toThrow(new RegExp(`^line ${line}, column \\d+: .*${message}`))
})

test('what does not hold is told with what decided it and what would turn it', () => {
  const policies = [parsePolicy('team', 'path "secret/data/*" { capabilities = ["read", "delete"] }')]
  const [assertion] = parseAssertions(HCL).assertions
  if (assertion === undefined) throw new Error('there is none')
  const now = { nowMs: 0, denyAlwaysWins: false }
  const broken = brokenClaims(assertion, policies, now)
  expect(broken.map(({ path, claim, expected }) => [path, claim, expected])).toEqual([
    ['secret/data/a', 'delete', 'refused'],
    ['secret/data/b', 'delete', 'refused'],
  ])
  expect(broken[0]).toMatchObject({
    message: '"secret/data/*" gives delete',
    decidedBy: ['team, line 1: "secret/data/*"'],
    change: { message: 'add to policy "team": path "secret/data/a" { capabilities = ["read"] }' },
  })
})

test('parameters, wrapping, listings, sudo and identities have their say', () => {
  const text = `
    path "a" {
      capabilities = ["update", "sudo"]
      required_parameters = ["n"]
      min_wrapping_ttl = "1m"
    }
    path "l/*" { capabilities = ["list"] }
    path "own/{{identity.entity.name}}/{{identity.entity.metadata.team}}" { capabilities = ["read"] }`
  const file = parseAssertions(`
    test "all" { policies = ["p"]
      path = "a"
      parameters = { n = 1 }
      wrap_ttl = "2m"
      allow = ["update", "sudo"] }
    test "bare" { policies = ["p"]
      path = "a"
      deny = ["update"] }
    test "folder" { policies = ["p"]
      path = "l"
      allow = ["list"]
      deny = ["scan", "sudo"] }
    test "own" { policies = ["p"]
      path = "own/ada/red"
      identity { name = "ada" metadata = { team = "red" } }
      allow = ["read"] }
    test "nobody's" { policies = ["p"]
      path = "own/ada/red"
      deny = ["read"] }`)
  const policies = [parsePolicy('p', text)]
  for (const assertion of file.assertions)
    expect([assertion.name, brokenClaims(assertion, policies, { nowMs: 0, denyAlwaysWins: false })]).toEqual([
      assertion.name,
      [],
    ])
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { explainSelf } from '../../engines/system/policies/explain.ts'
import { compileAcl } from './acl/acl.ts'
import { parseAssertions } from './assertions.ts'
import { DEFAULT_POLICY_TEXT, RESPONSE_WRAPPING_TEXT } from './builtin.ts'
import { explain } from './explain.ts'
import { parsePolicy } from './parse.ts'
import { parsePasswordPolicy } from './passwords/password-policy.ts'

/** What docs/policies.md shows works as it is shown. */

const text = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1] ?? '')

const hcl = blocks('hcl')
const passwords = hcl.filter((block) => block.startsWith('length'))
const assertions = hcl.filter((block) => block.startsWith('policy '))
const policies = hcl.filter((block) => !passwords.includes(block) && !assertions.includes(block))

test('every policy that is shown parses', () => {
  expect(policies.length).toBeGreaterThan(2)
  for (const block of policies) expect(parsePolicy('shown', block).rules.length).toBeGreaterThan(0)
  expect(passwords).toHaveLength(1)
  for (const block of passwords) expect(parsePasswordPolicy(block)).toMatchObject({ length: 20 })
})

test('the assertions that are shown can be read', () => {
  expect(assertions.flatMap((block) => parseAssertions(block).assertions)).toMatchObject([
    { deny: ['delete', 'sudo'] },
    {
      parameters: { ttl: '1h' },
      wrapTtlSeconds: 600,
      identity: { entity: { name: 'ada', metadata: { team: 'red' } } },
    },
  ])
})

test('the explanation that is shown is the one that is given', () => {
  const [first = ''] = policies
  const [shown = '{}'] = blocks('json')
  const parsed = [parsePolicy('team', first)]
  const acl = compileAcl(parsed, { nowMs: 0 })
  const query = { operation: 'read', path: 'secret/data/team/payroll', data: {}, nowMs: 0 } as const
  const { decidedBy, needsSudo, rules, overruled, ...rest } = explain({ policies: parsed, acl }, query)
  const withoutEnd = ({ expiresAtMs: _, ...rule }: (typeof rules)[number]) => rule
  const told = { ...rest, needs_sudo: needsSudo, decided_by: decidedBy, missing_policies: [] }
  expect(JSON.parse(shown)).toEqual({ ...told, rules: rules.map(withoutEnd), overruled: overruled.map(withoutEnd) })
  const reply = explainSelf.returns as { readonly properties: object } | undefined
  expect(Object.keys(JSON.parse(shown)).sort()).toEqual(Object.keys(reply?.properties ?? {}).sort())
})

test('the policies that come with a namespace parse', () => {
  expect(parsePolicy('default', DEFAULT_POLICY_TEXT).rules.length).toBeGreaterThan(10)
  expect(parsePolicy('response-wrapping', RESPONSE_WRAPPING_TEXT).rules).toHaveLength(3)
})

import { beforeAll, beforeEach, expect, test } from 'vitest'
import { TestNamespace } from '../../../../test/core/test-namespace.ts'
import { TestClock } from '../../../../test/harness/rows.ts'
import { pemOf, signed, signer } from '../../jwks/testing-tokens.ts'
import { jwt } from '../index.ts'
import { checkProgram } from './evaluation-thread.ts'

const ours = signer('one')
const clock = new TestClock()
const NOW = clock.nowMs / 1000
const FAILED = 'invalid_request: login failed'
const anonymous = { token: undefined }
const good = { sub: 'alice', groups: ['dev', 'ops'], level: 3, email: 'alice@acme.example', iat: NOW, aud: 'vault' }
let vault: TestNamespace

// The thread starts with the first program, which takes a moment.
beforeAll(() => checkProgram({ variables: [], expression: 'true' }))

beforeEach(async () => {
  clock.nowMs = NOW * 1000
  vault = await TestNamespace.create({ engines: [jwt], clock })
  await vault.call('update', 'sys/auth/jwt', { type: 'jwt' })
  await vault.call('update', 'auth/jwt/config', { jwt_validation_pubkeys: pemOf(ours) })
})

function role(expression: string, more: object = {}, variables: object[] = []): Promise<unknown> {
  return vault.call('update', 'auth/jwt/cel/role/R', { cel_program: { variables, expression }, ...more })
}
async function login(claims: object = good) {
  return vault.call('update', 'auth/jwt/cel/login', { role: 'r', jwt: await signed(ours, claims) }, anonymous)
}
const refusal = (claims: object = good): Promise<string> =>
  login(claims).then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  )

test('a role with a program is a member of roles by a name of its own', async () => {
  await role("pb.Auth{display_name: 'x', policies: ['p']}")
  await vault.call('update', 'auth/jwt/role/r', { role_type: 'jwt', user_claim: 'sub', bound_audiences: 'vault' })
  await vault.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/jwt/cel/R' })
  expect((await login()).auth).toMatchObject({ policies: ['default', 'more', 'p'], identityPolicies: ['more'] })
  await vault.call('update', 'sys/roles/ops', { member_auth_roles: 'auth/jwt/r' })
  expect((await login()).auth).toMatchObject({ policies: ['default', 'p'] })
})

test('a program says who comes in and what they get', async () => {
  const variables = [
    { name: 'team', expression: "claims.groups.filter(g, g != 'ops')" },
    { name: 'isOurs', expression: "claims.email.endsWith('@acme.example') && claims.level > 2" },
  ]
  await role(
    `isOurs && now > timestamp('2020-01-01T00:00:00Z')
      ? pb.Auth{
          display_name: claims.sub, policies: team.map(t, t + '-policy'), metadata: {'mail': claims.email},
          alias: logical.Alias{name: claims.sub}, group_aliases: [logical.Alias{name: 'g'}],
          lease_options: pb.LeaseOptions{TTL: 600000000000, renewable: true}}
      : 'not one of ours'`,
    {},
    variables,
  )
  const { auth } = await login()
  expect(auth).toMatchObject({
    policies: ['default', 'dev-policy'],
    metadata: { mail: 'alice@acme.example' },
    leaseDurationSeconds: 600,
    renewable: true,
  })
  expect(await refusal({ ...good, level: 2 })).toBe(FAILED)
  expect((await vault.call('update', 'auth/token/renew-self', {}, { token: auth?.clientToken })).auth).not.toBeNull()
  const renewal = () => vault.refusal('update', 'auth/token/renew-self', {}, { token: auth?.clientToken })
  await role(AUTH)
  await vault.call('patch', 'auth/jwt/cel/role/r', { message: 'no' })
  await vault.call('update', 'auth/token/renew-self', {}, { token: auth?.clientToken })
  await vault.call('delete', 'auth/jwt/cel/role/r')
  expect(await renewal()).toContain('not exist')
  await role(AUTH)
  expect(await renewal()).toContain('not exist')
})

const AUTH = "pb.Auth{display_name: 'x', policies: ['p']}"
const refused: Record<string, string> = {
  false: 'false',
  text: "'no: ' + claims.sub",
  'true, which is no token': 'true',
  'a number': '1',
  'another message': "logical.Alias{name: 'x'}",
  'a claim that is missing': `claims.missing == 'x' ? ${AUTH} : false`,
  'a function that is none': `nothing(claims) ? ${AUTH} : false`,
  'the root policy': "pb.Auth{policies: ['p', ' Root ']}",
  'a negative time': "pb.Auth{policies: ['p'], period: -1}",
  'addresses that are none': "pb.Auth{policies: ['p'], bound_cidrs: ['x']}",
  'another address': "pb.Auth{policies: ['p'], bound_cidrs: ['10.0.0.0/8']}",
}
for (const [what, expression] of Object.entries(refused)) {
  test(`refused, with nothing made: ${what}`, async () => {
    await role(expression)
    const before = await vault.rows('')
    expect(await refusal()).toBe(FAILED)
    expect(await vault.rows('')).toEqual(before)
  })
}

test('a token is verified before its claims are looked at', async () => {
  await role(AUTH, { bound_audiences: 'vault' })
  expect(await refusal()).toBe('accepted')
  expect(await refusal({ ...good, aud: 'other' })).toBe(FAILED)
  expect(await refusal({ ...good, exp: NOW - 61 })).toBe(FAILED)
  const stranger = await signed(signer('x'), good)
  expect(await vault.refusal('update', 'auth/jwt/cel/login', { role: 'r', jwt: stranger }, anonymous)).toBe(FAILED)
  expect(await vault.refusal('update', 'auth/jwt/cel/login', { role: 'none', jwt: stranger }, anonymous)).toBe(FAILED)
})

test('a role may say what callers are told, whatever the cause', async () => {
  await role('false', { message: 'ask the platform team' })
  expect(await refusal()).toBe('invalid_request: ask the platform team')
  expect(await refusal({ ...good, exp: NOW - 61 })).toBe('invalid_request: ask the platform team')
})

test('a program that does not end is ended, and the next one runs', async () => {
  const squared = (inner: string) => `claims.big.all(a, ${inner})`
  const endless = squared(squared(squared('a >= 0')))
  await role(endless)
  expect(await refusal({ ...good, big: Array.from({ length: 3_000 }, (_, n) => n) })).toBe(FAILED)
  await role(AUTH)
  expect(await refusal()).toBe('accepted')
})

test('a program that takes too much memory is ended, and the next one runs', async () => {
  const doubled = Array.from({ length: 40 }, (_, n) => ({
    name: `v${n}`,
    expression: n === 0 ? "[claims.sub, 'x']" : `v${n - 1}.map(x, x + x) + v${n - 1}.map(x, x + x)`,
  })).slice(0, 32)
  await role('size(v31) > 0', {}, doubled)
  expect(await refusal()).toBe(FAILED)
  await role(AUTH)
  expect(await refusal()).toBe('accepted')
})

/** A text or buffer of 512 KiB, and what a program might do with it: what does not fit into a thread's heap at once ends the process. */
const doubledBy = (first: string) =>
  Array.from({ length: 24 }, (_, n) => ({ name: `v${n}`, expression: n === 0 ? first : `v${n - 1} + v${n - 1}` }))
const TEXT = `'${'a'.repeat(4_096)}'`
const big: Record<string, readonly [first: string, expression: string]> = {
  'a text that is taken apart': [TEXT, "size(v14.split('')) > 0"],
  'a text as bytes': [TEXT, 'size(bytes(v16)) > 0'],
  'bytes, which lie outside of the heap': [`b${TEXT}`, 'size(v19) > 0'],
  'many bytes': [`b${TEXT}`, 'lists.range(100000).map(n, v5 + v5).size() > 0'],
  'a name of 64 MiB': [TEXT, "pb.Auth{policies: ['p'], display_name: v14}"],
  'one long name, very often': [TEXT, 'pb.Auth{policies: lists.range(200).map(n, v5)}'],
  'a replacement': [TEXT, "v5.replace('a', v5).size() > 0"],
  'JSON of one text, very often': [TEXT, "encode_json({'a': lists.range(5000).map(n, v5)}) != ''"],
  'a range': [TEXT, 'lists.range(100000000).size() > 0'],
}
for (const [what, [first, expression]] of Object.entries(big)) {
  test(`too much at once is refused, and the next program runs: ${what}`, async () => {
    const made = doubledBy(first)
    const used = made.slice(0, 1 + Math.max(0, ...[...expression.matchAll(/v(\d+)/g)].map(([, n]) => Number(n))))
    await role(expression, {}, used)
    expect(await refusal()).toBe(FAILED)
    await role(AUTH)
    expect(await refusal()).toBe('accepted')
  })
}

test('roles are listed, read, changed in parts and removed', async () => {
  await role(AUTH, { message: 'm', bound_audiences: 'a,b', clock_skew_leeway: 5 })
  const patch = { message: 'n' }
  expect(await vault.data('patch', 'auth/jwt/cel/role/r', patch)).toMatchObject({ message: 'n', clock_skew_leeway: 5 })
  expect(await vault.data('read', 'auth/jwt/cel/role/r')).toMatchObject({
    name: 'r',
    cel_program: { expression: AUTH },
    bound_audiences: ['a', 'b'],
  })
  expect(await vault.data('list', 'auth/jwt/cel/role')).toEqual({ keys: ['r'] })
  expect(await vault.refusal('patch', 'auth/jwt/cel/role/none', patch)).toBe('not_found: ')
})

test('roles keep every change where several are made at once', async () => {
  await role(AUTH)
  const changes = [{ message: 'm' }, { clock_skew_leeway: 5 }, { bound_audiences: 'a' }]
  await Promise.all(changes.map((change) => vault.call('patch', 'auth/jwt/cel/role/r', change)))
  const all = { message: 'm', clock_skew_leeway: 5, bound_audiences: ['a'] }
  expect(await vault.data('read', 'auth/jwt/cel/role/r')).toMatchObject(all)
})

const badPrograms: Record<string, object> = {
  'no expression': { cel_program: {} },
  'what cannot be read': { cel_program: { expression: 'a b' } },
  'a variable that cannot be read': {
    cel_program: { expression: 'true', variables: [{ name: 'x', expression: '(' }] },
  },
  'a variable over a claim': { cel_program: { expression: 'true', variables: [{ name: 'claims', expression: '1' }] } },
  'too many variables': {
    cel_program: { expression: 'true', variables: new Array(33).fill({ name: 'x', expression: '1' }) },
  },
  'too much text': { cel_program: { expression: `'${'x'.repeat(16_384)}'` } },
  nothing: {},
}
for (const [what, body] of Object.entries(badPrograms)) {
  test(`a role is refused: ${what}`, async () => {
    expect(await vault.refusal('update', 'auth/jwt/cel/role/new', body)).toMatch(/^invalid_request: /)
    expect(await vault.refusal('read', 'auth/jwt/cel/role/new')).toBe('not_found: ')
  })
}

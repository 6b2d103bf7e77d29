import { beforeEach, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** Options of namespaces: that every denial wins, from the next request on, by its own policies, on every node; and what is none. */

let vault: TestNamespace
let token: string
const TEAM = { namespace: 'team/' }
const TEXT = 'path "secret/*" { capabilities = ["deny"] }\npath "secret/data/a" { capabilities = ["read"] }'

beforeEach(async () => {
  vault = await TestNamespace.create()
  await vault.call('update', 'sys/namespaces/team', {})
  await vault.call('update', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } }, TEAM)
  for (const where of [{}, TEAM]) {
    await vault.call('update', 'secret/data/a', { data: { n: 1 } }, where)
    await vault.call('update', 'sys/policies/acl/p', { policy: TEXT }, where)
  }
  token = await vault.token({ policies: ['p'] }, TEAM)
})

const may = (one: string, where: object, via = vault): Promise<boolean> =>
  via.call('read', 'secret/data/a', {}, { ...where, token: one }).then(
    () => true,
    () => false,
  )

test('is said when a namespace is made or changed, and holds for its tokens at once, on every node', async () => {
  const { backend, cipher, clock } = vault
  const other = await TestNamespace.over({ backend, cipher, clock })
  await other.namespace.open()
  const everywhere = () => Promise.all([may(token, TEAM), may(token, TEAM, other)])
  expect(await everywhere()).toEqual([true, true])
  expect(await vault.data('patch', 'sys/namespaces/team', { deny_always_wins: true })).toMatchObject({
    deny_always_wins: true,
    custom_metadata: {},
  })
  expect(await everywhere()).toEqual([false, false])
  expect(await vault.data('update', 'sys/capabilities', { token, paths: ['secret/data/a'] }, TEAM)).toMatchObject({
    'secret/data/a': ['deny'],
  })
  // What is not named stays.
  await vault.call('update', 'sys/namespaces/team', { custom_metadata: { a: 'b' } })
  expect(await vault.data('patch', 'sys/namespaces/team', { custom_metadata: { c: 'd' } })).toMatchObject({
    deny_always_wins: true,
    custom_metadata: { a: 'b', c: 'd' },
  })
  await vault.call('patch', 'sys/namespaces/team', { deny_always_wins: false })
  expect(await everywhere()).toEqual([true, true])
  expect(await vault.data('update', 'sys/namespaces/strict', { deny_always_wins: true })).toMatchObject({
    deny_always_wins: true,
  })
  expect(await vault.data('patch', 'sys/namespaces/team', {})).toMatchObject({ deny_always_wins: false })
})

test("root's own is said at sys/config/namespace, and each namespace's policies have their own", async () => {
  const ofRoot = await vault.token({ policies: ['p'] })
  const reaching = await vault.token({ policies: ['reach'] })
  await vault.policy(
    'reach',
    'path "team/*" { capabilities = ["deny"] }\npath "team/secret/data/a" { capabilities = ["read"] }',
  )
  expect(await vault.data('read', 'sys/config/namespace')).toEqual({ deny_always_wins: false })
  expect([await may(ofRoot, {}), await may(reaching, TEAM)]).toEqual([true, true])
  await vault.call('update', 'sys/config/namespace', { deny_always_wins: true })
  expect(await vault.data('read', 'sys/config/namespace')).toEqual({ deny_always_wins: true })
  expect([await may(ofRoot, {}), await may(reaching, TEAM), await may(token, TEAM)]).toEqual([false, false, true])
  expect(await may(vault.root, {})).toBe(true)
  await vault.call('update', 'sys/config/namespace', { deny_always_wins: false })
  await vault.call('patch', 'sys/namespaces/team', { deny_always_wins: true })
  expect([await may(ofRoot, {}), await may(reaching, TEAM), await may(token, TEAM)]).toEqual([true, true, false])
  expect(await vault.refusal('update', 'sys/config/namespace', {})).toContain('missing required field')
  expect(await vault.refusal('read', 'sys/config/namespace', {}, TEAM)).toContain('root namespace')
})

test('a seal is asked for in HCL or JSON, of a new namespace, and any other way is refused', async () => {
  const refused = async (asked: object, name = 'own') => vault.refusal('update', `sys/namespaces/${name}`, asked)
  for (const [seal, why] of [
    ['type = "shamir"', 'exactly one seal stanza'],
    ['seal "shamir" {', 'unable to parse seal config'],
    [
      'seal "shamir" { shares = 3, threshold = 2 }\nseal "shamir" { shares = 3, threshold = 2 }',
      'exactly one seal stanza',
    ],
    ['{"seal": [{"shamir": {"shares": 1, "threshold": 1}}, {"shamir": {}}]}', 'exactly one seal stanza'],
    ['seal "awskms" {}', 'only support shamir'],
    ['seal "shamir" {}', 'shares must be at least one'],
    ['seal "shamir" { shares = 3, threshold = 4 }', 'threshold cannot be larger than shares'],
    ['seal "shamir" { shares = 3, threshold = 1 }', 'threshold must be greater than one'],
    ['seal "shamir" { shares = 256, threshold = 2 }', 'shares must be less than 256'],
    ['seal "shamir" { shares = 3, threshold = 2, pgp = "x" }', 'pgp is unknown'],
    ['seal "shamir" { shares = true, threshold = 2 }', 'must be a whole number'],
  ] as const)
    expect(await refused({ seal }), seal).toContain(why)
  expect(await refused({ seal: { type: 'shamir' } })).toMatch(/^invalid_request/)
  const seal = 'seal "shamir" { shares = 3, threshold = 2 }'
  expect(await refused({ seal, pgp_keys: ['key'] })).toContain('pgp_keys is not supported')
  expect(await refused({ seal }, 'team')).toContain('cannot modify existing namespace seal config')
  expect(await vault.refusal('patch', 'sys/namespaces/team', { seal })).toContain('cannot modify existing')
  expect(await vault.refusal('read', 'sys/namespaces/own')).toBe('not_found: ')
  await vault.call('update', 'sys/namespaces/own', { seal: null, pgp_keys: [] })
  for (const [operation, what] of [
    ['read', 'seal-status'],
    ['update', 'seal'],
    ['update', 'unseal'],
  ] as const) {
    const data = { key: 'ab'.repeat(33) }
    expect(await vault.refusal(operation, `sys/namespaces/own/${what}`, data)).toContain('namespace is not sealable')
    expect(await vault.refusal(operation, `sys/namespaces/none/${what}`, data)).toContain('namespace not found')
  }
  expect(await vault.refusal('delete', 'sys/namespaces/own/delete-sealed')).toContain('namespace is not sealed')
  expect((await vault.call('delete', 'sys/namespaces/none/delete-sealed')).warnings).toEqual([
    'requested namespace does not exist',
  ])
})

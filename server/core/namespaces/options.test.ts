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
  expect(await vault.refusal('patch', 'sys/namespaces/team', {})).toContain('missing required field')
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

test('whoever asks for a seal of its own gets no namespace without one', async () => {
  for (const asked of [{ seal: 'type = "shamir"' }, { seal: { type: 'shamir' } }, { pgp_keys: ['key'] }]) {
    expect(await vault.refusal('update', 'sys/namespaces/own', asked)).toContain(
      'namespaces have no seals of their own',
    )
    expect(await vault.refusal('patch', 'sys/namespaces/team', asked)).toContain(
      'namespaces have no seals of their own',
    )
  }
  expect(await vault.refusal('read', 'sys/namespaces/own')).toBe('not_found: ')
  await vault.call('update', 'sys/namespaces/own', { seal: null, pgp_keys: [] })
})

import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import type { AccessHolder } from '../../../engines/system/services/access.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { toldWithin } from '../../../test/harness/properties.ts'

/** Who may do what at a path: what is told is what holds, page by page. */

let vault: TestNamespace
beforeEach(async () => {
  vault = await TestNamespace.create()
})

interface Page {
  readonly holders: readonly (Omit<AccessHolder, 'through'> & { readonly through: readonly object[] })[]
  readonly next: string
}
const page = async (data: object, options: object = {}) =>
  (await vault.data('update', 'sys/policies/who', data, options)) as unknown as Page
async function who(path: string, more: object = {}, options: object = {}) {
  const holders: Page['holders'][number][] = []
  let pages = 0
  for (let after = ''; ; pages++) {
    const one = await page({ path, after, ...more }, options)
    holders.push(...one.holders)
    if (one.next === '') return { holders, pages: pages + 1 }
    after = one.next
  }
}
const named = (holders: Page['holders']) => holders.map(({ kind, name }) => `${kind}:${name}`)
const made = async (path: string, data: object): Promise<string> => String((await vault.data('update', path, data)).id)
const rule = (path: string, ...capabilities: string[]) =>
  `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }`

test('each holder is told with its capabilities, and the policy, block and chain that give them', async () => {
  await vault.policy('reads', `${rule('x', 'read')}\n${rule('secret/data/+', 'read', 'list')}`)
  await vault.policy('denies', rule('secret/data/a', 'deny'))
  await vault.policy('own', rule('secret/data/{{identity.entity.name}}', 'update'))
  await vault.policy(
    'checked',
    'path "secret/data/a" { capabilities = ["create"]\n allowed_parameters = { "x" = [] } }',
  )
  const ada = await made('identity/entity', { name: 'ada' })
  const eve = await made('identity/entity', { name: 'eve', policies: 'reads,denies' })
  const gone = await made('identity/entity', { name: 'gone', policies: 'reads' })
  await vault.call('update', `identity/entity/id/${gone}`, { disabled: true })
  const a = await made('identity/entity', { name: 'a', policies: 'own' })
  const inner = await made('identity/group', { name: 'inner', member_entity_ids: [ada, eve] })
  const outer = await made('identity/group', { name: 'outer', member_group_ids: [inner] })
  await vault.call('update', 'sys/roles/ops', { policies: 'reads', member_group_ids: outer })
  await vault.call('update', 'sys/roles/ci', { policies: 'checked', member_auth_roles: 'auth/door/ci' })

  const { holders } = await who('secret/data/a')
  expect(named(holders)).toEqual([
    'policy:checked',
    'policy:reads',
    'role:ci',
    'role:ops',
    ...(inner < outer ? ['group:inner', 'group:outer'] : ['group:outer', 'group:inner']),
    'auth_role:auth/door/ci',
    ...(ada < a ? ['entity:ada', 'entity:a'] : ['entity:a', 'entity:ada']),
  ])
  const of = (name: string) => holders.find((one) => one.name === name)
  const reads = { policy: 'reads', line: 2, source: 'secret/data/+', path: 'secret/data/+', conditional: false }
  expect(of('ada')).toEqual({
    kind: 'entity',
    id: ada,
    name: 'ada',
    capabilities: ['list', 'read'],
    through: [{ ...reads, capabilities: ['list', 'read'], chain: ['group:inner', 'group:outer', 'role:ops'] }],
  })
  expect(of('outer')).toMatchObject({ id: outer, through: [{ chain: ['role:ops'] }] })
  expect(of('auth/door/ci')).toMatchObject({
    id: '',
    capabilities: ['create'],
    through: [{ policy: 'checked', conditional: true, chain: ['role:ci'] }],
  })
  expect(of('a')).toMatchObject({
    capabilities: ['update'],
    through: [{ source: 'secret/data/{{identity.entity.name}}', path: 'secret/data/a', chain: [] }],
  })
  expect(named((await who('secret/data/a', { capability: 'create' })).holders)).toEqual([
    'policy:checked',
    'role:ci',
    'auth_role:auth/door/ci',
  ])
  expect((await who('nothing/here')).holders).toEqual([])
  expect((await vault.data('update', 'sys/policies/who', { path: 'x' })).not_seen).toHaveLength(4)
})

test('pages are bounded, go on where the last one ended, and every holder is told once', async () => {
  await vault.policy('reads', rule('x/*', 'read'))
  const names = Array.from({ length: 2_600 }, (_, n) => `e${n}`)
  await Promise.all(
    names.map((name, n) => made('identity/entity', { name, ...(n % 2 === 0 && { policies: 'reads' }) })),
  )
  const first = await page({ path: 'x/y', limit: 1_000 })
  expect(first.next).not.toBe('')
  for (const limit of [7, 100, 1_000]) {
    const { holders, pages } = await who('x/y', { limit })
    expect(new Set(holders.map(({ id }) => id)).size).toBe(1_301)
    expect(pages).toBeGreaterThanOrEqual(Math.ceil(1_301 / limit))
  }
  const none = await page({ path: 'y' })
  expect(none.holders).toEqual([])
  expect(await vault.refusal('update', 'sys/policies/who', { path: 'x', limit: 0 })).toContain(
    'limit must be 1 to 1000',
  )
  expect(await vault.refusal('update', 'sys/policies/who', { path: 'x', limit: 1_001 })).toContain('limit must be')
  for (const after of ['nonsense', Buffer.from('token:x').toString('base64url')])
    expect(await vault.refusal('update', 'sys/policies/who', { path: 'x', after })).toContain('what a page ended with')
})

test('speaks of its namespace alone, by the way that one decides', async () => {
  await vault.policy('reads', rule('secret/data/a', 'read'))
  const team = { namespace: 'team/' }
  await vault.call('update', 'sys/namespaces/team', {})
  const text = `${rule('secret/data/a', 'read')}\n${rule('secret/*', 'deny')}`
  await vault.call('update', 'sys/policies/acl/theirs', { policy: text }, team)
  await vault.call('update', 'identity/entity', { name: 'bob', policies: 'theirs,reads' }, team)
  expect(named((await who('secret/data/a', {}, team)).holders)).toEqual(['policy:theirs', 'entity:bob'])
  expect(named((await who('secret/data/a')).holders)).toEqual(['policy:reads'])
  await vault.call('patch', 'sys/namespaces/team', { deny_always_wins: true })
  expect((await who('secret/data/a', {}, team)).holders).toEqual([])
})

test('an explanation knows which paths are root-protected, and which are open to everybody', async () => {
  await vault.policy('runs', `${rule('sys/config/namespace', 'read', 'update')}\n${rule('auth/door/login', 'read')}`)
  const explained = (path: string, operation = 'read', policies = 'runs') =>
    vault.data('update', 'sys/policies/explain', { path, operation, policies })
  expect(await explained('/sys/config/namespace')).toMatchObject({
    allowed: false,
    reason: 'missing_sudo',
    needs_sudo: true,
    sudo: false,
    change: { edits: [{ action: 'change', line: 1, capabilities: ['read', 'sudo', 'update'] }] },
  })
  const token = await vault.token({ policies: ['runs'] })
  expect(await vault.refusal('read', 'sys/config/namespace', {}, { token })).toContain('permission_denied')
  await vault.policy('runs', rule('sys/config/namespace', 'read', 'sudo'))
  expect(await explained('sys/config/namespace')).toMatchObject({ allowed: true, reason: 'granted', needs_sudo: true })
  expect(await vault.data('read', 'sys/config/namespace', {}, { token })).toEqual({ deny_always_wins: false })
  expect(await explained('auth/door/login', 'update')).toMatchObject({ allowed: true, reason: 'open', change: null })
  expect(await explained('secret/data/x')).toMatchObject({ allowed: false, reason: 'no_rule', needs_sudo: false })
})

const segment = fc.constantFrom('a', 'b', '+')
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([parts, open]) => parts.join('/') + (open ? '/*' : ''))
const block = fc.tuple(
  pattern,
  fc.uniqueArray(fc.constantFrom('read', 'update', 'list', 'deny'), { minLength: 1, maxLength: 2 }),
)
const POLICIES = ['p0', 'p1', 'p2', 'p3']
const some = fc.uniqueArray(fc.nat(3), { maxLength: 2 })
const world = fc.record({
  policies: fc.array(fc.array(block, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 4 }),
  entities: fc.array(some, { minLength: 4, maxLength: 4 }),
  groups: fc.array(fc.record({ policies: some, members: some }), { minLength: 3, maxLength: 3 }),
  roles: fc.array(fc.record({ policies: some, entities: some, groups: fc.uniqueArray(fc.nat(2), { maxLength: 2 }) }), {
    minLength: 3,
    maxLength: 3,
  }),
  wins: fc.boolean(),
})

test('what is told of entities is what their tokens may do, whatever gives it', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ policies, entities, groups, roles, wins }) => {
      vault = await TestNamespace.create()
      const names = (numbers: readonly number[]) => numbers.map((n) => POLICIES[n])
      await vault.call('update', 'sys/config/namespace', { deny_always_wins: wins })
      for (const [n, blocks] of policies.entries())
        await vault.policy(`p${n}`, blocks.map(([path, capabilities]) => rule(path, ...capabilities)).join('\n'))
      const ids: string[] = []
      for (const own of entities) ids.push(await made('identity/entity', { policies: names(own) }))
      const groupIds: string[] = []
      for (const { policies: own, members } of groups)
        groupIds.push(
          await made('identity/group', {
            policies: names(own),
            member_entity_ids: members.map((n) => ids[n]),
            member_group_ids: groupIds.slice(-1),
          }),
        )
      for (const [n, role] of roles.entries())
        await vault.call('update', `sys/roles/r${n}`, {
          policies: names(role.policies),
          member_entity_ids: role.entities.map((one) => ids[one]),
          member_group_ids: role.groups.map((one) => groupIds[one]),
        })
      for (const path of ['a', 'a/b', 'a/b/', 'b/a/b']) {
        const told = new Map((await who(path)).holders.map((holder) => [holder.id, holder]))
        for (const id of ids) {
          const given = await vault.namespace.identities.subjects.ofEntity(id)
          const holder = { policies: given?.identityPolicies ?? [], entityId: id }
          const [capabilities] = await vault.namespace.policies.capabilities(holder, [{ path }])
          expect(told.get(id)?.capabilities ?? ['deny']).toEqual(capabilities)
          if (told.has(id)) expect(told.get(id)?.through.length).toBeGreaterThan(0)
        }
      }
    }),
    { numRuns: 60, ...toldWithin() },
  )
})

test('capitals in a name that is the same in any case name nobody whom the rule for the name holds back', async () => {
  await vault.policy('wide', `${rule('sys/policies/acl/*', 'read', 'update')}\n${rule('sys/policies/acl/pay', 'read')}`)
  await vault.policy('held', `${rule('sys/policies/acl/*', 'read')}\n${rule('sys/policies/acl/pay', 'deny')}`)
  const { holders } = await who('sys/policies/acl/PAY')
  expect(holders).toMatchObject([
    {
      name: 'wide',
      capabilities: ['read'],
      through: [{ source: 'sys/policies/acl/*' }, { source: 'sys/policies/acl/pay' }],
    },
  ])
  expect(holders[0]?.through).toHaveLength(2)
  expect(named((await who('sys/policies/acl/other')).holders)).toEqual(['policy:held', 'policy:wide'])
})

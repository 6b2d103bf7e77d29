import { beforeEach, describe, expect, test } from 'vitest'
import { roleCodec } from '../../../engines/identity/documents.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** `sys/roles` from the outside: what their members may do, from when and until when. */

let vault: TestNamespace
beforeEach(async () => {
  vault = await TestNamespace.create()
  await vault.policy('reads', 'path "secret/data/a" { capabilities = ["read"] }')
  await vault.policy('forbids', 'path "secret/data/a" { capabilities = ["deny"] }')
  await vault.call('update', 'secret/data/a', { data: { n: 1 } })
})

async function login(more: object = { alias: { name: 'bob', metadata: {} } }) {
  const { auth } = await vault.call('update', 'auth/door/login', more, { token: undefined })
  if (auth === null) throw new Error('no login')
  return auth
}

const may = (token: string): Promise<boolean> =>
  vault.call('read', 'secret/data/a', {}, { token }).then(
    () => true,
    () => false,
  )
const role = (data: object, name = 'ops') => vault.call('update', `sys/roles/${name}`, data)
const group = async (data: object) => String((await vault.data('update', 'identity/group', data)).id)

describe('a member', () => {
  test('that is an entity has the policies from the next request, and no longer than it is one', async () => {
    const { clientToken, entityId } = await login()
    expect(await may(clientToken)).toBe(false)
    await role({ policies: ['reads'], member_entity_ids: [entityId] })
    expect(await may(clientToken)).toBe(true)
    expect(await vault.data('read', 'auth/token/lookup-self', {}, { token: clientToken })).toMatchObject({
      policies: ['default'],
      identity_policies: ['reads'],
    })
    expect((await login()).identityPolicies).toEqual(['reads'])
    await role({ policies: [] })
    expect(await may(clientToken)).toBe(false)
    await role({ policies: ['reads'] })
    expect(await may(clientToken)).toBe(true)
    await role({ member_entity_ids: [] })
    expect(await may(clientToken)).toBe(false)
    await role({ member_entity_ids: [entityId] })
    await vault.call('delete', 'sys/roles/ops')
    expect(await may(clientToken)).toBe(false)
  })

  test('that is a group gives the policies to all in it, and in groups within', async () => {
    const { clientToken, entityId } = await login()
    const inner = await group({ member_entity_ids: [entityId] })
    const outer = await group({ member_group_ids: [inner] })
    await role({ policies: ['reads'], member_group_ids: [outer] })
    expect(await may(clientToken)).toBe(true)
    await vault.call('update', `identity/group/id/${inner}`, { member_entity_ids: [] })
    expect(await may(clientToken)).toBe(false)
    await vault.call('update', `identity/group/id/${inner}`, { member_entity_ids: [entityId] })
    expect(await may(clientToken)).toBe(true)
    await vault.call('delete', `identity/group/id/${outer}`)
    expect(await may(clientToken)).toBe(false)
    expect(await vault.data('read', 'sys/roles/ops')).toMatchObject({ member_group_ids: [] })
  })

  test('that is an auth role gives them to tokens of its logins, also of earlier ones, not to their children', async () => {
    const { clientToken: early } = await login({ role: 'ci' })
    const { clientToken: other } = await login({ role: 'deploy' })
    const { clientToken: none } = await login({})
    await role({ policies: ['reads'], member_auth_roles: ['auth/door/CI'] })
    const later = await login({ role: 'ci', alias: { name: 'bob', metadata: {} } })
    expect(later).toMatchObject({ policies: ['default', 'reads'], identityPolicies: ['reads'] })
    const batch = await login({ role: 'ci', tokenType: 'batch' })
    expect(await Promise.all([early, other, none, later.clientToken, batch.clientToken].map(may))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
    await vault.policy('makes', 'path "auth/token/create" { capabilities = ["update"] }')
    await role({ policies: ['reads', 'makes'] })
    expect(await may(await vault.token({ policies: ['default'] }, { token: early }))).toBe(false)
    await role({ member_auth_roles: [] })
    expect(await Promise.all([early, later.clientToken, batch.clientToken].map(may))).toEqual([false, false, false])
  })

  test('is refused what the role denies, whatever else it has', async () => {
    const { clientToken, entityId } = await login({ policies: ['reads'], alias: { name: 'bob', metadata: {} } })
    expect(await may(clientToken)).toBe(true)
    await role({ policies: ['forbids'], member_entity_ids: [entityId] })
    expect(await may(clientToken)).toBe(false)
  })

  test('that became part of another entity takes its roles along', async () => {
    const bob = await login()
    const eve = await login({ alias: { name: 'eve', metadata: {} } })
    await role({ policies: ['reads'], member_entity_ids: [bob.entityId] })
    await vault.call('update', 'identity/entity/merge', {
      from_entity_ids: [bob.entityId],
      to_entity_id: eve.entityId,
      conflicting_alias_ids_to_keep: [await aliasOf(eve.entityId)],
    })
    expect(await may(bob.clientToken)).toBe(true)
    expect(await may(eve.clientToken)).toBe(true)
    expect(await vault.data('read', 'sys/roles/ops')).toMatchObject({ member_entity_ids: [eve.entityId] })
  })

  test('keeps what it has of one role when it leaves another', async () => {
    const { clientToken, entityId } = await login()
    await role({ policies: ['reads'], member_entity_ids: [entityId] }, 'one')
    await role({ policies: ['reads'], member_entity_ids: [entityId] }, 'two')
    await vault.call('delete', 'sys/roles/one')
    expect(await may(clientToken)).toBe(true)
    await vault.call('delete', 'sys/roles/two')
    expect(await may(clientToken)).toBe(false)
    expect(await vault.rows('mount/').then((rows) => rows.filter((row) => row.includes('role-of')))).toEqual([])
  })
})

async function aliasOf(entityId: string): Promise<string> {
  const { aliases } = await vault.data('read', `identity/entity/id/${entityId}`)
  return (aliases as { id: string }[])[0]?.id ?? ''
}

describe('a role', () => {
  test.each([
    'root',
    'ROOT',
    ' root\t',
    '\u00a0Root',
    'ｒｏｏｔ',
    'ro\u200bot',
    'r\u00adoot',
    '𝐫𝐨𝐨𝐭',
    'response-wrapping',
  ])('never gives %j', async (name) => {
    expect(await vault.refusal('update', 'sys/roles/ops', { policies: [name] })).toContain('policies cannot contain')
    expect(await vault.refusal('update', 'sys/roles/ops', { policies: ['reads', name] })).toContain('cannot contain')
    expect(await vault.refusal('read', 'sys/roles/ops')).toBe('not_found: ')
  })

  test('whose row says root, whoever wrote that there, does not give it', async () => {
    const { clientToken, entityId } = await login()
    await role({ policies: ['reads'], member_entity_ids: [entityId] })
    const { store } = vault.namespace
    const [path] = (await vault.rows('mount/')).filter((row) => row.endsWith('/role/ops'))
    await store.transaction(async (tx) => {
      const stored = await tx.get(`mount/${path}`, roleCodec)
      if (stored === undefined) throw new Error('there is no such row')
      tx.put(`mount/${path}`, { ...stored, policies: ['root', ' ROOT ', 'response-wrapping'] }, roleCodec)
    })
    await role({}, 'other')
    expect(await may(clientToken)).toBe(false)
    expect((await login()).identityPolicies).toEqual([])
  })

  test('shows in an answer that is wrapped', async () => {
    await role({ policies: ['reads'], member_auth_roles: ['auth/door/ci'] })
    const { wrapInfo } = await vault.call(
      'update',
      'auth/door/login',
      { role: 'ci' },
      { token: undefined, wrapTtlSeconds: 60 },
    )
    const { auth } = await vault.call('update', 'sys/wrapping/unwrap', {}, { token: wrapInfo?.token })
    expect(auth).toMatchObject({ policies: ['default', 'reads'], identityPolicies: ['reads'] })
  })

  test('is read, listed and changed by part, by a name without case', async () => {
    const { entityId } = await login()
    await role({ policies: ['reads', ' READS ', 'b'], description: 'runs it' }, 'Ops')
    await role({ member_entity_ids: [entityId, entityId], member_auth_roles: ['auth/door/ci'] }, 'oPs')
    const door = (await vault.data('read', 'sys/auth'))['door/'] as { accessor: string }
    expect(await vault.data('read', 'sys/roles/OPS')).toEqual({
      name: 'ops',
      description: 'runs it',
      policies: ['b', 'reads'],
      member_entity_ids: [entityId],
      member_group_ids: [],
      member_auth_roles: [{ path: 'auth/door/ci', mount_accessor: door.accessor, role: 'ci' }],
      creation_time: expect.any(String),
      last_update_time: expect.any(String),
    })
    await role({ member_auth_roles: [`${door.accessor}/deploy`] })
    await role({}, 'zeta')
    expect(await vault.data('list', 'sys/roles')).toEqual({ keys: ['ops', 'zeta'] })
    expect(await vault.data('list', 'sys/roles', { after: 'ops', limit: 1 })).toEqual({ keys: ['zeta'] })
    await vault.call('delete', 'sys/auth/door')
    const { member_auth_roles: left } = await vault.data('read', 'sys/roles/ops')
    expect(left).toEqual([{ path: `${door.accessor}/deploy`, mount_accessor: door.accessor, role: 'deploy' }])
  })

  test('refuses members that are not there, and names that are none', async () => {
    const refusals = [
      [{ member_entity_ids: ['nobody'] }, 'entity ID "nobody" does not exist'],
      [{ member_group_ids: ['none'] }, 'group ID "none" does not exist'],
      [{ member_auth_roles: ['auth/door/nobody'] }, 'there is no such role'],
      [{ member_auth_roles: ['auth/door'] }, 'names no auth method'],
      [{ member_auth_roles: ['auth/token/x'] }, 'names no auth method'],
      [{ member_auth_roles: ['secret/x'] }, 'names no auth method'],
      [{ description: 'x'.repeat(2_001) }, 'more than 2000 characters'],
    ] as const
    for (const [data, message] of refusals)
      expect(await vault.refusal('update', 'sys/roles/ops', data)).toMatch(new RegExp(`^invalid_request: .*${message}`))
    for (const name of ['-a', 'a b', 'é', 'a'.repeat(129)])
      expect(await vault.refusal('update', `sys/roles/${name}`, {})).toContain('letters, digits')
    expect(await vault.refusal('list', 'sys/roles')).toBe('not_found: ')
  })

  test('is of its namespace alone', async () => {
    await vault.call('update', 'sys/namespaces/team', {})
    const { entityId } = await login()
    const inTeam = { namespace: 'team/' }
    expect(await vault.refusal('update', 'sys/roles/ops', { member_entity_ids: [entityId] }, inTeam)).toContain(
      'does not exist',
    )
    await vault.call('update', 'sys/roles/ops', { policies: ['reads'] }, inTeam)
    expect(await vault.data('list', 'sys/roles', {}, inTeam)).toEqual({ keys: ['ops'] })
    expect(await vault.refusal('read', 'sys/roles/ops')).toBe('not_found: ')
  })

  test('holds on every node from the next request on', async () => {
    const { backend, cipher, clock } = vault
    const { clientToken, entityId } = await login()
    const { clientToken: ofCi } = await login({ role: 'ci' })
    const other = await TestNamespace.over({ backend, cipher, clock })
    await other.namespace.open()
    const mayThere = (token: string) =>
      other.call('read', 'secret/data/a', {}, { token }).then(
        () => true,
        () => false,
      )
    expect(await Promise.all([clientToken, ofCi].map(mayThere))).toEqual([false, false])
    await role({ policies: ['reads'], member_entity_ids: [entityId], member_auth_roles: ['auth/door/ci'] })
    expect(await Promise.all([clientToken, ofCi].map(mayThere))).toEqual([true, true])
    await vault.call('delete', 'sys/roles/ops')
    expect(await Promise.all([clientToken, ofCi].map(mayThere))).toEqual([false, false])
  })
})

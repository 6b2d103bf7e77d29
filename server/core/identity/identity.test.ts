import { beforeEach, describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** Who is who, from the outside: logins at the test's own auth method, and requests with their tokens. */

let vault: TestNamespace
let accessor: string
beforeEach(async () => {
  vault = await TestNamespace.create()
  accessor = await accessorOf('door')
})

async function accessorOf(mount: string): Promise<string> {
  const mounts = await vault.data('read', 'sys/auth')
  return (mounts[`${mount}/`] as { accessor: string }).accessor
}

async function login(name: string, more: object = {}, metadata: object = {}) {
  const { auth } = await vault.call(
    'update',
    'auth/door/login',
    { alias: { name, metadata }, ...more },
    { token: undefined },
  )
  if (auth === null) throw new Error('no login')
  return auth
}

const entityOf = (id: string) => vault.data('read', `identity/entity/id/${id}`)
const made = async (path: string, data: object): Promise<string> => String((await vault.data('update', path, data)).id)
const may = async (token: string, path: string): Promise<boolean> =>
  vault.call('read', path, {}, { token }).then(
    () => true,
    () => false,
  )

describe('a login', () => {
  test('makes its entity the first time, and finds it the next, whatever the case', async () => {
    const first = await login('Bob', {}, { team: 'red' })
    const again = await login('bob', {}, { team: 'blue' })
    expect(again.entityId).toBe(first.entityId)
    expect(await entityOf(first.entityId)).toMatchObject({
      disabled: false,
      policies: [],
      aliases: [
        {
          name: 'Bob',
          mount_accessor: accessor,
          mount_path: 'auth/door/',
          mount_type: 'door',
          metadata: { team: 'blue' },
        },
      ],
    })
    expect((await login('eve')).entityId).not.toBe(first.entityId)
    expect(await vault.data('read', 'auth/token/lookup-self', {}, { token: first.clientToken })).toMatchObject({
      entity_id: first.entityId,
    })
  })

  test('a hundred first logins of one alias at once make one entity', async () => {
    const logins = await Promise.all(Array.from({ length: 100 }, (_, n) => login(n % 2 === 0 ? 'bob' : 'BOB')))
    expect(new Set(logins.map(({ entityId }) => entityId)).size).toBe(1)
    expect((await vault.data('list', 'identity/entity/id')).keys).toHaveLength(1)
    expect((await vault.data('list', 'identity/entity-alias/id')).keys).toHaveLength(1)
  })

  test('the same name at another mount is somebody else, until an alias says otherwise', async () => {
    await vault.call('update', 'sys/auth/back', { type: 'door' })
    const { entityId } = await login('bob')
    const backAccessor = await accessorOf('back')
    await vault.call('update', 'identity/entity-alias', {
      name: 'robert',
      canonical_id: entityId,
      mount_accessor: backAccessor,
    })
    const byBack = await vault.call(
      'update',
      'auth/back/login',
      { alias: { name: 'robert', metadata: {} } },
      { token: undefined },
    )
    expect(byBack.auth?.entityId).toBe(entityId)
    const other = await vault.call(
      'update',
      'auth/back/login',
      { alias: { name: 'bob', metadata: {} } },
      { token: undefined },
    )
    expect(other.auth?.entityId).not.toBe(entityId)
  })

  test('an alias that is written as it is already is not changed, and nothing is said of it', async () => {
    const wish = { name: 'robert', mount_accessor: accessor, custom_metadata: { team: 'red' } }
    const { id, canonical_id: entity } = await vault.data('update', 'identity/entity-alias', wish)
    const path = `identity/entity-alias/id/${id}`
    const before = await vault.rows('')
    for (const same of [wish, { name: 'robert', mount_accessor: accessor }, { ...wish, canonical_id: entity }])
      expect((await vault.call('update', 'identity/entity-alias', same)).data).toBeNull()
    expect((await vault.call('update', path, { custom_metadata: { team: 'red' } })).data).toBeNull()
    expect(await vault.rows('')).toEqual(before)
    expect(await vault.data('update', path, { custom_metadata: { team: 'blue' } })).toEqual({
      id,
      canonical_id: entity,
    })
    expect((await vault.data('read', path)).custom_metadata).toEqual({ team: 'blue' })
  })

  test('without an alias belongs to nobody', async () => {
    const { auth } = await vault.call('update', 'auth/door/login', {}, { token: undefined })
    expect(auth?.entityId).toBe('')
    await expect(vault.call('list', 'identity/entity/id')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('of a disabled entity is refused, and makes no token', async () => {
    const { entityId } = await login('bob')
    await vault.call('update', `identity/entity/id/${entityId}`, { disabled: true })
    const before = await vault.rows('tokens/id/')
    expect(
      await vault.refusal('update', 'auth/door/login', { alias: { name: 'bob', metadata: {} } }, { token: undefined }),
    ).toBe('permission_denied: permission denied')
    expect(await vault.rows('tokens/id/')).toEqual(before)
  })
})

describe('what an entity is given', () => {
  beforeEach(async () => {
    await vault.policy('reads', 'path "secret/data/own" { capabilities = ["read"] }')
    await vault.policy('team', 'path "secret/data/team" { capabilities = ["read"] }')
    await vault.call('update', 'secret/data/own', { data: { a: 1 } })
    await vault.call('update', 'secret/data/team', { data: { a: 1 } })
  })

  test('holds for its tokens from the next request, and no longer than it is given', async () => {
    const { clientToken: token, entityId } = await login('bob')
    expect(await may(token, 'secret/data/own')).toBe(false)
    await vault.call('update', `identity/entity/id/${entityId}`, { policies: ['Reads '] })
    expect(await may(token, 'secret/data/own')).toBe(true)
    expect(await vault.data('read', 'auth/token/lookup-self', {}, { token })).toMatchObject({
      policies: ['default'],
      identity_policies: ['reads'],
    })
    await vault.call('update', `identity/entity/id/${entityId}`, { policies: [] })
    expect(await may(token, 'secret/data/own')).toBe(false)
  })

  test('is told at the login and at its renewal', async () => {
    const { entityId } = await login('bob')
    await vault.call('update', `identity/entity/id/${entityId}`, { policies: 'reads' })
    const auth = await login('bob', { policies: ['x'], ttlSeconds: 60 })
    expect(auth).toMatchObject({
      tokenPolicies: ['default', 'x'],
      identityPolicies: ['reads'],
      policies: ['default', 'reads', 'x'],
    })
    const renewed = await vault.call('update', 'auth/token/renew-self', {}, { token: auth.clientToken })
    expect(renewed.auth).toMatchObject({ identityPolicies: ['reads'], policies: ['default', 'reads', 'x'] })
  })

  test('comes of its groups too, and of the groups that those are in', async () => {
    const { clientToken: token, entityId } = await login('bob')
    const inner = await made('identity/group', { name: 'inner', member_entity_ids: [entityId] })
    const outer = await made('identity/group', { name: 'outer', policies: 'team', member_group_ids: [inner] })
    expect(await may(token, 'secret/data/team')).toBe(true)
    expect(await entityOf(entityId)).toMatchObject({
      direct_group_ids: [inner],
      inherited_group_ids: [outer],
      group_ids: [inner, outer],
    })
    expect(await vault.data('read', `identity/group/id/${outer}`)).toMatchObject({ member_group_ids: [inner] })
    await vault.call('update', `identity/group/id/${outer}`, { member_group_ids: [] })
    expect(await may(token, 'secret/data/team')).toBe(false)
    await vault.call('update', 'identity/group/name/INNER', { policies: 'team' })
    expect(await may(token, 'secret/data/team')).toBe(true)
    await vault.call('update', `identity/group/id/${inner}`, { member_entity_ids: [] })
    expect(await may(token, 'secret/data/team')).toBe(false)
    await vault.call('update', `identity/group/id/${inner}`, { member_entity_ids: [entityId] })
    await vault.call('delete', `identity/group/id/${inner}`)
    expect(await may(token, 'secret/data/team')).toBe(false)
    expect(await entityOf(entityId)).toMatchObject({ group_ids: [] })
  })

  test('comes of external groups for as long as the auth method names them', async () => {
    const group = await made('identity/group', { name: 'staff', type: 'external', policies: 'team' })
    await vault.call('update', 'identity/group-alias', { name: 'Staff', canonical_id: group, mount_accessor: accessor })
    const { clientToken: token, entityId } = await login('bob', { groupAliases: ['staff', 'unknown'] })
    expect(await may(token, 'secret/data/team')).toBe(true)
    expect(await vault.data('read', `identity/group/id/${group}`)).toMatchObject({ member_entity_ids: [entityId] })
    await login('bob')
    expect(await may(token, 'secret/data/team')).toBe(true)
    await login('bob', { groupAliases: ['others'] })
    expect(await may(token, 'secret/data/team')).toBe(false)
    expect(await vault.data('read', `identity/group/id/${group}`)).toMatchObject({ member_entity_ids: null })
  })

  test('fills in the templates of policies', async () => {
    await vault.policy(
      'mine',
      'path "secret/data/{{identity.entity.aliases.' +
        accessor +
        '.name}}/*" { capabilities = ["create", "read", "update"] }',
    )
    const bob = await login('bob', { policies: ['mine'] })
    const eve = await login('eve', { policies: ['mine'] })
    await vault.call('create', 'secret/data/bob/x', { data: { a: 1 } }, { token: bob.clientToken })
    expect(await may(bob.clientToken, 'secret/data/bob/x')).toBe(true)
    expect(await may(eve.clientToken, 'secret/data/bob/x')).toBe(false)
    expect(await may(bob.clientToken, `identity/entity/id/${bob.entityId}`)).toBe(true)
    expect(await may(bob.clientToken, `identity/entity/id/${eve.entityId}`)).toBe(false)
  })

  test('goes to the children of its tokens, and not to orphans', async () => {
    const { clientToken, entityId } = await login('bob', { policies: ['root-like'] })
    await vault.policy('root-like', 'path "auth/token/*" { capabilities = ["create", "update", "sudo"] }')
    await vault.call('update', `identity/entity/id/${entityId}`, { policies: 'reads' })
    const child = await vault.call('update', 'auth/token/create', {}, { token: clientToken })
    expect(child.auth).toMatchObject({ entityId, identityPolicies: ['reads'] })
    const orphan = await vault.call('update', 'auth/token/create-orphan', {}, { token: clientToken })
    expect(orphan.auth).toMatchObject({ entityId: '', identityPolicies: [] })
  })
})

describe('a token', () => {
  const kinds = { service: {}, batch: { tokenType: 'batch' }, 'of three uses': { numUses: 3 } }
  for (const [kind, grant] of Object.entries(kinds)) {
    test(`(${kind}) of an entity that is disabled or deleted is refused at once`, async () => {
      const { clientToken: token, entityId } = await login('bob', grant)
      const self = ['read', 'auth/token/lookup-self', {}, { token }] as const
      await vault.call(...self)
      await vault.call('update', `identity/entity/id/${entityId}`, { disabled: 'true' })
      expect(await vault.refusal(...self)).toBe('permission_denied: permission denied')
      await vault.call('update', `identity/entity/id/${entityId}`, { disabled: false })
      await vault.call(...self)
      await vault.call('delete', `identity/entity/id/${entityId}`)
      expect(await vault.refusal(...self)).toBe('permission_denied: permission denied')
      expect((await login('bob')).entityId).not.toBe(entityId)
      expect(await vault.refusal(...self)).toBe('permission_denied: permission denied')
    })
  }

  test('is refused on another node too, from the next request', async () => {
    const { clientToken: token, entityId } = await login('bob')
    const { backend, cipher, clock } = vault
    const other = await TestNamespace.over({ backend, cipher, clock }, vault.credentials)
    await other.namespace.open()
    await other.call('read', 'auth/token/lookup-self', {}, { token })
    await vault.call('update', `identity/entity/id/${entityId}`, { disabled: true })
    expect(await other.refusal('read', 'auth/token/lookup-self', {}, { token })).toBe(
      'permission_denied: permission denied',
    )
  })

  test('under a role can be of an alias that the role allows', async () => {
    await vault.call('update', 'auth/token/roles/ci', { allowed_entity_aliases: ['Build-*'], orphan: true })
    const data = { entity_alias: 'BUILD-1' }
    const { auth } = await vault.call('update', 'auth/token/create/ci', data)
    const again = await vault.call('update', 'auth/token/create/ci', { entity_alias: 'build-1' })
    expect(again.auth?.entityId).toBe(auth?.entityId)
    expect(await entityOf(String(auth?.entityId))).toMatchObject({
      aliases: [{ name: 'BUILD-1', mount_path: 'auth/token/' }],
    })
    expect(await vault.refusal('update', 'auth/token/create/ci', { entity_alias: 'x' })).toContain(
      "invalid 'entity_alias'",
    )
    expect(await vault.refusal('update', 'auth/token/create', data)).toContain(
      'only allowed in combination with token role',
    )
  })

  test('of a merged entity belongs to the one it became part of', async () => {
    const [bob, rob] = [await login('bob'), await login('rob')]
    await vault.call('update', 'sys/auth/back', { type: 'door' })
    const token = (
      await vault.call('update', 'auth/back/login', { alias: { name: 'b', metadata: {} } }, { token: undefined })
    ).auth
    await vault.call('update', `identity/entity/id/${bob.entityId}`, { policies: 'kept' })
    await vault.call('update', 'identity/entity/merge', {
      from_entity_ids: token?.entityId,
      to_entity_id: bob.entityId,
    })
    const seen = await vault.call('update', 'auth/token/lookup', { token: token?.clientToken })
    expect(seen.data).toMatchObject({ identity_policies: ['kept'] })
    expect(await entityOf(bob.entityId)).toMatchObject({ merged_entity_ids: [token?.entityId] })
    expect((await entityOf(bob.entityId)).aliases).toHaveLength(2)
    await expect(entityOf(String(token?.entityId))).rejects.toMatchObject({ code: 'not_found' })
    const clash = { from_entity_ids: [rob.entityId], to_entity_id: bob.entityId }
    const robs = ((await entityOf(rob.entityId)).aliases as { id: string }[])[0]?.id
    const refusal = await vault.call('update', 'identity/entity/merge', clash).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`${robs} of the entity ${rob.entityId} at auth_`),
      data: expect.arrayContaining([
        expect.objectContaining({ id: robs, alias: 'rob', entity_id: rob.entityId, entity: expect.any(String) }),
        expect.objectContaining({ alias: 'bob', entity_id: bob.entityId, mount_path: expect.stringMatching('^auth/') }),
      ]),
    })
    await vault.call('update', 'identity/entity/merge', { ...clash, conflicting_alias_ids_to_keep: [robs] })
    expect((await login('rob')).entityId).toBe(bob.entityId)
    expect((await login('bob')).entityId).not.toBe(bob.entityId)
    expect(await may(rob.clientToken, 'auth/token/lookup-self')).toBe(true)
    await vault.call('delete', `identity/entity/id/${bob.entityId}`)
    for (const gone of [bob, rob]) expect(await may(gone.clientToken, 'auth/token/lookup-self')).toBe(false)
    expect(await vault.isValid(String(token?.clientToken))).toBe(true)
    expect(await may(String(token?.clientToken), 'auth/token/lookup-self')).toBe(false)
  })
})

describe('nobody is given root', () => {
  const names = ['root', 'ROOT', ' Root\t', '\u00a0rOOt\ufeff', ['default', 'RooT '], 'response-wrapping']
  test.each(names.map((name) => [name]))('%j as a policy of an entity or a group', async (name) => {
    const { entityId } = await login('bob')
    const policies = { policies: name }
    for (const [path, data] of [
      ['identity/entity', { name: 'x', ...policies }],
      [`identity/entity/id/${entityId}`, policies],
      ['identity/group', { name: 'x', ...policies }],
      ['identity/group/name/x', policies],
    ] as const) {
      expect(await vault.refusal('update', path, data)).toMatch(
        /^invalid_request: policies cannot contain (root|response-wrapping)$/,
      )
    }
    const written = await vault.rows('mount/')
    expect(written.filter((row) => /\/(group|group-name)\//.test(row))).toEqual([])
  })

  test('even where it stands in storage', async () => {
    const { clientToken: token, entityId } = await login('bob')
    const [row] = (await vault.rows('mount/')).filter((path) => path.endsWith(`/entity/${entityId}`))
    const { json } = await import('../../../storage/codec.ts')
    const codec = json<{ policies: string[] }>()
    await vault.namespace.store.transaction(async (tx) => {
      const entity = await tx.get(`mount/${row}`, codec)
      if (entity !== undefined) tx.put(`mount/${row}`, { ...entity, policies: [' ROOT ', 'root', 'Fine'] }, codec)
    })
    expect(await vault.data('read', 'auth/token/lookup-self', {}, { token })).toMatchObject({
      identity_policies: ['fine'],
    })
    expect(await may(token, 'sys/mounts')).toBe(false)
  })
})

test('a vault of before gets the mount when it is opened', async () => {
  const { store } = vault.namespace
  const { changeTable, withoutMount } = await import('../mounts/table.ts')
  const entry = await vault.namespace.mounts.at('identity/')
  await store.transaction((tx) => changeTable(tx, (table) => withoutMount(table, String(entry?.uuid))))
  const { backend, cipher, clock } = vault
  const later = await TestNamespace.over({ backend, cipher, clock }, vault.credentials)
  await later.namespace.open()
  later.root = vault.root
  expect(await later.data('update', 'identity/entity', { name: 'bob' })).toMatchObject({ name: 'bob' })
})

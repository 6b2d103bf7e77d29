import { beforeEach, expect, test } from 'vitest'
import { AppRoleVault } from './testing-approle.ts'
import { clearAbandoned } from './tidy.ts'

let approle: AppRoleVault
const at = (path: string): string => `auth/approle/role/${path}`

beforeEach(async () => {
  approle = await AppRoleVault.create()
  await approle.role('web')
})

test('a role is shown as it was written, and an update keeps what it does not name', async () => {
  const { vault } = approle
  await approle.role('Full', {
    secret_id_num_uses: '10',
    secret_id_ttl: '1h',
    secret_id_bound_cidrs: '10.0.0.0/8,192.0.2.7',
    local_secret_ids: true,
    policies: 'B,a',
    period: '30m',
    token_bound_cidrs: ['10.0.0.0/8'],
  })
  expect(await vault.data('read', at('full'))).toEqual({
    bind_secret_id: true,
    secret_id_bound_cidrs: ['10.0.0.0/8', '192.0.2.7'],
    secret_id_num_uses: 10,
    secret_id_ttl: 3600,
    local_secret_ids: true,
    token_ttl: 0,
    token_max_ttl: 0,
    token_policies: ['a', 'b'],
    policies: ['a', 'b'],
    token_bound_cidrs: ['10.0.0.0/8'],
    token_explicit_max_ttl: 0,
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: 1800,
    period: 1800,
    token_type: 'default',
    token_strictly_bind_ip: false,
  })
  await approle.role('FULL', { token_policies: 'c' })
  const after = await vault.data('read', at('full'))
  expect(after).toMatchObject({ token_policies: ['c'], token_period: 1800, secret_id_num_uses: 10 })
  expect(after).not.toHaveProperty('policies')
  expect(await vault.data('list', 'auth/approle/role')).toEqual({ keys: ['full', 'web'] })
  await vault.call('delete', at('full'))
  await vault.call('delete', at('full'))
  expect(await vault.refusal('read', at('full'))).toBe('not_found: ')
})

test('policies are shown as they were written, and as they are kept where an older name or the path of their own sets them', async () => {
  const { vault } = approle
  const written = ['zed', 'Abc', 'mid', 'abc']
  await approle.role('web', { token_policies: written })
  expect(await vault.data('read', at('web'))).toMatchObject({ token_policies: written })
  const { auth } = await approle.login(await approle.roleId('web'), (await approle.secretId('web')).id)
  expect(auth?.policies).toEqual(['abc', 'default', 'mid', 'zed'])
  for (const [path, sent] of [
    ['web', { policies: written }],
    ['web/policies', { token_policies: written }],
  ] as const) {
    await vault.call('update', at(path), sent)
    expect(await vault.data('read', at('web')), path).toMatchObject({ token_policies: ['abc', 'mid', 'zed'] })
  }
})

const refused: Record<string, readonly [settings: object, words: RegExp]> = {
  'negative uses': [{ secret_id_num_uses: -1 }, /secret_id_num_uses cannot be negative/],
  'a negative ttl': [{ secret_id_ttl: '-1s' }, /secret_id_ttl cannot be negative/],
  'a role id of nothing': [{ role_id: ' ' }, /missing role_id/],
  'a role id of 5000 characters': [{ role_id: 'x'.repeat(5000) }, /role_id is longer/],
  'a role id that is taken': [{ role_id: 'taken' }, /role_id already in use/],
  'what is no address': [{ secret_id_bound_cidrs: '10.0.0.0/33' }, /secret_id_bound_cidrs/],
  'the root policy': [{ token_policies: ' ROOT ' }, /root/],
  'a type there is not': [{ token_type: 'other' }, /token_type/],
  'batch tokens of a few uses': [{ token_type: 'batch', token_num_uses: 1 }, /limited use count/],
  'a ttl above its maximum': [{ token_ttl: 2, token_max_ttl: 1 }, /token_max_ttl/],
  'a period above the maximum of the mount': [{ period: '40d' }, /greater than the backend's maximum/],
  'secret ids that become local': [{ local_secret_ids: true }, /only be modified during role creation/],
}
test('a role is not written with what makes no sense', async () => {
  const { vault } = approle
  await approle.role('first', { role_id: 'taken' })
  for (const [what, [settings, words]] of Object.entries(refused)) {
    expect(await vault.refusal('update', at('web'), settings), what).toMatch(words)
  }
  for (const name of ['a..', '-a', 'a b', 'é', 'x'.repeat(2000)]) {
    expect(await vault.refusal('update', at(name)), name).toMatch(/^not_found/)
  }
  const { warnings } = await approle.role('odd', { token_type: 'default-batch', token_max_ttl: '40d' })
  expect(warnings).toEqual([
    'default-batch has no useful meaning; adjusting to batch',
    "token_max_ttl is greater than the mount's maximum; tokens live no longer than the mount allows",
  ])
})

test('a token_period above the maximum of the mount is cut at the login', async () => {
  const { vault } = approle
  const terms = { bind_secret_id: false, token_bound_cidrs: '0.0.0.0/0,::/0', token_period: '40d' }
  await approle.role('long', { ...terms, role_id: 'long' })
  const { auth } = await vault.call('update', 'auth/approle/login', { role_id: 'long' }, { token: undefined })
  expect(auth?.leaseDurationSeconds).toBe(32 * 24 * 3600)
  await vault.call('update', at('long'), { token_policies: 'p' })
})

const parts: readonly (readonly [path: string, sent: object, shown: object, reset: object | undefined])[] = [
  [
    'secret-id-bound-cidrs',
    { secret_id_bound_cidrs: '10.0.0.0/8' },
    { secret_id_bound_cidrs: ['10.0.0.0/8'] },
    { secret_id_bound_cidrs: [] },
  ],
  ['bound-cidr-list', { bound_cidr_list: ['10.0.0.1'] }, { bound_cidr_list: ['10.0.0.1'] }, { bound_cidr_list: [] }],
  [
    'token-bound-cidrs',
    { token_bound_cidrs: '10.0.0.1' },
    { token_bound_cidrs: ['10.0.0.1'] },
    { token_bound_cidrs: [] },
  ],
  ['period', { period: 60 }, { token_period: 60, period: 60 }, { token_period: 0 }],
  ['policies', { token_policies: 'p' }, { token_policies: ['p'] }, { token_policies: [] }],
  ['role-id', { role_id: 'mine' }, { role_id: 'mine' }, undefined],
  ['secret-id-num-uses', { secret_id_num_uses: 3 }, { secret_id_num_uses: 3 }, { secret_id_num_uses: 0 }],
  ['secret-id-ttl', { secret_id_ttl: '1m' }, { secret_id_ttl: 60 }, { secret_id_ttl: 0 }],
  ['token-ttl', { token_ttl: '1m' }, { token_ttl: 60 }, { token_ttl: 0 }],
  ['token-max-ttl', { token_max_ttl: '1h' }, { token_max_ttl: 3600 }, { token_max_ttl: 0 }],
  ['token-num-uses', { token_num_uses: 4 }, { token_num_uses: 4 }, { token_num_uses: 0 }],
]
test('each setting has a path of its own', async () => {
  const { vault } = approle
  for (const [path, sent, shown, reset] of parts) {
    await vault.call('update', at(`web/${path}`), sent)
    expect(await vault.data('read', at(`web/${path}`)), path).toEqual(shown)
    expect(await vault.refusal('update', at(`web/${path}`), {}), path).toMatch(/^invalid_request: missing /)
    expect(await vault.refusal('update', at(`nobody/${path}`), sent), path).toBe('not_found: unsupported path')
    expect(await vault.refusal('read', at(`nobody/${path}`)), path).toBe('not_found: ')
    if (reset === undefined) continue
    await vault.call('delete', at(`web/${path}`))
    expect(await vault.data('read', at(`web/${path}`)), path).toEqual(reset)
  }
  await vault.call('update', at('web/bind-secret-id'), { bind_secret_id: true })
  expect(await vault.refusal('update', at('web/bind-secret-id'), { bind_secret_id: false })).toMatch(/constraint/)
  expect(await vault.data('read', at('web/local-secret-ids'))).toEqual({ local_secret_ids: false })
  expect(await vault.refusal('update', at('web/local-secret-ids'), {})).toMatch(/^unsupported_operation/)
  const { warnings } = await vault.call('read', at('web/bound-cidr-list'))
  expect(warnings?.join()).toMatch(/deprecated/)
})

test('a role id of your own choice lets in from then on, and the one before does not', async () => {
  const { vault } = approle
  const before = await approle.roleId('web')
  const { id } = await approle.secretId('web')
  await vault.call('update', at('web/role-id'), { role_id: 'chosen' })
  expect(await approle.outcome('chosen', id)).toBe('accepted')
  expect(await approle.outcome(before, id)).toMatch(/^invalid_request/)
  await approle.role('next', { role_id: before })
})

test('a secret id whose answer may not be wrapped is taken back', async () => {
  const { vault } = approle
  await vault.call('update', 'sys/quotas/lease-count/few', { path: 'auth/approle', max_leases: 1 })
  const wrapped = { wrapTtlSeconds: 60 }
  await vault.call('update', at('web/secret-id'), {}, wrapped)
  const before = await vault.data('list', at('web/secret-id'))
  for (const [path, settings] of [
    ['web/secret-id', {}],
    ['web/custom-secret-id', { secret_id: 'chosen' }],
  ] as const) {
    expect(await vault.refusal('update', at(path), settings, wrapped)).toContain('lease count quota exceeded')
  }
  expect(await vault.data('list', at('web/secret-id'))).toEqual(before)
  expect(await approle.outcome(await approle.roleId('web'), 'chosen')).toMatch(/^invalid_request/)
})

test('the accessor of a secret id that has expired does not name one that is made of the same text', async () => {
  const { vault, clock } = approle
  const custom = { secret_id: 'chosen' }
  const first = await vault.data('update', at('web/custom-secret-id'), { ...custom, ttl: 1 })
  clock.nowMs += 2_000
  const second = await vault.data('update', at('web/custom-secret-id'), custom)
  const byAccessor = { secret_id_accessor: first.secret_id_accessor }
  expect(await vault.refusal('update', at('web/secret-id-accessor/lookup'), byAccessor)).toMatch(/^not_found/)
  expect(await vault.data('list', at('web/secret-id'))).toEqual({ keys: [second.secret_id_accessor] })
})

test('a secret id is looked up and destroyed by itself and by its accessor, at its own role alone', async () => {
  const { vault } = approle
  await approle.role('other')
  const made = await approle.secretId('web', {
    metadata: { a: 'b' },
    ttl: '1h',
    num_uses: 3,
    cidr_list: '10.0.0.0/8',
    token_bound_cidrs: '10.1.0.0/16',
  })
  const lookup = await vault.data('update', at('web/secret-id/lookup'), { secret_id: made.id })
  const time = new Date(approle.clock.nowMs).toISOString()
  expect(lookup).toEqual({
    secret_id_accessor: made.accessor,
    secret_id_num_uses: 3,
    secret_id_ttl: 3600,
    creation_time: time,
    expiration_time: new Date(approle.clock.nowMs + 3_600_000).toISOString(),
    last_updated_time: time,
    metadata: { a: 'b' },
    cidr_list: ['10.0.0.0/8'],
    token_bound_cidrs: ['10.1.0.0/16'],
  })
  const byAccessor = { secret_id_accessor: made.accessor }
  expect(await vault.data('update', at('web/secret-id-accessor/lookup'), byAccessor)).toEqual(lookup)
  expect(await vault.data('list', at('web/secret-id'))).toEqual({ keys: [made.accessor] })
  expect((await vault.call('update', at('other/secret-id/lookup'), { secret_id: made.id })).data).toBe(null)
  for (const accessor of [made.accessor, 'nobody', '../web', 'a/b', '']) {
    const foreign = { secret_id_accessor: accessor }
    expect(await vault.refusal('update', at('other/secret-id-accessor/lookup'), foreign)).toMatch(/^not_found/)
    expect(await vault.refusal('update', at('other/secret-id-accessor/destroy'), foreign)).toMatch(/^not_found/)
  }
  await vault.call('update', at('other/secret-id/destroy'), { secret_id: made.id })
  expect(await vault.data('list', at('web/secret-id'))).toEqual({ keys: [made.accessor] })
  await vault.call('update', at('web/secret-id-accessor/destroy'), byAccessor)
  expect(await vault.refusal('list', at('web/secret-id'))).toBe('not_found: ')
  expect((await vault.call('update', at('web/secret-id/lookup'), { secret_id: made.id })).data).toBe(null)
})

test('a secret id has no more than its role gives', async () => {
  const { vault } = approle
  await approle.role('web', {
    secret_id_num_uses: 5,
    secret_id_ttl: '1h',
    secret_id_bound_cidrs: '10.0.0.0/8',
    token_bound_cidrs: '10.0.0.0/8,2001:db8::/32',
  })
  for (const asked of [
    { num_uses: 6 },
    { num_uses: 0 },
    { num_uses: -1 },
    { ttl: '2h' },
    { ttl: 0 },
    { ttl: -1 },
    { cidr_list: '0.0.0.0/0' },
    { cidr_list: '10.0.0.0/7' },
    { cidr_list: '11.0.0.1' },
    { token_bound_cidrs: '2001:db9::/32' },
    { token_bound_cidrs: 'no address' },
    { metadata: 'no map' },
    { metadata: { a: 'x'.repeat(20_000) } },
  ]) {
    expect(await vault.refusal('update', at('web/secret-id'), asked), JSON.stringify(asked)).toMatch(/^invalid_request/)
  }
  const made = await vault.data('update', at('web/secret-id'), {
    cidr_list: '10.0.0.0/8,10.1.2.3',
    token_bound_cidrs: '10.2.0.0/16,2001:db8::1',
  })
  expect(made).toMatchObject({ secret_id_num_uses: 5, secret_id_ttl: 3600 })
  expect(await vault.refusal('update', at('nobody/secret-id'))).toBe('not_found: role "nobody" does not exist')
})

test('a secret id of your own choice is there once', async () => {
  const { vault } = approle
  const roleId = await approle.roleId('web')
  const chosen = { secret_id: 'chosen by hand', ttl: '1m' }
  expect(await vault.data('update', at('web/custom-secret-id'), chosen)).toMatchObject({ secret_id: 'chosen by hand' })
  const taken = 'invalid_request: SecretID is already registered'
  expect(await vault.refusal('update', at('web/custom-secret-id'), chosen)).toBe(taken)
  expect(await vault.refusal('update', at('web/custom-secret-id'), { secret_id: ' ' })).toMatch(/missing secret_id/)
  expect(await approle.outcome(roleId, chosen.secret_id)).toBe('accepted')
  approle.clock.nowMs += 60_000
  expect(await approle.outcome(roleId, chosen.secret_id)).not.toBe('accepted')
  await vault.sweep()
  await vault.sweep()
  expect((await vault.rows('mount/')).filter((row) => /secret-id|accessor/.test(row))).toEqual([])
  await vault.call('update', at('web/custom-secret-id'), chosen)
})

test('a database holds no id that logs in', async () => {
  const roleId = await approle.roleId('web')
  const { id } = await approle.secretId('web')
  const rows = (await approle.vault.rows('')).join('\n')
  expect(rows).not.toContain(roleId)
  expect(rows).not.toContain(id)
})

test('a role that is gone leaves no secret ids, and tidying clears what a crash left', async () => {
  const { vault } = approle
  const rows = async () => (await vault.rows('mount/')).filter((row) => /\/(secret-id|accessor)\//.test(row))
  for (let n = 0; n < 3; n++) await approle.secretId('web')
  const kept = await approle.role('kept').then(() => approle.secretId('kept'))
  await vault.call('delete', at('web'))
  expect(await rows()).toHaveLength(2)

  await approle.role('web')
  await approle.secretId('web')
  const mount = (await vault.namespace.mounts.router()).mounts.find(({ entry }) => entry.path === 'auth/approle/')
  if (mount === undefined) throw new Error('AppRole is not mounted')
  // As if the process had ended between the role's row and its secret ids.
  await mount.context.store.transaction((tx) => tx.delete('role/web'))
  expect(await clearAbandoned(mount.context)).toBe(1)
  expect(await rows()).toHaveLength(2)
  expect(await approle.outcome(await approle.roleId('kept'), kept.id)).toBe('accepted')
  const answer = await vault.call('update', 'auth/approle/tidy/secret-id')
  expect(answer).toMatchObject({ status: 202 })
  expect((await vault.call('update', 'auth/approle/tidy/secret-id')).warnings).toHaveLength(1)
})

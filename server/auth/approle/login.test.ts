import { beforeEach, expect, test } from 'vitest'
import { AppRoleVault } from './testing-approle.ts'

/** Logins through the whole pipeline: what is refused leaves nothing behind and says nothing of its cause. */

const REFUSED = 'invalid_request: invalid role or secret ID'

let approle: AppRoleVault

beforeEach(async () => {
  approle = await AppRoleVault.create()
  await approle.role('Web', { token_policies: 'p', token_ttl: '10m', token_max_ttl: '1h' })
})

test('a role id and a secret id let in, on the terms of the role', async () => {
  const roleId = await approle.roleId('web')
  const { id } = await approle.secretId('WEB', { metadata: '{"build":"7","role_name":"other"}' })
  const { auth } = await approle.login(` ${roleId} `, ` ${id}\n`)
  expect(auth).toMatchObject({
    policies: ['default', 'p'],
    metadata: { role_name: 'web', build: '7' },
    leaseDurationSeconds: 600,
    renewable: true,
    tokenType: 'service',
  })
  const looked = await approle.vault.data('update', 'auth/token/lookup', { token: auth?.clientToken })
  expect(looked).toMatchObject({ display_name: 'approle', path: 'auth/approle/login', num_uses: 0 })
})

test('a login has what roles of `sys/roles` give to the role that it is under', async () => {
  await approle.vault.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/approle/WEB' })
  const { id } = await approle.secretId('web')
  const { auth } = await approle.login(await approle.roleId('web'), id)
  expect(auth).toMatchObject({ policies: ['default', 'more', 'p'], identityPolicies: ['more'] })
})

test('what is refused is refused in the same words, and makes no token', async () => {
  const { vault } = approle
  await approle.role('other')
  await approle.role('bound', { secret_id_bound_cidrs: '198.51.100.0/24' })
  await approle.role('tokens', { token_bound_cidrs: '198.51.100.0/24' })
  await approle.role('gone')
  const ids = Object.fromEntries(
    await Promise.all(
      ['web', 'other', 'bound', 'tokens', 'gone'].map(async (name) => [name, await approle.roleId(name)] as const),
    ),
  ) as Record<'web' | 'other' | 'bound' | 'tokens' | 'gone', string>
  const good = await approle.secretId('web')
  const ofOther = await approle.secretId('other')
  const ofBound = await approle.secretId('bound')
  const ofTokens = await approle.secretId('tokens')
  const ofGone = await approle.secretId('gone')
  const expired = await approle.secretId('web', { ttl: '1m' })
  const used = await approle.secretId('web', { num_uses: 1 })
  const destroyed = await approle.secretId('web')
  const byAccessor = await approle.secretId('web')
  const elsewhere = await approle.secretId('web', { cidr_list: '203.0.113.7' })
  const narrowed = await approle.secretId('other', { token_bound_cidrs: '192.0.2.0/24' })
  await approle.role('other', { token_bound_cidrs: '192.0.2.1' })
  await approle.login(ids.web, used.id)
  await vault.call('update', 'auth/approle/role/web/secret-id/destroy', { secret_id: destroyed.id })
  await vault.call('delete', 'auth/approle/role/web/secret-id-accessor/destroy', {
    secret_id_accessor: byAccessor.accessor,
  })
  await vault.call('delete', 'auth/approle/role/gone')
  approle.clock.nowMs += 60_000
  const refused: Record<string, readonly [string, string, string?]> = {
    'an unknown role id': ['4a8f5b1e-0000-4000-8000-000000000000', good.id],
    'the name of the role': ['web', good.id],
    'an unknown secret id': [ids.web, '4a8f5b1e-0000-4000-8000-000000000000'],
    'no secret id': [ids.web, ''],
    'no secret id and an unknown role id': ['nobody', ''],
    'the accessor': [ids.web, good.accessor],
    'a secret id of another role': [ids.web, ofOther.id],
    'an expired secret id': [ids.web, expired.id],
    'a secret id that is used up': [ids.web, used.id],
    'a destroyed secret id': [ids.web, destroyed.id],
    'one that was destroyed by its accessor': [ids.web, byAccessor.id],
    "an address that is not the secret id's": [ids.web, elsewhere.id],
    "an address that is not the role's": [ids.bound, ofBound.id],
    'an address that tokens may not be used from': [ids.tokens, ofTokens.id],
    'blocks for tokens that are no longer within the role': [ids.other, narrowed.id],
    'a role that is gone': [ids.gone, ofGone.id],
    'a role id of 5000 characters': ['r'.repeat(5000), good.id],
    'a secret id of 5000 characters': [ids.web, 's'.repeat(5000)],
    'ids with a zero byte': [`${ids.web}\0`, good.id],
  }
  const before = await approle.tokenCount()
  for (const [what, [roleId, secretId, address]] of Object.entries(refused)) {
    expect(await approle.outcome(roleId, secretId, address), what).toBe(REFUSED)
  }
  expect(await approle.tokenCount()).toBe(before)
  expect(vault.logged.join()).not.toContain(good.id)
  expect(await approle.outcome('', good.id)).toBe('invalid_request: missing role_id')
  expect(await approle.outcome(ids.bound, ofBound.id, '198.51.100.9')).toBe('accepted')
  expect(await approle.outcome(ids.web, elsewhere.id, '203.0.113.7')).toBe('accepted')
})

test('a use is counted once, however many log in at one time', async () => {
  const roleId = await approle.roleId('web')
  const { id, accessor } = await approle.secretId('web', { num_uses: 5 })
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => approle.outcome(roleId, id)))
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(5)
  expect(outcomes.filter((outcome) => outcome === REFUSED)).toHaveLength(7)
  const lookup = 'auth/approle/role/web/secret-id-accessor/lookup'
  expect(await approle.vault.refusal('update', lookup, { secret_id_accessor: accessor })).toMatch(/^not_found/)
})

test('good and bad logins at one time: no bad one is accepted, no good one refused', async () => {
  const roleId = await approle.roleId('web')
  const good = await Promise.all(Array.from({ length: 100 }, () => approle.secretId('web', { num_uses: 1 })))
  const before = await approle.tokenCount()
  const attempts = good.flatMap(({ id }, n) => [id, `${id.slice(0, -2)}${String(n).padStart(2, 'x')}`])
  const outcomes = await Promise.all(attempts.map((id) => approle.outcome(roleId, id)))
  expect(outcomes).toEqual(attempts.map((_, n) => (n % 2 === 0 ? 'accepted' : REFUSED)))
  expect(await approle.tokenCount()).toBe(before + 100)
})

test('a role without secret ids lets in by address', async () => {
  const constraint = 'invalid_request: at least one constraint should be enabled on the role'
  expect(await approle.vault.refusal('update', 'auth/approle/role/open', { bind_secret_id: false })).toBe(constraint)
  await approle.role('open', { bind_secret_id: false, secret_id_bound_cidrs: '192.0.2.0/24' })
  const roleId = await approle.roleId('open')
  expect(await approle.outcome(roleId, '')).toBe('accepted')
  expect(await approle.outcome(roleId, '', '198.51.100.1')).toBe(REFUSED)
  const noSecretIds = 'invalid_request: bind_secret_id is not set on the role'
  expect(await approle.vault.refusal('update', 'auth/approle/role/open/secret-id')).toBe(noSecretIds)
})

test('batch tokens, and tokens of a few uses or bound to an address', async () => {
  await approle.role('web', { token_type: 'batch' })
  const roleId = await approle.roleId('web')
  const { id, accessor } = await approle.secretId('web', { num_uses: 2 })
  expect((await approle.login(roleId, id)).auth).toMatchObject({ tokenType: 'batch', renewable: false })
  const lookup = 'auth/approle/role/web/secret-id-accessor/lookup'
  expect(await approle.vault.data('update', lookup, { secret_id_accessor: accessor })).toMatchObject({
    secret_id_num_uses: 1,
  })
  await approle.role('few', { token_num_uses: 2, token_bound_cidrs: '192.0.2.0/24' })
  const narrow = await approle.secretId('few', { token_bound_cidrs: '192.0.2.1/32' })
  const { auth } = await approle.login(await approle.roleId('few'), narrow.id)
  expect(auth).toMatchObject({ numUses: 2 })
  const found = await approle.vault.data('update', 'auth/token/lookup', { token: auth?.clientToken })
  expect(found.bound_cidrs).toEqual(['192.0.2.1/32'])
})

test('a token is renewed on what its role says now, and not when the role is gone', async () => {
  const { vault } = approle
  const roleId = await approle.roleId('web')
  const { id } = await approle.secretId('web')
  const token = (await approle.login(roleId, id)).auth?.clientToken
  await approle.role('web', { token_ttl: '20m' })
  const renewed = await vault.call('update', 'auth/token/renew-self', {}, { token })
  expect(renewed.auth?.leaseDurationSeconds).toBe(1200)
  await vault.call('delete', 'auth/approle/role/web')
  const refusal = 'invalid_request: role "web" does not exist during renewal'
  expect(await vault.refusal('update', 'auth/token/renew-self', {}, { token })).toBe(refusal)
  await approle.role('web')
  expect(await vault.refusal('update', 'auth/token/renew-self', {}, { token })).toBe(refusal)
})

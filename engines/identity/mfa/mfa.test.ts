import { beforeEach, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { MfaWorld, outcome } from '../../../test/identity/mfa-world.ts'

/** Methods, their secrets and enforcements, as administrators see them. */

const METHOD = 'identity/mfa/method'

let world: MfaWorld
let vault: TestNamespace
beforeEach(async () => {
  world = await MfaWorld.create()
  vault = world.vault
})

const secretRows = async () => (await vault.rows('mount/')).filter((row) => row.includes('/mfa/secret/'))

test('a method is made, read, changed by id and by name, listed and deleted', async () => {
  const id = await world.method({ method_name: 'Phone', period: '1m', digits: 8, algorithm: 'SHA256' })
  const shown = {
    id,
    name: 'Phone',
    type: 'totp',
    namespace_id: 'root',
    namespace_path: '',
    issuer: 'Egide',
    period: 60,
    digits: 8,
    skew: 1,
    key_size: 20,
    qr_size: 0,
    algorithm: 'SHA256',
    max_validation_attempts: 5,
  }
  expect(await vault.data('read', `${METHOD}/totp/${id}`)).toEqual(shown)
  expect(await vault.data('read', `${METHOD}/${id}`)).toEqual(shown)
  const { status } = await vault.call('update', `${METHOD}/totp/${id}`, { issuer: 'Other', max_validation_attempts: 7 })
  expect(status).toBe(204)
  const changed = await vault.data('read', `${METHOD}/${id}`)
  expect(changed).toMatchObject({ name: 'Phone', issuer: 'Other', period: 30, max_validation_attempts: 7 })
  expect(await world.method({ method_name: 'Phone', issuer: 'Third' })).toBe(id)
  const second = await world.method({ method_name: 'laptop' })
  expect(await vault.refusal('update', `${METHOD}/totp/${second}`, { issuer: 'x', method_name: 'Phone' })).toMatch(
    /with the method name Phone already exists/,
  )
  const listed = await vault.data('list', METHOD)
  expect((listed.keys as string[]).toSorted()).toEqual([id, second].toSorted())
  expect(listed.key_info).toMatchObject({ [id]: { name: 'Phone', type: 'totp', issuer: 'Third' } })
  expect(await vault.data('list', `${METHOD}/totp`)).toEqual(listed)
  const { keys } = await vault.data('list', `${METHOD}/totp`, { limit: 1 })
  expect(keys).toHaveLength(1)
  const rest = await vault.data('list', `${METHOD}/totp`, { after: (keys as string[])[0] })
  expect(rest.keys).toHaveLength(1)
  await vault.call('delete', `${METHOD}/totp/${id}`)
  expect(await vault.refusal('read', `${METHOD}/totp/${id}`)).toBe('not_found: ')
  expect(await vault.refusal('update', `${METHOD}/totp/${id}`, { issuer: 'x' })).toBe('not_found: ')
  expect(await world.method({ method_name: 'Phone' })).not.toBe(id)
})

test('a method is not made of what makes no sense', async () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ issuer: '' }, /issuer must be set/],
    [{ algorithm: 'MD5' }, /unrecognized algorithm/],
    [{ digits: 7 }, /digits can only be 6 or 8/],
    [{ period: 0 }, /period must be greater than zero/],
    [{ period: '48h' }, /period must be at most/],
    [{ skew: 2 }, /skew must be 0 or 1/],
    [{ key_size: 0 }, /key_size must be greater/],
    [{ key_size: 1e6 }, /key_size must be at most/],
    [{ qr_size: -1 }, /qr_size must be/],
    [{ max_validation_attempts: -1 }, /max_validation_attempts/],
    [{ method_name: '\n' }, /a name has/],
  ]
  for (const [terms, words] of refused) {
    expect(await vault.refusal('update', `${METHOD}/totp`, { issuer: 'x', ...terms })).toMatch(words)
  }
  expect(await vault.refusal('list', METHOD)).toBe('not_found: ')
})

test('a secret whose answer may not be wrapped is taken back', async () => {
  const both = { method_id: await world.method(), entity_id: await world.person('bob') }
  const generate = `${METHOD}/totp/admin-generate`
  await vault.call('update', 'sys/quotas/lease-count/few', { path: 'identity', max_leases: 1 })
  await vault.call('read', `${METHOD}/${both.method_id}`, {}, { wrapTtlSeconds: 60 })
  expect(await vault.refusal('update', generate, both, { wrapTtlSeconds: 60 })).toContain('lease count quota exceeded')
  expect(await secretRows()).toEqual([])
  expect((await vault.data('update', generate, both)).url).toContain('otpauth://')
})

test('a secret is made once for an entity, by itself or by an administrator, until it is destroyed', async () => {
  const id = await world.method({ method_name: 'phone', qr_size: 200 })
  const bob = await world.person('bob')
  const token = (await world.login('bob', { policies: ['mfa'] })).auth?.clientToken
  await vault.policy('mfa', `path "${METHOD}/totp/generate" { capabilities = ["update"] }`)
  const generate = `${METHOD}/totp/generate`
  const made = await vault.data('update', generate, { method_id: id }, { token })
  expect(made.url).toMatch(
    new RegExp(`^otpauth://totp/Egide:${bob}\\?algorithm=SHA1&digits=6&issuer=Egide&period=30&secret=`),
  )
  expect(Buffer.from(String(made.barcode), 'base64').subarray(1, 4).toString()).toBe('PNG')
  const again = await vault.call('update', generate, { method_id: id }, { token })
  expect(again).toMatchObject({ data: null, warnings: ['Entity already has a secret for MFA method "phone"'] })
  const both = { method_id: id, entity_id: bob }
  expect((await vault.call('update', `${METHOD}/totp/admin-generate`, both)).data).toBeNull()
  await vault.call('update', `${METHOD}/totp/admin-destroy`, both)
  expect(await secretRows()).toEqual([])
  const third = await vault.data('update', `${METHOD}/totp/admin-generate`, both)
  expect(third.url).not.toBe(made.url)
  const other = '00000000-0000-4000-8000-000000000000'
  for (const [action, sent, words] of [
    ['generate', {}, /missing method ID/],
    ['generate', { method_id: id }, /missing entityID/],
    ['admin-generate', { method_id: other, entity_id: bob }, /does not exist/],
    ['admin-generate', { method_id: id, entity_id: other }, /invalid entity ID/],
    ['admin-destroy', { method_id: id, entity_id: other }, /invalid entity ID/],
    ['admin-destroy', { entity_id: bob }, /missing method ID/],
  ] as const) {
    expect(await vault.refusal('update', `${METHOD}/totp/${action}`, sent)).toMatch(words)
  }
})

test('secrets go with their entity and with their method', async () => {
  const [one, two] = [await world.method(), await world.method()]
  const people = await Promise.all(['a', 'b', 'c'].map((name) => world.person(name, [one, two])))
  expect(await secretRows()).toHaveLength(6)
  await vault.call('delete', `identity/entity/id/${people[0]}`)
  expect(await secretRows()).toHaveLength(4)
  await vault.call('delete', `${METHOD}/totp/${one}`)
  expect(await secretRows()).toHaveLength(2)
  await vault.call('delete', `${METHOD}/totp/${one}`)
  expect(await secretRows()).toHaveLength(2)
})

test('entities that are merged keep their secrets, and of two of one method that of whom stays', async () => {
  const [one, two] = [await world.method(), await world.method()]
  const mount_accessor = await world.accessor('door')
  const stays = await world.person('stays', [one])
  const { id: goes } = await vault.data('update', 'identity/entity', { name: 'goes' })
  await world.secret(String(goes), one)
  await world.secret(String(goes), two)
  const merge = { from_entity_ids: [goes], to_entity_id: stays }
  expect(await vault.refusal('update', 'identity/entity/merge', merge)).toMatch(/a secret of one MFA method/)
  expect(await secretRows()).toHaveLength(3)
  await vault.call('update', 'identity/entity/merge', { ...merge, force: true })
  expect(await secretRows()).toHaveLength(2)
  const enforced = { mfa_method_ids: [one], auth_method_accessors: [mount_accessor] }
  await world.enforce('first', enforced)
  const login = (code: string) => outcome(world.login('stays', {}, { mfa: [code] }))
  expect(await login(`${one}:${world.code(String(goes), one)}`)).toMatch(/^permission_denied/)
  expect(await login(`${one}:${world.code(stays, one)}`)).toBe('accepted')
  await world.enforce('first', { ...enforced, mfa_method_ids: [two] })
  expect(await login(`${two}:${world.code(String(goes), two)}`)).toBe('accepted')
})

test('an enforcement is made, changed in part, read, listed and deleted, and holds its methods', async () => {
  const id = await world.method()
  const at = 'identity/mfa/login-enforcement/people'
  const accessor = await world.accessor('door')
  await world.enforce('people', { mfa_method_ids: [id], auth_method_accessors: accessor })
  await world.enforce('people', { mfa_method_ids: [id], auth_method_types: ['door'] })
  const shown = await vault.data('read', at)
  expect(shown).toEqual({
    id: shown.id,
    name: 'people',
    namespace_id: 'root',
    namespace_path: '',
    mfa_method_ids: [id],
    auth_method_accessors: [accessor],
    auth_method_types: ['door'],
    identity_group_ids: [],
    identity_entity_ids: [],
  })
  expect(await vault.data('list', 'identity/mfa/login-enforcement')).toEqual({
    keys: ['people'],
    key_info: { people: shown },
  })
  expect(await vault.refusal('delete', `${METHOD}/totp/${id}`)).toBe(
    `invalid_request: methodID is still used by an enforcement configuration with ID: ${shown.id}`,
  )
  await vault.call('delete', at)
  await vault.call('delete', at)
  expect(await vault.refusal('read', at)).toBe('not_found: ')
  await vault.call('delete', `${METHOD}/totp/${id}`)
})

test('an enforcement names what there is, and something', async () => {
  const id = await world.method()
  const nobody = '00000000-0000-4000-8000-000000000000'
  for (const [more, words] of [
    [{ auth_method_types: ['door'], mfa_method_ids: [] }, /missing method ids/],
    [{ auth_method_types: ['door'], mfa_method_ids: [nobody] }, /method ids doesn't exist/],
    [{}, /One of auth_method_accessors/],
    [{ auth_method_types: [] }, /One of auth_method_accessors/],
    [{ auth_method_types: ['github'] }, /types provided is invalid/],
    [{ auth_method_types: ['kv'] }, /types provided is invalid/],
    [{ auth_method_accessors: ['auth_x'] }, /accessors provided is invalid/],
    [{ identity_group_ids: [nobody] }, /group ids doesn't exist/],
    [{ identity_entity_ids: [nobody] }, /entity ids doesn't exist/],
    [{ identity_entity_ids: Array.from({ length: 501 }, (_, n) => String(n)) }, /more than 500/],
  ] as const) {
    expect(await outcome(world.enforce('x', { mfa_method_ids: [id], ...more }))).toMatch(words)
  }
  expect(await vault.refusal('list', 'identity/mfa/login-enforcement')).toBe('not_found: ')
})

import { expect, test } from 'vitest'
import { HELLO, kindOfRefusal, withKey } from '../../../test/engines/kms.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { kms } from '../index.ts'

const DAY = 86_400

test('a key is made, described, listed and renamed', async () => {
  const mount = new MountedEngine(kms)
  expect(await mount.refusal('list', 'keys')).toBe('not_found: ')
  const made = await mount.data('update', 'keys', { description: 'orders', tags: { team: 'shop' } })
  expect(made).toMatchObject({
    arn: expect.stringMatching(/^arn:aws:kms:us-east-1:\d{12}:key\/[0-9a-f-]{36}$/),
    enabled: true,
    key_spec: 'SYMMETRIC_DEFAULT',
    key_state: 'Enabled',
    key_usage: 'ENCRYPT_DECRYPT',
    encryption_algorithms: ['SYMMETRIC_DEFAULT'],
    multi_region: false,
    origin: 'AWS_KMS',
    tags: { team: 'shop' },
    aliases: [],
  })
  const id = String(made.key_id)
  expect(made.arn).toContain(`:${String(made.account_id)}:key/${id}`)
  expect(await mount.data('list', 'keys')).toEqual({ keys: [id] })
  await mount.call('update', `keys/${id}`, { description: 'other' })
  expect(await mount.data('read', `keys/${id}`)).toEqual({ ...made, description: 'other' })
  expect(await kindOfRefusal(mount, `keys/${id}`, { key_spec: 'RSA_2048' })).toBe('Validation')
  expect(await kindOfRefusal(mount, `keys/${id.replace(/^./, 'f')}`, { description: 'x' })).toBe('NotFound')
})

test('a name makes a key with this alias, and stands for it in paths', async () => {
  const { mount, id } = await withKey({ key_spec: 'HMAC_256' })
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_id: id, aliases: ['k'] })
  expect(await mount.data('update', 'mac/k', { message: HELLO })).toEqual(
    await mount.data('update', `mac/${id}`, { message: HELLO }),
  )
  expect(await kindOfRefusal(mount, 'mac/other', { message: HELLO })).toBe('NotFound')
})

test('aliases are unique, move between keys of one kind, and go', async () => {
  const { mount, id } = await withKey()
  const other = String((await mount.data('update', 'keys')).key_id)
  await mount.call('update', `keys/${other}/aliases/app/one`, { mode: 'create' })
  const info = { 'app/one': { alias: 'app/one', key_id: other }, k: { alias: 'k', key_id: id } }
  expect(await mount.data('list', 'aliases')).toMatchObject({ keys: ['app/one', 'k'], key_info: info })
  expect(await mount.data('list', 'aliases', { after: 'app/one' })).toMatchObject({ keys: ['k'] })
  expect(await mount.data('list', `keys/${other}/aliases`)).toMatchObject({ keys: ['app/one'] })
  expect(await mount.data('read', 'aliases/app/one')).toMatchObject({ key_id: other, alias: 'app/one' })
  expect(await kindOfRefusal(mount, `keys/${id}/aliases/app/one`, { mode: 'create' })).toBe('AlreadyExists')
  expect(await kindOfRefusal(mount, `keys/${id}/aliases/new`, { mode: 'move' })).toBe('NotFound')
  const moved = await mount.call('update', `keys/${id}/aliases/app/one`)
  expect(moved).toMatchObject({ operation: 'update', data: { key_id: id } })
  expect(await mount.data('read', `keys/${id}`)).toMatchObject({ aliases: ['app/one', 'k'] })
  expect(await mount.refusal('list', `keys/${other}/aliases`)).toBe('not_found: ')
  const mac = String((await mount.data('update', 'keys', { key_spec: 'HMAC_256' })).key_id)
  expect(await kindOfRefusal(mount, `keys/${mac}/aliases/k`)).toBe('InvalidState')
  await mount.call('delete', 'aliases/app/one')
  expect(await kindOfRefusal(mount, 'aliases/app/one', {}, { operation: 'read' })).toBe('NotFound')
  expect(await mount.data('list', 'aliases')).toMatchObject({ keys: ['k'] })
})

test.each([
  'a b',
  'ä',
  '/a',
  'a//b',
  'aws/s3',
  'alias/k',
  'x'.repeat(251),
  'a.b',
  '00000000-0000-4000-8000-000000000000',
])('an alias is not called %j', async (name) => {
  const { mount, id } = await withKey()
  expect(await kindOfRefusal(mount, `keys/${id}/aliases/${name}`)).toBe('InvalidAliasName')
})

test('an alias has one path, so that policies speak of it', async () => {
  const { mount, id } = await withKey()
  expect(await kindOfRefusal(mount, 'aliases/alias/k', {}, { operation: 'read' })).toBe('InvalidAliasName')
  expect(await kindOfRefusal(mount, 'aliases/alias/k', {}, { operation: 'delete' })).toBe('InvalidAliasName')
  expect(await kindOfRefusal(mount, `keys/${id}/aliases/alias/k`, {}, { operation: 'delete' })).toBe('InvalidAliasName')
})

test('a disabled key is of no use until it is enabled', async () => {
  const { mount, id } = await withKey()
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(await mount.data('update', 'keys/k/disable')).toMatchObject({ enabled: false, key_state: 'Disabled' })
  for (const [path, data] of [
    ['encrypt/k', { plaintext: HELLO }],
    ['decrypt/k', { ciphertext }],
    ['decrypt', { ciphertext }],
    ['datakey/k', {}],
    ['re-encrypt/k', { ciphertext }],
    ['keys/k/rotate', {}],
  ] as const) {
    expect([path, await kindOfRefusal(mount, path, data)]).toEqual([path, 'Disabled'])
  }
  await mount.call('update', `keys/${id}/enable`)
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
})

test('deletion waits, can be taken back, and is then for good', async () => {
  const { mount, id } = await withKey()
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  for (const days of [6, 31, 0]) {
    expect(await kindOfRefusal(mount, 'keys/k', { pending_window_in_days: days }, { operation: 'delete' })).toBe(
      'Validation',
    )
  }
  const scheduled = await mount.data('delete', 'keys/k', { pending_window_in_days: 7 })
  expect(scheduled).toMatchObject({ key_state: 'PendingDeletion', pending_window_in_days: 7, enabled: false })
  expect(Date.parse(String(scheduled.deletion_date)) - mount.time.nowMs).toBe(7 * DAY * 1000)
  for (const [path, data] of [
    ['decrypt', { ciphertext }],
    ['keys/k/enable', {}],
    ['keys/k/disable', {}],
    ['keys/k', { description: 'x' }],
    ['keys/k/aliases/more', {}],
  ] as const) {
    expect([path, await kindOfRefusal(mount, path, data)]).toEqual([path, 'InvalidState'])
  }
  expect(await kindOfRefusal(mount, 'keys/k', {}, { operation: 'delete' })).toBe('InvalidState')
  await mount.periodic()
  expect(await mount.data('update', 'keys/k/cancel-deletion')).toMatchObject({ key_state: 'Disabled' })
  expect(await kindOfRefusal(mount, 'keys/k/cancel-deletion')).toBe('Disabled')
  await mount.call('update', 'keys/k/enable')
  mount.pass(8 * DAY)
  await mount.periodic()
  expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
  await mount.call('delete', 'keys/k')
  mount.pass(30 * DAY)
  expect(await kindOfRefusal(mount, 'keys/k/cancel-deletion')).toBe('InvalidState')
  await mount.periodic()
  expect(await kindOfRefusal(mount, `keys/${id}`, {}, { operation: 'read' })).toBe('NotFound')
  expect(await kindOfRefusal(mount, 'decrypt', { ciphertext })).toBe('NotFound')
  expect(await mount.context.store.scan('')).toEqual([])
})

test('rotation gives new material, keeps the old, and remembers why', async () => {
  const { mount, id } = await withKey()
  const sealed = async () => (await mount.data('update', 'encrypt/k', { plaintext: HELLO })).ciphertext
  const ciphertexts = [await sealed()]
  expect(await mount.data('update', 'keys/k/rotate')).toEqual({ key_id: id, key_version: 2 })
  ciphertexts.push(await sealed())
  expect(await kindOfRefusal(mount, 'keys/k/rotation', { rotation_period_in_days: 89 })).toBe('Validation')
  expect(await kindOfRefusal(mount, 'keys/k/rotation', { rotation_period_in_days: 2561 })).toBe('Validation')
  expect(await mount.data('update', 'keys/k/rotation', { rotation_period_in_days: 90 })).toEqual({
    key_id: id,
    automatic: true,
    rotation_period_in_days: 90,
    next_rotation_date: new Date(mount.time.nowMs + 90 * DAY * 1000).toISOString(),
  })
  mount.pass(90 * DAY - 1)
  await mount.periodic()
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 2 })
  mount.pass(1)
  await mount.periodic()
  await mount.periodic()
  ciphertexts.push(await sealed())
  expect(await mount.data('read', 'keys/k/rotations')).toEqual({
    key_id: id,
    rotations: [
      { key_version: 2, rotation_date: expect.any(String), rotation_type: 'ON_DEMAND' },
      { key_version: 3, rotation_date: new Date(mount.time.nowMs).toISOString(), rotation_type: 'AUTOMATIC' },
    ],
  })
  for (const ciphertext of ciphertexts) {
    expect(await mount.data('update', 'decrypt', { ciphertext })).toMatchObject({ plaintext: HELLO })
  }
  await mount.call('update', 'keys/k/disable')
  mount.pass(400 * DAY)
  await mount.periodic()
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 3 })
  await mount.call('update', 'keys/k/enable')
  await mount.periodic()
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 4 })
  expect(await mount.data('update', 'keys/k/rotation', { automatic: false })).toEqual({ key_id: id, automatic: false })
  mount.pass(400 * DAY)
  await mount.periodic()
  expect(await mount.data('read', 'keys/k')).toMatchObject({ key_version: 4 })
  await mount.call('update', 'keys/pair', { key_spec: 'ECC_NIST_EDWARDS25519' })
  expect(await kindOfRefusal(mount, 'keys/pair/rotate')).toBe('UnsupportedOperation')
})

test('only what was made exportable is exported', async () => {
  const { mount } = await withKey({ exportable: true })
  await mount.call('update', 'keys/k/rotate')
  const { keys } = await mount.data('read', 'keys/k/export')
  expect(Object.values(keys as object).map((text) => Buffer.from(String(text), 'base64').length)).toEqual([32, 32])
  await mount.call('update', 'keys/kept')
  expect(await kindOfRefusal(mount, 'keys/kept/export', {}, { operation: 'read' })).toBe('UnsupportedOperation')
})

test('mount options say which account and region a mount is', async () => {
  const mountOptions = { account_id: '111122223333', region: 'eu-central-1' }
  const mount = new MountedEngine(kms, { mountOptions })
  const { arn } = await mount.data('update', 'keys')
  expect(arn).toMatch(/^arn:aws:kms:eu-central-1:111122223333:key\//)
  expect(() => new MountedEngine(kms, { mountOptions: { account_id: '12' } })).toThrow('account_id')
  expect(() => new MountedEngine(kms, { mountOptions: { region: 'Mars' } })).toThrow('region')
})

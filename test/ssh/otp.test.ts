import { beforeEach, expect, test } from 'vitest'
import { ssh } from '../../engines/ssh/index.ts'
import { type Answer, MountedEngine } from '../engines/mounted-engine.ts'

/** One-time passwords: who gets one for what, and that it is good once. */

let mount: MountedEngine
const role = { key_type: 'otp', default_user: 'ops', cidr_list: '10.0.0.0/8, 2001:db8::/32' }
beforeEach(async () => {
  mount = new MountedEngine(ssh)
  await mount.call('create', 'roles/otp', role)
})

const create = (fields: object = {}): Promise<Answer> =>
  mount.call('update', 'creds/otp', { ip: '10.1.2.3', ...fields })
const keyOf = ({ data }: Answer): unknown => data?.key

test('a password is good for one login, wherever it is asked about', async () => {
  const { data, lease } = await create()
  expect(data).toEqual({
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    key_type: 'otp',
    username: 'ops',
    ip: '10.1.2.3',
    port: 22,
  })
  expect(lease).toMatchObject({ type: 'otp', renewable: false })
  const elsewhere = new MountedEngine(ssh, { with: mount, uncached: true })
  expect(await elsewhere.data('update', 'verify', { otp: data?.key })).toEqual({
    username: 'ops',
    ip: '10.1.2.3',
    role_name: 'otp',
  })
  for (const one of [mount, elsewhere]) {
    expect(await one.refusal('update', 'verify', { otp: data?.key })).toBe('invalid_request: OTP not found')
  }
})

test('of many that ask about one password at once, one gets it', async () => {
  const otp = keyOf(await create())
  const nodes = [mount, ...Array.from({ length: 3 }, () => new MountedEngine(ssh, { with: mount, uncached: true }))]
  const asking = Array.from({ length: 40 }, (_, n) => nodes[n % nodes.length]?.call('update', 'verify', { otp }))
  const outcomes = await Promise.allSettled(asking)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a password ends with its lease, and by itself', async () => {
  const first = await create()
  await ssh.leases?.otp?.revoke(first.lease?.internal ?? {}, mount.context)
  await ssh.leases?.otp?.revoke(first.lease?.internal ?? {}, mount.context)
  expect(await mount.refusal('update', 'verify', { otp: keyOf(first) })).toMatch(/OTP not found/)
  const second = await create()
  mount.pass(2_764_800)
  expect(await mount.refusal('update', 'verify', { otp: keyOf(second) })).toMatch(/OTP not found/)
})

test('neither the lease nor a name in the store is the password', async () => {
  const made = await create()
  expect(JSON.stringify(made.lease)).not.toContain(String(keyOf(made)))
  expect((await mount.context.store.scan('')).join()).not.toContain(String(keyOf(made)))
})

test.each([
  ['another user', role, { username: 'root' }, /Username has to be either/],
  ['a user that the role has', { ...role, allowed_users: 'dba, root' }, { username: 'root' }, undefined],
  ['a user that it has not', { ...role, allowed_users: 'dba' }, { username: 'root' }, /not present/],
  ['the default beside others', { ...role, allowed_users: 'dba' }, {}, undefined],
  ['any user', { ...role, allowed_users: '*' }, { username: 'root' }, undefined],
  ['a user of two lines', { ...role, allowed_users: '*' }, { username: 'root\nx' }, /not the name of a user/],
  ['no address', role, { ip: '' }, /Missing ip/],
  ['a name', role, { ip: 'localhost' }, /Invalid IP/],
  ['a zone', role, { ip: 'fe80::1%eth0' }, /Invalid IP/],
  ['an address outside', role, { ip: '11.0.0.1' }, /IP does not belong to role/],
  ['an address of version 6', role, { ip: '2001:0DB8:0::7' }, undefined],
  ['one of version 4 that is written as one of 6', role, { ip: '::ffff:10.0.0.9' }, undefined],
  ['one that is left out', { ...role, exclude_cidr_list: '10.1.0.0/16' }, {}, /IP does not belong to role/],
  ['no blocks', { ...role, cidr_list: '' }, {}, /IP does not belong to role/],
  ['a role of certificates', { key_type: 'ca', allow_user_certificates: true }, {}, /gives no one-time passwords/],
])('a password for %s', async (_what, fields, asked, refusal) => {
  await mount.call('update', 'roles/otp', fields)
  if (refusal === undefined) await create(asked)
  else expect(await mount.refusal('update', 'creds/otp', { ip: '10.1.2.3', ...asked })).toMatch(refusal)
})

test('addresses are given in the form that hosts write', async () => {
  expect((await create({ ip: '2001:0DB8:0::7' })).data?.ip).toBe('2001:db8::7')
  for (const ip of ['::ffff:10.0.0.9', '::FFFF:A00:9', '0:0:0:0:0:ffff:10.0.0.9']) {
    expect((await create({ ip })).data?.ip).toBe('10.0.0.9')
  }
})

test('roles for any address are set by name, are found by address, and go with the role', async () => {
  await mount.call('create', 'roles/any', { key_type: 'otp', default_user: 'ops' })
  expect(await mount.data('update', 'lookup', { ip: '192.0.2.1' })).toEqual({ roles: [] })
  expect(await mount.refusal('update', 'config/zeroaddress', { roles: 'any,none' })).toMatch(
    /Role "none" does not exist/,
  )
  await mount.call('update', 'config/zeroaddress', { roles: 'any' })
  expect(await mount.data('read', 'config/zeroaddress')).toEqual({ roles: ['any'] })
  expect(await mount.data('update', 'lookup', { ip: '192.0.2.1' })).toEqual({ roles: ['any'] })
  expect(await mount.data('update', 'lookup', { ip: '10.1.2.3' })).toEqual({ roles: ['any', 'otp'] })
  await mount.call('update', 'creds/any', { ip: '192.0.2.1' })
  await mount.call('delete', 'roles/any')
  expect(await mount.data('read', 'config/zeroaddress')).toEqual({ roles: [] })
  await mount.call('delete', 'config/zeroaddress')
  expect(await mount.refusal('read', 'config/zeroaddress')).toBe('not_found: ')
})

test('a host sees by an echo that it is connected', async () => {
  expect(await mount.data('update', 'verify', { otp: 'verify-echo-request' })).toEqual({
    message: 'verify-echo-response',
  })
  for (const otp of ['', 'x', 'y'.repeat(10_000)]) {
    expect(await mount.refusal('update', 'verify', { otp })).toMatch(/OTP not found/)
  }
})

test('roles of either type are read as they were written, and listed', async () => {
  await mount.call('create', 'roles/certs', {
    key_type: 'ca',
    allow_user_certificates: true,
    ttl: '1h',
    allowed_user_key_lengths: { rsa: 2048 },
  })
  expect(await mount.data('read', 'roles/otp')).toEqual({
    key_type: 'otp',
    default_user: 'ops',
    allowed_users: '',
    cidr_list: '10.0.0.0/8,2001:db8::/32',
    exclude_cidr_list: '',
    port: 22,
  })
  expect(await mount.data('read', 'roles/certs')).toMatchObject({
    ttl: 3600,
    not_before_duration: 30,
    issuer_ref: 'default',
    algorithm_signer: 'default',
    allowed_user_key_lengths: { rsa: [2048] },
  })
  expect(await mount.data('list', 'roles')).toEqual({
    keys: ['certs', 'otp'],
    key_info: { certs: { key_type: 'ca', issuer_ref: 'default' }, otp: { key_type: 'otp' } },
  })
  expect(await mount.data('delete', 'tidy/dynamic-keys')).toEqual({ message: 'Removed 0 of 0 host keys.' })
})

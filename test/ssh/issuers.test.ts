import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { pem } from '../../engines/pem.ts'
import { authorizedKey, publicKeyOf } from '../../engines/ssh/keys/public-key.ts'
import { KEY_OF_ZERO } from '../pki/hostile-requests.ts'
import { type Data, SshAuthority } from './authority.ts'

/** Roles and issuers: what is refused, and how they refer to each other. */

let ca: SshAuthority
beforeEach(async () => {
  ca = new SshAuthority()
  await ca.ca()
})

const user = { allowed_users: 'ada,bob' }
const caRole = { key_type: 'ca', allow_user_certificates: true }
test.each<[string, string, Data, RegExp]>([
  ['no type', 'roles/own', {}, /missing key type/],
  ['a type of before', 'roles/own', { key_type: 'dynamic' }, /no longer supported/],
  ['another type', 'roles/own', { key_type: 'x509' }, /invalid key type/],
  ['neither users nor hosts', 'roles/own', { key_type: 'ca' }, /must be set to 'true'/],
  ['times the wrong way round', 'roles/own', { ...caRole, ttl: 2, max_ttl: 1 }, /"ttl" value must be less/],
  ['SHA-1', 'roles/own', { ...caRole, algorithm_signer: 'ssh-rsa' }, /SHA-1/],
  ['another algorithm', 'roles/own', { ...caRole, algorithm_signer: 'md5' }, /algorithm_signer: expected/],
  ['an unknown key', 'roles/own', { ...caRole, allowed_user_key_lengths: { dsa: 1024 } }, /unknown type of key/],
  ['a size in words', 'roles/own', { ...caRole, allowed_user_key_lengths: { rsa: 'big' } }, /expected a size/],
  ['a name', 'roles/-own', caRole, /unsupported path/],
  ['otp without a user', 'roles/own', { key_type: 'otp' }, /missing default user/],
  [
    'otp with blocks that are none',
    'roles/own',
    { key_type: 'otp', default_user: 'a', cidr_list: '10.0.0.0/33' },
    /cidr_list/,
  ],
  ['an unknown role', 'sign/none', {}, /unknown role/],
  ['a size of a CA', 'config/ca', { key_type: 'rsa', key_bits: 1024 }, /unsupported key_bits/],
  ['a CA of another type', 'config/ca', { key_type: 'ssh-dss' }, /unknown key_type/],
  ['half a pair', 'config/ca', { private_key: 'x' }, /only one of/],
  ['a key of 0', 'config/ca', { private_key: pem('PRIVATE KEY', KEY_OF_ZERO), public_key: 'y' }, /point at infinity/],
  [
    'a pair and a new one',
    'config/ca',
    { private_key: 'x', public_key: 'y', generate_signing_key: true },
    /must not be set/,
  ],
  ['neither', 'config/ca', { generate_signing_key: false }, /missing public_key/],
  ['a name that is taken', 'issuers/import/default', {}, /reserved keyword/],
  ['a default by its own name', 'config/issuers', { default: 'default' }, /invalid issuer specification/],
  ['a default that there is none of', 'config/issuers', { default: 'none' }, /unable to find issuer/],
])('%s', async (_what, path, data, refusal) => {
  expect(await ca.refusal('update', path, data)).toMatch(refusal)
})

test('issuers have names, a default, and roles that refer to them', async () => {
  const first = (await ca.data('read', 'config/ca')) as { issuer_id: string; public_key: string }
  const second = await ca.data('update', 'issuers/import/second', { key_type: 'ec', key_bits: 384 })
  expect(await ca.data('read', 'config/issuers')).toEqual({ default: first.issuer_id })
  expect(await ca.refusal('update', 'issuers/import/second', { key_type: 'ed25519' })).toMatch(/already in use/)
  await ca.role('own', { ...user, issuer_ref: 'second' })
  expect(await ca.sign('own', { valid_principals: 'ada' })).toMatchObject({ issuer_id: second.issuer_id })
  await ca.role('other', user)
  expect(await ca.sign('other', { valid_principals: 'ada' })).toMatchObject({ issuer_id: first.issuer_id })
  await ca.call('update', 'config/issuers', { default: 'second' })
  expect(await ca.sign('other', { valid_principals: 'ada' })).toMatchObject({ issuer_id: second.issuer_id })
  expect(await ca.data('list', 'issuers')).toMatchObject({
    key_info: {
      [first.issuer_id]: { is_default: false },
      [String(second.issuer_id)]: { is_default: true, issuer_name: 'second' },
    },
  })
  const renamed = await ca.call('update', 'issuer/second', { issuer_name: 'third' })
  expect(renamed.warnings).toEqual(["1 roles reference 'second'"])
  expect(await ca.refusal('update', 'sign/own', { public_key: 'x' })).toMatch(/public_key/)
  expect(await ca.outcome('own', { valid_principals: 'ada' })).toMatch(/unable to find issuer for reference: second/)
  const gone = await ca.call('delete', 'issuer/third')
  expect(gone.warnings?.[0]).toMatch(/this was configured as the default issuer/)
  expect(await ca.outcome('other', { valid_principals: 'ada' })).toMatch(/no default issuer/)
  expect(await ca.call('delete', 'issuer/third')).toEqual({ operation: 'delete' })
  expect((await ca.call('delete', 'config/ca')).warnings).toEqual([
    'Deleted 1 issuers, including default issuer if configured.',
  ])
  expect(await ca.refusal('read', 'public_key')).toMatch(/no default issuer/)
})

test('an imported key is shown as it was given, with an end of its line or without, as its line where there was only base64', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const private_key = privateKey.export({ format: 'pem', type: 'sec1' })
  const { algorithm, blob } = publicKeyOf(publicKey)
  const line = authorizedKey(algorithm, blob)
  for (const given of [line.trim(), line, `${line.trim()} me@here`, `${line.trim()} me@here\n`]) {
    const asked = { private_key, public_key: given }
    expect(await new SshAuthority().data('update', 'issuers/import', asked)).toMatchObject({ public_key: given })
  }
  const bare = { private_key, public_key: blob.toString('base64') }
  expect(await new SshAuthority().data('update', 'issuers/import', bare)).toMatchObject({ public_key: line })
})

test('no reply but that of a pair that is made holds a private key', async () => {
  const replies = [
    await ca.data('read', 'config/ca'),
    await ca.data('update', 'issuers/import', { key_type: 'rsa', key_bits: 2048 }),
    await ca.data('read', 'issuer/default'),
    await ca.data('list', 'issuers'),
    (await ca.call('read', 'public_key')).raw?.body,
  ]
  expect(JSON.stringify(replies)).not.toMatch(/PRIVATE|private/)
})

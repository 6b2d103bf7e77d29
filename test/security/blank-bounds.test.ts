import { expect, test } from 'vitest'
import { pki } from '../../engines/pki/index.ts'
import { approle } from '../../server/auth/approle/index.ts'
import { certMethod } from '../../server/auth/cert/index.ts'
import { jwt } from '../../server/auth/jwt/index.ts'
import { userpass } from '../../server/auth/userpass/index.ts'
import { TestNamespace } from '../core/test-namespace.ts'

/** A list that bounds something, and is written without naming anything, is no absent bound. */

const BOUNDS: readonly (readonly [path: string, fields: readonly string[]])[] = [
  [
    'auth/token/roles/r',
    [
      'token_bound_cidrs',
      'bound_cidrs',
      'allowed_policies',
      'allowed_policies_glob',
      'disallowed_policies',
      'disallowed_policies_glob',
    ],
  ],
  ['auth/approle/role/r', ['token_bound_cidrs', 'secret_id_bound_cidrs', 'bound_cidr_list']],
  ['auth/approle/role/r/secret-id', ['cidr_list', 'token_bound_cidrs']],
  ['auth/approle/role/r/custom-secret-id', ['cidr_list', 'token_bound_cidrs']],
  ['auth/userpass/users/u', ['token_bound_cidrs', 'bound_cidrs']],
  ['auth/jwt/role/r', ['token_bound_cidrs', 'bound_audiences']],
  ['auth/jwt/cel/role/r', ['bound_audiences']],
  ['pki/roles/r', ['allowed_ip_sans_cidr']],
  ['pki/root/generate/internal', ['permitted_dns_domains', 'excluded_dns_domains', 'permitted_ip_ranges']],
  [
    'auth/cert/certs/r',
    [
      'allowed_names',
      'allowed_common_names',
      'allowed_dns_sans',
      'allowed_email_sans',
      'allowed_uri_sans',
      'allowed_organizational_units',
      'required_extensions',
      'token_bound_cidrs',
    ],
  ],
]

test('what names nothing is refused where an empty list would bind nothing', async () => {
  const vault = await TestNamespace.create({ engines: [approle, certMethod as never, jwt, userpass, pki] })
  for (const type of ['approle', 'cert', 'jwt', 'userpass']) await vault.call('update', `sys/auth/${type}`, { type })
  await vault.call('update', 'sys/mounts/pki', { type: 'pki' })
  for (const [path, fields] of BOUNDS) {
    for (const name of fields) {
      for (const blank of [[''], [' ', ''], ',', ' , ']) {
        expect(await vault.refusal('update', path, { [name]: blank }), `${path} ${name}`).toBe(
          `invalid_request: error converting input for field "${name}": holds nothing but blanks`,
        )
      }
    }
  }
})

test('an empty list takes a bound away', async () => {
  const vault = await TestNamespace.create({ engines: [userpass] })
  await vault.call('update', 'sys/auth/userpass', { type: 'userpass' })
  for (const empty of [[], '', ' ', null]) {
    const user = { password: 'x', token_bound_cidrs: ['10.0.0.0/8', ''] }
    await vault.call('update', 'auth/userpass/users/u', user)
    expect((await vault.data('read', 'auth/userpass/users/u')).token_bound_cidrs).toEqual(['10.0.0.0/8'])
    await vault.call('update', 'auth/userpass/users/u', { token_bound_cidrs: empty })
    // What is null was not sent.
    const left = empty === null ? ['10.0.0.0/8'] : []
    expect((await vault.data('read', 'auth/userpass/users/u')).token_bound_cidrs).toEqual(left)
  }
})

import { beforeEach, expect, test } from 'vitest'
import { Authority, Crl } from './authority.ts'

let ca: Authority
beforeEach(async () => {
  ca = new Authority()
  await ca.root()
  await ca.role('web', { max_ttl: '100h' })
})

const listed = async () => new Crl(await ca.raw('crl')).serials

test('an expired certificate is not revoked, and a warning says so', async () => {
  const { serial_number, private_key, certificate } = await ca.issue('web', { ttl: '1m' })
  ca.pass(120)
  for (const [name, fields] of Object.entries({
    revoke: { serial_number },
    'revoke-with-key': { certificate, private_key },
  })) {
    const { data, warnings } = await ca.call('update', name, fields)
    expect(data).toBeUndefined()
    expect(warnings?.[0]).toMatch(/already expired/)
  }
  expect((await ca.data('read', `cert/${serial_number}`)).revocation_time).toBe(0)
  expect(await listed()).toEqual([])
  await ca.call('update', 'config/crl', { allow_expired_cert_revocation: true })
  expect((await ca.data('update', 'revoke', { serial_number })).state).toBe('revoked')
  expect(await listed()).toHaveLength(1)
})

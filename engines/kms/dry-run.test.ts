import { expect, test } from 'vitest'
import { HELLO, kindOfRefusal, withKey } from '../../test/engines/kms.ts'

const TRY = { dry_run: true }
const GRANT = { grantee_principal: 'policy:app', operations: ['Encrypt'] }

test('a dry run of what would succeed says so, and changes nothing', async () => {
  const { mount, id } = await withKey()
  const { ciphertext } = await mount.data('update', `encrypt/${id}`, { plaintext: HELLO })
  const { key_id: other } = await mount.data('update', 'keys/other')
  const { key_id: signing } = await mount.data('update', 'keys/s', {
    key_spec: 'ECC_NIST_P256',
    key_usage: 'SIGN_VERIFY',
  })
  const { key_id: mac } = await mount.data('update', 'keys/m', { key_spec: 'HMAC_256' })
  const tried: readonly [path: string, data: object][] = [
    [`encrypt/${id}`, { plaintext: HELLO }],
    [`decrypt/${id}`, { ciphertext }],
    ['decrypt', { ciphertext }],
    [`re-encrypt/${id}/${String(other)}`, { ciphertext }],
    [`datakey/${id}`, {}],
    [`datakeypair/${id}`, { key_pair_spec: 'ECC_NIST_P256' }],
    [`sign/${String(signing)}`, { message: HELLO }],
    [`verify/${String(signing)}`, { message: HELLO, signature: HELLO }],
    [`mac/${String(mac)}`, { message: HELLO }],
    [`verify-mac/${String(mac)}`, { message: HELLO, mac: HELLO }],
    [`keys/${id}/grants`, GRANT],
  ]
  for (const [path, data] of tried) {
    expect([path, await kindOfRefusal(mount, path, { ...data, ...TRY })]).toEqual([path, 'DryRun'])
  }
  expect(await kindOfRefusal(mount, `keys/${id}/grants`, {}, { operation: 'list' })).toBe('not_found: ')
  const { grant_id: grant } = await mount.data('update', `keys/${id}/grants`, GRANT)
  const path = `keys/${id}/grants/${String(grant)}`
  expect(await kindOfRefusal(mount, path, TRY, { operation: 'delete' })).toBe('DryRun')
  expect(await mount.data('read', path)).toMatchObject({ grant_id: grant })
})

test('a dry run of what would fail says why', async () => {
  const { mount, id } = await withKey()
  const { ciphertext } = await mount.data('update', `encrypt/${id}`, { plaintext: HELLO })
  const { key_id: other } = await mount.data('update', 'keys/other')
  await mount.call('update', `keys/${id}/disable`)
  expect(await kindOfRefusal(mount, `encrypt/${id}`, { plaintext: HELLO, ...TRY })).toBe('Disabled')
  expect(await kindOfRefusal(mount, `re-encrypt/${id}/${String(other)}`, { ciphertext, ...TRY })).toBe('Disabled')
  await mount.call('update', `keys/${id}/enable`)
  await mount.call('update', `keys/${String(other)}/disable`)
  expect(await kindOfRefusal(mount, `re-encrypt/${id}/${String(other)}`, { ciphertext, ...TRY })).toBe('Disabled')
  expect(await kindOfRefusal(mount, `sign/${id}`, { message: HELLO, ...TRY })).toBe('InvalidKeyUsage')
})

import { beforeEach, expect, test } from 'vitest'
import { Authority } from './authority.ts'

let ca: Authority
beforeEach(() => {
  ca = new Authority()
})

test('a root that is rotated in is called next, and another one meanwhile nothing', async () => {
  await ca.root()
  const fields = { common_name: 'Next Root', key_type: 'ec' }
  expect((await ca.data('update', 'root/rotate/internal', fields)).issuer_name).toBe('next')
  expect((await ca.data('update', 'root/rotate/internal', fields)).issuer_name).toBe('')
})

test.each([
  [{ signature_bits: 384 }, 'SHA384WithRSA'],
  [{ signature_bits: 512, use_pss: true }, 'SHA512WithRSAPSS'],
  [{}, 'SHA256WithRSA'],
])('a root signs its lists as its own certificate is signed: %j', async (fields, algorithm) => {
  await ca.root({ key_type: 'rsa', ...fields })
  expect((await ca.data('read', 'issuer/default')).revocation_signature_algorithm).toBe(algorithm)
})

test.each([
  ['ed25519', 'Ed25519', ['ed25519', 'PureEd25519', 'Ed25519']],
  ['ml-dsa-65', 'MLDSA65', ['mldsa65', 'ML-DSA-65']],
  ['ec', 'ECDSAWithSHA256', ['ecdsawithsha256']],
  ['rsa', 'SHA512WithRSAPSS', ['sha512withrsapss']],
])('how a root by %s signs its lists is called %s, and taken in any case', async (key_type, shown, spelt) => {
  const { issuer_id: id } = await ca.root({ key_type })
  for (const revocation_signature_algorithm of spelt) {
    const after = await ca.data('patch', `issuer/${id}`, { revocation_signature_algorithm })
    expect(after.revocation_signature_algorithm).toBe(shown)
    expect((await ca.raw('crl')).length).toBeGreaterThan(0)
  }
  expect(await ca.refusal('patch', `issuer/${id}`, { revocation_signature_algorithm: 'x' })).toContain('does not fit')
})

test('a root by EC leaves no choice', async () => {
  await ca.root({ key_type: 'ec', key_bits: 384, signature_bits: 512 })
  expect((await ca.data('read', 'issuer/default')).revocation_signature_algorithm).toBe('ECDSAWithSHA384')
})

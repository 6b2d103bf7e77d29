import { X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate, CertificatePolicies } from '@peculiar/asn1-x509'
import { expect, test } from 'vitest'
import { Authority } from './authority.ts'

/** What deployment tools send as their defaults, and what peers answer to it. */

test.each(['any', 'ed25519'])(
  'a role for keys of type %s takes the size that clients send with any type',
  async (type) => {
    const ca = new Authority()
    await ca.root()
    await ca.call('update', 'roles/web', { key_type: type, key_bits: 2048, allow_any_name: true })
    expect(await ca.data('read', 'roles/web')).toMatchObject({ key_type: type, key_bits: 2048 })
  },
)

test('a kind of key that is asked for under a role that has its own is passed over, with a warning', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', { key_type: 'ec' })
  for (const asked of [{ key_type: 'rsa' }, { key_bits: 2048 }, { key_type: 'ec', key_bits: 384 }]) {
    const { data, warnings } = await ca.call('update', 'issue/web', { common_name: 'www.example.com', ...asked })
    expect(data).toMatchObject({ private_key_type: 'ec' })
    expect(warnings).toContainEqual(expect.stringContaining('key_type and key_bits'))
  }
  const { warnings } = await ca.call('update', 'issue/web', { common_name: 'www.example.com' })
  expect(warnings).toEqual([])
})

test('a root of a type with one size takes any key_bits', async () => {
  const ca = new Authority()
  const { certificate } = await ca.data('update', 'root/generate/internal', {
    common_name: 'Root',
    key_type: 'ed25519',
    key_bits: 2048,
  })
  expect(new X509Certificate(String(certificate)).publicKey.asymmetricKeyType).toBe('ed25519')
})

test.each([
  [undefined, 'ml-dsa-44'],
  [65, 'ml-dsa-65'],
  [87, 'ml-dsa-87'],
])('mldsa with key_bits %s, as OpenBao has it, is a key by %s', async (key_bits, kind) => {
  const ca = new Authority()
  const asked = { key_type: 'mldsa', key_bits }
  const { certificate } = await ca.root(asked)
  expect(new X509Certificate(String(certificate)).publicKey.asymmetricKeyType).toBe(kind)
  await ca.role('web', asked)
  expect(await ca.data('read', 'roles/web')).toMatchObject({ key_type: 'mldsa', key_bits: key_bits ?? 44 })
  expect((await ca.issue('web')).private_key_type).toBe(kind)
})

test('an ML-DSA key of no size that there is', async () => {
  const asked = { key_type: 'mldsa', key_bits: 2048 }
  for (const path of ['roles/web', 'keys/generate/internal'])
    expect(await new Authority().refusal('update', path, asked)).toBe(
      'invalid_request: unsupported bit length for ML-DSA key: 2048',
    )
})

test('empty cn_validations and issuer_ref stand for the defaults', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', { cn_validations: [], issuer_ref: '' })
  expect(await ca.data('read', 'roles/web')).toMatchObject({
    cn_validations: ['email', 'hostname'],
    issuer_ref: 'default',
  })
  await ca.issue('web')
})

test('a role that nothing is kept of has no leases, and is told so', async () => {
  const ca = new Authority()
  await ca.root()
  const { data, warnings } = await ca.call('update', 'roles/web', { no_store: true, generate_lease: true })
  expect(data).toMatchObject({ no_store: true, generate_lease: false })
  expect(warnings).toEqual([expect.stringContaining('no_store')])
})

test('a role may be written before its issuer is there, with a warning', async () => {
  const ca = new Authority()
  const { warnings } = await ca.call('update', 'roles/web', {})
  expect(warnings).toEqual([expect.stringContaining('default issuer')])
  await ca.root({ issuer_name: 'one' })
  expect((await ca.call('update', 'roles/web', {})).warnings).toEqual([])
  expect((await ca.call('update', 'roles/web', { issuer_ref: 'one' })).warnings).toEqual([])
  expect((await ca.call('update', 'roles/web', { issuer_ref: 'two' })).warnings).toEqual([
    expect.stringContaining('two'),
  ])
})

test('other_sans take UTF8 and UTF-8 in any case', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', { allowed_other_sans: '1.2.3;utf-8:a*' })
  const { certificate } = await ca.issue('web', { other_sans: '1.2.3;UTF8:ab,1.2.3;Utf-8:ac' })
  const held = (text: string) => Buffer.concat([Buffer.of(0x0c, text.length), Buffer.from(text)])
  const { raw } = new X509Certificate(String(certificate))
  for (const value of ['ab', 'ac']) expect(raw.includes(held(value))).toBe(true)
})

test('no part of a name holds a value twice, and each user id is a part of its own', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', { allowed_user_ids: '*', organization: 'b,a,b' })
  const { certificate } = await ca.issue('web', { user_ids: 'v,u,v' })
  const { subject } = AsnConvert.parse(new X509Certificate(String(certificate)).raw, Certificate).tbsCertificate
  expect([...subject].map((rdn) => [...rdn].map(({ value }) => value.toString()))).toEqual([
    ['a', 'b'],
    ['www.example.com'],
    ['v'],
    ['u'],
  ])
})

test('allowed_other_sans that can never match are refused when they are written', async () => {
  const ca = new Authority()
  await ca.call('update', 'roles/web', { allowed_other_sans: ['1.2.3;UTF8:a*', '*'] })
  expect(await ca.refusal('update', 'roles/web', { allowed_other_sans: 'x' })).toContain('allowed_other_sans')
})

test('a time to live below zero is refused: it would end in the past', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  for (const path of ['issue/web', 'root/generate/internal']) {
    expect(await ca.refusal('update', path, { common_name: 'www.example.com', ttl: '-1s' })).toContain(
      'ttl cannot be negative',
    )
  }
})

test('a CA may outlive its issuer, and its caller is warned; with enforce_leaf_not_after_behavior it may not', async () => {
  const top = new Authority()
  await top.root({ ttl: '100h' })
  const below = new Authority()
  const { csr } = await below.data('update', 'intermediate/generate/internal', { common_name: 'Below', key_type: 'ec' })
  const { data, warnings } = await top.call('update', 'root/sign-intermediate', { csr, common_name: 'Below' })
  const outlived = Number((await top.data('read', 'cert/ca')).expiration ?? 0)
  expect(Number(data?.expiration)).toBeGreaterThan(outlived)
  expect(warnings).toEqual([expect.stringContaining('ends after')])
  const asked = { csr, common_name: 'Below', enforce_leaf_not_after_behavior: true }
  expect(await top.refusal('update', 'root/sign-intermediate', asked)).toContain('beyond the expiration of the CA')
  const short = await top.call('update', 'root/sign-intermediate', { csr, common_name: 'Below', ttl: '50h' })
  expect(short.warnings).toEqual([])
})

test("a CA is valid for the mount's longest at most, like all that it signs, and its caller is warned", async () => {
  const top = new Authority()
  await top.root()
  const { csr } = await new Authority().data('update', 'intermediate/generate/internal', { common_name: 'Below' })
  const { data, warnings } = await top.call('update', 'root/sign-intermediate', {
    csr,
    common_name: 'Below',
    ttl: '8000h',
  })
  const longest = top.context.mount.maxLeaseTtlSeconds
  expect(data?.expiration).toBe(Math.floor(top.time.nowMs / 1000) + longest)
  expect(warnings).toEqual([expect.stringContaining('longer than permitted maxTTL')])
})

test('the chain is the certificate of cert/ca_chain too, where clients look for the root', async () => {
  const top = new Authority()
  const { certificate: root } = await top.root()
  const below = new Authority()
  const { csr } = await below.data('update', 'intermediate/generate/internal', { common_name: 'Below', key_type: 'ec' })
  const { certificate } = await top.data('update', 'root/sign-intermediate', { csr, common_name: 'Below' })
  await below.call('update', 'intermediate/set-signed', { certificate: `${certificate}\n${root}` })
  const chain = (await below.raw('ca_chain')).toString()
  expect(chain).toBe(`${certificate}\n${root}`)
  expect(await below.data('read', 'cert/ca_chain')).toMatchObject({ certificate: chain, ca_chain: chain })
  expect((await below.data('read', 'cert/ca')).certificate).toBe(certificate)
})

const POLICIES: readonly (readonly [what: string, given: unknown, kept: readonly string[]])[] = [
  ['identifiers with commas', '1.2.3,1.3.6.1', ['1.2.3', '1.3.6.1']],
  [
    'objects in JSON',
    '[{"oid":"1.2.3","cps":"https://example.com/cps"},{"oid":"1.3.6.1","notice":"Read this, then that"}]',
    ['{"oid":"1.2.3","cps":"https://example.com/cps"}', '{"oid":"1.3.6.1","notice":"Read this, then that"}'],
  ],
  ['a list with both', ['1.2.3', '{"oid":"1.3.6.1"}'], ['1.2.3', '{"oid":"1.3.6.1"}']],
]

test.each(POLICIES)('policy_identifiers: %s', async (_what, given, kept) => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', { policy_identifiers: given })
  expect((await ca.data('read', 'roles/web')).policy_identifiers).toEqual(kept)
  const { certificate } = await ca.issue('web')
  const { tbsCertificate } = AsnConvert.parse(new X509Certificate(String(certificate)).raw, Certificate)
  const extension = tbsCertificate.extensions?.find(({ extnID }) => extnID === '2.5.29.32')
  const policies = AsnConvert.parse(extension?.extnValue.buffer ?? new ArrayBuffer(0), CertificatePolicies)
  expect(policies.map(({ policyIdentifier }) => policyIdentifier)).toEqual(['1.2.3', '1.3.6.1'])
  const withQualifiers = policies.filter(({ policyQualifiers }) => policyQualifiers !== undefined)
  expect(withQualifiers.length).toBe(JSON.stringify(given).includes('cps') ? 2 : 0)
})

test.each([
  '[{"oid":"x"}]',
  '[{"oid":"1.2.3","other":"x"}]',
  '[{"oid":"1.2.3","cps":"not a URI"}]',
  '[{"oid":"1.2.3","notice":5}]',
  `[{"oid":"1.2.3","notice":"${'n'.repeat(201)}"}]`,
  '[{"oid":',
  '1.2.3,1.2.3',
  'x',
  ['{'],
  [['1.2.3']],
])('policy_identifiers that are none are refused: %j', async (given) => {
  const ca = new Authority()
  expect(await ca.refusal('update', 'roles/web', { policy_identifiers: given })).toContain('policy_identifiers')
})

test('ACME is not opened for roles and issuers that are not there', async () => {
  const ca = new Authority()
  await ca.root({ issuer_name: 'one' })
  await ca.role('web')
  await ca.call('update', 'config/cluster', { path: 'https://ca.example.com/v1/pki' })
  await ca.call('update', 'config/acme', { enabled: true, allowed_roles: ['web'], allowed_issuers: ['one', 'default'] })
  expect(await ca.refusal('update', 'config/acme', { allowed_roles: ['web', 'none'] })).toContain('none')
  expect(await ca.refusal('update', 'config/acme', { allowed_issuers: ['none'] })).toContain('none')
})

test('revoking an issuer answers with the whole of it', async () => {
  const ca = new Authority()
  await ca.root({ issuer_name: 'one' })
  const before = await ca.data('read', 'issuer/one')
  const revoked = await ca.data('update', 'issuer/one/revoke')
  expect(Object.keys(revoked).sort()).toEqual(
    [...Object.keys(before), 'revocation_time', 'revocation_time_rfc3339'].sort(),
  )
  expect(revoked).toEqual(await ca.data('read', 'issuer/one'))
})

test('who gives names that a role takes from the request alone is warned', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.role('ours', { use_csr_common_name: false, use_csr_sans: false })
  const { csr } = await new Authority().data('update', 'intermediate/generate/internal', {
    common_name: 'www.example.com',
    key_type: 'ec',
  })
  const asked = { csr, common_name: 'a.example.com', alt_names: 'b.example.com' }
  expect((await ca.call('update', 'sign/web', asked)).warnings).toEqual([
    expect.stringContaining('use_csr_common_name'),
    expect.stringContaining('use_csr_sans'),
  ])
  expect((await ca.call('update', 'sign/web', { csr })).warnings).toEqual([])
  expect((await ca.call('update', 'sign/ours', asked)).warnings).toEqual([])
})

test('there is nothing to do for delta lists that are off, and no reason to fail', async () => {
  const ca = new Authority()
  await ca.root()
  const { data, warnings } = await ca.call('read', 'crl/rotate-delta')
  expect(data).toEqual({ success: true })
  expect(warnings).toEqual([expect.stringContaining('not enabled')])
  await ca.call('update', 'config/crl', { auto_rebuild: true, enable_delta: true })
  expect((await ca.call('read', 'crl/rotate-delta')).warnings ?? []).toEqual([])
})

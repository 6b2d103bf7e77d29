import { CertificationRequest } from '@peculiar/asn1-csr'
import { id_RSASSA_PSS, id_sha256, id_sha512, RsaSaPssParams } from '@peculiar/asn1-rsa'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate, id_ce_basicConstraints } from '@peculiar/asn1-x509'
import { expect, test } from 'vitest'
import { periodicTidy } from '../../engines/pki/tidy.ts'
import { Authority } from './authority.ts'

/** What the operator of a mount is told, and what the settings mean that were left out. */

const status = (ca: Authority) => ca.data('read', 'tidy-status')

test('before the first run tidy-status has the members that it has afterwards', async () => {
  const ca = new Authority()
  const before = await status(ca)
  expect(before).toMatchObject({
    state: 'Inactive',
    safety_buffer: null,
    message: null,
    missing_issuer_cert_count: null,
  })
  expect(Object.entries(before).filter(([name, value]) => name !== 'state' && value !== null)).toEqual([])
  await ca.call('update', 'tidy', { tidy_cert_store: true })
  await expect.poll(async () => (await status(ca)).state).toBe('Finished')
  const after = await status(ca)
  expect(Object.keys(before).sort()).toEqual(Object.keys(after).sort())
  expect(after).toMatchObject({ safety_buffer: 72 * 3600, message: null, missing_issuer_cert_count: 0 })
})

test('auto-tidy keeps revoked certificates as long as others, until they have a buffer of their own', async () => {
  const ca = new Authority()
  const buffers = async (): Promise<unknown> => {
    const auto = await ca.data('read', 'config/auto-tidy')
    return [auto.safety_buffer, auto.revoked_safety_buffer]
  }
  expect(await buffers()).toEqual([72 * 3600, 72 * 3600])
  await ca.call('update', 'config/auto-tidy', { safety_buffer: '720h' })
  expect(await buffers()).toEqual([720 * 3600, 720 * 3600])
  await ca.call('update', 'config/auto-tidy', { revoked_safety_buffer: '1h' })
  await ca.call('update', 'config/auto-tidy', { safety_buffer: '2h' })
  expect(await buffers()).toEqual([2 * 3600, 3600])
})

test('a run that began by itself shows what it was to tidy, and not when', async () => {
  const ca = new Authority()
  await ca.call('update', 'config/auto-tidy', { enabled: true, tidy_cert_store: true, safety_buffer: '1h' })
  const members = Object.keys(await status(ca)).sort()
  await periodicTidy(ca.context)
  await expect.poll(async () => (await status(ca)).state).toBe('Finished')
  const ran = await status(ca)
  expect(ran).toMatchObject({
    state: 'Finished',
    tidy_cert_store: true,
    safety_buffer: 3600,
    revoked_safety_buffer: 3600,
  })
  expect(Object.keys(ran).sort()).toEqual(members)
})

test('whoever brings in or asks for a CA hears that the mount has no URLs for its certificates', async () => {
  const [ca, elsewhere] = [new Authority(), new Authority()]
  const { certificate } = await elsewhere.root()
  const asked = (name: string, fields: object) => async () => (await ca.call('update', name, { ...fields })).warnings
  const calls = [
    asked('config/ca', { pem_bundle: certificate }),
    asked('issuers/import/cert', { pem_bundle: certificate }),
    asked('intermediate/generate/internal', { common_name: 'Below', key_type: 'ec' }),
    asked('root/generate/internal', { common_name: 'Root', key_type: 'ec' }),
  ]
  const heard = /authority information access/
  for (const call of calls) expect(await call()).toEqual([expect.stringMatching(heard)])
  await ca.call('update', 'config/urls', { ocsp_servers: 'http://ca.example.com/ocsp' })
  for (const call of calls) expect(String(await call())).not.toMatch(heard)
  await ca.call('update', 'config/urls', { ocsp_servers: '' })
  for (const call of calls) expect(await call()).toEqual([expect.stringMatching(heard)])
})

test('the role of the default ACME directory is one of those that ACME may use', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('good')
  await ca.role('other')
  await ca.call('update', 'config/cluster', { path: 'http://ca.example.com/v1/pki' })
  const other = { enabled: true, default_directory_policy: 'role:other' }
  expect(await ca.refusal('update', 'config/acme', { ...other, allowed_roles: 'good' })).toContain(
    'default_directory_policy names a role that allowed_roles does not: other',
  )
  await ca.call('update', 'config/acme', { ...other, allowed_roles: 'good,other' })
  expect(await ca.refusal('update', 'config/acme', { allowed_roles: 'good' })).toContain(
    'allowed_roles does not: other',
  )
  expect(await ca.data('update', 'config/acme', { ...other, allowed_roles: '*' })).toMatchObject(other)
})

test.each([
  [0, id_sha256],
  [512, id_sha512],
])('a request is signed with PSS padding where that is asked for, and a CA of it: %s bits', async (bits, hash) => {
  const [root, below] = [new Authority(), new Authority()]
  await root.root()
  const { csr } = await below.data('update', 'intermediate/generate/internal', {
    common_name: 'Below',
    use_pss: true,
    signature_bits: bits,
  })
  const { algorithm, parameters } = AsnConvert.parse(derOf(csr), CertificationRequest).signatureAlgorithm
  expect(algorithm).toBe(id_RSASSA_PSS)
  const { hashAlgorithm } = AsnConvert.parse(parameters ?? new ArrayBuffer(0), RsaSaPssParams)
  expect(hashAlgorithm.algorithm).toBe(hash)
  const { certificate } = await root.data('update', 'root/sign-intermediate', { csr, common_name: 'Below' })
  expect((await below.data('update', 'intermediate/set-signed', { certificate })).imported_issuers).toHaveLength(1)
})

test('sign-verbatim says that a certificate is no CA where its role does', async () => {
  const [ca, below] = [new Authority(), new Authority()]
  await ca.root()
  await ca.role('says', { basic_constraints_valid_for_non_ca: true })
  await ca.role('silent')
  const { csr } = await below.data('update', 'intermediate/generate/internal', { common_name: 'a', key_type: 'ec' })
  const basicConstraints = async (role: string): Promise<unknown> => {
    const { certificate } = await ca.data('update', `sign-verbatim/${role}`, { csr, ttl: '1h' })
    const { extensions } = AsnConvert.parse(derOf(certificate), Certificate).tbsCertificate
    return extensions?.some(({ extnID }) => extnID === id_ce_basicConstraints)
  }
  expect([await basicConstraints('says'), await basicConstraints('silent')]).toEqual([true, false])
})

const derOf = (pem: unknown): Buffer => Buffer.from(String(pem).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')

test('a revoked issuer signs no more certificates, whatever usage it is given afterwards', async () => {
  const ca = new Authority()
  const { private_key: key, issuer_id: id } = await ca.data('update', 'root/generate/exported', {
    common_name: 'Gone',
    key_type: 'ec',
  })
  await ca.role('web')
  const refused = async () => {
    expect(await ca.refusal('update', 'issue/web', { common_name: 'www.example.com' })).toContain(
      'issuing-certificates',
    )
    const { revoked, usage } = await ca.data('read', `issuer/${id}`)
    return { revoked, usage }
  }
  expect((await ca.call('update', `issuer/${id}/revoke`)).warnings).toEqual([expect.stringContaining('on no list')])
  const usage = 'crl-signing,ocsp-signing,read-only'
  expect(await refused()).toEqual({ revoked: true, usage })

  const asked = { usage: 'read-only,issuing-certificates' }
  for (const operation of ['patch', 'update'] as const)
    expect(await ca.refusal(operation, `issuer/${id}`, asked)).toContain('the issuer was revoked')
  expect(await refused()).toEqual({ revoked: true, usage })

  // A write without usage gives all that the issuer is good for.
  await ca.call('update', `issuer/${id}`, { issuer_name: 'gone' })
  expect(await refused()).toEqual({ revoked: true, usage })
  await ca.call('patch', `issuer/${id}`, { usage: 'read-only,crl-signing' })
  expect(await refused()).toEqual({ revoked: true, usage: 'crl-signing,read-only' })

  // Nor does a key that comes later.
  const { certificate } = await ca.data('read', `issuer/${id}`)
  const elsewhere = new Authority()
  const imported = await elsewhere.data('update', 'issuers/import/cert', { pem_bundle: certificate })
  const [again] = imported.imported_issuers as readonly string[]
  await elsewhere.call('update', `issuer/${again}/revoke`)
  await elsewhere.call('update', 'keys/import', { pem_bundle: key })
  await elsewhere.role('web')
  expect(await elsewhere.refusal('update', `issuer/${again}/issue/web`, { common_name: 'www.example.com' })).toContain(
    'issuing-certificates',
  )
})

test('certificates of issuers, one fetched after the other, are a file of them, as OpenBao has it', async () => {
  const ca = new Authority()
  const roots = [await ca.root(), await ca.root({ common_name: 'Other' })]
  const fetched = await Promise.all(roots.map(({ issuer_id: id }) => ca.raw(`issuer/${id}/pem`)))
  expect(Buffer.concat(fetched).toString()).toBe(roots.map(({ certificate }) => `${certificate}\n`).join(''))
})

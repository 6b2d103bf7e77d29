import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate, ExtendedKeyUsage, KeyUsage } from '@peculiar/asn1-x509'
import { beforeAll, expect, test } from 'vitest'
import { lint } from '../../engines/pki/issuing/lint.ts'
import { NO_ALT_NAMES } from '../../engines/pki/x509/alt-names.ts'
import { bitString, type Der, integer, NULL, oid, sequence, tagged } from '../../engines/pki/x509/der.ts'
import {
  basicConstraints,
  type Extension,
  extensionDer,
  type KeyUsageName,
  keyUsage,
} from '../../engines/pki/x509/extensions.ts'
import { pem } from '../../engines/pki/x509/pem.ts'
import { EMPTY_SUBJECT } from '../../engines/pki/x509/subject.ts'
import { Authority } from './authority.ts'
import { program } from './cel-programs.ts'
import { asked, extension, name, request } from './hostile-requests.ts'

/** What Terraform's provider writes into each role. */
const CLASSIC = ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment']
const LEFT_OUT = (usages: string) =>
  `${usages} is left out of the key usages: it is not for the key of this certificate`

let ca: Authority
beforeAll(async () => {
  ca = new Authority()
  await ca.root()
})

async function signed(path: string, fields: Readonly<Record<string, unknown>>) {
  const { data, warnings } = await ca.call('update', path, fields)
  return { usages: usagesOf(String(data?.certificate)), warnings }
}

function usagesOf(certificate: string): readonly string[] {
  const { tbsCertificate } = AsnConvert.parse(new X509Certificate(certificate).raw, Certificate)
  const found = tbsCertificate.extensions?.find(({ extnID }) => extnID === '2.5.29.15')
  return found === undefined ? [] : AsnConvert.parse(found.extnValue.buffer, KeyUsage).toJSON()
}

test('the key of a leaf signs no certificates, whatever a role or who has a request signed says', async () => {
  const fields = { key_type: 'any', key_usage: ['DigitalSignature', 'CertSign', 'CRLSign'] }
  await ca.role('signs', fields)
  const expected = { usages: ['crlSign', 'digitalSignature'], warnings: [LEFT_OUT('CertSign')] }
  const csr = request()
  expect(await signed('sign/signs', { csr })).toEqual(expected)
  expect(await signed('issue/signs', { common_name: 'www.example.com', key_type: 'ec' })).toEqual(expected)
  expect(await signed('sign-verbatim', { csr, key_usage: fields.key_usage })).toEqual(expected)
  const saying = { csr, basic_constraints_valid_for_non_ca: true }
  expect(await signed('sign-verbatim', { ...saying, key_usage: fields.key_usage })).toEqual(expected)
  expect(await ca.refusal('update', 'sign-verbatim', { ...saying, key_usage: 'CertSign' })).toBe(
    'invalid_request: key usages: the key of this certificate cannot be for CertSign alone',
  )
})

test('nor does one of which a program says so and not that it is a CA', async () => {
  const saying = (members: string) => ({ cel_program: { variables: [], expression: program(members) } })
  await ca.call('update', 'cel/roles/leaf', saying('KeyUsage: KeyUsage.KeyUsageCertSign + KeyUsage.KeyUsageCRLSign'))
  const leaf = await signed('cel/issue/leaf', {})
  expect(leaf.usages).toEqual(['crlSign'])
  expect(leaf.warnings).toContain(LEFT_OUT('CertSign'))
  await ca.call('update', 'cel/roles/leaf', saying('KeyUsage: KeyUsage.KeyUsageCertSign'))
  expect(await ca.refusal('update', 'cel/issue/leaf', {})).toMatch(/^invalid_request: .*cannot be for CertSign alone/)
  await ca.call('update', 'cel/roles/ca', saying('KeyUsage: 32, IsCA: true, BasicConstraintsValid: true'))
  expect((await signed('cel/issue/ca', {})).usages).toEqual(['keyCertSign'])
})

test('what is to be signed is looked at for it once more', () => {
  const names = {
    subject: { ...EMPTY_SUBJECT, commonName: 'x' },
    altNames: NO_ALT_NAMES,
    isCa: false,
    enforceHostnames: true,
  }
  const said = { serial: Buffer.alloc(17, 1), notBeforeMs: 0, notAfterMs: 1, subject: name('x'), spki: Buffer.of() }
  const fault = (...extensions: readonly Extension[]) => lint({ ...names, template: { ...said, extensions } })
  const signs = keyUsage(['DigitalSignature', 'CertSign'])
  expect(fault(signs)).toBe('only the key of a CA may sign certificates')
  expect(fault(signs, basicConstraints(false))).toBe('only the key of a CA may sign certificates')
  expect(fault(signs, basicConstraints(true, 0))).toBeUndefined()
  expect(fault(keyUsage(['DigitalSignature', 'DecipherOnly']))).toBeUndefined()
})

const [SERVER, STAMPS] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.8']

/** A request that says what its certificate is to be for. */
const requestFor = (usages: readonly KeyUsageName[], purposes: Der = sequence(oid(STAMPS))): string =>
  request({
    attributes: [asked(...[keyUsage(usages), { id: '2.5.29.37', critical: true, value: purposes }].map(extensionDer))],
  })

const verbatim = (csr: string, fields: Readonly<Record<string, unknown>> = {}) =>
  purposesAt('sign-verbatim', { csr, ...fields })

const purposesAt = async (path: string, fields: Readonly<Record<string, unknown>>) => {
  const { data, warnings } = await ca.call('update', path, fields)
  const certificate = String(data?.certificate)
  const { extensions = [] } = AsnConvert.parse(new X509Certificate(certificate).raw, Certificate).tbsCertificate
  const purposes = extensions.find(({ extnID }) => extnID === '2.5.29.37')
  return {
    usages: usagesOf(certificate),
    purposes: purposes && [...AsnConvert.parse(purposes.extnValue.buffer, ExtendedKeyUsage)],
    critical: purposes?.critical,
    warnings,
  }
}

test('sign-verbatim keeps what the request says that it is for, unless who asks says it', async () => {
  const csr = requestFor(['DigitalSignature', 'ContentCommitment'])
  const usages = ['digitalSignature', 'nonRepudiation']
  // Time stamping is for nothing else, and says so critically (RFC 3161, 2.3).
  const kept = { usages, purposes: [STAMPS], critical: true, warnings: [] }
  expect(await verbatim(csr)).toEqual(kept)
  expect(await verbatim(csr, { key_usage: 'KeyAgreement' })).toEqual({ ...kept, usages: ['keyAgreement'] })
  for (const fields of [{ ext_key_usage: 'ServerAuth' }, { ext_key_usage_oids: SERVER }])
    expect(await verbatim(csr, fields)).toEqual({ ...kept, purposes: [SERVER], critical: false })
  expect(await verbatim(csr, { key_usage: [] })).toEqual({ ...kept, usages: [] })
})

test('who stamps times does nothing else, and its certificate says so critically', async () => {
  const flags = { server_flag: false, client_flag: false, require_cn: false, cn_validations: 'disabled' }
  const asked = { common_name: 'Stamps', exclude_cn_from_sans: true }
  const of = async (ext_key_usage: string) => {
    await ca.role('stamps', { ...flags, ext_key_usage })
    const { purposes, critical } = await purposesAt('issue/stamps', asked)
    return [critical, purposes?.length]
  }
  expect(await of('TimeStamping')).toEqual([true, 1])
  expect(await of('TimeStamping,CodeSigning')).toEqual([false, 2])
  expect(await of('CodeSigning')).toEqual([false, 1])
})

test("a request makes no authority by Netscape's type of a certificate, which counts where no usages stand", async () => {
  const sslCa = extension('2.16.840.1.113730.1.1', Buffer.from('03020204', 'hex'))
  const { certificate } = await ca.data('update', 'sign-verbatim', {
    csr: request({ attributes: [asked(sslCa)] }),
    key_usage: [],
  })
  const { extensions = [] } = AsnConvert.parse(new X509Certificate(String(certificate)).raw, Certificate).tbsCertificate
  expect(extensions.map(({ extnID }) => extnID)).not.toContain('2.16.840.1.113730.1.1')
})

test('what of it is not for a leaf is left out', async () => {
  const left = await verbatim(requestFor(['DigitalSignature', 'CertSign']))
  expect(left).toMatchObject({ usages: ['digitalSignature'], warnings: [LEFT_OUT('CertSign')] })
  const none = await verbatim(requestFor(['CertSign'], sequence()))
  expect(none).toMatchObject({ usages: ['digitalSignature', 'keyAgreement'], purposes: undefined })
  expect(none.warnings).toEqual([LEFT_OUT('CertSign')])
})

/** Of ML-DSA-44: what is said of the key and of the signature may be wrong. */
function mlDsaRequest(wrong: { key?: Der; bytes?: Buffer; algorithm?: Der; context?: Buffer } = {}): string {
  const { privateKey, publicKey } = generateKeyPairSync('ml-dsa-44')
  const own = sequence(oid('2.16.840.1.101.3.4.3.17'))
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-1312)
  const spki = sequence(wrong.key ?? own, bitString(wrong.bytes ?? raw))
  const info = sequence(integer(0), name('www.example.com'), spki, tagged(0xa0, Buffer.alloc(0)))
  const signature = sign(null, info, { key: privateKey, ...(wrong.context && { context: wrong.context }) })
  return pem('CERTIFICATE REQUEST', sequence(info, wrong.algorithm ?? own, bitString(signature)))
}

test('an ML-DSA key is for signatures alone, whatever a role for any key says', async () => {
  await ca.role('any', { key_type: 'any', key_usage: CLASSIC })
  await ca.role('fitting', { key_type: 'any' })
  const csr = mlDsaRequest()
  const usages = ['digitalSignature']
  expect(await signed('sign/fitting', { csr })).toEqual({ usages, warnings: [] })
  const warnings = [LEFT_OUT('KeyAgreement, KeyEncipherment')]
  expect(await signed('sign/any', { csr })).toEqual({ usages, warnings })
  expect(await signed('issue/any', { common_name: 'www.example.com', key_type: 'ml-dsa-87' })).toEqual({
    usages,
    warnings,
  })
  expect(await signed('sign-verbatim', { csr, key_usage: CLASSIC })).toEqual({ usages, warnings })
  // As peers sign it.
  expect((await signed('sign/any', { csr: request() })).usages).toHaveLength(3)
})

const ml44 = oid('2.16.840.1.101.3.4.3.17')
const ml65 = sequence(oid('2.16.840.1.101.3.4.3.18'))
for (const [what, wrong] of Object.entries({
  'parameters of the key': { key: sequence(ml44, NULL) },
  'a key of another size': { bytes: Buffer.alloc(1311, 7) },
  'a key that names a larger size': { key: ml65 },
  'a signature that names a larger size': { algorithm: ml65 },
  'parameters of the signature': { algorithm: sequence(ml44, NULL) },
  'a signature in a context': { context: Buffer.from('x') },
}))
  test(`a request with an ML-DSA key is refused: ${what}`, async () => {
    await ca.role('any', { key_type: 'any' })
    for (const path of ['sign/any', 'sign-verbatim', 'root/sign-intermediate'])
      expect(await ca.refusal('update', path, { csr: mlDsaRequest(wrong), common_name: 'x' })).toMatch(
        /^invalid_request: (certificate request could not be parsed|request signature is invalid)/,
      )
  })

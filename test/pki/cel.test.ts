import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Reply } from '../../engines/engine.ts'
import { programs } from '../../engines/pki/cel/programs.ts'
import { privateKeyOf, signerOf, spkiOf } from '../../engines/pki/x509/algorithms.ts'
import { parseAltNames } from '../../engines/pki/x509/alt-names.ts'
import { parseCertificate } from '../../engines/pki/x509/certificate.ts'
import { makeRequest } from '../../engines/pki/x509/csr.ts'
import { altNamesExtension } from '../../engines/pki/x509/extensions.ts'
import { pem, pemBlocks } from '../../engines/pki/x509/pem.ts'
import { EMPTY_SUBJECT, subjectDer } from '../../engines/pki/x509/subject.ts'
import { Authority } from './authority.ts'
import { type CelCase, DOCUMENTED, ISSUED, program, REFUSED } from './cel-programs.ts'

/** Roles whose programs say what certificates are like. */

type Data = Readonly<Record<string, unknown>>

let ca: Authority
let root: X509Certificate
let csr: string

beforeAll(async () => {
  csr = await requestPem()
  // The thread starts with the first program, which takes a moment.
  await programs.check({ variables: [], expression: 'true' })
})
beforeEach(async () => {
  ca = new Authority()
  root = new X509Certificate(String((await ca.root()).certificate))
})

const { privateKey: KEY } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function requestPem(): Promise<string> {
  const key = privateKeyOf(KEY.export({ format: 'der', type: 'pkcs8' }))
  const names = { dns: ['a.example.com'], email: ['x@example.com'], ip: ['10.0.0.1'], uri: ['https://u/1'], other: [] }
  const subject = subjectDer({
    ...EMPTY_SUBJECT,
    commonName: 'csr.example.com',
    country: ['NO'],
    organizationalUnit: ['Unit'],
  })
  const asked = { subject, spki: spkiOf(key), extensions: [altNamesExtension(names, false)] }
  return pem('CERTIFICATE REQUEST', await makeRequest(asked, signerOf(key, { hash: 256, pss: false })))
}

async function answer({ kind = 'issue', expression, variables = [], body = {} }: CelCase): Promise<Reply> {
  await ca.call('update', 'cel/roles/r', { cel_program: { expression, variables } })
  return ca.call('update', `cel/${kind}/r`, kind === 'sign' ? { csr, ...body } : body)
}

async function issued(one: CelCase): Promise<X509Certificate> {
  return new X509Certificate(String((await answer(one)).data?.certificate))
}

async function refusal(one: CelCase): Promise<string> {
  return answer(one).then(
    () => 'issued',
    (error: { readonly code: string; readonly message: string }) => `${error.code}: ${error.message}`,
  )
}

/** What is listed, but for the root. */
async function kept(): Promise<readonly unknown[]> {
  const { keys } = await ca.data('list', 'certs')
  return (keys as readonly string[]).filter((serial) => serial.replaceAll(':', '') !== root.serialNumber.toLowerCase())
}

describe('what programs make', () => {
  for (const [what, one] of Object.entries(ISSUED)) {
    test(`${what}: is issued by the authority, with the key that goes with it`, async () => {
      const { data } = await answer(one)
      const made = new X509Certificate(String(data?.certificate))
      expect(made.checkIssued(root) && made.verify(root.publicKey)).toBe(true)
      const key = one.kind === 'sign' ? KEY : createPrivateKey(String(data?.private_key))
      expect(made.checkPrivateKey(key)).toBe(true)
      expect(data).toMatchObject({
        issuing_ca: root.toString().trimEnd(),
        expiration: made.validToDate.getTime() / 1000,
        not_before: made.validFromDate.getTime() / 1000,
        ...(one.kind !== 'sign' && { private_key_type: made.publicKey.asymmetricKeyType }),
      })
    })
  }

  for (const [what, one] of Object.entries(REFUSED)) {
    test(`${what}: is told, and nothing is made`, async () => {
      expect(await refusal(one)).toMatch(/^invalid_request: ./)
      expect(await refusal(one)).toContain(one.told)
      expect(await kept()).toEqual([])
    })
  }

  test('a CA is one only where both fields say so', async () => {
    const isCa = async (fields: string) => (await issued({ expression: program(`KeyUsage: 96, ${fields}`) })).ca
    expect(await isCa('IsCA: true, MaxPathLen: 3')).toBe(false)
    expect(await isCa('BasicConstraintsValid: true')).toBe(false)
    expect(await isCa('BasicConstraintsValid: true, IsCA: true')).toBe(true)
    const { warnings } = await answer({ expression: program('IsCA: true') })
    expect(warnings?.join()).toContain('IsCA has no effect without BasicConstraintsValid')
  })

  test('it begins a moment before it is made, where the program does not say when', async () => {
    const made = await issued({ expression: program('').replace('NotBefore: now,', '') })
    expect(made.validFromDate.getTime()).toBe(ca.time.nowMs - 30_000)
  })

  test('usages have the bits of their names, and can be added up', async () => {
    const usages = async (value: string) => {
      const made = await issued({ expression: program(`KeyUsage: ${value}`) })
      return parseCertificate(made.raw).keyUsages
    }
    expect(await usages('KeyUsage.KeyUsageKeyEncipherment')).toEqual(['KeyEncipherment'])
    expect(await usages('KeyUsage.KeyUsageDigitalSignature + KeyUsage.KeyUsageCRLSign')).toEqual([
      'DigitalSignature',
      'CRLSign',
    ])
    expect(await usages('KeyUsage.KeyUsageDecipherOnly')).toEqual(['DecipherOnly'])
    expect(await usages('0')).toBeUndefined()
  })

  test('a chain without its root where the request wants that', async () => {
    const one = { expression: program('') }
    expect((await answer(one)).data?.ca_chain).toEqual([root.toString().trimEnd()])
    expect((await answer({ ...one, body: { remove_roots_from_chain: true } })).data?.ca_chain).toBeUndefined()
  })

  test("policies' rules of a CA", async () => {
    const fields = `BasicConstraintsValid: true, IsCA: true, KeyUsage: 96, PolicyIdentifiers: [ObjectIdentifier{arc: [1u, 2u, 3u]}],
      InhibitAnyPolicyZero: true, RequireExplicitPolicy: 2, InhibitPolicyMapping: 1,
      PolicyMappings: [PolicyMapping{IssuerDomainPolicy: OID{arc: [1u, 2u, 3u]}, SubjectDomainPolicy: OID{arc: [1u, 2u, 4u]}}]`
    const made = await issued({ expression: program(fields) })
    const found = parseCertificate(made.raw).extensions.map(({ id, critical, value }) => [
      id,
      critical,
      value.toString('hex'),
    ])
    expect(found).toContainEqual(['2.5.29.32', false, '3006300406022a03'])
    expect(found).toContainEqual(['2.5.29.33', true, '300a300806022a0306022a04'])
    expect(found).toContainEqual(['2.5.29.36', true, '3006800102810101'])
    expect(found).toContainEqual(['2.5.29.54', true, '020100'])
  })
})

describe('what is issued by a program', () => {
  test('is recorded under a name that no other role has, and can be revoked', async () => {
    const made = await issued({ expression: program('DNSNames: ["b.example.com"]') })
    const [serial] = await kept()
    expect(String(serial).replaceAll(':', '')).toBe(made.serialNumber.toLowerCase())
    expect(JSON.stringify(await ca.data('read', 'certs/expiring', { within: '2h' }))).toContain('"role":"cel/r"')
    await ca.call('update', 'revoke', { serial_number: serial })
    expect(await ca.data('list', 'certs/revoked')).toEqual({ keys: [serial] })
  })

  test('is not kept, or has a lease, as the program says; not both', async () => {
    expect((await answer(DOCUMENTED)).lease).toMatchObject({ type: 'certificate', ttlSeconds: 3600 })
    expect(await kept()).toHaveLength(1)
    const long = { ...DOCUMENTED, body: { ...DOCUMENTED.body, ttl: '5h' } }
    expect((await answer(long)).lease).toBeUndefined()
    const both = await answer({ expression: program('', 'no_store: true, generate_lease: true, warnings: ["w", ""]') })
    expect(both.lease).toBeUndefined()
    expect(both.warnings).toEqual(['w', expect.stringContaining('exclude each other')])
    expect(await kept()).toHaveLength(1)
  })

  test('ends with its issuer, as the issuer says', async () => {
    const one = { expression: program('').replace('"1h"', '"90000h"') }
    expect(await refusal(one)).toContain('beyond the expiration of the CA certificate')
    await ca.call('patch', 'issuer/default', { leaf_not_after_behavior: 'truncate' })
    expect((await issued(one)).validTo).toBe(root.validTo)
  })

  test('has names that the constraints of its issuer allow', async () => {
    const { issuer_id: id } = await ca.root({ permitted_dns_domains: 'example.com' })
    const by = (fields: string) => refusal({ expression: program(fields, `issuer_ref: "${id}"`) })
    expect(await by('DNSNames: ["a.example.com"]')).toBe('issued')
    expect(await by('DNSNames: ["a.example.org"]')).toContain('the name constraints of the issuer do not allow')
  })

  test('is no CA that its issuer may not make', async () => {
    const { issuer_id: id } = await ca.root({ max_path_length: 0 })
    const one = { expression: program('BasicConstraintsValid: true, IsCA: true, KeyUsage: 96', `issuer_ref: "${id}"`) }
    expect(await refusal(one)).toContain('maximum path length of zero')
  })
})

const faults: Readonly<Record<string, readonly [CelCase, RegExp]>> = {
  'no end': [{ expression: 'ValidationOutput{template: CertTemplate{NotBefore: now}}' }, /NotAfter/],
  'an end before its beginning': [{ expression: program('').replace('now +', 'now -') }, /end before it begins/],
  'no template': [{ expression: 'ValidationOutput{}' }, /no template/],
  'a template alone': [{ expression: 'CertTemplate{}' }, /makes no ValidationOutput/],
  'a number': [{ expression: '1' }, /makes no ValidationOutput/],
  'nobody that it names': [{ expression: program('Subject: PKIX.Name{}') }, /would name nobody/],
  'a CA in an extension': [
    {
      expression: program('ExtraExtensions: [PKIX.Extension{Id: [2, 5, 29, 19], Value: b"\\x30\\x03\\x01\\x01\\xff"}]'),
    },
    /2\.5\.29\.19 follows/,
  ],
  'names in an extension': [
    { expression: program('ExtraExtensions: [PKIX.Extension{Id: [2, 5, 29, 17], Value: b"\\x30\\x00"}]') },
    /2\.5\.29\.17 follows/,
  ],
  'an extension twice': [
    { expression: program('ExtraExtensions: [1, 2].map(n, PKIX.Extension{Id: [1, 2, 3], Value: b"\\x05\\x00"})') },
    /stands there twice/,
  ],
  'an extension that is no DER': [
    { expression: program('ExtraExtensions: [PKIX.Extension{Id: [1, 2, 3], Value: b"\\x30"}]') },
    /not DER/,
  ],
  'an extension without an id': [
    { expression: program('ExtraExtensions: [PKIX.Extension{}]') },
    /no object identifier/,
  ],
  'a CA without usages': [{ expression: program('IsCA: true, BasicConstraintsValid: true') }, /what its key is for/],
  'name constraints of what is no CA': [
    { expression: program('IsCA: true, PermittedDNSDomains: ["a.example.com"]') },
    /only CAs/,
  ],
  'name constraints that are none': [
    { expression: program('IsCA: true, BasicConstraintsValid: true, KeyUsage: 96, PermittedDNSDomains: ["*.x"]') },
    /no such constraint/,
  ],
  'a mask with a hole': [
    {
      expression: program(
        'PermittedIPRanges: [net.IPNet{IP: net.IP{IP: b"\\x0a\\x00\\x00\\x00"}, Mask: net.IPMask{IPMask: b"\\xff\\x00\\xff\\x00"}}]',
      ),
    },
    /hole/,
  ],
  'usages that there are none of': [{ expression: program('KeyUsage: 512') }, /KeyUsage/],
  'usages below nothing': [{ expression: program('KeyUsage: -1') }, /KeyUsage/],
  'a purpose that there is none of': [{ expression: program('ExtKeyUsage: [14]') }, /ExtKeyUsage/],
  'a host name that is none': [{ expression: program('DNSNames: ["not a host!"]') }, /host name is not one/],
  'an e-mail address among host names': [{ expression: program('DNSNames: ["a@b.c"]') }, /no host name/],
  'an e-mail address that is none': [{ expression: program('EmailAddresses: ["no"]') }, /no e-mail address/],
  'an address of one byte': [{ expression: program('IPAddresses: [net.IP{IP: b"\\x01"}]') }, /neither of 4 bytes/],
  'a URI whose user is no well-formed text': [
    {
      expression: program('URIs: [url.URL{Scheme: "https", Host: "h", User: Userinfo{username: request.user}}]'),
      body: { user: '\ud800' },
    },
    /invalid UTF8/,
  ],
  'a URI that is none': [{ expression: program('URIs: [url.URL{Path: "x"}]') }, /URI/],
  'a subject with an empty value': [{ expression: program('Subject: PKIX.Name{Country: [""]}') }, /empty value/],
  'a field that is missing': [{ expression: 'request.nope' }, /fails: field not found: nope/],
  'a variable that fails': [
    { expression: 'true', variables: [{ name: 'v', expression: 'request.nope' }] },
    /fails at the variable v/,
  ],
  'a message that there is none of': [{ expression: 'Nothing{}' }, /fails/],
  'a request that is none, where a key is made': [{ expression: 'parsed_csr.Raw' }, /fails/],
  'lists that are not of one kind, in order': [{ expression: 'string([1, "a"].sort()[0])' }, /same type/],
  'more of a list than there is': [{ expression: 'string([1].slice(0, 2)[0])' }, /of a list of length 1/],
  'a list of less than nothing': [{ expression: 'string(lists.range(-1)[0])' }, /non-negative/],
  'a list of more than there is room for': [{ expression: 'string(lists.range(4294967296)[0])' }, /./],
  'levels below none': [{ expression: 'string([1].flatten(-1)[0])' }, /non-negative/],
  'the greatest of what are no numbers': [{ expression: 'string(math.greatest("a", "b"))' }, /numbers/],
  'text that is no base64': [{ expression: 'string(base64.decode("!"))' }, /base64/],
  'a hash of no size that there is': [{ expression: program('', 'signature_bits: 100u') }, /./],
  'a key id that is too long': [
    { kind: 'sign', expression: program('', `subject_key_id: b"${'x'.repeat(65)}"`) },
    /subject_key_id/,
  ],
  'too much': [
    { expression: program('', `warnings: [1, 2, 3].map(n, request.a)`), body: { a: 'x'.repeat(100_000) } },
    /too much/,
  ],
}
for (const [what, [one, why]] of Object.entries(faults)) {
  test(`refused: ${what}`, async () => {
    const told = await refusal(one)
    expect(told).toMatch(/^invalid_request: /)
    expect(told).toMatch(why)
    expect(await kept()).toEqual([])
  })
}

test('a request that is none, or whose asker does not hold the key, is refused before the program', async () => {
  const one = { kind: 'sign', expression: '"the program ran"' } as const
  expect(await refusal({ ...one, body: { csr: 'x' } })).toContain('csr')
  const [block] = pemBlocks(csr)
  const der = Buffer.from(block?.der ?? [])
  const last = der.length - 1
  der[last] = (der[last] ?? 0) ^ 1
  expect(await refusal({ ...one, body: { csr: pem('CERTIFICATE REQUEST', der) } })).not.toContain('the program ran')
  expect(await ca.refusal('update', 'cel/sign/r', {})).toBe('invalid_request: missing csr')
  expect(await ca.refusal('update', 'cel/issue/none', {})).toBe('invalid_request: unknown CEL role: none')
})

test('what a program says of a refusal is cut where it is long', async () => {
  expect(await refusal({ expression: 'request.a', body: { a: 'x'.repeat(5_000) } })).toHaveLength(
    1_000 + 'invalid_request: '.length,
  )
})

test('a program that does not end is ended, and the next one runs', async () => {
  const squared = (inner: string) => `request.big.all(a, ${inner})`
  const endless = squared(squared(squared('a >= 0')))
  const big = Array.from({ length: 3_000 }, (_, n) => n)
  expect(await refusal({ expression: endless, body: { big } })).toBe(
    'invalid_request: the program of the role was ended: it takes too long',
  )
  expect(await refusal({ expression: program('') })).toBe('issued')
})

test('a request that is long is refused before the program gets it, and one text that comes often before it is written', async () => {
  expect(await refusal({ expression: program(''), body: { a: 'x'.repeat(300_000) } })).toBe(
    'invalid_request: the request holds more than 262144 characters',
  )
  const often = 'ValidationOutput{template: CertTemplate{DNSNames: lists.range(1000).map(n, request.a)}}'
  expect(await refusal({ expression: often, body: { a: 'x'.repeat(200_000) } })).toBe(
    'invalid_request: the program of the role makes too much',
  )
})

test('names of a request are those that it is for', async () => {
  const made = await issued(ISSUED['a request, signed'] as CelCase)
  const value = parseCertificate(made.raw).extensions.find(({ id }) => id === '2.5.29.17')?.value
  expect(parseAltNames(value ?? Buffer.alloc(0)).names).toMatchObject({
    dns: ['a.example.com'],
    email: ['x@example.com'],
  })
})

describe('roles with programs', () => {
  const write = (body: Data, name = 'R') => ca.data('update', `cel/roles/${name}`, body)

  test('keep every change where several are made at once', async () => {
    await write({ cel_program: { expression: 'true' } })
    const variables = [{ name: 'v', expression: '1' }]
    const changes = [{ variables }, { expression: 'v == 1' }]
    await Promise.all(changes.map((cel_program) => ca.call('patch', 'cel/roles/R', { cel_program })))
    expect(await ca.data('read', 'cel/roles/R')).toEqual({
      name: 'R',
      cel_program: { variables, expression: 'v == 1' },
    })
  })

  test('are listed, read, changed in parts and removed', async () => {
    const plain = { name: 'R', cel_program: { expression: 'true' } }
    expect(await write({ cel_program: { expression: 'true' } })).toEqual(plain)
    expect(await ca.data('read', 'cel/roles/R')).toEqual(plain)
    expect(await ca.refusal('read', 'cel/roles/r')).toBe('not_found: ')
    await write({ cel_program: { expression: 'false' } }, 'a')
    expect(await ca.data('list', 'cel/roles')).toEqual({ keys: ['R', 'a'] })
    expect(await ca.data('list', 'cel/roles', { after: 'R', limit: 1 })).toEqual({ keys: ['a'] })
    const variables = [{ name: 'v', expression: '1' }]
    await ca.call('patch', 'cel/roles/R', { cel_program: { variables } })
    expect(await ca.data('read', 'cel/roles/R')).toMatchObject({ cel_program: { variables, expression: 'true' } })
    await ca.call('patch', 'cel/roles/R', { cel_program: { expression: 'v == 2' } })
    await ca.call('patch', 'cel/roles/R', {})
    expect(await ca.data('read', 'cel/roles/R')).toMatchObject({ cel_program: { variables, expression: 'v == 2' } })
    expect(await ca.refusal('patch', 'cel/roles/none', {})).toMatch(/^not_found: ./)
    await ca.call('delete', 'cel/roles/R')
    await ca.call('delete', 'cel/roles/none')
    expect(await ca.refusal('read', 'cel/roles/R')).toBe('not_found: ')
  })

  const unreadable: Readonly<Record<string, Data>> = {
    nothing: {},
    'no expression': { cel_program: {} },
    'an empty expression': { cel_program: { expression: '' } },
    'what cannot be read': { cel_program: { expression: 'a b' } },
    'a variable that cannot be read': {
      cel_program: { expression: 'true', variables: [{ name: 'x', expression: '(' }] },
    },
    'a variable over the request': {
      cel_program: { expression: 'true', variables: [{ name: 'request', expression: '1' }] },
    },
    'a variable without a name': { cel_program: { expression: 'true', variables: [{ expression: '1' }] } },
    'too many variables': {
      cel_program: { expression: 'true', variables: new Array(33).fill({ name: 'x', expression: '1' }) },
    },
    'too much text': { cel_program: { expression: `'${'x'.repeat(16_384)}'` } },
  }
  for (const [what, body] of Object.entries(unreadable)) {
    test(`are refused: ${what}`, async () => {
      expect(await ca.refusal('update', 'cel/roles/new', body)).toMatch(/^invalid_request: ./)
      expect(await ca.refusal('read', 'cel/roles/new')).toBe('not_found: ')
    })
  }
})

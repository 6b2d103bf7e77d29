import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate } from '@peculiar/asn1-x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { derElement, TAG } from '../../crypto/der.ts'
import {
  explicit,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  tagged,
  utf8String,
} from '../../engines/pki/x509/der.ts'
import { pem } from '../../engines/pki/x509/pem.ts'
import { Authority } from './authority.ts'
import * as hostile from './hostile-requests.ts'
import * as weak from './weak-requests.ts'

const { asked, directory, dns, email, extension, ip, request, san, uri } = hostile

let ca: Authority
beforeAll(async () => {
  ca = new Authority()
  await ca.root()
  await ca.role('web', { key_type: 'any', allow_ip_sans: false, require_cn: false })
  await ca.role('plain')
  await ca.role('open', {
    key_type: 'any',
    allow_any_name: true,
    enforce_hostnames: false,
    require_cn: false,
    allowed_uri_sans: '*',
    allowed_other_sans: '*',
  })
})

const NUL = 'www.example.com\0.evil.test'
const named = (...names: readonly Buffer[]): string => request({ attributes: [asked(san(...names))] })
const commonName = sequence(oid('2.5.4.3'), utf8String('www.example.com'))
const organization = (value: Buffer): Buffer => sequence(oid('2.5.4.10'), value)
const ofOrganization = (value: Buffer): string =>
  request({ subject: sequence(setOf([commonName]), setOf([organization(value)])) })
const otherName = (id: Buffer): Buffer => explicit(0, id, explicit(0, utf8String('x')))
/** Of 100 bytes in one arc. */
const LONG_ID = tagged(0x06, Buffer.concat([Buffer.of(0x2a), Buffer.alloc(99, 0xff), Buffer.of(0x7f)]))
const { privateKey: another } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** What no role signs, however much it allows, and what it says. */
const REFUSED: Readonly<Record<string, () => string>> = {
  'a signature of another key': () => request({ key: another }),
  'no signature': () => request({ bent: (der) => hostile.replaced(der, der.subarray(-70), Buffer.alloc(70)) }),
  'NUL in the common name': () => request({ subject: hostile.name(NUL) }),
  'NUL in a host name': () => named(dns(NUL)),
  'NUL in an e-mail address': () => named(email('a@example.com\0')),
  'NUL in a URI': () => named(uri('https://www.example.com/\0')),
  'a host name that is not ASCII': () => named(dns('bücher.example.com')),
  'a common name of 65 characters': () => request({ subject: hostile.name('a'.repeat(65)) }),
  'a host name of 254 characters': () => named(dns(`${'a.'.repeat(122)}example.com`)),
  'an address of 3 bytes': () => named(ip(10, 0, 0)),
  'a directory name': () => named(directory('root')),
  'a list of names that is empty': () => named(),
  '1001 names': () => named(...Array.from({ length: 1001 }, (_, at) => dns(`n${at}.example.com`))),
  'more than fits': () => named(...Array.from({ length: 10_000 }, (_, at) => dns(`n${at}.example.com`))),
  'an extension twice': () => request({ attributes: [asked(san(dns('a.example.com')), san(dns('b.example.com')))] }),
  'an extension in two attributes': () =>
    request({ attributes: [asked(san(dns('a.example.com'))), asked(san(dns('b.example.com')))] }),
  'an RSA key of exponent 1': hostile.requestOfExponentOne,
  'a curve that is spelt out': hostile.requestOfExplicitCurve,
  'a length that is not the shortest': () =>
    request({ bent: (der) => Buffer.concat([Buffer.of(0x30, 0x83, 0), der.subarray(2)]) }),
  'an indefinite length': () =>
    request({ bent: (der) => Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(3), Buffer.of(0, 0)]) }),
  'bytes behind': () => request({ bent: (der) => Buffer.concat([der, Buffer.of(5, 0)]) }),
  'cut short': () => request({ bent: (der) => der.subarray(0, -1) }),
  'a version of two bytes': () => request({ version: tagged(0x02, Buffer.of(0, 0)) }),
  'an unused bit that is set': () =>
    request({ spki: hostile.replaced(hostile.SPKI, Buffer.of(0x03, 0x42, 0), Buffer.of(0x03, 0x42, 1)) }),
  'a point off the curve': () =>
    request({ spki: Buffer.concat([hostile.SPKI.subarray(0, -1), Buffer.of((hostile.SPKI.at(-1) ?? 0) ^ 1)]) }),
  'the point at infinity': hostile.requestOfInfinity,
  'a point that is compressed': () => request({ spki: hostile.pointAs('compressed') }),
  'a point that is written twice over': () => request({ spki: hostile.pointAs('hybrid') }),
  'an RSA key without the parameters of RSA': () => hostile.requestOfRsa({ parameters: Buffer.alloc(0) }),
  'an RSA key with other parameters': () => hostile.requestOfRsa({ parameters: sequence() }),
  'an RSA key with a padded modulus': () =>
    hostile.requestOfRsa({ modulus: (n) => Buffer.concat([Buffer.of(0, 0), n]) }),
  'an RSA key with a negative modulus': () => hostile.requestOfRsa({ modulus: (n) => n }),
  'an RSA key with bytes behind it': () => hostile.requestOfRsa({ behind: Buffer.of(5, 0) }),
  'an RSA key of primes that are close': () => weak.OF_CLOSE_PRIMES,
  'an RSA key of a faulty chip': () => weak.OF_FAULTY_CHIP,
  'an RSA key with a small factor': () => weak.OF_SMALL_FACTOR,
  'members that no request has': () =>
    request({ bent: (der) => sequence(derElement(der, TAG.sequence).body, Buffer.of(5, 0)) }),
  'attributes twice': () => request({ more: tagged(0xa0, asked(san(dns('b.example.com')))) }),
  'a part of a name that is empty': () => request({ subject: sequence(setOf([commonName]), setOf([])) }),
  'a part of a name out of order': () =>
    request({ subject: sequence(tagged(0x31, Buffer.concat([commonName, organization(utf8String('x'))]))) }),
  'a part of a name that holds a value twice': () => request({ subject: sequence(setOf([commonName, commonName])) }),
  'a value of a name with more behind it': () =>
    request({ subject: sequence(setOf([sequence(oid('2.5.4.3'), utf8String('www.example.com'), integer(1))])) }),
  'a text of a name that is not UTF-8': () => ofOrganization(tagged(0x0c, Buffer.of(0xff, 0xfe))),
  'a text of a name with half a character': () => ofOrganization(tagged(0x1e, Buffer.of(0xd8, 0, 0, 0x61))),
  'a text of a name that is not printable': () => ofOrganization(printableString('a@b')),
  'a text of a name that is not ASCII': () => ofOrganization(tagged(0x16, Buffer.of(0xe9))),
  'a text of a name that is no number': () => ofOrganization(tagged(0x12, Buffer.from('abc'))),
  'a number in the place of a name': () => ofOrganization(integer(7)),
  'a text of an unknown kind of name that is not ASCII': () =>
    request({
      subject: sequence(setOf([commonName]), setOf([sequence(oid('2.5.4.12'), tagged(0x16, Buffer.of(0xe9)))])),
    }),
  'an IPv4 address as one of IPv6': () => named(ip(...Array(10).fill(0), 0xff, 0xff, 10, 0, 0, 1)),
  'an identifier longer than any': () => named(otherName(LONG_ID)),
  'an extension of an identifier longer than any': () =>
    request({ attributes: [asked(sequence(LONG_ID, octetString(Buffer.of(5, 0))))] }),
  'a URI with a backslash': () => named(uri('https://www.example.com\\@evil.test')),
  'another kind of object': () => request().replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'),
  'two requests': () => `${request()}\n${request()}`,
  nothing: () => '',
}

describe('refused by every role, with a reason', () => {
  test.each(Object.entries(REFUSED))('%s', async (what, make) => {
    const csr = make()
    for (const path of ['sign/web', 'sign/open', 'sign-verbatim', 'root/sign-intermediate']) {
      // A CA's name is no host name, and what it calls itself in its request may be written over.
      if (
        path === 'root/sign-intermediate' &&
        /^(?!a part|a value|a text|a number).*(name|names|address|NUL|URI)/.test(what)
      )
        continue
      const refusal = await ca.refusal('update', path, { csr, ttl: '1h' })
      expect(refusal).toMatch(/^invalid_request: .{10,}/)
      expect(refusal).not.toMatch(/undefined|\bat \w+\.|node:|asn1/i)
    }
  })
})

describe('what a role forbids', () => {
  test.each([
    ['an address', () => named(ip(10, 0, 0, 1)), /IP Subject Alternative Names are not allowed/],
    ['a URI', () => named(uri('spiffe://example.com/a')), /URI Subject Alternative Names are not allowed/],
    ["another's name beside its own", () => named(dns('www.example.com'), dns('www.evil.test')), /not allowed/],
    ['an e-mail address elsewhere', () => named(email('root@evil.test')), /not allowed/],
    ['a subject elsewhere', () => request({ subject: hostile.name('www.evil.test') }), /not allowed/],
    ['the host of all hosts', () => named(dns('*')), /not allowed/],
    ['a name with a space', () => named(dns(' www.example.com')), /not allowed/],
    ['an address as a host name', () => named(dns('10.0.0.1')), /not allowed/],
    ['a wildcard in an international name', () => named(dns('xn--*.example.com')), /not allowed/],
  ] as const)('%s', async (_what, make, reason) => {
    expect(await ca.refusal('update', 'sign/web', { csr: make(), ttl: '1h' })).toMatch(reason)
  })
})

describe('what a request asks for and does not get', () => {
  test('a list of purposes that is empty, to be a CA, and extensions that are ours to write', async () => {
    const attributes = [asked(hostile.emptyPurposes(), hostile.asCa(), san(dns('www.example.com')))]
    const csr = request({ attributes })
    for (const path of ['sign/web', 'sign-verbatim']) {
      const { certificate } = await ca.data('update', path, { csr, ttl: '1h' })
      const leaf = new X509Certificate(String(certificate))
      expect(leaf.ca).toBe(false)
      const { extensions = [] } = AsnConvert.parse(leaf.raw, Certificate).tbsCertificate
      const purposes = extensions.find(({ extnID }) => extnID === '2.5.29.37')
      if (purposes !== undefined) expect(purposes.extnValue.byteLength).toBeGreaterThan(2)
    }
  })

  test('an extension that nobody here knows, by a role', async () => {
    const csr = request({ attributes: [asked(extension('1.3.6.1.4.1.99999.1', octetString(Buffer.from('x'))))] })
    const { certificate } = await ca.data('update', 'sign/web', { csr, ttl: '1h' })
    const { extensions = [] } = AsnConvert.parse(
      new X509Certificate(String(certificate)).raw,
      Certificate,
    ).tbsCertificate
    expect(extensions.map(({ extnID }) => extnID)).not.toContain('1.3.6.1.4.1.99999.1')
  })
})

describe('numbers of certificates', () => {
  test.each(['', '-1', '-01', '0x01', 'zz', `${'ab:'.repeat(40)}ab`, '../ca', '01:02:03\0', '1e3z'])(
    'no certificate is revoked or read by the number %j',
    async (serial) => {
      expect(await ca.refusal('update', 'revoke', { serial_number: serial })).toMatch(/^invalid_request: /)
      expect(await ca.refusal('read', `cert/${serial || '-'}`)).toMatch(/^(invalid_request|not_found): ?/)
    },
  )

  test('an issuer with a negative number is not imported', async () => {
    const other = new Authority()
    const root = new X509Certificate(String((await other.root()).certificate))
    // The number's first byte says its sign; the signature is then wrong too, but the number is looked at first.
    const der = Buffer.from(root.raw)
    const at = der.indexOf(Buffer.of(0x02, 0x14))
    der[at + 2] = 0xbf
    expect(await ca.refusal('update', 'issuers/import/cert', { pem_bundle: pem('CERTIFICATE', der) })).toMatch(
      /^invalid_request: .*serial number/,
    )
  })

  test('a key with which anybody could sign is not imported', async () => {
    const pem_bundle = pem('PRIVATE KEY', hostile.KEY_OF_ZERO)
    for (const path of ['keys/import', 'issuers/import/bundle'])
      expect(await ca.refusal('update', path, { pem_bundle })).toBe('invalid_request: the key is the point at infinity')
  })

  test('a number that is here already is drawn for nobody else', async () => {
    const seen = new Set<unknown>()
    for (let nth = 0; nth < 50; nth++) seen.add((await ca.issue('plain', { ttl: '1h' })).serial_number)
    expect(seen.size).toBe(50)
  })
})

test('what is not a certificate is not revoked, nor signed anew', async () => {
  const { certificate } = await ca.issue('plain', { ttl: '1h' })
  for (const bent of [
    'nonsense',
    String(certificate).replace('CERTIFICATE', 'X'),
    pem('CERTIFICATE', Buffer.concat([new X509Certificate(String(certificate)).raw, Buffer.of(0)])),
    pem('CERTIFICATE', sequence(integer(1))),
  ]) {
    expect(await ca.refusal('update', 'revoke', { certificate: bent })).toMatch(/^invalid_request: /)
    expect(await ca.refusal('update', 'root/sign-self-issued', { certificate: bent })).toMatch(/^invalid_request: /)
  }
})

import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { mountAcme } from './acme-server.ts'
import { Authority } from './authority.ts'
import { asCa, asked, dns, name, request, san } from './hostile-requests.ts'

/** What a role says is not the caller's to change, whichever way it is asked for. */

let ca: Authority
beforeEach(async () => {
  ca = new Authority()
  await ca.root()
})

type Data = Readonly<Record<string, unknown>>

const certificateIn = ({ certificate }: Data): X509Certificate => new X509Certificate(String(certificate))
const NOW_MS = Date.parse('2026-01-02T03:04:05Z')
const iso = (hours: number): string => new Date(NOW_MS + hours * 3_600_000).toISOString()

describe('common names', () => {
  test('one that is not looked at stands among the alternative names only where the role allows it there', async () => {
    await ca.role('web', { cn_validations: 'disabled' })
    const other = { common_name: 'www.example.org' }
    const refusal = 'invalid_request: subject alternate name www.example.org not allowed by this role'
    expect(await ca.refusal('update', 'issue/web', other)).toBe(refusal)
    const csr = request({ subject: name('www.example.org') })
    expect(await ca.refusal('update', 'sign/web', { csr })).toBe(refusal)
    const email = { common_name: 'root@example.org' }
    expect(await ca.refusal('update', 'issue/web', email)).toMatch(/email address root@example.org not allowed/)
    expect(
      certificateIn(await ca.issue('web', { ...other, exclude_cn_from_sans: true })).subjectAltName,
    ).toBeUndefined()
    expect(certificateIn(await ca.issue('web', { common_name: 'Build server 7' })).subjectAltName).toBeUndefined()
    expect(certificateIn(await ca.issue('web')).subjectAltName).toBe('DNS:www.example.com')
  })

  test('a request that names nobody takes the common name from the body', async () => {
    await ca.role('web')
    const csr = request({ subject: name(''), attributes: [asked(san(dns('api.example.com')))] })
    const fields = { csr, common_name: 'www.example.com' }
    const { data, warnings } = await ca.call('update', 'sign/web', fields)
    expect(certificateIn(data ?? {}).subject).toBe('CN=www.example.com')
    expect(warnings).toEqual([])
    expect(await ca.refusal('update', 'sign/web', { ...fields, common_name: 'example.org' })).toMatch(/not allowed/)
  })

  test.each(['é.example.com/evil.org', 'é.example.com?x', 'é.example.com#x', 'é.a%2eexample.com', 'é.exam\nple.com'])(
    'what a reader of URLs makes a host name of is none: %j',
    async (common_name) => {
      await ca.role('web', { require_cn: false })
      expect(await ca.refusal('update', 'issue/web', { common_name })).toMatch(/common name .* not allowed/)
      expect(await ca.refusal('update', 'issue/web', { alt_names: [common_name] })).toMatch(/name .* not allowed/)
    },
  )

  test('a wildcard of localhost is below it', async () => {
    await ca.role('web')
    expect(certificateIn(await ca.issue('web', { common_name: '*.localhost' })).subjectAltName).toBe('DNS:*.localhost')
    await ca.role('bare', { allow_subdomains: false })
    expect(await ca.refusal('update', 'issue/bare', { common_name: '*.localhost' })).toMatch(/not allowed/)
  })
})

test('who may use a role has its issuer sign and no other, unless the path names one', async () => {
  await ca.root({ common_name: 'Other Root', issuer_name: 'other' })
  await ca.role('web')
  const fields = { csr: request(), common_name: 'www.example.com', issuer_ref: 'other' }
  const signerAt = async (path: string): Promise<string> =>
    certificateIn(await ca.data('update', path, { ...fields, ttl: '1h' })).issuer
  for (const path of ['issue/web', 'sign/web', 'sign-verbatim/web']) {
    expect(await signerAt(path)).toBe('CN=Test Root')
    const { warnings } = await ca.call('update', path, { ...fields, ttl: '1h' })
    expect(warnings?.filter((warning) => warning.startsWith('issuer_ref'))).toHaveLength(1)
    expect(await signerAt(`issuer/other/${path}`)).toBe('CN=Other Root')
  }
  expect(await signerAt('sign-verbatim')).toBe('CN=Other Root')
})

test('names of other kinds come from who has a request signed too, as far as the role allows them', async () => {
  const upn = (value: string): string => `1.3.6.1.4.1.311.20.2.3;UTF8:${value}`
  await ca.role('people', { allowed_other_sans: upn('*@example.com') })
  const csr = request()
  const signed = async (other_sans: string) => {
    const { data, warnings } = await ca.call('update', 'sign/people', { csr, other_sans })
    return { names: certificateIn(data ?? {}).subjectAltName, warnings }
  }
  const names = 'othername:UPN:ada@example.com, DNS:www.example.com'
  expect(await signed(upn('ada@example.com'))).toEqual({ names, warnings: [] })
  for (const wrong of [upn('ada@evil.test'), '1.2.3;UTF8:ada@example.com', 'ada'])
    expect(await ca.refusal('update', 'sign/people', { csr, other_sans: wrong })).toMatch(/other SAN/)
})

test('the parts of a subject go from the country to the person, as OpenBao writes them', async () => {
  const parts = {
    ou: 'Unit',
    organization: 'Org',
    country: 'DE',
    locality: 'Ulm',
    province: 'BW',
    street_address: 'Street 1',
    postal_code: '89073',
  }
  const subject = ['C=DE', 'ST=BW', 'L=Ulm', 'street=Street 1', 'postalCode=89073', 'O=Org', 'OU=Unit', 'CN=x']
  await ca.role('full', { ...parts, cn_validations: 'disabled', allowed_serial_numbers: '*', allowed_user_ids: '*' })
  const leaf = await ca.issue('full', {
    common_name: 'x',
    serial_number: '7',
    user_ids: 'u',
    exclude_cn_from_sans: true,
  })
  expect(certificateIn(leaf).subject.split('\n')).toEqual([...subject, 'serialNumber=7', 'UID=u'])
  const root = await ca.root({ ...parts, common_name: 'x' })
  expect(certificateIn(root).subject.split('\n')).toEqual(subject)
})

test('sign-verbatim says which names of who asks it passes over', async () => {
  const csr = request()
  const warned = async (fields: object) => (await ca.call('update', 'sign-verbatim', { csr, ...fields })).warnings
  for (const fields of [
    { common_name: 'www.example.com' },
    { alt_names: 'a.example.com' },
    { ip_sans: '10.0.0.1' },
    { uri_sans: 'urn:a:b' },
    { other_sans: '1.2.3;UTF8:x' },
    { serial_number: '12' },
    { user_ids: 'ada' },
  ])
    expect(await warned(fields)).toEqual([`${Object.keys(fields)[0]} is passed over: the request says it`])
  expect(await warned({})).toEqual([])
  const { warnings } = await ca.call('update', 'sign-verbatim', { csr: request({ attributes: [asked(asCa())] }) })
  expect(warnings).toEqual([expect.stringContaining('asks for an authority')])
})

test('blocks of IPv6 hold no addresses of IPv4, unless they are written so', async () => {
  const allows = async (allowed_ip_sans_cidr: string, ip_sans: string): Promise<boolean> => {
    await ca.role('web', { allowed_ip_sans_cidr })
    return ca.issue('web', { ip_sans }).then(
      () => true,
      () => false,
    )
  }
  expect(await allows('::/0', '2001:db8::1')).toBe(true)
  expect(await allows('::/0', '10.0.0.1')).toBe(false)
  expect(await allows('::/0', '::ffff:10.0.0.1')).toBe(false)
  expect(await allows('0.0.0.0/0', '::1')).toBe(false)
  expect(await allows('::ffff:10.0.0.0/104', '10.0.0.1')).toBe(true)
  expect(await allows('::ffff:10.0.0.0/104', '11.0.0.1')).toBe(false)
})

describe('when certificates begin and end', () => {
  test('an end that the role names cannot be put off', async () => {
    await ca.role('until', { not_after: iso(3), ttl: '1h', max_ttl: '100h' })
    for (const fields of [{}, { not_after: iso(9) }]) {
      const { data, warnings } = await ca.call('update', 'issue/until', { common_name: 'www.example.com', ...fields })
      expect(certificateIn(data ?? {}).validToDate).toEqual(new Date(iso(3)))
      expect(warnings).toHaveLength(Object.keys(fields).length)
    }
    const refusal = await ca.refusal('update', 'issue/until', { common_name: 'www.example.com', ttl: '90h' })
    expect(refusal).toMatch(/Either ttl or not_after/)
  })

  test('nor can a beginning', async () => {
    await ca.role('from', { not_before: iso(1) })
    for (const fields of [{}, { not_before: iso(-9) }])
      expect(certificateIn(await ca.issue('from', { ttl: '2h', ...fields })).validFromDate).toEqual(new Date(iso(1)))
  })

  test('what is passed over is not forbidden', async () => {
    const given = { not_after: iso(3), not_before: iso(1) }
    const bounds = { not_after_bound: 'forbid', not_before_bound: 'forbid' }
    const asked = { common_name: 'www.example.com', not_after: iso(9), not_before: iso(2) }
    await ca.role('given', { ...given, ...bounds })
    const { data, warnings } = await ca.call('update', 'issue/given', asked)
    expect(warnings).toHaveLength(2)
    const made = certificateIn(data ?? {})
    expect([made.validFromDate, made.validToDate]).toEqual([new Date(iso(1)), new Date(iso(3))])
    await ca.role('open', bounds)
    for (const [name, value] of Object.entries(given))
      expect(await ca.refusal('update', 'issue/open', { common_name: 'www.example.com', [name]: value })).toMatch(
        `${name} is not allowed by this role`,
      )
  })

  test.each([
    [{ ttl: '1h' }, 1],
    [{ ttl: '3h', max_ttl: '9h' }, 3],
    [{ max_ttl: '2h' }, 2],
  ])('an end that is limited by the time to live of %j', async (role, hours) => {
    await ca.role('limited', { ...role, not_after_bound: 'ttl-limited' })
    await ca.issue('limited', { ttl: 0, not_after: iso(hours) })
    const later = { common_name: 'www.example.com', not_after: iso(hours + 0.1) }
    expect(await ca.refusal('update', 'issue/limited', later)).toMatch(/not_after is later/)
  })
})

describe('orders of ACME', () => {
  let server: Server
  beforeAll(async () => {
    server = await startUnsealed({ storage: 'inmem' })
  })
  afterAll(() => server.remove())

  test('what a role says of the end holds for them too', async () => {
    await mountAcme(server)
    const who = new Raw(server.address)
    const hence = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
    const orderUnder = async (role: Data, notAfter?: string): Promise<string> => {
      const body = { allowed_domains: 'a.test', allow_bare_domains: true, key_type: 'ec', ...role }
      await server.call('POST', 'pki/roles/acme', { body })
      const reply = await who.post('new-order', { identifiers: [{ type: 'dns', value: 'a.test' }], notAfter })
      return reply.status === 201 ? 'ordered' : `${kindOf(reply)}: ${String(at(reply.body, 'detail'))}`
    }
    const config = { enabled: true, default_directory_policy: 'role:acme', allowed_roles: ['acme'] }
    await server.call('POST', 'pki/roles/acme', { body: { allowed_domains: 'a.test' } })
    await server.call('POST', 'pki/config/acme', { body: config })
    await who.register()
    expect(await orderUnder({}, hence(24))).toBe('ordered')
    expect(await orderUnder({ not_after_bound: 'forbid' }, hence(24))).toMatch(/^rejectedIdentifier: not_after is not/)
    expect(await orderUnder({ not_after_bound: 'forbid' })).toBe('ordered')
    expect(await orderUnder({ not_after_bound: hence(20), ttl: '10h' }, hence(15))).toBe('ordered')
    expect(await orderUnder({ not_after_bound: hence(20) }, hence(24))).toMatch(/would end after/)
    expect(await orderUnder({ not_after_bound: hence(99 * 24) }, hence(98 * 24))).toMatch(/would end after/)
    expect(await orderUnder({ not_after: hence(20) }, hence(24))).toMatch(/^malformed: notAfter is what the role says/)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extension, newAuthority } from '../../server/auth/cert/testing-certificates.ts'
import { Authority, hasOpenssl, Openssl } from './authority.ts'

/** What name constraints of authorities allow below them (RFC 5280, 4.2.1.10), as openssl judges it. */

type Data = Readonly<Record<string, unknown>>
const ROOT = { common_name: 'Root', key_type: 'ec' }

/** A mount whose root is constrained, and one whose root, of the same name and key, is not: what it issues openssl judges. */
class Twins {
  readonly confined = new Authority()
  readonly free = new Authority()
  readonly #openssl: Openssl
  #root = ''
  #between = ''

  constructor(openssl: Openssl) {
    this.#openssl = openssl
  }

  /** `makeRoot`: has the constrained root in the confined mount, whose key there is; its certificate. */
  async start(makeRoot: (confined: Authority, key: string) => Promise<unknown>): Promise<this> {
    const made = await this.free.data('update', 'root/generate/exported', ROOT)
    await this.confined.call('update', 'keys/import', { pem_bundle: made.private_key })
    this.#root = String(await makeRoot(this.confined, String(made.private_key)))
    const asked = await this.free.data('update', 'intermediate/generate/exported', {
      common_name: 'Between',
      key_type: 'ec',
    })
    const signed = await this.free.data('update', 'root/sign-intermediate', {
      csr: asked.csr,
      ttl: '500h',
      organization: 'Example',
    })
    this.#between = String(signed.certificate)
    const bundle = { pem_bundle: `${signed.certificate}\n${asked.private_key}` }
    for (const mount of [this.confined, this.free]) {
      const { imported_issuers: ids } = await mount.data('update', 'config/ca', bundle)
      await mount.call('patch', `issuer/${ids}`, { issuer_name: 'between' })
      await mount.role('any', {
        allow_any_name: true,
        enforce_hostnames: false,
        require_cn: false,
        allowed_uri_sans: '*',
        allowed_other_sans: '*',
      })
      await mount.role('other', { allow_any_name: true, organization: 'Other', require_cn: false })
      await mount.role('example', { allow_any_name: true, organization: 'example', ou: 'Unit', require_cn: false })
    }
    return this
  }

  /** Whether openssl takes what is issued below the constrained root, by the root itself or an authority between. */
  async openssl(path: string, fields: Data, isBelow: boolean): Promise<boolean> {
    const { certificate } = await this.free.data('update', path, { ttl: '1h', ...fields })
    return this.verifies(String(certificate), isBelow)
  }

  verifies(certificate: string, isBelow: boolean): boolean {
    const [root, between] = [
      this.#openssl.file('root.pem', this.#root),
      this.#openssl.file('between.pem', this.#between),
    ]
    const leaf = this.#openssl.file('leaf.pem', certificate)
    const chain = isBelow ? ['-untrusted', between] : []
    return this.#openssl.say('verify', '-no_check_time', '-CAfile', root, ...chain, leaf).includes('leaf.pem: OK')
  }

  /** Whether Egide issues it. What it does issue, openssl has to take. */
  async egide(path: string, fields: Data, isBelow: boolean): Promise<boolean> {
    const asked = this.confined.data('update', path, { ttl: '1h', ...fields })
    const whose = isBelow ? 'an authority above the issuer' : 'the issuer'
    const issued = await asked.catch((error: Error) => {
      expect(error.message).toContain(`the name constraints of ${whose} do not allow `)
      return undefined
    })
    if (issued !== undefined) expect(this.verifies(String(issued.certificate), isBelow)).toBe(true)
    return issued !== undefined
  }

  /** Both of both. */
  async verdicts(role: string, fields: Data): Promise<readonly boolean[]> {
    const verdicts: boolean[] = []
    for (const [issuer, isBelow] of [
      ['default', false],
      ['between', true],
    ] as const) {
      const path = `issuer/${issuer}/issue/${role}`
      verdicts.push(await this.egide(path, fields, isBelow), await this.openssl(path, fields, isBelow))
    }
    return verdicts
  }
}

const host = (name: string): Data => ({ alt_names: name })
const address = (ip: string): Data => ({ ip_sans: ip })
const link = (uri: string): Data => ({ uri_sans: uri })
const named = (commonName: string): Data => ({ common_name: commonName, exclude_cn_from_sans: true })
const OTHER = { other_sans: '1.3.6.1.4.1.311.20.2.3;utf8:ada@evil.test' }

const CASES: readonly (readonly [constraints: Data, allowed: readonly Data[], refused: readonly Data[]])[] = [
  [
    { permitted_dns_domains: 'example.com,.internal' },
    [
      host('www.example.com'),
      host('EXAMPLE.com'),
      host('*.example.com'),
      host('a.internal'),
      named('somebody'),
      named('www.example.com'),
      { ...named('evil.test'), ...host('www.example.com') },
      address('192.0.2.1'),
      host('ada@evil.test'),
      link('https://evil.test/'),
      OTHER,
    ],
    [
      host('internal'),
      host('example.org'),
      host('notexample.com'),
      host('example.com.evil.test'),
      host('www.example.com,example.org'),
      host('www.example.com.'),
      named('www.evil.test'),
      { ...named('www.evil.test'), ...address('192.0.2.1') },
    ],
  ],
  [
    { excluded_dns_domains: 'secret.example.com,.internal' },
    [host('www.example.com'), host('internal'), host('notsecret.example.com'), named('somebody')],
    [host('secret.example.com'), host('a.SECRET.example.com'), host('a.internal'), named('secret.example.com')],
  ],
  [
    { permitted_dns_domains: 'example.com', excluded_dns_domains: 'secret.example.com' },
    [host('www.example.com')],
    [host('secret.example.com'), host('www.example.org')],
  ],
  [
    { permitted_ip_ranges: '10.1.0.0/15,2001:db8::/33,192.0.2.7/32' },
    [
      address('10.1.2.3'),
      address('10.0.255.255'),
      address('2001:db8:7fff::1'),
      address('192.0.2.7'),
      host('evil.test'),
    ],
    [address('10.2.0.0'), address('2001:db8:8000::'), address('192.0.2.8'), address('10.1.2.3,11.0.0.1')],
  ],
  [{ permitted_ip_ranges: '10.0.0.0/8' }, [address('10.9.9.9')], [address('2001:db8::1')]],
  [
    { excluded_ip_ranges: '10.0.0.0/8,::/0' },
    [address('11.0.0.1')],
    [address('10.9.9.9'), address('2001:db8::1'), address('::1')],
  ],
  [{ excluded_ip_ranges: '10.0.0.0/8' }, [address('2001:db8::1')], [address('::ffff:10.0.0.1')]],
  [{ excluded_ip_ranges: '0.0.0.0/0' }, [host('www.example.com')], [address('198.51.100.1')]],
  [
    { permitted_email_addresses: 'ada@example.com,example.org,.example.net' },
    [host('ada@EXAMPLE.com'), host('bob@example.org'), host('bob@a.example.net'), host('www.evil.test')],
    [
      host('ADA@example.com'),
      host('bob@example.com'),
      host('bob@sub.example.org'),
      host('bob@example.net'),
      host('ada@evil.test'),
      { other_sans: '1.3.6.1.5.5.7.8.9;utf8:adä@evil.test' },
    ],
  ],
  [
    { excluded_email_addresses: 'root@example.com,example.org' },
    [host('ada@example.com'), host('ada@sub.example.org')],
    [host('root@example.com'), host('ada@example.org'), { other_sans: '1.3.6.1.5.5.7.8.9;utf8:adä@example.org' }],
  ],
  [
    { permitted_uri_domains: 'example.com,.example.org' },
    [link('https://example.com/x'), link('https://EXAMPLE.com:8443/x'), link('spiffe://a.example.org/x')],
    [link('https://www.example.com/'), link('https://example.org/'), link('urn:x:y'), link('https://10.0.0.1/')],
  ],
  [
    { excluded_uri_domains: 'example.com' },
    [link('https://www.example.com/'), link('https://example.org/example.com')],
    [link('https://example.com/'), link('urn:x:y')],
  ],
]

describe.skipIf(!hasOpenssl)('openssl', () => {
  let openssl: Openssl
  beforeAll(() => {
    openssl = new Openssl()
  })
  afterAll(() => openssl.remove())

  const confinedTo = (constraints: Data): Promise<Twins> =>
    new Twins(openssl).start(async (confined) => {
      const { certificate } = await confined.data('update', 'root/generate/existing', { ...ROOT, ...constraints })
      return certificate
    })

  test.each(CASES)('a root with %o', async (constraints, allowed, refused) => {
    const pair = await confinedTo(constraints)
    for (const fields of allowed)
      expect([fields, await pair.verdicts('any', fields)]).toEqual([fields, [true, true, true, true]])
    for (const fields of refused)
      expect([fields, await pair.verdicts('any', fields)]).toEqual([fields, [false, false, false, false]])
  })

  test('a wildcard is refused where it stands for a host that is excluded, which openssl does not see', async () => {
    const pair = await confinedTo({ excluded_dns_domains: 'secret.example.com' })
    expect(await pair.verdicts('any', host('*.example.com'))).toEqual([false, true, false, true])
    expect(await pair.verdicts('any', host('se*t.example.com'))).toEqual([false, true, false, true])
    expect(await pair.verdicts('any', host('w*.example.com,*.com'))).toEqual([true, true, true, true])
  })

  test('directory names, of a root that openssl made; requests that are signed; authorities', async () => {
    const pair = await new Twins(openssl).start((confined, key) => rootOfOpenssl(confined, key, openssl))
    expect(await pair.verdicts('example', named('somebody'))).toEqual([true, true, true, true])
    expect(await pair.verdicts('other', named('somebody'))).toEqual([false, false, false, false])
    expect(await pair.verdicts('any', named('somebody'))).toEqual([false, false, false, false])
    // It has no subject.
    expect(await pair.verdicts('any', host('www.example.com'))).toEqual([true, true, true, true])
    const subjects = {
      '/O=Example/CN=a': true,
      '/O=  EXAMPLE  /OU=b/CN=a': true,
      '/O=Example/emailAddress=ada@example.org': true,
      '/O=Example/emailAddress=ada@evil.test': false,
      '/CN=a/O=Example': false,
      '/O=Examples/CN=a': false,
    }
    for (const [subject, isAllowed] of Object.entries(subjects)) {
      openssl.run(
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        'k.pem',
        '-subj',
        subject,
        '-out',
        'csr.pem',
      )
      const csr = openssl.run('req', '-in', 'csr.pem')
      for (const path of ['sign-verbatim', 'issuer/between/sign-verbatim']) {
        const below = path !== 'sign-verbatim'
        expect([subject, await pair.egide(path, { csr }, below)]).toEqual([subject, isAllowed])
        expect([subject, await pair.openssl(path, { csr }, below)]).toEqual([subject, isAllowed])
      }
      const authority = { csr, use_csr_values: true }
      if (!subject.includes('email')) {
        expect([subject, await pair.egide('root/sign-intermediate', authority, false)]).toEqual([subject, isAllowed])
        expect([subject, await pair.openssl('root/sign-intermediate', authority, false)]).toEqual([subject, isAllowed])
      }
    }
    const stranger = new Authority()
    const foreign = { ...ROOT, common_name: 'Foreign', organization: 'Foreign' }
    const { certificate } = await stranger.data('update', 'root/generate/internal', foreign)
    expect(await pair.egide('root/sign-self-issued', { certificate }, false)).toBe(false)
    expect(await pair.openssl('root/sign-self-issued', { certificate }, false)).toBe(false)
  })

  test('an authority between has constraints of its own, which openssl reads', async () => {
    const ca = new Authority()
    await ca.root()
    const { csr } = await ca.data('update', 'intermediate/generate/internal', {
      common_name: 'Between',
      key_type: 'ec',
    })
    const { certificate } = await ca.data('update', 'root/sign-intermediate', {
      csr,
      permitted_dns_domains: 'example.com',
      excluded_dns_domains: 'no.example.com',
      permitted_ip_ranges: '10.1.2.3/8',
      excluded_ip_ranges: '2001:db8::/32',
      permitted_email_addresses: 'ada@bücher.test',
      excluded_email_addresses: '.example.org',
      permitted_uri_domains: '.example.net',
      excluded_uri_domains: 'no.example.net',
    })
    const text = openssl.run('x509', '-in', openssl.file('ca.pem', String(certificate)), '-noout', '-text')
    const lines = text.slice(text.indexOf('Name Constraints: critical')).split('\n').slice(1, 11)
    expect(lines.map((line) => line.trim())).toEqual([
      'Permitted:',
      'email:ada@xn--bcher-kva.test',
      'DNS:example.com',
      'URI:.example.net',
      'IP:10.0.0.0/255.0.0.0',
      'Excluded:',
      'email:.example.org',
      'DNS:no.example.com',
      'URI:no.example.net',
      'IP:2001:DB8:0:0:0:0:0:0/FFFF:FFFF:0:0:0:0:0:0',
    ])
  })
})

/** Confined to a directory name, which there is no field for, and to addresses of e-mail, which stand in subjects too. */
async function rootOfOpenssl(confined: Authority, key: string, openssl: Openssl): Promise<string> {
  const config = [
    '[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\nstring_mask=nombstr\n[dn]\nCN=Root',
    '[v3]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash',
    'nameConstraints=critical,permitted;dirName:allowed,permitted;email:example.org\n[allowed]\nO=Example\n',
  ].join('\n')
  const files = ['-key', openssl.file('root.key', key), '-config', openssl.file('root.cnf', config)]
  const root = openssl.run('req', '-x509', '-new', '-days', '3650', ...files)
  const { imported_issuers: ids } = await confined.data('update', 'config/ca', { pem_bundle: root })
  await confined.call('update', 'config/issuers', { default: String(ids) })
  return root
}

test.each([
  ['permitted_dns_domains', 'exa mple.com'],
  ['excluded_dns_domains', '*.example.com'],
  ['permitted_ip_ranges', '10.0.0.1'],
  ['permitted_ip_ranges', '10.0.0.0/33'],
  ['excluded_ip_ranges', '2001:db8::/129'],
  ['excluded_ip_ranges', '10.0.0.0/a'],
  ['permitted_email_addresses', '@example.com'],
  ['permitted_email_addresses', 'ada@.example.com'],
  ['excluded_email_addresses', 'ada@'],
  ['permitted_uri_domains', 'https://example.com'],
  ['excluded_uri_domains', '..'],
])('%s=%s is no constraint', async (field, text) => {
  const ca = new Authority()
  await expect(ca.root({ [field]: text })).rejects.toThrow(`${field}: ${JSON.stringify(text)} is no such constraint`)
})

test('constraints are bounded, and so is what they cost', async () => {
  const ca = new Authority()
  const many = (count: number): string => Array.from({ length: count }, (_, nth) => `n${nth}.test`).join()
  await expect(ca.root({ permitted_dns_domains: many(150), excluded_dns_domains: many(51) })).rejects.toThrow(
    'more than 200 name constraints',
  )
  await ca.root({ permitted_dns_domains: many(150), excluded_dns_domains: 'a.n1.test' })
  await ca.role('any', { allow_any_name: true })
  await expect(ca.issue('any', { common_name: 'a.n149.test' })).resolves.toBeDefined()
})

test('a root whose constraints cannot be read is not imported', async () => {
  const bounded = extension('2.5.29.30', Buffer.from('300fa00d300b8206612e74657374800101', 'hex'), true)
  const { pem: broken } = await newAuthority({ extensions: [bounded] })
  await expect(new Authority().call('update', 'issuers/import/cert', { pem_bundle: broken })).rejects.toThrow(
    'the name constraints of an authority cannot be read: a subtree has a minimum or maximum',
  )
})

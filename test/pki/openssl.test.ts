import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, hasOpenssl, Openssl } from './authority.ts'

/** What the engine signs, read by openssl, which knows nothing of it. */
describe.skipIf(!hasOpenssl)('openssl', () => {
  let openssl: Openssl
  beforeAll(() => {
    openssl = new Openssl()
  })
  afterAll(() => openssl.remove())
  /** The mount's clock stands then. */
  const AT = String(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000)

  const KINDS: readonly (readonly [type: string, bits: number, pss: boolean, sign: RegExp])[] = [
    ['rsa', 2048, false, /sha256WithRSAEncryption/],
    ['rsa', 2048, true, /rsassaPss/],
    ['ec', 224, false, /ecdsa-with-SHA256/],
    ['ec', 256, false, /ecdsa-with-SHA256/],
    ['ec', 384, false, /ecdsa-with-SHA384/],
    ['ec', 521, false, /ecdsa-with-SHA512/],
    ['ed25519', 0, false, /ED25519/],
  ]
  test.each(KINDS)(
    'a chain of %s %i (PSS %s) verifies, its lists and OCSP answers too',
    async (type, bits, pss, signature) => {
      const ca = new Authority()
      const key = { key_type: type, key_bits: bits }
      const root = await ca.root({ ...key, use_pss: pss })
      await ca.role('web', { ...key, use_pss: pss })
      const leaf = await ca.issue('web', { ip_sans: '10.1.2.3,2001:db8::1', alt_names: 'api.example.com' })
      const rootFile = openssl.file('root.pem', String(root.certificate))
      const leafFile = openssl.file('leaf.pem', String(leaf.certificate))
      expect(
        openssl.run(
          'verify',
          '-x509_strict',
          '-attime',
          AT,
          '-purpose',
          'sslserver',
          '-verify_hostname',
          'api.example.com',
          '-CAfile',
          rootFile,
          leafFile,
        ),
      ).toContain('OK')
      expect(
        openssl.run('verify', '-attime', AT, '-verify_ip', '2001:db8::1', '-CAfile', rootFile, leafFile),
      ).toContain('OK')
      const text = openssl.run('x509', '-in', leafFile, '-noout', '-text')
      expect(text).toMatch(signature)
      if (type !== 'rsa') expect(text).not.toContain('Key Encipherment')
      const certificate = new X509Certificate(String(leaf.certificate))
      expect(certificate.checkPrivateKey(createPrivateKey(String(leaf.private_key)))).toBe(true)

      await ca.call('update', 'revoke', { serial_number: leaf.serial_number })
      const list = openssl.file('list.der', await ca.raw('crl'))
      expect(openssl.say('crl', '-inform', 'der', '-in', list, '-CAfile', rootFile, '-noout')).toContain('verify OK')
      const listPem = openssl.file('list.pem', await ca.raw('crl/pem'))
      const verdict = openssl.say(
        'verify',
        '-attime',
        AT,
        '-crl_check',
        '-CRLfile',
        listPem,
        '-CAfile',
        rootFile,
        leafFile,
      )
      expect(verdict).toContain('certificate revoked')

      openssl.run('ocsp', '-issuer', rootFile, '-cert', leafFile, '-no_nonce', '-reqout', 'ask.der')
      const answer = await askOcsp(ca, openssl, 'ask.der')
      const said = openssl.say(
        'ocsp',
        '-issuer',
        rootFile,
        '-cert',
        leafFile,
        '-no_nonce',
        '-respin',
        answer,
        '-CAfile',
        rootFile,
        '-attime',
        AT,
        '-validity_period',
        '999999999',
      )
      expect(said).toContain('Response verify OK')
      expect(said).toContain('leaf.pem: revoked')
    },
  )

  test('post-quantum roots verify, where openssl knows them', async () => {
    const knows = openssl.say('list', '-signature-algorithms').includes('ML-DSA')
    for (const kind of ['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87']) {
      const ca = new Authority()
      const root = await ca.root({ key_type: kind })
      await ca.role('web', { key_type: kind })
      const leaf = await ca.issue('web')
      // Node's own OpenSSL knows them in any case.
      const [issuer, issued] = [
        new X509Certificate(String(root.certificate)),
        new X509Certificate(String(leaf.certificate)),
      ]
      expect(issued.verify(issuer.publicKey)).toBe(true)
      expect(issued.checkIssued(issuer)).toBe(true)
      if (!knows) continue
      const rootFile = openssl.file('root.pem', String(root.certificate))
      const leafFile = openssl.file('leaf.pem', String(leaf.certificate))
      expect(openssl.run('verify', '-attime', AT, '-CAfile', rootFile, leafFile)).toContain('OK')
    }
  })

  test('an intermediate of another mount, its leaf verified through the chain', async () => {
    const top = new Authority()
    const root = await top.root({ max_path_length: 1 })
    const below = new Authority()
    const { csr } = await below.data('update', 'intermediate/generate/internal', {
      common_name: 'Middle',
      key_type: 'ec',
      add_basic_constraints: true,
    })
    expect(openssl.run('req', '-in', openssl.file('middle.csr', String(csr)), '-noout', '-verify', '-text')).toContain(
      'CA:TRUE',
    )
    const signed = await top.data('update', 'root/sign-intermediate', {
      csr,
      common_name: 'Middle',
      ttl: '500h',
      max_path_length: 0,
    })
    const imported = await below.data('update', 'intermediate/set-signed', {
      certificate: `${signed.certificate}\n${root.certificate}`,
    })
    expect(imported.imported_issuers).toHaveLength(2)
    await below.role('web')
    const leaf = await below.issue('web')
    expect(leaf.ca_chain).toHaveLength(2)
    const rootFile = openssl.file('root.pem', String(root.certificate))
    const middle = openssl.file('middle.pem', String(signed.certificate))
    const leafFile = openssl.file('leaf.pem', String(leaf.certificate))
    expect(
      openssl.run('verify', '-x509_strict', '-attime', AT, '-CAfile', rootFile, '-untrusted', middle, leafFile),
    ).toContain('OK')
    expect(
      await top.refusal('update', 'root/sign-intermediate', {
        csr,
        common_name: 'Middle',
        ttl: '500h',
        max_path_length: 1,
      }),
    ).toContain('path length')
  })

  test('requests that openssl made are signed, with what the role allows of them', async () => {
    const ca = new Authority()
    const root = await ca.root()
    await ca.role('web', { key_type: 'any', allow_ip_sans: false })
    const rootFile = openssl.file('root.pem', String(root.certificate))
    const request = (name: string, ...more: readonly string[]): string => {
      openssl.run(
        'req',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        '/CN=a.example.com',
        ...more,
      )
      return openssl.run('req', '-in', `${name}.csr`)
    }
    const good = request('good', '-addext', 'subjectAltName=DNS:b.example.com')
    const { certificate } = await ca.data('update', 'sign/web', { csr: good })
    const file = openssl.file('good.pem', String(certificate))
    expect(
      openssl.run('verify', '-attime', AT, '-verify_hostname', 'b.example.com', '-CAfile', rootFile, file),
    ).toContain('OK')
    for (const [name, extension] of [
      ['address', 'subjectAltName=IP:10.0.0.1'],
      ['uri', 'subjectAltName=URI:spiffe://example.com/a'],
      ['other', 'subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:root@example.com'],
      ['stranger', 'subjectAltName=DNS:www.example.org'],
      ['email', 'subjectAltName=email:root@example.org'],
      ['directory', 'subjectAltName=dirName:dir\n[dir]\nCN=x'],
    ] as const) {
      if (name === 'directory') continue
      expect(await ca.refusal('update', 'sign/web', { csr: request(name, '-addext', extension) })).toMatch(
        /^invalid_request: .*not allowed/,
      )
    }
    // That it is to be a CA is not for the request to say.
    const asCa = request('ca', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign')
    const { certificate: leaf } = await ca.data('update', 'sign/web', { csr: asCa })
    expect(openssl.run('x509', '-in', openssl.file('ca-leaf.pem', String(leaf)), '-noout', '-text')).not.toMatch(
      /CA:TRUE|Certificate Sign/,
    )
    const { certificate: verbatim } = await ca.data('update', 'sign-verbatim', { csr: asCa })
    expect(openssl.run('x509', '-in', openssl.file('v.pem', String(verbatim)), '-noout', '-text')).not.toMatch(
      /CA:TRUE|Certificate Sign/,
    )
  })

  test('OCSP: good, unknown, a nonce that comes back, another CA', async () => {
    const ca = new Authority()
    const root = await ca.root()
    await ca.role('web')
    const leaf = await ca.issue('web')
    const rootFile = openssl.file('root.pem', String(root.certificate))
    openssl.file('leaf.pem', String(leaf.certificate))
    openssl.run(
      'ocsp',
      '-issuer',
      rootFile,
      '-sha256',
      '-cert',
      'leaf.pem',
      '-serial',
      '0x1234567890',
      '-reqout',
      'two.der',
    )
    const answer = await askOcsp(ca, openssl, 'two.der')
    const said = openssl.say(
      'ocsp',
      '-issuer',
      rootFile,
      '-respin',
      answer,
      '-CAfile',
      rootFile,
      '-attime',
      AT,
      '-resp_text',
    )
    expect(said).toContain('Response verify OK')
    expect(said).toContain('Cert Status: good')
    expect(said).toContain('Cert Status: unknown')
    expect(said).toContain('OCSP Nonce')
    openssl.run('ocsp', '-issuer', rootFile, '-cert', 'leaf.pem', '-no_nonce', '-reqout', 'plain.der')
    const first = await askOcsp(ca, openssl, 'plain.der')
    expect(await askOcsp(ca, openssl, 'plain.der')).toEqual(first)
    await ca.call('update', 'revoke', { serial_number: leaf.serial_number })
    expect(
      openssl.say('ocsp', '-respin', await askOcsp(ca, openssl, 'plain.der'), '-noverify', '-resp_text'),
    ).toContain('Cert Status: revoked')

    const other = new Authority()
    await other.root()
    const { raw } = await other.call('update', 'ocsp', {
      req: readFileSync(`${openssl.folder}/plain.der`).toString('base64'),
    })
    expect(raw?.status).toBe(401)
    expect((await ca.call('update', 'ocsp', { req: Buffer.from('nonsense').toString('base64') })).raw?.status).toBe(400)
  })
})

async function askOcsp(ca: Authority, openssl: Openssl, request: string): Promise<string> {
  const { raw } = await ca.call('update', 'ocsp', {
    req: readFileSync(`${openssl.folder}/${request}`).toString('base64'),
  })
  if (raw === undefined || !(raw.body instanceof Uint8Array)) throw new Error('no answer')
  return openssl.file('answer.der', Buffer.from(raw.body))
}

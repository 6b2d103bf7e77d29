import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasSshKeygen, OpenSsh, SshAuthority } from './authority.ts'

/** What the engine makes, read by ssh-keygen, which checks the signature of a certificate that it shows. */
describe.skipIf(!hasSshKeygen)('ssh-keygen', () => {
  let openssh: OpenSsh
  beforeAll(() => {
    openssh = new OpenSsh()
  })
  afterAll(() => openssh.remove())

  const KINDS = [
    ['rsa', 2048, 'RSA'],
    ['ec', 256, 'ECDSA'],
    ['ec', 384, 'ECDSA'],
    ['ec', 521, 'ECDSA'],
    ['ed25519', 0, 'ED25519'],
  ] as const

  describe.each(KINDS)('of an issuer of %s %i', (caType, caBits, caName) => {
    test.each(KINDS)('reads the certificate of a key of %s %i', async (type, bits, name) => {
      const ca = new SshAuthority()
      const { public_key: caKey } = await ca.ca({ key_type: caType, key_bits: caBits })
      await ca.role('ops', {
        allowed_users: 'ada,root',
        allowed_extensions: 'permit-pty',
        default_extensions: { 'permit-pty': '', 'permit-agent-forwarding': '' },
        default_critical_options: { 'source-address': '10.0.0.0/8', 'force-command': '/bin/true' },
        key_id_format: '{{role_name}} {{token_display_name}}',
      })
      const request = { valid_principals: 'ada,root', ttl: '1h', key_type: type, key_bits: bits }
      const made = await ca.data('update', 'issue/ops', request)
      const file = openssh.file('key-cert.pub', String(made.signed_key))
      const shown = openssh.keygen('-L', '-f', file)
      expect(shown).toMatch(
        new RegExp(
          `^\\s+Type: ${type === 'ec' ? `ecdsa-sha2-nistp${bits}` : `ssh-${type}`}-cert-v01@openssh.com user certificate`,
          'm',
        ),
      )
      expect(shown).toContain(`Public key: ${name}-CERT SHA256:`)
      const caFile = openssh.file('ca.pub', String(caKey))
      const fingerprint = /SHA256:\S+/.exec(openssh.keygen('-l', '-f', caFile))?.[0] ?? 'none'
      expect(shown).toContain(`Signing CA: ${caName} ${fingerprint}`)
      if (caType === 'rsa') expect(shown).toContain('(using rsa-sha2-256)')
      expect(shown).toContain('Key ID: "ops token"')
      expect(shown).toContain(`Serial: ${BigInt(`0x${made.serial_number}`)}`)
      expect(shown).toContain('Valid: from 2026-01-02T03:03:35 to 2026-01-02T04:04:05')
      const listed = shown.replaceAll(/\s+/g, ' ')
      expect(listed).toContain(
        'Principals: ada root Critical Options: force-command /bin/true source-address 10.0.0.0/8',
      )
      expect(listed).toContain('Extensions: permit-agent-forwarding permit-pty')

      const key = openssh.file('key', String(made.private_key))
      expect(openssh.keygen('-y', '-f', key).split(' ')[0]).toMatch(/^(ssh|ecdsa)-/)
      openssh.file('key.pub', openssh.keygen('-y', '-f', key))
      expect(openssh.keygen('-l', '-f', openssh.file('one.pub', openssh.keygen('-y', '-f', key)))).toContain(
        `(${name})`,
      )
    })
  })

  test('reads a host certificate, and one that names nobody where the role says so', async () => {
    const ca = new SshAuthority()
    await ca.ca()
    await ca.role('hosts', { allow_host_certificates: true, allowed_domains: 'example.com', allow_subdomains: true })
    const host = await ca.sign('hosts', { cert_type: 'host', valid_principals: 'web.example.com' })
    const shown = openssh.keygen('-L', '-f', openssh.file('host-cert.pub', String(host.signed_key)))
    expect(shown).toContain('host certificate')
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(
      'Principals: web.example.com Critical Options: (none) Extensions: (none)',
    )
    await ca.role('all', { allow_empty_principals: true })
    const all = await ca.sign('all')
    const open = openssh.keygen('-L', '-f', openssh.file('all-cert.pub', String(all.signed_key)))
    expect(open).toContain('Principals: (none)')
  })

  test('RSA issuers sign with SHA-512 where the role says so', async () => {
    const ca = new SshAuthority()
    await ca.ca({ key_type: 'rsa', key_bits: 2048 })
    await ca.role('ops', { allowed_users: '*', algorithm_signer: 'rsa-sha2-512' })
    const made = await ca.sign('ops', { valid_principals: 'ada' })
    expect(openssh.keygen('-L', '-f', openssh.file('c.pub', String(made.signed_key)))).toContain('(using rsa-sha2-512)')
  })

  const OTHERS = [
    ['rsa', '2048', []],
    ['rsa', '2048', ['-m', 'PEM']],
    ['rsa', '2048', ['-m', 'PKCS8']],
    ['ecdsa', '256', []],
    ['ecdsa', '384', []],
    ['ecdsa', '521', []],
    ['ecdsa', '256', ['-m', 'PEM']],
    ['ed25519', '256', []],
  ] as const
  test.each(OTHERS)(
    'makes a key of %s %s (%j) that becomes an issuer, and checks what it signs',
    async (type, bits, form) => {
      const name = `ca-${type}-${bits}-${form.join('')}`
      openssh.keygen('-q', '-t', type, '-b', bits, ...form, '-N', '', '-C', 'a comment', '-f', name)
      const [privateKey, publicKey] = [name, `${name}.pub`].map((one) =>
        readFileSync(`${openssh.folder}/${one}`, 'utf8'),
      )
      const ca = new SshAuthority()
      const made = await ca.data('update', 'config/ca', { private_key: privateKey, public_key: publicKey })
      expect(`${made.public_key}`.trim(), 'with its comment').toBe(publicKey?.trim())
      await ca.role('ops', { allowed_users: 'ada' })
      const { signed_key: certificate } = await ca.sign('ops', { valid_principals: 'ada' })
      const shown = openssh.keygen('-L', '-f', openssh.file('imported-cert.pub', String(certificate)))
      expect(shown).toContain(/SHA256:\S+/.exec(openssh.keygen('-l', '-f', `${name}.pub`))?.[0])
      expect(
        (await ca.call('update', 'config/ca', { private_key: privateKey, public_key: publicKey })).warnings,
      ).toHaveLength(1)
    },
  )

  test('makes a key with a passphrase, which is refused as are halves of different pairs', async () => {
    openssh.keygen('-q', '-t', 'ed25519', '-N', 'secret', '-f', 'locked')
    openssh.keygen('-q', '-t', 'ed25519', '-N', '', '-f', 'one')
    openssh.keygen('-q', '-t', 'ed25519', '-N', '', '-f', 'other')
    const text = (name: string): string => readFileSync(`${openssh.folder}/${name}`, 'utf8')
    const ca = new SshAuthority()
    const refused = (privateKey: string, publicKey: string) =>
      ca.refusal('update', 'config/ca', { private_key: privateKey, public_key: publicKey })
    expect(await refused(text('locked'), text('locked.pub'))).toMatch(
      /private_key is not a valid SSH key: it is encrypted/,
    )
    expect(await refused(text('one'), text('other.pub'))).toMatch(/do not belong together/)
    expect(await refused(text('one').replace(/[A-Za-z]\n/, '\n'), text('one.pub'))).toMatch(/private_key is not/)
    await expect(ca.data('read', 'config/ca')).rejects.toThrow('no default issuer currently configured')
  })
})

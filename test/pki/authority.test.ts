import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { certificateCodec, rows } from '../../engines/pki/documents.ts'
import { pki } from '../../engines/pki/index.ts'
import { StorageError } from '../../storage/backend.ts'
import { toldWithin } from '../harness/properties.ts'
import { AUTO_REBUILT, Authority, Crl } from './authority.ts'

async function authority(role: Readonly<Record<string, unknown>> = {}): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web', role)
  return ca
}

describe('names', () => {
  const CASES: readonly (readonly [name: string, role: Readonly<Record<string, unknown>>, allowed: boolean])[] = [
    ['www.example.com', {}, true],
    ['a.b.example.com', {}, true],
    ['example.com', {}, false],
    ['example.com', { allow_bare_domains: true }, true],
    ['WWW.EXAMPLE.COM', {}, true],
    ['wwwexample.com', {}, false],
    ['www.example.com.evil.org', {}, false],
    ['*.example.com', {}, true],
    ['w*.example.com', {}, true],
    ['*.*.example.com', {}, false],
    ['*', { allow_any_name: true }, false],
    ['*.example.com', { allow_wildcard_certificates: false }, false],
    ['*.example.com', { allow_subdomains: false, allow_bare_domains: true }, false],
    ['-x.example.com', {}, false],
    ['a..example.com', {}, false],
    ['a b.example.com', {}, false],
    ['a b.example.com', { enforce_hostnames: false, allow_any_name: true }, true],
    ['www.example.com\0.evil.org', { allow_any_name: true, enforce_hostnames: false }, false],
    ['localhost', {}, true],
    ['localhost', { allow_localhost: false }, false],
    ['x.localhost', {}, true],
    ['user@example.com', { allow_bare_domains: true }, true],
    ['user@www.example.com', {}, true],
    ['user@@example.com', {}, false],
    ['@www.example.com', {}, false],
    ['build-7.ci.example.net', { allow_glob_domains: true, allowed_domains: 'build-*.ci.example.net' }, true],
    ['other.ci.example.net', { allow_glob_domains: true, allowed_domains: 'build-*.ci.example.net' }, false],
    ['anything.org', { allow_any_name: true }, true],
    [`${'a'.repeat(64)}.example.com`, {}, false],
    ['bücher.example.com', {}, true],
  ]
  test.each(CASES)('%j under %j: %s', async (name, role, allowed) => {
    const ca = await authority({ ...role, require_cn: false })
    const asAlternative = await ca.call('update', 'issue/web', { alt_names: [name] }).then(
      () => 'signed',
      (error: Error) => error.message,
    )
    expect(asAlternative).toMatch(allowed ? /^signed$/ : /not allowed by this role/)
    const asCommonName = await ca.call('update', 'issue/web', { common_name: name, exclude_cn_from_sans: true }).then(
      () => true,
      () => false,
    )
    // A common name that is too long is refused whatever the role says.
    expect(asCommonName).toBe(allowed && [...name].length <= 64)
  })

  test('whatever a role of one domain signs lies in it', async () => {
    const ca = await authority()
    const part = fc.stringMatching(/^[a-z*.@\0 _-]{0,8}$/)
    await fc.assert(
      fc.asyncProperty(
        part,
        part,
        fc.constantFrom('example.com', 'example.org', '.example.com'),
        async (a, b, domain) => {
          const name = `${a}${b}${domain}`
          const reply = await ca
            .call('update', 'issue/web', { common_name: 'www.example.com', alt_names: [name] })
            .catch(() => undefined)
          if (reply === undefined) return
          const names = new X509Certificate(String(reply.data?.certificate)).subjectAltName ?? ''
          for (const one of names.split(', ')) expect(one).toMatch(/^(?:DNS|email):(?:[^,]+[.@])[a-z.]*example\.com$/)
        },
      ),
      { numRuns: 100, ...toldWithin() },
    )
  })
})

test.each([
  [{ ttl: '10m' }, {}, 600],
  [{ ttl: 0 }, { ttl: '20m' }, 1200],
  [{ ttl: '3h' }, { max_ttl: '1h' }, 3600],
  [{ ttl: 0, not_after: '2026-01-02T04:04:05Z' }, {}, 3600],
])('a certificate asked for with %j under %j lives so long', async (asked, role, seconds) => {
  const ca = await authority(role)
  const { certificate } = await ca.issue('web', asked)
  const { validTo } = new X509Certificate(String(certificate))
  expect((Date.parse(validTo) - ca.context.clock.now()) / 1000).toBe(seconds)
})

test.each(['err', 'truncate', 'permit'])('a leaf that would outlive its issuer: %s', async (behaviour) => {
  const ca = new Authority()
  const { issuer_id: id, certificate: root } = await ca.root({ ttl: '1h' })
  await ca.call('update', `issuer/${id}`, { leaf_not_after_behavior: behaviour })
  await ca.role('web')
  if (behaviour === 'err') {
    expect(await ca.refusal('update', 'issue/web', { common_name: 'www.example.com', ttl: '2h' })).toContain(
      'beyond the expiration of the CA',
    )
    return
  }
  const { certificate } = await ca.issue('web', { ttl: '2h' })
  const [leaf, issuer] = [certificate, root].map((text) => Date.parse(new X509Certificate(String(text)).validTo))
  if (behaviour === 'truncate') expect(leaf).toBe(issuer)
  else expect(leaf).toBeGreaterThan(issuer ?? 0)
})

describe('what is signed is written down before', () => {
  /** The commit with this number, from now on, does not happen. */
  function failCommit(ca: Authority, number: number): void {
    const commit = ca.backend.commit.bind(ca.backend)
    let count = 0
    ca.backend.commit = async (transactions) => {
      count++
      if (count === number) throw new StorageError('refused', 'the disk is gone')
      return commit(transactions)
    }
  }
  const serials = (ca: Authority): Promise<string[]> => ca.context.store.list(rows.certificates)

  test('where that fails, nothing was signed', async () => {
    const ca = await authority()
    const before = await serials(ca)
    failCommit(ca, 1)
    await expect(ca.issue('web')).rejects.toThrow('the disk is gone')
    expect(await serials(ca)).toEqual(before)
  })

  test('where what follows fails, the number is known, can be revoked, and is on the list', async () => {
    const ca = await authority()
    const before = await serials(ca)
    failCommit(ca, 2)
    await expect(ca.issue('web')).rejects.toThrow('the disk is gone')
    const [serial = ''] = (await serials(ca)).filter((one) => !before.includes(one))
    const document = await ca.context.store.get(rows.certificate(serial), certificateCodec)
    expect(document?.certificate).toBeUndefined()
    expect(document?.tbs?.length).toBeGreaterThan(100)
    expect(await ca.refusal('read', `cert/${serial}`)).toBe('not_found: ')
    await ca.call('update', 'revoke', { serial_number: serial })
    expect((await ca.raw('crl')).toString('hex')).toContain(serial.replaceAll(':', ''))
  })
})

describe('lists', () => {
  test('what is revoked is on the next list, and each list has a number of its own', async () => {
    const ca = await authority()
    const numbers: string[] = []
    let revoked = 0
    for (let round = 0; round < 5; round++) {
      const { serial_number: serial } = await ca.issue('web')
      const first = await ca.call('update', 'revoke', { serial_number: serial })
      ca.pass(60)
      const again = await ca.call('update', 'revoke', {
        serial_number: String(serial).replaceAll(':', '-').toUpperCase(),
      })
      expect(again.data).toEqual(first.data)
      revoked++
      const list = new Crl(await ca.raw('crl'))
      expect(list.serials).toHaveLength(revoked)
      expect(list.serials).toContain(String(serial).replaceAll(':', ''))
      numbers.push(list.number)
      expect(new Crl(await ca.raw('crl')).number).toBe(list.number)
    }
    expect(new Set(numbers).size).toBe(5)
    expect((await ca.call('list', 'certs/revoked')).data?.keys).toHaveLength(5)
  })

  test('another node, whose list was made before, shows it too', async () => {
    const ca = await authority()
    const other = new Authority({ with: ca, uncached: true })
    const { serial_number: serial } = await ca.issue('web')
    expect(new Crl(await other.raw('crl')).serials).toEqual([])
    await ca.call('update', 'revoke', { serial_number: serial })
    expect(new Crl(await other.raw('crl')).serials).toHaveLength(1)
    expect(new Crl(await ca.raw('crl')).serials).toHaveLength(1)
  })

  test('a certificate names its shard, whose list it is on, and no other', async () => {
    const ca = await authority()
    await ca.call('update', 'config/urls', {
      crl_distribution_points: 'http://ca.example.com/v1/pki/crl/shard/{{crl_shard}}?',
      enable_templating: true,
    })
    for (let round = 0; round < 4; round++) {
      const { serial_number: serial, certificate } = await ca.issue('web')
      const shard = Number(
        /crl\/shard\/(\d+)\?/.exec(Buffer.from(new X509Certificate(String(certificate)).raw).toString('latin1'))?.[1],
      )
      await ca.call('update', 'revoke', { serial_number: serial })
      const hex = String(serial).replaceAll(':', '')
      expect(new Crl(await ca.raw(`crl/shard/${shard}`)).serials).toContain(hex)
      expect(new Crl(await ca.raw(`crl/shard/${(shard + 1) % 128}`)).serials).not.toContain(hex)
      expect((await ca.raw(`crl/shard/${shard}`)).toString('latin1')).toContain(`crl/shard/${shard}`)
    }
    expect(await ca.refusal('read', 'crl/shard/128')).toContain('0 to 127')
  })

  test('with auto_rebuild, what is revoked shows on the delta list, and on the complete one when its time comes', async () => {
    const ca = await authority()
    expect(await ca.refusal('update', 'config/crl', { enable_delta: true })).toContain('auto rebuilding')
    await ca.call('update', 'config/crl', AUTO_REBUILT)
    const { serial_number: serial } = await ca.issue('web')
    const full = new Crl(await ca.raw('crl'))
    await ca.call('update', 'revoke', { serial_number: serial })
    expect(new Crl(await ca.raw('crl')).number).toBe(full.number)
    expect(new Crl(await ca.raw('crl/delta')).serials).toHaveLength(1)
    ca.pass(9 * 3600)
    await ca.periodic()
    expect(new Crl(await ca.raw('crl')).serials).toHaveLength(1)
    ca.pass(600)
    expect(new Crl(await ca.raw('crl/delta')).serials).toEqual([])
  })

  test('a list that nothing was added to is made anew before it ends', async () => {
    const ca = await authority()
    const first = new Crl(await ca.raw('crl'))
    ca.pass(71 * 3600)
    const next = new Crl(await ca.raw('crl'))
    expect(next.nextUpdateMs).toBeGreaterThan(first.nextUpdateMs)
    expect(next.number).not.toBe(first.number)
  })
})

describe('tidy', () => {
  test('removes what is long expired, and of what is revoked only what may go', async () => {
    const ca = await authority()
    const { serial_number: kept } = await ca.issue('web', { ttl: '400h' })
    await ca.issue('web', { ttl: '1h' })
    const { serial_number: revoked } = await ca.issue('web', { ttl: '1h' })
    const { serial_number: living } = await ca.issue('web', { ttl: '400h' })
    for (const serial of [revoked, living]) await ca.call('update', 'revoke', { serial_number: serial })
    ca.pass(80 * 3600)
    await tidy(ca, { tidy_cert_store: true })
    const serials = async (): Promise<unknown> => (await ca.call('list', 'certs')).data?.keys
    expect(await serials()).toEqual(expect.arrayContaining([kept, revoked, living]))
    expect(await serials()).toHaveLength(4) // and the root
    await tidy(ca, { tidy_revoked_certs: true, tidy_cert_store: true })
    expect(await serials()).toHaveLength(3)
    expect(new Crl(await ca.raw('crl')).serials).toEqual([String(living).replaceAll(':', '')])
  })

  async function tidy(ca: Authority, options: object): Promise<void> {
    expect((await ca.call('update', 'tidy', options)).status).toBe(202)
    await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
  }
})

test('what ends soon is found by its end, by name, role and issuer', async () => {
  const ca = await authority()
  await ca.role('other')
  await ca.issue('web', { common_name: 'a.example.com', ttl: '1h' })
  await ca.issue('other', { common_name: 'b.example.com', ttl: '2h' })
  await ca.issue('web', { common_name: 'c.example.com', ttl: '300h' })
  const found = async (query: object): Promise<readonly string[]> => {
    const { certificates } = await ca.data('read', 'certs/expiring', query)
    return (certificates as { common_name: string }[]).map((one) => one.common_name)
  }
  expect(await found({ within: '1d' })).toEqual(['a.example.com', 'b.example.com'])
  expect(await found({ within: '1d', role: 'other' })).toEqual(['b.example.com'])
  expect(await found({ within: '30d', name: 'c.example.com' })).toEqual(['c.example.com'])
  const page = await ca.data('read', 'certs/expiring', { within: '30d', limit: 1 })
  expect(page.certificates).toHaveLength(1)
  expect(await found({ within: '30d', after: page.next, limit: 1 })).toEqual(['b.example.com'])
})

test('a lease revokes its certificate, and one that ended by itself is left alone', async () => {
  const ca = await authority({ generate_lease: true })
  const { lease, data } = await ca.call('update', 'issue/web', { common_name: 'www.example.com', ttl: '1h' })
  expect(lease?.ttlSeconds).toBe(3600)
  await pki.leases?.certificate?.revoke(lease?.internal ?? {}, ca.context)
  expect((await ca.data('read', `cert/${data?.serial_number}`)).revocation_time).toBeGreaterThan(0)
  const second = await ca.call('update', 'issue/web', { common_name: 'www.example.com', ttl: '1h' })
  ca.pass(7200)
  await pki.leases?.certificate?.revoke(second.lease?.internal ?? {}, ca.context)
  expect((await ca.data('read', `cert/${second.data?.serial_number}`)).revocation_time).toBe(0)
})

test('a root is changed without downtime: the next one is made, becomes the default, and the old one goes', async () => {
  const ca = await authority()
  const old = (await ca.data('read', 'config/issuers')).default
  const { issuer_id: next } = await ca.data('update', 'root/rotate/internal', {
    common_name: 'Next Root',
    key_type: 'ec',
    ttl: '700h',
  })
  expect((await ca.data('read', 'config/issuers')).default).toBe(old)
  await ca.call('update', 'root/replace', { default: 'next' })
  expect((await ca.data('read', 'config/issuers')).default).toBe(next)
  const { issuing_ca: issuing } = await ca.issue('web')
  expect(new X509Certificate(String(issuing)).subject).toBe('CN=Next Root')
  await ca.call('delete', `issuer/${old}`)
  expect((await ca.call('list', 'issuers')).data?.keys).toEqual([next])
})

import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acmeConfig } from '../../engines/pki/acme/config.ts'
import {
  type Account,
  type AcmeConfig,
  accountCodec,
  acmeRows,
  configCodec,
  type Order,
  orderCodec,
  textCodec,
} from '../../engines/pki/acme/documents.ts'
import { Problem } from '../../engines/pki/acme/problem.ts'
import { countAccount } from '../../engines/pki/acme/rate-limits.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { Authority, Crl, hasOpenssl, Openssl } from './authority.ts'

/** What a mount keeps in order: what it signs for others, whom it lets make accounts, what it forgets. */

describe('a self-issued certificate that is signed anew', () => {
  const AT = String(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000)
  const colons = (serial: string): string => serial.toLowerCase().replaceAll(/..(?=.)/g, '$&:')

  async function crossSigned() {
    const [ca, other] = [new Authority(), new Authority()]
    const root = await ca.root({ common_name: 'Trusted Root' })
    await ca.call('update', 'config/urls', { ocsp_servers: 'http://ca.example.com/ocsp' })
    for (let drawn = 0; drawn < 20; drawn++) other.context.random.uuid()
    const { certificate: self } = await other.root({ common_name: 'Other Root', ttl: '600h' })
    await other.role('web')
    const cross = await ca.data('update', 'root/sign-self-issued', { certificate: self })
    return { ca, other, root, self: String(self), cross: String(cross.certificate) }
  }

  test('is on record under a number of its own, and is revoked by it', async () => {
    const { ca, self, cross } = await crossSigned()
    const [before, after] = [new X509Certificate(self), new X509Certificate(cross)]
    expect(after.publicKey.equals(before.publicKey)).toBe(true)
    expect([after.subject, after.validTo, after.ca]).toEqual([before.subject, before.validTo, true])
    expect(after.serialNumber).not.toBe(before.serialNumber)
    expect(after.infoAccess).toContain('http://ca.example.com/ocsp')
    const serial = colons(after.serialNumber)
    expect(String((await ca.data('read', `cert/${serial}`)).certificate).trim()).toBe(cross.trim())
    await ca.call('update', 'revoke', { serial_number: serial })
    expect(new Crl(await ca.raw('crl')).serials).toContain(after.serialNumber.toLowerCase())
  })

  test('is not made where no CA may stand below the issuer, but with the name of the issuer, which adds nothing to a path', async () => {
    const [ca, other] = [new Authority(), new Authority()]
    await ca.root({ max_path_length: 0 })
    const { certificate } = await other.root({ common_name: 'Other Root', ttl: '600h' })
    expect(await ca.refusal('update', 'root/sign-self-issued', { certificate })).toBe(
      'invalid_request: cannot sign a CA certificate: the issuer has a maximum path length of zero',
    )
    const { certificate: next } = await new Authority().root({ ttl: '600h' })
    expect(String((await ca.data('update', 'root/sign-self-issued', { certificate: next })).certificate)).toMatch(
      /^-----BEGIN/,
    )
  })

  test.skipIf(!hasOpenssl)('gives those who trust the signer a path to what the other root signed', async () => {
    const { other, root, cross } = await crossSigned()
    const openssl = new Openssl()
    try {
      const leaf = await other.issue('web')
      const files = { root: root.certificate, cross, leaf: leaf.certificate }
      for (const [name, pem] of Object.entries(files)) openssl.file(`${name}.pem`, String(pem))
      const verify = ['verify', '-attime', AT, '-CAfile', 'root.pem', '-untrusted', 'cross.pem', 'leaf.pem']
      expect(openssl.run(...verify)).toContain('leaf.pem: OK')
    } finally {
      openssl.remove()
    }
  })
})

test.skipIf(!hasOpenssl)('an intermediate of a weak key is not signed', async () => {
  const openssl = new Openssl()
  try {
    const ca = new Authority()
    await ca.root()
    openssl.run('req', '-new', '-newkey', 'rsa:1024', '-nodes', '-keyout', 'k', '-out', 'weak.csr', '-subj', '/CN=Weak')
    const csr = openssl.run('req', '-in', 'weak.csr')
    expect(await ca.refusal('update', 'root/sign-intermediate', { csr, common_name: 'Weak', ttl: '1h' })).toContain(
      'RSA keys < 2048 bits are unsafe',
    )
  } finally {
    openssl.remove()
  }
})

test.each([
  ['www.example.com', true],
  ['EXAMPLE.com', true],
  ['*.example.com', true],
  ['a.internal', true],
  ['internal', false],
  ['example.org', false],
  ['notexample.com', false],
])('an authority that is constrained to example.com and below .internal: %s, %s', async (name, allowed) => {
  const ca = new Authority()
  await ca.root({ permitted_dns_domains: 'example.com,.internal' })
  await ca.role('any', { allow_any_name: true })
  const asked = ca.issue('any', { common_name: 'somebody', exclude_cn_from_sans: true, alt_names: name })
  if (allowed) await expect(asked).resolves.toMatchObject({ certificate: expect.stringContaining('BEGIN') })
  else await expect(asked).rejects.toThrow(`the name constraints of the issuer do not allow ${name}`)
})

test('certificates are counted by each run of tidy, where that is asked for', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  const serials = [await ca.issue('web'), await ca.issue('web'), await ca.issue('web')].map((one) => one.serial_number)
  for (const serial of serials.slice(1)) await ca.call('update', 'revoke', { serial_number: serial })
  const counts = async (): Promise<unknown> => {
    await ca.call('update', 'tidy', { tidy_cert_store: true })
    await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
    const { current_cert_store_count: kept, current_revoked_cert_count: revoked } = await ca.data('read', 'tidy-status')
    return [kept, revoked]
  }
  expect(await counts()).toEqual([null, null])
  await ca.call('update', 'config/auto-tidy', { maintain_stored_certificate_counts: true })
  expect(await counts()).toEqual([4, 2]) // and the root
  await ca.call('update', 'config/auto-tidy', { maintain_stored_certificate_counts: false })
  expect(await counts()).toEqual([null, null])
})

describe('ACME accounts', () => {
  const DAY = 86_400

  test('a configuration of a version that had no limit has the default one', async () => {
    const { store } = new Authority().context
    const { new_account_limit: limit, ...before } = await acmeConfig(store)
    await store.transaction((tx) => tx.put(acmeRows.config, { ...before, enabled: true } as AcmeConfig, configCodec))
    expect(await acmeConfig(store)).toEqual({ ...before, enabled: true, new_account_limit: limit })
  })

  test('an address makes so many in an hour, and its neighbours count as one where they are one subscriber', () => {
    const ca = new Authority()
    const attempt = (address: string): string => {
      try {
        countAccount(address, 2, ca.context)
        return 'made'
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return `${error.kind} ${error.headers['retry-after']}`
      }
    }
    expect([attempt('192.0.2.1'), attempt('::ffff:192.0.2.1'), attempt('192.0.2.1')]).toEqual([
      'made',
      'made',
      'rateLimited 3600',
    ])
    expect(attempt('::ffff:192.0.2.2')).toBe('made')
    expect(['2001:db8::1', '2001:db8::ffff:2', '2001:db8:0:0:9::'].map(attempt)).toEqual([
      'made',
      'made',
      'rateLimited 3600',
    ])
    expect(attempt('2001:db8:0:1::1')).toBe('made')
    ca.pass(3000)
    expect(attempt('192.0.2.1')).toBe('rateLimited 600')
    ca.pass(600)
    expect(attempt('192.0.2.1')).toBe('made')
    expect(() => countAccount('192.0.2.1', 0, ca.context)).not.toThrow()
  })

  test('who has many addresses is bounded too', () => {
    const ca = new Authority()
    const all = Array.from({ length: 101 }, (_, at) => () => countAccount(`198.51.100.${at}`, 1, ca.context))
    for (const one of all.slice(0, 100)) one()
    expect(all[100]).toThrow(/too many new accounts/)
  })

  async function tidied(ca: Authority, more: object = {}): Promise<Readonly<Record<string, unknown>>> {
    await ca.call('update', 'tidy', { tidy_acme: true, ...more })
    await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
    return ca.data('read', 'tidy-status')
  }

  async function put(ca: Authority, id: string, orders: readonly Order[]): Promise<void> {
    const account: Account = {
      id,
      status: 'valid',
      jwk: { kty: 'EC' },
      thumbprint: `key-of-${id}`,
      contact: [],
      termsOfServiceAgreed: true,
      eab: '',
      createdMs: ca.time.nowMs,
    }
    await ca.context.store.transaction((tx) => {
      tx.put(acmeRows.account(id), account, accountCodec)
      tx.put(acmeRows.accountOf(account.thumbprint), id, textCodec)
      for (const order of orders) {
        tx.put(acmeRows.order(order.id), order, orderCodec)
        tx.put(acmeRows.ordersOf(id) + order.id, '', textCodec)
      }
    })
  }

  const order = (id: string, expiresMs: number, serial: string): Order => ({
    id,
    accountId: 'a',
    status: serial === '' ? 'invalid' : 'valid',
    identifiers: [],
    authorizations: [],
    expiresMs,
    notBefore: '',
    notAfter: '',
    role: '',
    issuerRef: '',
    serial,
    processingMs: 0,
  })

  test('tidy_acme removes orders that ended, then ends accounts without any, then forgets them', async () => {
    const ca = new Authority()
    await ca.root()
    await ca.role('web')
    const { serial_number: living } = await ca.issue('web', { ttl: '700h' })
    const soon = ca.time.nowMs + DAY * 1000
    await put(ca, 'a', [order('ended', soon, '')])
    await put(ca, 'b', [order('in-use', soon, String(living))])
    await put(ca, 'c', [])
    expect(await tidied(ca)).toMatchObject({ total_acme_account_count: 3, acme_orders_deleted_count: 0 })
    ca.pass(5 * DAY)
    expect(await tidied(ca)).toMatchObject({ acme_orders_deleted_count: 1, acme_account_revoked_count: 0 })
    ca.pass(22 * DAY)
    expect(await tidied(ca)).toMatchObject({ acme_account_revoked_count: 0, acme_account_deleted_count: 0 })
    ca.pass(4 * DAY)
    // The certificate of the order in use lived for 29 days, and its safety buffer is not over.
    expect(await tidied(ca)).toMatchObject({ acme_account_revoked_count: 2, acme_orders_deleted_count: 0 })
    ca.pass(31 * DAY)
    expect(await tidied(ca, { acme_account_safety_buffer: '720h' })).toMatchObject({
      acme_account_deleted_count: 2,
      acme_account_revoked_count: 1,
      acme_orders_deleted_count: 1,
    })
    expect(await ca.context.store.list(acmeRows.accounts)).toEqual(['b'])
    expect(await ca.context.store.get(acmeRows.accountOf('key-of-a'), textCodec)).toBeUndefined()
  })

  test('what is no buffer is refused, and auto-tidy takes the fields', async () => {
    const ca = new Authority()
    expect(await ca.refusal('update', 'tidy', { tidy_acme: true, acme_account_safety_buffer: 0 })).toContain(
      'acme_account_safety_buffer must be greater than zero',
    )
    const auto = await ca.data('update', 'config/auto-tidy', { enabled: true, tidy_acme: true })
    expect(auto).toMatchObject({ tidy_acme: true, acme_account_safety_buffer: 30 * DAY })
  })

  describe('over the wire', () => {
    let server: Server
    beforeAll(async () => {
      server = await startAcmeServer()
    })
    afterAll(() => server.remove())

    test('one too many is told when to come back, and who has an account still gets in', async () => {
      await server.call('POST', 'pki/config/acme', { body: { enabled: true, new_account_limit: 2 } })
      const known = await new Raw(server.address).register()
      await new Raw(server.address).register()
      const refused = await new Raw(server.address).post('new-account', { termsOfServiceAgreed: true })
      expect([refused.status, kindOf(refused)]).toEqual([429, 'rateLimited'])
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500)
      expect(refused.headers['replay-nonce']).toMatch(/^[\w-]{20,}$/)
      known.kid = ''
      expect((await known.post('new-account', { termsOfServiceAgreed: true })).status).toBe(200)
      expect((await server.call('POST', 'pki/config/acme', { body: { new_account_limit: -1 } })).status).toBe(400)
    })
  })
})

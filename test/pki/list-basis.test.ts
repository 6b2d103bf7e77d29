import { AsnConvert } from '@peculiar/asn1-schema'
import { CertificateList, IssuingDistributionPoint } from '@peculiar/asn1-x509'
import { expect, test, vi } from 'vitest'
import { findIssuer } from '../../engines/pki/issuers/find.ts'
import { makeList } from '../../engines/pki/revocation/lists.ts'
import type { Backend } from '../../storage/backend.ts'
import { AUTO_REBUILT, Authority, Crl } from './authority.ts'

/** What a list of revoked certificates goes by: what it names as its own place, who signs it, what other nodes revoke meanwhile. */

/** Where a list says that it is. */
async function placeIn(ca: Authority, list: string): Promise<unknown> {
  const { tbsCertList } = AsnConvert.parse(await ca.raw(list), CertificateList)
  const value = tbsCertList.crlExtensions?.find(({ extnID }) => extnID === '2.5.29.28')?.extnValue.buffer
  const { distributionPoint } = AsnConvert.parse(value ?? new ArrayBuffer(0), IssuingDistributionPoint)
  return distributionPoint?.fullName?.[0]?.uniformResourceIdentifier
}

const urls = (host: string) => ({
  crl_distribution_points: host === '' ? [] : `http://${host}/crl/{{crl_shard}}`,
  enable_templating: true,
})

test("a shard's list has the place that certificates name from then on, and the last one where they name none", async () => {
  const ca = new Authority()
  await ca.root()
  for (const [host, place] of [
    ['a.example.com', 'http://a.example.com/crl/3'],
    ['b.example.com', 'http://b.example.com/crl/3'],
    ['', 'http://b.example.com/crl/3'],
  ] as const) {
    await ca.call('update', 'config/urls', urls(host))
    expect(await placeIn(ca, 'crl/shard/3')).toBe(place)
  }
})

/** Two issuers of one name and key, as after a cross-signing. */
async function twins(): Promise<{ readonly ca: Authority; readonly ids: readonly string[] }> {
  const ca = new Authority()
  const { issuer_id: first, key_id: key } = await ca.root()
  const again = await ca.data('update', 'root/generate/existing', {
    common_name: 'Test Root',
    ttl: '700h',
    key_ref: key,
  })
  return { ca, ids: [String(first), String(again.issuer_id)] }
}

test('issuers of one name and key have one list, which is not made anew for each of them', async () => {
  const { ca, ids } = await twins()
  const numbers = async () => {
    const found: string[] = []
    for (const id of [...ids, ...ids]) found.push(new Crl(await ca.raw(`issuer/${id}/crl/der`)).number)
    return found
  }
  const before = await numbers()
  expect(new Set(before).size).toBe(1)
  await ca.call('read', 'crl/rotate')
  const after = await numbers()
  expect(after.map((number) => Number.parseInt(number.slice(4), 16))).toEqual(
    before.map((number) => Number.parseInt(number.slice(4), 16) + 1),
  )
})

/** What changes there is known no sooner than one looks. */
const asAnotherProcess = (inner: Backend): Backend =>
  new Proxy(inner, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

test('what another node revokes while a complete list is made is on it, or on the delta list', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.call('update', 'config/crl', AUTO_REBUILT)
  const serial = async (): Promise<string> => String((await ca.issue('web', { ttl: '100h' })).serial_number)
  const shardOf = (one: string): number => Number.parseInt(one.split(':')[1] ?? '', 16) % 128
  const first = await serial()
  let second = await serial()
  while (shardOf(second) !== shardOf(first)) second = await serial()
  await ca.call('update', 'revoke', { serial_number: first })
  const other = new Authority({ with: ca, through: asAnotherProcess })
  await other.call('read', 'crl/rotate')
  await ca.call('update', 'revoke', { serial_number: second })
  // As of a request that began before that.
  const issuer = await findIssuer(other.context.store, 'default')
  if (issuer === undefined) throw new Error('there is no issuer')
  await makeList(issuer, 'full', other.context)
  ca.pass(600)
  const listed = [...new Crl(await ca.raw('crl')).serials, ...new Crl(await ca.raw('crl/delta')).serials]
  expect(listed).toContain(second.replaceAll(':', ''))
})

test('a certificate that was not kept leaves the list some time after it has ended, as others do', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('passing', { no_store: true })
  const { certificate, serial_number: serial } = await ca.issue('passing', { ttl: '1h' })
  await ca.call('update', 'revoke', { certificate })
  const plain = String(serial).replaceAll(':', '')
  expect(new Crl(await ca.raw('crl')).serials).toEqual([plain])
  ca.pass(7201)
  await ca.call('update', 'tidy', { tidy_revoked_certs: true, safety_buffer: '1h' })
  await vi.waitFor(async () => expect((await ca.data('read', 'tidy-status')).state).toBe('Finished'))
  expect(new Crl(await ca.raw('crl')).serials).toEqual([])
})

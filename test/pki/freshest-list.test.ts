import { AsnConvert } from '@peculiar/asn1-schema'
import { CertificateList, CRLDistributionPoints, type Extension } from '@peculiar/asn1-x509'
import { expect, test } from 'vitest'
import { AUTO_REBUILT, Authority } from './authority.ts'

/** Complete lists say where the delta lists are (RFC 5280, 5.2.6), once there are any. */

const DELTA = 'http://ca.example.com/delta'

async function authority(urls: object, config: object = AUTO_REBUILT): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.call('update', 'config/urls', { ...urls })
  await ca.call('update', 'config/crl', { ...config })
  return ca
}

async function extensionIn(ca: Authority, list: string): Promise<Extension | undefined> {
  const { tbsCertList } = AsnConvert.parse(await ca.raw(list), CertificateList)
  return tbsCertList.crlExtensions?.find(({ extnID }) => extnID === '2.5.29.46')
}

/** None: the list says nothing of them. */
async function freshestIn(ca: Authority, list = 'crl'): Promise<readonly unknown[]> {
  const value = (await extensionIn(ca, list))?.extnValue.buffer
  const points = value === undefined ? [] : AsnConvert.parse(value, CRLDistributionPoints)
  return points.map((point) => point.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier)
}

test('a complete list names the delta lists, and one of a shard and a delta list itself do not', async () => {
  const ca = await authority({
    crl_distribution_points: 'http://ca.example.com/crl/{{crl_shard}}',
    delta_crl_distribution_points: [DELTA, `${DELTA}/other`],
    enable_templating: true,
  })
  expect(await freshestIn(ca)).toEqual([DELTA, `${DELTA}/other`])
  expect((await extensionIn(ca, 'crl'))?.critical).toBe(false)
  expect(await freshestIn(ca, 'crl/delta')).toEqual([])
  expect(await freshestIn(ca, 'crl/shard/0')).toEqual([])
})

test('there is nothing to name while delta lists are off, or nobody said where they are', async () => {
  expect(await freshestIn(await authority({ delta_crl_distribution_points: DELTA }, {}))).toEqual([])
  expect(await freshestIn(await authority({ crl_distribution_points: 'http://ca.example.com/crl' }))).toEqual([])
})

test('a template that cannot be filled is left out of the list, which is there all the same', async () => {
  const ca = await authority({
    delta_crl_distribution_points: ['{{cluster_aia_path}}/{{issuer_id}}/delta', `${DELTA}/{{crl_shard}}`],
    enable_templating: true,
  })
  expect((await ca.raw('crl')).length).toBeGreaterThan(0)
  expect(await freshestIn(ca)).toEqual([])
  await ca.call('update', 'config/cluster', { aia_path: 'http://aia.example.com' })
  await ca.call('read', 'crl/rotate')
  const { default: issuer } = await ca.data('read', 'config/issuers')
  expect(await freshestIn(ca)).toEqual([`http://aia.example.com/${issuer}/delta`])
})

test("an issuer's own place stands instead of the mount's, from the next list on", async () => {
  const ca = await authority({ delta_crl_distribution_points: DELTA })
  expect(await freshestIn(ca)).toEqual([DELTA])
  await ca.call('patch', 'issuer/default', { delta_crl_distribution_points: `${DELTA}/own` })
  await ca.call('read', 'crl/rotate')
  expect(await freshestIn(ca)).toEqual([`${DELTA}/own`])
})

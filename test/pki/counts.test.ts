import { expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { startUnsealed } from '../harness/server.ts'
import { Authority } from './authority.ts'

/** How many certificates there are, in tidy-status and in metrics. */

const KEPT = { maintain_stored_certificate_counts: true }

async function counts(ca: Authority): Promise<readonly unknown[]> {
  const status = await ca.data('read', 'tidy-status')
  return [status.current_cert_store_count, status.current_revoked_cert_count]
}

test('certificates are counted when that is turned on, about every minute, and after tidying', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  const first = await ca.issue('web')
  await ca.issue('web')
  await ca.call('update', 'revoke', { serial_number: first.serial_number })
  expect(await counts(ca)).toEqual([null, null])
  await ca.periodic()
  expect(await counts(ca), 'nobody asked for them').toEqual([null, null])

  expect(await ca.data('update', 'config/auto-tidy', KEPT)).toMatchObject(KEPT)
  // The root's own certificate is kept as well.
  await expect.poll(() => counts(ca)).toEqual([3, 1])
  await ca.issue('web')
  ca.pass(30)
  await ca.periodic()
  expect(await counts(ca), 'too soon').toEqual([3, 1])
  ca.pass(30)
  await ca.periodic()
  expect(await counts(ca)).toEqual([4, 1])

  ca.pass(5 * 86_400)
  await ca.call('update', 'tidy', { tidy_cert_store: true, tidy_revoked_certs: true })
  await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
  expect(await counts(ca)).toEqual([1, 0])

  await ca.call('update', 'config/auto-tidy', { maintain_stored_certificate_counts: false })
  expect(await counts(ca)).toEqual([null, null])
})

test('counts that are not kept cannot be published', async () => {
  const ca = new Authority()
  const publish = { publish_stored_certificate_count_metrics: true }
  expect(await ca.refusal('update', 'config/auto-tidy', publish)).toContain('maintain_stored_certificate_counts')
  expect(await ca.data('update', 'config/auto-tidy', { ...KEPT, ...publish })).toMatchObject({ ...KEPT, ...publish })
  expect(await ca.data('read', 'config/auto-tidy')).toMatchObject({ ...KEPT, ...publish })
  const off = { maintain_stored_certificate_counts: false }
  expect(await ca.refusal('update', 'config/auto-tidy', off)).toContain('can not publish')
})

test('metrics show them by mount, where they are published and for as long as the mount is there', async () => {
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    for (const mount of ['shown', 'hidden']) {
      await server.call('POST', `sys/mounts/${mount}`, { body: { type: 'pki' } })
      await server.call('POST', `${mount}/root/generate/internal`, { body: { common_name: 'Root', key_type: 'ec' } })
      const body = { ...KEPT, publish_stored_certificate_count_metrics: mount === 'shown' }
      expect((await server.call('POST', `${mount}/config/auto-tidy`, { body })).status).toBe(200)
      const status = async () => (await server.call('GET', `${mount}/tidy-status`)).body
      await expect.poll(async () => at(await status(), 'data', 'current_cert_store_count')).toBe(1)
    }
    const figures = async (): Promise<readonly string[]> => {
      const headers = { 'x-vault-token': server.rootToken }
      const reply = await fetch(`${server.address}/v1/sys/metrics?format=prometheus`, { headers })
      return (await reply.text()).split('\n').filter((line) => line.startsWith('egide_pki_'))
    }
    expect(await figures()).toEqual([
      'egide_pki_stored_certificates{mount="shown/"} 1',
      'egide_pki_revoked_certificates{mount="shown/"} 0',
    ])
    await server.call('DELETE', 'sys/mounts/shown')
    expect(await figures()).toEqual([])
    await server.call('POST', 'sys/namespaces/below')
    const below = { headers: { 'x-vault-namespace': 'below' } }
    await server.call('POST', 'sys/mounts/pki', { ...below, body: { type: 'pki' } })
    const body = { ...KEPT, publish_stored_certificate_count_metrics: true }
    const refused = await server.call('POST', 'pki/config/auto-tidy', { ...below, body })
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      400,
      expect.stringContaining('root namespace only'),
    ])
  } finally {
    await server.remove()
  }
})

import { X509Certificate } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { Authority } from './authority.ts'

let ca: Authority
beforeEach(async () => {
  ca = new Authority()
  await ca.root()
})

const HOUR_MS = 3_600_000
const later = (hours: number) => new Date(Math.floor(ca.context.clock.now() / 1000) * 1000 + hours * HOUR_MS)

test('no certificate of a role ends after the moment that its not_after_bound is', async () => {
  const bound = later(3).toISOString()
  await ca.role('until', { not_after_bound: bound, max_ttl: '100h' })
  expect((await ca.data('read', 'roles/until')).not_after_bound).toBe(bound)
  const { certificate } = await ca.issue('until', { ttl: 0, not_after: bound })
  expect(new X509Certificate(String(certificate)).validToDate).toEqual(later(3))
  await ca.issue('until', { ttl: '2h' })
  const name = { common_name: 'www.example.com' }
  for (const fields of [{ not_after: later(4).toISOString() }, { ttl: '4h' }])
    expect(await ca.refusal('update', 'issue/until', { ...name, ...fields })).toMatch(/would end after/)
})

test('what is neither a moment nor a word for it is refused', async () => {
  for (const not_after_bound of ['never', '2040-01-01', ''])
    expect(await ca.refusal('update', 'roles/until', { not_after_bound })).toMatch(/not_after_bound must be one of/)
})

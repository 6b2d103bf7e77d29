import { expect, test } from 'vitest'
import { REASONS, revoke } from '../../engines/pki/revocation/revoke.ts'
import { Authority, Crl } from './authority.ts'

/** Lists of revoked certificates, while there are many of them and many ask. */

async function authority(): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.call('update', 'config/urls', {
    crl_distribution_points: 'http://ca.example.com/v1/pki/crl/shard/{{crl_shard}}',
    enable_templating: true,
  })
  return ca
}

const hexOf = (serial: unknown): string => String(serial).replaceAll(':', '')
const shardOf = (hex: string): number => Number.parseInt(hex.slice(2, 4), 16) % 128

async function serialsOf(ca: Authority, name: string): Promise<readonly string[]> {
  return new Crl(await ca.raw(name)).serials.toSorted()
}

test('a list holds what was revoked before it and after the one before, of one shard and of all', async () => {
  const ca = await authority()
  const issued: string[] = []
  for (let nth = 0; nth < 90; nth++) issued.push(String((await ca.issue('web')).serial_number))
  const shards = new Set(issued.map((serial) => shardOf(hexOf(serial))))
  expect(shards.size).toBeGreaterThan(1)
  const revoked: string[] = []
  for (const [nth, serial] of issued.entries()) {
    // Reasons make entries of different lengths.
    await revoke({ serial, unkept: undefined }, nth % 2 === 0 ? REASONS.superseded : REASONS.unspecified, ca.context)
    revoked.push(hexOf(serial))
    if (nth % 15 !== 0) continue
    expect(await serialsOf(ca, 'crl')).toEqual(revoked.toSorted())
    const shard = shardOf(hexOf(serial))
    expect(await serialsOf(ca, `crl/shard/${shard}`)).toEqual(
      revoked.filter((hex) => shardOf(hex) === shard).toSorted(),
    )
  }
  const anotherNode = new Authority({ with: ca, uncached: true })
  expect(await serialsOf(anotherNode, 'crl')).toEqual(revoked.toSorted())
  const read = await ca.raw('crl')
  expect(await anotherNode.raw('crl')).toEqual(read)
})

test('those who ask at once get one list', async () => {
  const ca = await authority()
  const { serial_number: serial } = await ca.issue('web')
  const before = new Crl(await ca.raw('crl'))
  await ca.call('update', 'revoke', { serial_number: serial })
  const lists = await Promise.all(Array.from({ length: 20 }, () => ca.raw('crl')))
  for (const list of lists) expect(list).toEqual(lists[0])
  expect(Number.parseInt(new Crl(lists[0] ?? Buffer.alloc(0)).number.slice(4), 16)).toBe(
    Number.parseInt(before.number.slice(4), 16) + 1,
  )
})

test('who asks after a revocation sees it, though a list was being made when it came', async () => {
  const ca = await authority()
  const serials: string[] = []
  for (let nth = 0; nth < 12; nth++) serials.push(String((await ca.issue('web')).serial_number))
  const asked: Promise<void>[] = []
  for (const serial of serials) {
    // Nobody waits for this one; the next revocation finds it under way.
    asked.push(ca.raw('crl').then(() => {}))
    await ca.call('update', 'revoke', { serial_number: serial })
    asked.push(serialsOf(ca, 'crl').then((shown) => expect(shown).toContain(hexOf(serial))))
  }
  await Promise.all(asked)
  expect(await serialsOf(ca, 'crl')).toEqual(serials.map(hexOf).toSorted())
})

test('what tidy removes is on no later list', async () => {
  const ca = await authority()
  const [short, long] = [await ca.issue('web', { ttl: '1h' }), await ca.issue('web', { ttl: '100h' })]
  for (const { serial_number } of [short, long]) await ca.call('update', 'revoke', { serial_number })
  expect(await serialsOf(ca, 'crl')).toHaveLength(2)
  ca.pass(50 * 3600)
  await ca.call('update', 'tidy', { tidy_revoked_certs: true, safety_buffer: '1h' })
  await expect.poll(async () => (await ca.data('read', 'tidy-status')).state).toBe('Finished')
  expect(await serialsOf(ca, 'crl')).toEqual([hexOf(long.serial_number)])
})

test('certificates that are issued together lie together, and each has a number that nobody can guess', async () => {
  const ca = await authority()
  const serials: string[] = []
  for (let nth = 0; nth < 200; nth++) serials.push(hexOf((await ca.issue('web')).serial_number))
  expect(new Set(serials).size).toBe(200)
  expect(new Set(serials.map((hex) => hex.slice(6))).size).toBe(200)
  for (const hex of serials) {
    expect(hex).toHaveLength(40)
    expect(Number.parseInt(hex.slice(0, 2), 16)).toBeGreaterThanOrEqual(0x40)
    expect(Number.parseInt(hex.slice(0, 2), 16)).toBeLessThanOrEqual(0x7f)
  }
  expect(new Set(serials.map((hex) => hex.slice(0, 6))).size).toBe(4)
})

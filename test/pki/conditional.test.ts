import { expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { startUnsealed } from '../harness/server.ts'
import { Authority } from './authority.ts'

/** `If-Modified-Since` of certificates of issuers and of lists of revoked certificates. */

const OF_ISSUERS = [
  'ca',
  'ca/pem',
  'ca_chain',
  'cert/ca',
  'cert/ca/raw',
  'cert/ca/raw/pem',
  'cert/ca_chain',
  'issuer/default/json',
  'issuer/default/der',
  'issuer/default/pem',
]
const LISTS = ['crl', 'crl/pem', 'cert/crl', 'issuer/default/crl', 'issuer/default/crl/der', 'issuer/default/crl/pem']
const DELTAS = [
  'crl/delta',
  'crl/delta/pem',
  'cert/delta-crl',
  'issuer/default/crl/delta',
  'issuer/default/crl/delta/der',
]
const ALL = [...OF_ISSUERS, ...LISTS, ...DELTAS, 'crl/shard/3', 'issuer/default/crl/shard/3']

class Reader {
  readonly ca: Authority

  constructor(ca: Authority) {
    this.ca = ca
  }

  /** Status and date of an answer, as a client that holds something from `since` gets it. */
  async get(path: string, since?: string): Promise<{ status: number; date: string | undefined; body: unknown }> {
    this.ca.headers = since === undefined ? {} : { 'if-modified-since': since }
    const { raw, headers, data } = await this.ca.call('read', path)
    this.ca.headers = {}
    const date = (raw?.headers ?? headers)?.['last-modified']
    return { status: raw?.status ?? 200, date, body: raw?.body ?? data }
  }

  async date(path: string): Promise<string> {
    const { date } = await this.get(path)
    if (date === undefined) throw new Error(`${path} has no date`)
    return date
  }
}

async function authority(): Promise<Reader> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.publishes()
  const reader = new Reader(ca)
  for (const path of ALL) await reader.get(path)
  ca.pass(10)
  return reader
}

test('what has not changed is not sent again', async () => {
  const reader = await authority()
  for (const path of ALL) {
    const date = await reader.date(path)
    const again = await reader.get(path, date)
    expect([path, again.status, again.date]).toEqual([path, 304, date])
    expect(again.body, path).toBe('')
    // As clients in Go write it that format with time.RFC1123.
    expect([path, (await reader.get(path, date.replace('GMT', 'UTC'))).status]).toEqual([path, 304])
    const later = new Date(Date.parse(date) + 1000).toUTCString()
    expect([path, (await reader.get(path, later)).status]).toEqual([path, 304])
    const earlier = new Date(Date.parse(date) - 1000).toUTCString()
    const tomorrow = new Date(reader.ca.context.clock.now() + 86_400_000).toUTCString()
    for (const since of [earlier, tomorrow, 'yesterday', '2026-01-02T03:04:05Z', 'Fri, 02 Jan 2026 03:04:99 GMT', ''])
      expect([path, since, (await reader.get(path, since)).status]).toEqual([path, since, 200])
  }
})

const CHANGES: Readonly<Record<string, (ca: Authority) => Promise<unknown>>> = {
  'a new issuer': (ca) => ca.root({ issuer_name: 'second' }),
  'another default': async (ca) => {
    const { keys } = await ca.data('list', 'issuers')
    await ca.call('update', 'config/issuers', { default: (keys as string[]).at(-1) })
  },
  'another default by root/replace': (ca) => ca.call('update', 'root/replace', { default: 'second' }),
  'another name': (ca) => ca.call('patch', 'issuer/second', { issuer_name: 'other' }),
  'a whole change': (ca) => ca.call('update', 'issuer/other', { issuer_name: 'second' }),
  'an import': async (ca) => {
    const stranger = new Authority()
    const { certificate, private_key: key } = await stranger.data('update', 'root/generate/exported', {
      common_name: 'Imported',
      key_type: 'ec',
    })
    await ca.call('update', 'issuers/import/bundle', { pem_bundle: certificate })
    await ca.call('update', 'config/ca', { pem_bundle: `${key}` })
  },
  'a revoked issuer': (ca) => ca.call('update', 'issuer/second/revoke'),
  'an issuer that goes': async (ca) => {
    const [{ keys }, { default: kept }] = [await ca.data('list', 'issuers'), await ca.data('read', 'config/issuers')]
    await ca.call('delete', `issuer/${(keys as string[]).find((id) => id !== kept)}`)
  },
}

test('each change of an issuer is seen, also in the second in which it is made', async () => {
  const reader = await authority()
  const { ca } = reader
  await ca.root({ issuer_name: 'second' })
  await ca.call('delete', 'issuer/second')
  for (const [what, change] of Object.entries(CHANGES)) {
    ca.pass(10)
    const dates = new Map<string, string>()
    for (const path of [...OF_ISSUERS, ...LISTS]) dates.set(path, await reader.date(path))
    const fetched = new Date(ca.context.clock.now()).toUTCString()
    await change(ca)
    for (const [path, date] of dates)
      for (const since of [date, fetched])
        expect([what, path, (await reader.get(path, since)).status]).toEqual([what, path, 200])
    ca.pass(5)
    for (const [path, date] of dates) {
      expect([what, path, (await reader.get(path, fetched)).status]).toEqual([what, path, 200])
      expect(Date.parse(await reader.date(path)), `${what}: ${path}`).toBeGreaterThan(Date.parse(date))
    }
  }
})

test('a revocation is seen by who asks whether the list has changed', async () => {
  const reader = await authority()
  const { ca } = reader
  await ca.call('update', 'config/crl', { auto_rebuild: false, enable_delta: false })
  for (let round = 0; round < 3; round++) {
    ca.pass(10)
    const dates = new Map<string, string>()
    for (const path of LISTS)
      dates.set(path, (await reader.get(path)).date ?? new Date(ca.context.clock.now()).toUTCString())
    const { serial_number } = await ca.issue('web')
    await ca.call('update', 'revoke', { serial_number })
    for (const [path, date] of dates) expect([path, (await reader.get(path, date)).status]).toEqual([path, 200])
  }
})

test('a certificate that may be revoked is always sent', async () => {
  const reader = await authority()
  const { serial_number: serial } = await reader.ca.issue('web')
  reader.ca.pass(10)
  for (const path of [`cert/${serial}`, `cert/${serial}/raw`, `cert/${serial}/raw/pem`])
    expect(await reader.get(path, new Date(reader.ca.context.clock.now()).toUTCString())).toMatchObject({
      status: 200,
      date: undefined,
    })
})

test('over HTTP', async () => {
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    await server.call('POST', 'pki/root/generate/internal', { body: { common_name: 'Root', key_type: 'ec' } })
    for (const path of ['ca/pem', 'cert/ca', 'crl']) {
      const url = `${server.address}/v1/pki/${path}`
      const dated = async (): Promise<string> => {
        const { headers } = await fetch(url)
        return headers.get('last-modified') ?? ''
      }
      await expect.poll(dated).toMatch(/GMT$/)
      const reply = await fetch(url, { headers: { 'if-modified-since': await dated() } })
      expect([path, reply.status, await reply.text()]).toEqual([path, 304, ''])
      expect(reply.headers.get('content-length')).toBeNull()
      const old = await fetch(url, { headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } })
      expect([path, old.status]).toEqual([path, 200])
    }
    const { body } = await server.call('GET', 'pki/cert/ca')
    expect(at(body, 'data', 'certificate')).toContain('BEGIN CERTIFICATE')
  } finally {
    await server.remove()
  }
})

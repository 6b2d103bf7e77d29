import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issuerCodec, listCodec, markCodec, revokedCodec, rows } from '../../engines/pki/documents.ts'
import { authorityOf } from '../../engines/pki/issuers/find.ts'
import { shardOf } from '../../engines/pki/issuing/issue.ts'
import { parseForeignList } from '../../engines/pki/revocation/foreign-list.ts'
import { storedCertificate } from '../../engines/pki/x509/certificate.ts'
import { hexSerial, serialBytes } from '../../engines/pki/x509/serial.ts'
import type { Backend } from '../../storage/backend.ts'
import { FaultyBackend } from '../../storage/faulty.ts'
import { startUnsealed } from '../harness/server.ts'
import { Authority, bytesOf, hasOpenssl, Openssl } from './authority.ts'

/** Lists that are stored and sent in parts. */

const MANY = 2_000

const hexOf = (serial: string): string => serial.replaceAll(':', '')

function serialOf(nth: number): string {
  const serial = createHash('sha256').update(`revoked ${nth}`).digest().subarray(0, 20)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return hexSerial(serial)
}

async function authorityName({ context: { store } }: Authority): Promise<string> {
  const [id = ''] = await store.list(rows.issuers)
  const issuer = await store.get(rows.issuer(id), issuerCodec)
  if (issuer === undefined) throw new Error('there is no issuer')
  return authorityOf(storedCertificate(issuer.certificate))
}

/** What so many revocations leave, from the `first` on. */
async function revokeMany(ca: Authority, first: number, count: number): Promise<string[]> {
  const authority = await authorityName(ca)
  const serials = Array.from({ length: count }, (_, nth) => serialOf(first + nth))
  await ca.context.store.transaction((tx) => {
    for (const [nth, serial] of serials.entries()) {
      const [shard, mark] = [shardOf(serialBytes(serial)), `from ${first}`]
      const row = { atMs: ca.time.nowMs, reason: nth % 2 === 0 ? 0 : 4, notAfterMs: ca.time.nowMs + 1e9 }
      tx.put(rows.revoked(authority, shard, serial), row, revokedCodec)
      tx.put(rows.shardMark(authority, shard), mark, markCodec)
      tx.put(rows.mark(authority), mark, markCodec)
    }
  })
  return serials.map(hexOf)
}

async function authority(
  key: Readonly<Record<string, unknown>> = {},
): Promise<{ ca: Authority; root: string; revoked: string[] }> {
  const ca = new Authority()
  const { certificate } = await ca.root(key)
  await ca.role('web')
  return { ca, root: String(certificate), revoked: await revokeMany(ca, 0, MANY) }
}

async function partsOf(ca: Authority, which = 'full'): Promise<string[]> {
  return ca.context.store.list(rows.listParts(await authorityName(ca), which))
}

async function serialsOf(der: Buffer): Promise<readonly string[]> {
  return (await parseForeignList(der)).entries.map(({ serial }) => hexOf(serial)).toSorted()
}

const CRL_NUMBER = Buffer.of(0x06, 0x03, 0x55, 0x1d, 0x14)

function numberOf(der: Buffer): number {
  const at = der.lastIndexOf(CRL_NUMBER) + CRL_NUMBER.length + 3
  return der.readUIntBE(at + 1, der[at] ?? 0)
}

describe.skipIf(!hasOpenssl)('openssl', () => {
  let openssl: Openssl
  beforeAll(() => {
    openssl = new Openssl()
  })
  afterAll(() => openssl.remove())

  test.each([
    { key_type: 'rsa', key_bits: 2048 },
    { key_type: 'rsa', key_bits: 2048, use_pss: true },
    { key_type: 'ec', key_bits: 256 },
    { key_type: 'ed25519' },
  ])('verifies a list in parts, as DER and as PEM: %o', async (key) => {
    const { ca, root } = await authority(key)
    const rootFile = openssl.file('root.pem', root)
    for (const path of ['crl', 'crl/pem']) {
      const form = path === 'crl' ? 'der' : 'pem'
      const list = openssl.file('list', await ca.raw(path))
      const said = openssl.say('crl', '-inform', form, '-in', list, '-CAfile', rootFile, '-noout')
      expect(said, path).toContain('verify OK')
    }
    expect(await partsOf(ca)).not.toEqual([])
  })
})

test('all forms of a list in parts are one list, and each says how long it is', async () => {
  const { ca, revoked } = await authority()
  const der = await ca.raw('crl')
  expect(await serialsOf(der)).toEqual(revoked.toSorted())
  expect(await ca.raw('issuer/default/crl/der')).toEqual(der)
  const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  const pem = `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----`
  expect(String(await ca.raw('crl/pem'))).toBe(pem)
  expect((await ca.data('read', 'cert/crl')).certificate).toBe(pem)
  expect((await ca.data('read', 'issuer/default/crl')).crl).toBe(`${pem}\n`)
  for (const path of ['crl', 'crl/pem']) {
    const { raw } = await ca.call('read', path)
    if (raw === undefined) throw new Error('no list')
    expect(raw.length).toBe((await bytesOf(raw)).length)
    const tag = raw.headers?.etag ?? ''
    ca.headers = { 'if-none-match': tag }
    expect((await ca.call('read', path)).raw).toMatchObject({ status: 304, body: '' })
    ca.headers = {}
  }
})

test('of the next list only the part is new that something was revoked in, and no other is left', async () => {
  const { ca, revoked } = await authority()
  const first = await ca.raw('crl')
  const before = await partsOf(ca)
  const { serial_number: serial } = await ca.issue('web')
  await ca.call('update', 'revoke', { serial_number: serial })
  const second = await ca.raw('crl')
  const after = await partsOf(ca)
  expect(after.filter((name) => !before.includes(name))).toHaveLength(1)
  expect(before.filter((name) => !after.includes(name)).length).toBeLessThanOrEqual(1)
  expect(await serialsOf(second)).toEqual([...revoked, hexOf(String(serial))].toSorted())
  expect(numberOf(second)).toBe(numberOf(first) + 1)
  const anotherNode = new Authority({ with: ca, uncached: true })
  expect(await anotherNode.raw('crl')).toEqual(second)
})

test('a list becomes short again', async () => {
  const { ca } = await authority()
  await ca.raw('crl')
  expect(await partsOf(ca)).not.toEqual([])
  await ca.call('update', 'config/crl', { disable: true })
  expect(await serialsOf(await ca.raw('crl'))).toEqual([])
  expect(await partsOf(ca)).toEqual([])
  await ca.call('update', 'config/crl', { disable: false })
  expect(await serialsOf(await ca.raw('crl'))).toHaveLength(MANY)
})

test('who is being sent a list gets all of that one, though the next has taken its place', async () => {
  const { ca, revoked } = await authority()
  const { raw } = await ca.call('read', 'crl')
  await revokeMany(ca, MANY, MANY)
  expect(await serialsOf(await ca.raw('crl'))).toHaveLength(2 * MANY)
  if (raw === undefined) throw new Error('no list')
  expect(await serialsOf(await bytesOf(raw))).toEqual(revoked.toSorted())
})

/** Does something before the entries of a list are read for the first time. */
function beforeParts(inner: Backend, happens: () => Promise<unknown>): Backend {
  let isLeft = true
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'get') {
        return async (paths: readonly string[]) => {
          if (isLeft && paths.some((path) => path.includes('crl/parts/'))) {
            isLeft = false
            await happens()
          }
          return target.get(paths)
        }
      }
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

test('who has read of a list whose place another node gives to the next is sent that one', async () => {
  const { ca, revoked } = await authority()
  const first = await ca.raw('crl')
  let meanwhile: Buffer | undefined
  const reading = new Authority({
    with: ca,
    through: (inner) =>
      beforeParts(inner, async () => {
        revoked.push(...(await revokeMany(ca, MANY, MANY)))
        meanwhile = await ca.raw('crl')
      }),
  })
  const got = await reading.raw('crl')
  expect(await serialsOf(got)).toEqual(revoked.toSorted())
  expect(numberOf(got)).toBe(numberOf(first) + 1)
  expect(got).toEqual(meanwhile)
})

test('a list is made though another node takes away what the one before was made of', async () => {
  const { ca, revoked } = await authority()
  const first = await ca.raw('crl')
  revoked.push(...(await revokeMany(ca, MANY, 1)))
  const making = new Authority({
    with: ca,
    through: (inner) =>
      beforeParts(inner, async () => {
        revoked.push(...(await revokeMany(ca, MANY + 1, MANY)))
        await ca.raw('crl')
      }),
  })
  // It knows of no later revocation than when it was begun, unless the other's list came before its own.
  const got = await making.raw('crl')
  expect(await serialsOf(got)).toEqual(expect.arrayContaining(revoked.slice(0, MANY + 1)))
  expect(numberOf(got)).toBeGreaterThan(numberOf(first))
  expect(await serialsOf(await ca.raw('crl'))).toEqual(revoked.toSorted())
})

test('a list that a version before kept whole is made anew, under the next number', async () => {
  const { ca, revoked } = await authority()
  const made = await ca.raw('crl')
  const path = rows.list(await authorityName(ca), 'full')
  await ca.context.store.transaction(async (tx) => {
    const list = await tx.get(path, listCodec)
    if (list === undefined) throw new Error('there is no list')
    const { head, tail, parts, digest, ...rest } = list
    expect([head.length > 0, tail.length > 0, parts !== undefined, digest.length]).toEqual([true, true, true, 64])
    const whole = { ...rest, basis: rest.basis.replace('parts ', ''), der: made }
    tx.put(path, whole as unknown as typeof list, listCodec)
  })
  const [there, next] = [await partsOf(ca), await ca.raw('crl')]
  expect(await serialsOf(next)).toEqual(revoked.toSorted())
  expect(numberOf(next)).toBe(numberOf(made) + 1)
  // Those that the list was made of before are nobody's.
  for (const name of there) expect(await partsOf(ca)).not.toContain(name)
})

test('delta lists and lists of shards are stored in parts where they are long', async () => {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.publishes()
  await ca.raw('crl')
  const authority = await authorityName(ca)
  const serials = Array.from({ length: MANY }, (_, nth) => `40:00${serialOf(nth).slice(5)}`)
  await ca.context.store.transaction((tx) => {
    for (const serial of serials) {
      const row = { atMs: ca.time.nowMs, reason: 4, notAfterMs: ca.time.nowMs + 1e9 }
      tx.put(rows.revoked(authority, 0, serial), row, revokedCodec)
      tx.put(rows.pending(authority) + serial, row, revokedCodec)
    }
    tx.put(rows.shardMark(authority, 0), 'many', markCodec)
    tx.put(rows.mark(authority), 'many', markCodec)
  })
  ca.pass(120)
  for (const [path, which] of [
    ['crl/delta', 'delta'],
    ['crl/shard/0', '0'],
  ] as const) {
    expect(await serialsOf(await ca.raw(path)), path).toEqual(serials.map(hexOf).toSorted())
    expect(await partsOf(ca, which), path).toHaveLength(1)
  }
})

for (const fate of ['refused', 'applied, reply lost', 'unreadable'] as const) {
  test(`whatever fails while a list is made, the next one is whole: ${fate}`, async () => {
    const { ca, revoked } = await authority()
    let number = numberOf(await ca.raw('crl'))
    for (let [nth, fired] = [1, true]; fired; nth++) {
      const [serial = ''] = await revokeMany(ca, MANY + nth, 1)
      revoked.push(serial)
      let faulty: FaultyBackend | undefined
      const failing = new Authority({
        with: ca,
        through: (inner) => {
          faulty = new FaultyBackend(inner, nth, fate)
          return faulty
        },
      })
      const got = await failing.raw('crl').catch((error: unknown) => error)
      if (got instanceof Buffer) expect(await serialsOf(got)).toEqual(revoked.toSorted())
      else expect(String(got)).toContain('injected')
      const next = await ca.raw('crl')
      expect(await serialsOf(next)).toEqual(revoked.toSorted())
      expect(numberOf(next)).toBeGreaterThan(number)
      number = numberOf(next)
      fired = faulty?.fired === true && nth < 400
    }
  })
}

test('of a list that is asked for in JSON the audit log has the HMAC', async () => {
  const server = await startUnsealed({ storage: 'inmem', audit: true })
  try {
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    await server.call('POST', 'pki/root/generate/internal', { body: { common_name: 'Root', key_type: 'ec' } })
    for (const path of ['pki/cert/crl', 'pki/issuer/default/crl']) {
      expect((await server.call('GET', path, { token: '' })).text).toContain('BEGIN X509 CRL')
      await expect.poll(() => readFileSync(server.auditFile, 'utf8')).toContain(`"${path}"`)
    }
    const written = readFileSync(server.auditFile, 'utf8')
    expect(written).not.toContain('BEGIN X509 CRL')
    expect(written).toMatch(/"certificate":"hmac-sha256:[0-9a-f]{64}"/)
  } finally {
    await server.remove()
  }
})

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, Crl, hasOpenssl, Openssl } from './authority.ts'

/** Lists of revoked certificates that callers hand in or put together: `resign-crls` and `sign-revocation-list`. */

const AT = '2026-01-02T03:04:05Z'
const RESIGN = 'issuer/default/resign-crls'
const SIGN = 'issuer/default/sign-revocation-list'

const derOf = (text: unknown): Buffer =>
  Buffer.from(
    String(text)
      .replaceAll(/-----[A-Z0-9 ]+-----/g, '')
      .replaceAll(/\s/g, ''),
    'base64',
  )
const hex = (serial: string): string => serial.replaceAll(':', '')

/** Two mounts of one CA, as two clusters have it. */
async function twins(): Promise<readonly [Authority, Authority]> {
  const [one, other] = [new Authority(), new Authority()]
  const root = await one.data('update', 'root/generate/exported', {
    common_name: 'Test Root',
    ttl: '8000h',
    key_type: 'ec',
  })
  await other.call('update', 'config/ca', { pem_bundle: `${String(root.private_key)}\n${String(root.certificate)}` })
  for (const ca of [one, other]) await ca.role('web')
  // Mounts of tests draw the same randomness, one after another: this one is far ahead, and gives no number of the first.
  for (let drawn = 0; drawn < 100; drawn++) other.context.random.bytes(1)
  return [one, other]
}

async function revoked(ca: Authority): Promise<string> {
  const { serial_number: serial } = await ca.issue('web')
  await ca.call('update', 'revoke', { serial_number: serial })
  return hex(String(serial))
}

const listPem = async (ca: Authority): Promise<string> => (await ca.raw('crl/pem')).toString()

test('lists of two clusters become one', async () => {
  const [one, other] = await twins()
  const serials = [await revoked(one), await revoked(other)]
  expect(new Set(serials).size).toBe(2)
  const { crl } = await one.data('update', RESIGN, {
    crls: [await listPem(one), await listPem(other)],
    crl_number: 7,
    next_update: '24h',
  })
  expect(String(crl)).toMatch(/^-----BEGIN X509 CRL-----\n[\s\S]*-----END X509 CRL-----\n$/)
  const list = new Crl(derOf(crl))
  expect(list.serials.toSorted()).toEqual(serials.toSorted())
  expect(list.number).toBe('020107')
  expect(list.nextUpdateMs).toBe(Date.parse(AT) + 86_400_000)
  expect((await one.data('update', RESIGN, { crls: [await listPem(one)], format: 'DER' })).crl).toMatch(
    /^MI[A-Za-z0-9+/=]+$/,
  )
  expect(new Crl(await one.raw('crl')).serials, 'the list of the mount').toEqual([serials[0]])
})

test('a certificate on several lists is revoked as of the first time, and the caller is told', async () => {
  const ca = new Authority()
  await ca.root()
  const at = async (revocation_time: string | number) =>
    (await ca.data('update', SIGN, { revoked_certs: [{ serial_number: '0a', revocation_time }] })).crl
  const [late, early] = [await at('2026-01-01T00:00:00Z'), await at(1_600_000_000)]
  const reply = await ca.call('update', RESIGN, { crls: [late, early, early], format: 'der' })
  expect(reply.warnings).toEqual([
    'Duplicate serial 0a with different revocation times detected, using oldest revocation time',
  ])
  expect(new Crl(derOf(reply.data?.crl)).serials).toEqual(['0a'])
  expect(derOf(reply.data?.crl).includes(Buffer.from('200913122640Z'))).toBe(true)
})

describe('what is handed in is refused', () => {
  let ca: Authority
  let own: string
  beforeAll(async () => {
    ca = new Authority()
    await ca.root()
    await ca.role('web')
    await revoked(ca)
    own = await listPem(ca)
  })

  test('a list of another key, of another name, and one that was changed', async () => {
    const stranger = new Authority()
    await stranger.root()
    expect(await ca.refusal('update', RESIGN, { crls: [own, await listPem(stranger)] })).toBe(
      'invalid_request: CRL index: 1 was not signed by requested issuer',
    )
    const { keys } = await ca.data('list', 'keys')
    await ca.call('update', 'issuers/generate/root/existing', {
      common_name: 'Another name of the key',
      key_ref: (keys as string[])[0],
      issuer_name: 'renamed',
    })
    expect(await ca.refusal('update', 'issuer/renamed/resign-crls', { crls: [own] })).toContain('CRL index: 0')
    const bytes = derOf(own)
    const changed = Buffer.from(bytes)
    const at = bytes.indexOf(Buffer.from('260102030405Z'))
    changed[at + 3] = 0x32
    const text = `-----BEGIN X509 CRL-----\n${changed.toString('base64')}\n-----END X509 CRL-----`
    expect(await ca.refusal('update', RESIGN, { crls: [text] })).toContain('CRL index: 0')
  })

  test('lists cut short or changed anywhere: a clear refusal, never a signature', async () => {
    const bytes = derOf(own)
    for (let at = 0; at < bytes.length; at++) {
      const one = Buffer.from(bytes)
      one[at] = (one[at] ?? 0) ^ (1 + ((createHash('sha256').update(String(at)).digest()[0] ?? 0) % 255))
      for (const der of [one, bytes.subarray(0, at)]) {
        const text = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----`
        expect(await ca.refusal('update', RESIGN, { crls: [text] })).toMatch(/^invalid_request: .*crl/i)
      }
    }
  })

  test.each([
    [{ crl_number: -1 }, 'crl_number parameter must be 0 or greater'],
    [{ delta_crl_base_number: -2 }, 'delta_crl_base_number parameter must be -1 or greater'],
    [{ delta_crl_base_number: 3, crl_number: 2 }, 'cannot be below'],
    [{ next_update: '0s' }, 'next_update parameter must be greater than 0'],
    [{ next_update: 'soon' }, 'invalid value for next_update'],
    [{ format: 'pem_bundle' }, 'unknown format value'],
  ])('%j', async (more, why) => {
    expect(await ca.refusal('update', RESIGN, { crls: [own], ...more })).toContain(why)
    expect(await ca.refusal('update', SIGN, more)).toContain(why)
  })

  const AN_ENTRY = { serial_number: '01', revocation_time: AT }
  const REASON = { id: '2.5.29.21', value: 'CgEB' }
  test.each<readonly [fields: object, why: string]>([
    [{ revoked_certs: 'none' }, 'revoked_certs must be a list'],
    [{ revoked_certs: ['01'] }, 'revoked_certs[0] must be an object'],
    [{ revoked_certs: [{ revocation_time: AT }] }, 'revoked_certs[0] lacks serial_number'],
    [{ revoked_certs: [{ serial_number: 'xyz', revocation_time: AT }] }, 'serial number is not valid'],
    [{ revoked_certs: [{ serial_number: 'ab'.repeat(22), revocation_time: AT }] }, 'serial number is not valid'],
    [{ revoked_certs: [{ serial_number: '01' }] }, 'revocation_time must be an RFC 3339 time'],
    [{ revoked_certs: [{ serial_number: '01', revocation_time: '999999999999' }] }, 'years 1950 to 9999'],
    [{ revoked_certs: [AN_ENTRY, { ...AN_ENTRY, serial_number: '00:01' }] }, 'original entry 0 and 1'],
    [{ revoked_certs: [{ ...AN_ENTRY, extensions: {} }] }, 'revoked_certs[0].extensions must be a list'],
    [{ revoked_certs: [{ ...AN_ENTRY, extensions: [REASON, REASON] }] }, 'duplicate extension id: 2.5.29.21'],
    [{ extensions: [{ value: 'CgEB' }] }, 'extensions[0] lacks id'],
    [{ extensions: [{ id: '2.5.29.99' }] }, 'extensions[0] lacks value'],
    [{ extensions: [{ id: 'reason', value: 'CgEB' }] }, 'must be an object identifier'],
    [{ extensions: [{ id: '2.5.29.99', value: 'hello' }] }, 'must be base64'],
    [{ extensions: [{ id: '2.5.29.99', value: 'aGVsbG8=' }] }, 'must be the DER of one value'],
    [{ extensions: [{ id: '2.5.29.99', value: 'CgEB', critical: 'perhaps' }] }, 'critical: expected a boolean'],
    ...['2.5.29.35', '2.5.29.20', '2.5.29.27'].map(
      (id) => [{ extensions: [{ id, value: 'CgEB' }] }, 'is reserved'] as const,
    ),
  ])('%j to sign', async (fields, why) => {
    expect(await ca.refusal('update', SIGN, fields)).toContain(why)
  })

  test('entries that take a revocation back, or say whose certificate it is', async () => {
    for (const [extension, why] of [
      [{ id: '2.5.29.21', value: 'CgEI' }, 'takes a revocation back'],
      [{ id: '2.5.29.29', value: 'MAA=', critical: true }, 'critical extension'],
      [{ id: '2.5.29.21', value: 'CgEH' }, 'a reason that there is none of'],
    ] as const) {
      const { crl } = await ca.data('update', SIGN, { revoked_certs: [{ ...AN_ENTRY, extensions: [extension] }] })
      expect(await ca.refusal('update', RESIGN, { crls: [crl] })).toContain(why)
    }
  })

  test('an issuer that is not there, that may not sign lists, or has no key', async () => {
    expect(await ca.refusal('update', 'issuer/nobody/resign-crls', { crls: [own] })).toContain(
      'unable to find PKI issuer',
    )
    await ca.call('patch', 'issuer/default', { usage: 'issuing-certificates' })
    for (const [path, fields] of [
      [RESIGN, { crls: [own] }],
      [SIGN, {}],
    ] as const)
      expect(await ca.refusal('update', path, fields)).toContain('may not sign lists')
    await ca.call('patch', 'issuer/default', { usage: 'issuing-certificates,crl-signing,ocsp-signing' })
    expect(await ca.refusal('update', RESIGN, {})).toContain('crls')
  })
})

describe.skipIf(!hasOpenssl)('openssl', () => {
  let openssl: Openssl
  beforeAll(() => {
    openssl = new Openssl()
  })
  afterAll(() => openssl.remove())

  test.each(['ec', 'rsa', 'ed25519'])('reads and verifies what a key of %s signs', async (key_type) => {
    const ca = new Authority()
    const root = await ca.root({ key_type })
    const { crl } = await ca.data('update', SIGN, {
      crl_number: '12',
      delta_crl_base_number: 10,
      next_update: 3600,
      revoked_certs: [
        { serial_number: '7f:01', revocation_time: AT, extensions: [{ id: '2.5.29.21', value: 'CgEB' }] },
        { serial_number: 'ff-02', revocation_time: 1_600_000_000, extensions: [] },
        { serial_number: '03', revocation_time: '2055-01-01T00:00:00Z' },
      ],
      extensions: [{ id: '1.3.6.1.4.1.99999.1', critical: false, value: 'DAJoaQ==' }],
    })
    const file = openssl.file('signed.pem', String(crl))
    const rootFile = openssl.file('root.pem', String(root.certificate))
    expect(openssl.say('crl', '-in', file, '-CAfile', rootFile, '-noout')).toContain('verify OK')
    const text = openssl.run('crl', '-in', file, '-noout', '-text')
    expect(text).toMatch(/Delta CRL Indicator: critical\s+10/)
    expect(text).toMatch(/CRL Number:\s+12/)
    expect(text).toMatch(/Next Update: Jan {2}2 04:04:05 2026/)
    expect(text).toMatch(/Serial Number: 7F01\s+Revocation Date: Jan {2}2 03:04:05 2026 GMT[\s\S]*Key Compromise/)
    expect(text).toMatch(/Serial Number: FF02\s+Revocation Date: Sep 13 12:26:40 2020/)
    expect(text).toMatch(/Serial Number: 03\s+Revocation Date: Jan {2}1 00:00:00 2055/)
    expect(text).toContain('1.3.6.1.4.1.99999.1')

    const again = await ca.data('update', RESIGN, { crls: [crl], crl_number: 13 })
    const joined = openssl.run('crl', '-in', openssl.file('joined.pem', String(again.crl)), '-noout', '-text')
    expect(joined).toContain('Key Compromise')
    expect(joined).not.toContain('Delta CRL Indicator')
  })
})

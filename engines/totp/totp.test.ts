import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { fromBase32, toBase32 } from '../base32.ts'
import { codeAt } from '../one-time-codes/codes.ts'
import { qrCode } from '../one-time-codes/qr.ts'
import { totp } from './index.ts'

/** https://www.rfc-editor.org/rfc/rfc6238#appendix-B */
const vectors: readonly (readonly [seconds: number, sha1: string, sha256: string, sha512: string])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
]
test('codes are those of RFC 6238', () => {
  const seed = (bytes: number) => Buffer.from('1234567890'.repeat(7).slice(0, bytes))
  for (const [seconds, sha1, sha256, sha512] of vectors) {
    const at = { periodSeconds: 30, digits: 8 }
    const step = Math.floor(seconds / 30)
    expect(codeAt({ ...at, secret: seed(20), algorithm: 'SHA1' }, step)).toBe(sha1)
    expect(codeAt({ ...at, secret: seed(32), algorithm: 'SHA256' }, step)).toBe(sha256)
    expect(codeAt({ ...at, secret: seed(64), algorithm: 'SHA512' }, step)).toBe(sha512)
  }
})

test('base32 is that of RFC 4648, with padding or without, in any case', () => {
  for (const [text, encoded] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const) {
    expect(toBase32(Buffer.from(text))).toBe(encoded)
    expect(fromBase32(`${encoded.toLowerCase()}==`)?.toString()).toBe(text)
  }
  expect(fromBase32('MZ1W')).toBe(undefined)
})

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const generated = { generate: true, issuer: 'Acme & Co', account_name: 'alice@acme.example' }

test('a key that is made here comes with a URL that others make the same codes by', async () => {
  const mount = new MountedEngine(totp)
  const made = await mount.data('update', 'keys/alice', generated)
  expect(made.url).toMatch(
    /^otpauth:\/\/totp\/Acme%20%26%20Co:alice%40acme\.example\?algorithm=SHA1&digits=6&issuer=Acme%20%26%20Co&period=30&secret=[A-Z2-7]{32}$/,
  )
  const png = Buffer.from(String(made.barcode), 'base64')
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([200, 200])
  await mount.call('update', 'keys/copy', { url: made.url })
  const shown = { issuer: 'Acme & Co', account_name: 'alice@acme.example', period: 30, algorithm: 'SHA1', digits: 6 }
  expect(await mount.data('read', 'keys/copy')).toEqual(shown)
  expect(await mount.data('read', 'keys/alice')).toEqual(shown)
  const { code } = await mount.data('read', 'code/copy')
  expect(await mount.data('update', 'code/alice', { code })).toEqual({ valid: true })
  expect(await mount.data('list', 'keys')).toEqual({ keys: ['alice', 'copy'] })
  await mount.call('delete', 'keys/copy')
  expect(await mount.refusal('read', 'keys/copy')).toBe('not_found: ')
  expect(await mount.refusal('read', 'code/copy')).toBe('invalid_request: unknown key: copy')
  expect(await mount.data('update', 'keys/plain', { ...generated, qr_size: 0 })).not.toHaveProperty('barcode')
  expect((await mount.call('update', 'keys/kept', { ...generated, exported: false })).data).toBe(undefined)
})

test('a code says how long it is good for', async () => {
  const mount = new MountedEngine(totp)
  await mount.call('update', 'keys/k', { key: SECRET, period: '1m', digits: 8, algorithm: 'SHA256' })
  const seconds = Math.floor(mount.context.clock.now() / 1000)
  const { code, ...times } = await mount.data('read', 'code/k')
  expect(code).toMatch(/^\d{8}$/)
  expect(times).toEqual({ generated: seconds, expire_time: 60 * Math.floor(seconds / 60) + 60, period: '1m0s' })
})

test('a code is good once, and in its window alone', async () => {
  const mount = new MountedEngine(totp)
  await mount.call('update', 'keys/k', { key: SECRET })
  await mount.call('update', 'keys/strict', { key: SECRET, skew: 0 })
  const step = Math.floor(mount.context.clock.now() / 30_000)
  const terms = {
    secret: fromBase32(SECRET) ?? Buffer.alloc(0),
    periodSeconds: 30,
    algorithm: 'SHA1',
    digits: 6,
  } as const
  const check = async (key: string, offset: number) => {
    const code = codeAt(terms, step + offset)
    return mount.data('update', `code/${key}`, { code }).then(
      ({ valid }) => valid,
      (error: Error) => error.message,
    )
  }
  expect(await check('k', -2)).toBe(false)
  expect(await check('k', 2)).toBe(false)
  expect(await check('strict', -1)).toBe(false)
  expect(await check('strict', 1)).toBe(false)
  expect(await check('strict', 0)).toBe(true)
  const used = 'code already used; wait until the next time period'
  for (const offset of [-1, 0, 1]) {
    expect(await check('k', offset)).toBe(true)
    expect(await check('k', offset)).toBe(used)
  }
  const other = new MountedEngine(totp, { with: mount, uncached: true })
  expect(await other.refusal('update', 'code/k', { code: codeAt(terms, step) })).toBe(`invalid_request: ${used}`)
})

test('a code stays used when its key is written again, or deleted and then written; one of another key does not', async () => {
  const mount = new MountedEngine(totp)
  await mount.call('update', 'keys/k', { key: SECRET })
  const { code } = await mount.data('read', 'code/k')
  expect(await mount.data('update', 'code/k', { code })).toEqual({ valid: true })
  const used = 'invalid_request: code already used; wait until the next time period'
  await mount.call('update', 'keys/k', { key: SECRET })
  expect(await mount.refusal('update', 'code/k', { code })).toBe(used)
  await mount.call('delete', 'keys/k')
  await mount.call('update', 'keys/k', { key: SECRET })
  expect(await mount.refusal('update', 'code/k', { code })).toBe(used)
  await mount.call('update', 'keys/k', { key: 'MZXW6YTBOI' })
  const { code: other } = await mount.data('read', 'code/k')
  expect(await mount.data('update', 'code/k', { code: other })).toEqual({ valid: true })
  expect(await mount.refusal('update', 'code/k', { code: other })).toBe(used)
})

test('a code is good once, however many try it at one time', async () => {
  const mount = new MountedEngine(totp)
  await mount.call('update', 'keys/k', { key: SECRET })
  const { code } = await mount.data('read', 'code/k')
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () =>
      mount.data('update', 'code/k', { code }).then(
        () => 'valid',
        () => 'used',
      ),
    ),
  )
  expect(outcomes.filter((outcome) => outcome === 'valid')).toHaveLength(1)
})

test('what makes no sense is refused', async () => {
  const mount = new MountedEngine(totp)
  await mount.call('update', 'keys/k', { key: SECRET })
  const url = (query: string) => ({ url: `otpauth://totp/a:b?${query}` })
  for (const [sent, words] of [
    [{}, /the key value is required/],
    [{ key: '1' }, /invalid key value/],
    [{ key: 'A' }, /invalid key value/],
    [{ key: 'A'.repeat(5000) }, /invalid key value/],
    [{ key: SECRET, digits: 7 }, /digits/],
    [{ key: SECRET, period: 0 }, /period/],
    [{ key: SECRET, period: '2000d' }, /period/],
    [{ key: SECRET, skew: 2 }, /skew/],
    [{ key: SECRET, algorithm: 'MD5' }, /algorithm/],
    [{ key: SECRET, issuer: 'x'.repeat(300) }, /issuer/],
    [{ ...generated, issuer: '' }, /issuer value is required/],
    [{ ...generated, account_name: '' }, /account_name value is required/],
    [{ ...generated, key: SECRET }, /a key should not be passed/],
    [{ ...generated, url: 'x' }, /a url should not be passed/],
    [{ ...generated, key_size: 0 }, /key_size/],
    [{ ...generated, key_size: 2000 }, /key_size/],
    [{ ...generated, qr_size: -1 }, /qr_size/],
    [{ ...generated, qr_size: 100_000 }, /qr_size/],
    [{ ...generated, key_size: 1024 }, /too long for a QR code/],
    [{ url: 'otpauth://hotp/a?secret=MZXW6' }, /not that of a TOTP key/],
    [{ url: 'https://totp/a?secret=MZXW6' }, /not that of a TOTP key/],
    [{ url: 'otpauth://totp/%ff?secret=MZXW6' }, /not that of a TOTP key/],
    [url('period=30'), /the key value is required/],
    [url('secret=MZXW6&period=x'), /the period in the url/],
    [url('secret=MZXW6&digits=9'), /digits/],
  ] as const) {
    expect(await mount.refusal('update', 'keys/new', sent), JSON.stringify(sent).slice(0, 80)).toMatch(words)
  }
  for (const [code, words] of [
    ['', /required/],
    ['12345', /number of digits/],
    [' 12345', /number of digits/],
    ['1234567', /number of digits/],
    ['abcdef', /number of digits/],
  ] as const) {
    expect(await mount.refusal('update', 'code/k', { code })).toMatch(words)
  }
  expect(await mount.refusal('update', 'keys/..', { key: SECRET })).toMatch(/^not_found/)
  expect(await mount.refusal('update', 'keys/a b', { key: SECRET })).toMatch(/^not_found/)
})

/** Symbols that other readers were found to read as what they say. */
test('QR codes stay what they are', () => {
  const drawn = (length: number) => {
    const rows = qrCode('otpauth://totp/'.padEnd(length, 'x'))
    const text = rows?.map((row) => row.map((isDark) => (isDark ? '#' : '.')).join('')).join('\n')
    return text === undefined
      ? undefined
      : `${rows?.length} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  }
  expect([15, 100, 200, 400, 600].map(drawn)).toEqual([
    '25 b0ed209596429e91',
    '41 a9f47ec0c4de3f06',
    '57 73012bd95c8d3ba0',
    '77 3513ba7e6c3fb48b',
    '93 047356e735da48d8',
  ])
  expect(drawn(700)).toBe(undefined)
})

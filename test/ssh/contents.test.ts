import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../engines/engine.ts'
import { CALLER } from '../engines/mounted-engine.ts'
import {
  type Certificate,
  type Data,
  HOSTS,
  hasSshKeygen,
  OpenSsh,
  PUBLIC_KEY,
  readCertificate,
  SshAuthority,
  USERS,
} from './authority.ts'

/** What else a certificate says, and which keys get one. */

let openssh: OpenSsh
beforeAll(() => {
  openssh = new OpenSsh()
})
afterAll(() => openssh.remove())
let ca: SshAuthority
beforeEach(async () => {
  ca = new SshAuthority()
  await ca.ca()
})

const outcome = (role: Data, asked: Data, caller?: Caller) => ca.outcomeUnder(role, asked, caller)
const user = USERS
const host = HOSTS

describe('what else a certificate says', () => {
  const ada = { valid_principals: 'ada' }
  test.each<[string, Data, Data, RegExp | Partial<Certificate>]>([
    [
      'a type that the role does not allow',
      user,
      { ...ada, cert_type: 'host' },
      /cert_type 'host' is not allowed by role/,
    ],
    ['the other one', { ...host, ...user }, ada, /cert_type 'user' is not allowed by role/],
    ['no type', user, { ...ada, cert_type: 'root' }, /cert_type must be either/],
    ['a key id', user, { ...ada, key_id: 'me' }, /setting key_id is not allowed/],
    ['a key id that the role allows', { ...user, allow_user_key_ids: true }, { ...ada, key_id: 'me' }, { keyId: 'me' }],
    [
      'a key id of two lines',
      { ...user, allow_user_key_ids: true },
      { ...ada, key_id: 'me\nroot' },
      /key_id: expected/,
    ],
    [
      'a time that is too long',
      { ...user, max_ttl: '1h' },
      { ...ada, ttl: '61m' },
      /ttl is larger than maximum allowed 3600/,
    ],
    ['a time below nothing', user, { ...ada, ttl: -1 }, /ttl cannot be negative/],
    ["longer than the mount's", user, { ...ada, ttl: '800h' }, /ttl is larger/],
    [
      'a default that is too long is cut',
      { ...user, max_ttl: '1h' },
      ada,
      { validBefore: 1767326645n, validAfter: 1767323015n },
    ],
    [
      'the moment before',
      { ...user, ttl: '1m', not_before_duration: '5m' },
      ada,
      { validBefore: 1767323105n, validAfter: 1767322745n },
    ],
    [
      'extensions, where none are allowed',
      user,
      { ...ada, extensions: { 'permit-pty': '' } },
      /extensions not on allowed list: permit-pty/,
    ],
    ['an extension without a name', user, { ...ada, extensions: { '': '' } }, /extensions: names are/],
    [
      'another extension',
      { ...user, allowed_extensions: 'permit-pty' },
      { ...ada, extensions: { 'permit-x': '' } },
      /permit-x/,
    ],
    [
      'any extension',
      { ...user, allowed_extensions: '*' },
      { ...ada, extensions: { 'permit-x': 'y' } },
      { extensions: { 'permit-x': 'y' } },
    ],
    ["the role's extensions", { ...user, default_extensions: { a: 'b' } }, ada, { extensions: { a: 'b' } }],
    [
      'critical options',
      user,
      { ...ada, critical_options: { 'force-command': 'ls' } },
      { criticalOptions: { 'force-command': 'ls' } },
    ],
    [
      'another critical option',
      { ...user, allowed_critical_options: 'source-address' },
      { ...ada, critical_options: { 'force-command': 'ls' } },
      /critical options not on allowed list: force-command/,
    ],
    [
      'a critical option, where the list of those that are allowed is blank',
      { ...user, allowed_critical_options: ' ' },
      { ...ada, critical_options: { 'force-command': 'ls' } },
      /critical options not on allowed list: force-command/,
    ],
    [
      'a critical option that cannot be shaken off by another',
      { ...user, allowed_critical_options: 'source-address', default_critical_options: { 'force-command': 'ls' } },
      { ...ada, critical_options: { 'source-address': '10.0.0.1' } },
      { criticalOptions: { 'force-command': 'ls', 'source-address': '10.0.0.1' } },
    ],
    [
      'a critical option in place of what the role has',
      { ...user, default_critical_options: { 'force-command': 'ls' } },
      { ...ada, critical_options: { 'source-address': '10.0.0.1' } },
      { criticalOptions: { 'source-address': '10.0.0.1' } },
    ],
  ])('%s', async (_what, role, asked, expected) => {
    const got = await outcome(role, asked)
    if (expected instanceof RegExp) expect(got).toMatch(expected)
    else expect(got).toMatchObject(expected)
  })

  test('the key id says who and which key; a display name is never read as a template', async () => {
    const got = await outcome(user, ada, { ...CALLER, displayName: '{{role_name}}' })
    expect(got).toMatchObject({
      keyId: expect.stringMatching(/^vault-\{\{role_name\}\}-[0-9a-f]{64}$/),
    })
  })

  test('what is no name of a template stays in the key id as it is', async () => {
    const format = '{{constructor}} {{toString}} {{__proto__}} {{ role_name }} {{role_name}}'
    expect(await outcome({ ...user, key_id_format: format }, ada)).toMatchObject({
      keyId: '{{constructor}} {{toString}} {{__proto__}} {{ role_name }} own',
    })
  })

  test('numbers are 64 random bits', async () => {
    await ca.role('own', user)
    const serials = new Set<bigint>()
    for (let i = 0; i < 64; i++) {
      const made = await ca.sign('own', ada)
      const { serial } = readCertificate(String(made.signed_key))
      expect(serial.toString(16)).toBe(made.serial_number)
      serials.add(serial)
    }
    expect(serials.size).toBe(64)
    expect([...serials].some((serial) => serial >= 1n << 63n)).toBe(true)
  })
})

describe('keys to be signed', () => {
  const str = (value: string | Buffer): Buffer => {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const line = (...parts: readonly (string | Buffer)[]): string => {
    const blob = Buffer.concat(parts.map(str))
    return `${parts[0]} ${blob.toString('base64')}`
  }
  const g256 = Buffer.from(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  )
  const off = Buffer.from(g256)
  off[64] = 0xf6
  const modulus = (bytes: number): Buffer => Buffer.concat([Buffer.of(0), Buffer.alloc(bytes, 0xff)])
  const e = Buffer.of(1, 0, 1)
  const ed = Buffer.alloc(32, 7)

  test.each<[string, string, Data, RegExp | undefined]>([
    ['nothing', '', {}, /missing public_key/],
    ['words', 'not a key at all', {}, /not an SSH public key/],
    ['two lines', `${line('ssh-ed25519', ed)}\n${line('ssh-ed25519', ed)}`, {}, /not an SSH public key/],
    ['base64 that is not', 'ssh-ed25519 AAAA*', {}, /not an SSH public key/],
    ['bare base64', line('ssh-ed25519', ed).split(' ')[1] ?? '', {}, undefined],
    ['a key with a comment and an end', `${line('ssh-ed25519', ed)} me\n`, {}, undefined],
    ['another name', line('ssh-ed25519', ed).replace('ssh-ed25519', 'ssh-rsa'), {}, /another type of key/],
    ['a short Ed25519 key', line('ssh-ed25519', ed.subarray(1)), {}, /not an Ed25519 key/],
    ['more than a key', line('ssh-ed25519', ed, 'more'), {}, /more than there should be/],
    ['less than a key', line('ssh-ed25519'), {}, /cut short/],
    ['a certificate', line('ssh-ed25519-cert-v01@openssh.com', 'nonce', ed), {}, /not a type of key/],
    ['DSA', line('ssh-dss', modulus(128), ed, ed, ed), {}, /not a type of key/],
    ['RSA of 2048 bits', line('ssh-rsa', e, modulus(256)), {}, undefined],
    ['RSA of 1024 bits', line('ssh-rsa', e, modulus(128)), {}, /RSA keys have 2048 to 16384 bits/],
    ['RSA of 32768 bits', line('ssh-rsa', e, modulus(4096)), {}, /not an SSH public key|RSA keys have/],
    ['an even RSA exponent', line('ssh-rsa', Buffer.of(2), modulus(256)), {}, /not an RSA key/],
    ['an RSA exponent of 1', line('ssh-rsa', Buffer.of(1), modulus(256)), {}, /not an RSA key/],
    ['a modulus below zero', line('ssh-rsa', e, Buffer.alloc(256, 0xff)), {}, /not a positive mpint/],
    ['a modulus with zeros in front', line('ssh-rsa', e, Buffer.concat([Buffer.of(0), modulus(256)])), {}, /mpint/],
    ['a point', line('ecdsa-sha2-nistp256', 'nistp256', g256), {}, undefined],
    ['a point off the curve', line('ecdsa-sha2-nistp256', 'nistp256', off), {}, /not a point of the curve/],
    ['a point of another curve', line('ecdsa-sha2-nistp384', 'nistp256', g256), {}, /another than the type says/],
    [
      'a compressed point',
      line('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.of(3), g256.subarray(1, 33)])),
      {},
      /not a point/,
    ],
    ['a security key', line('sk-ssh-ed25519@openssh.com', ed, 'ssh:'), {}, undefined],
    ['a security key on a curve', line('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', g256, 'ssh:'), {}, undefined],
    ['a security key for nothing', line('sk-ssh-ed25519@openssh.com', ed, ''), {}, /without an application/],
    [
      'a type that the role leaves out',
      line('ssh-rsa', e, modulus(256)),
      { ed25519: 0 },
      /key of type rsa is not allowed/,
    ],
    ['a size that the role leaves out', line('ssh-rsa', e, modulus(256)), { rsa: [3072, 4096] }, /invalid size: 2048/],
    ['a size that it allows', line('ssh-rsa', e, modulus(256)), { rsa: '2048' }, undefined],
    ['a curve by its bits', line('ecdsa-sha2-nistp256', 'nistp256', g256), { ec: 256 }, undefined],
    ['a curve by its name', line('ecdsa-sha2-nistp256', 'nistp256', g256), { 'ecdsa-sha2-nistp256': 0 }, undefined],
    ['a type with no size at all', PUBLIC_KEY, { ed25519: [] }, /invalid size/],
    ['another curve', line('ecdsa-sha2-nistp256', 'nistp256', g256), { 'ecdsa-sha2-nistp384': 0 }, /type ecdsa/],
    [
      'a security key that the role leaves out',
      line('sk-ssh-ed25519@openssh.com', ed, 'ssh:'),
      { ec: 256 },
      /sk-ed25519/,
    ],
    ['a security key of an allowed type', line('sk-ssh-ed25519@openssh.com', ed, 'ssh:'), { ed25519: 0 }, undefined],
    [
      'one on a curve of an allowed size',
      line('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', g256, 'ssh:'),
      { ec: [256] },
      undefined,
    ],
    [
      'one on a curve of another size',
      line('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', g256, 'ssh:'),
      { ec: [384] },
      /invalid size: 256/,
    ],
    ['a key of no security key where those alone are allowed', PUBLIC_KEY, { 'sk-ssh-ed25519@openssh.com': 0 }, /type/],
  ])('%s', async (_what, publicKey, lengths, refusal) => {
    await ca.role('own', { ...user, allowed_user_key_lengths: lengths })
    const asked = { valid_principals: 'ada', public_key: publicKey }
    if (refusal === undefined) {
      const { signed_key: certificate } = await ca.sign('own', asked)
      expect(certificate).toMatch(/^(sk-)?(ssh|ecdsa)-[a-z0-9-]+-cert-v01@openssh\.com [A-Za-z0-9+/=]+\n$/)
      if (hasSshKeygen) expect(openssh.keygen('-L', '-f', openssh.file('c.pub', String(certificate)))).toContain('ada')
    } else expect(await ca.refusal('update', 'sign/own', asked)).toMatch(refusal)
  })

  test.each<[string, Data, Data, RegExp | undefined]>([
    ['a weak key', {}, { key_type: 'rsa', key_bits: 1024 }, /unsupported key_bits/],
    ['a curve that there is none of', {}, { key_type: 'ec', key_bits: 224 }, /unsupported key_bits/],
    ['another type', {}, { key_type: 'dsa' }, /unknown key_type/],
    ['a type that the role leaves out', { rsa: 2048 }, { key_type: 'ec' }, /type ecdsa is not allowed/],
    ['a size that it leaves out', { rsa: 2048 }, { key_type: 'rsa', key_bits: 3072 }, /invalid size: 3072/],
    ['the size that it has', { ec: [384] }, { key_type: 'ec' }, undefined],
    ['Ed25519', { ed25519: 0 }, { key_type: 'ed25519' }, undefined],
  ])('a pair to be made: %s', async (_what, lengths, asked, refusal) => {
    await ca.role('own', { ...user, allowed_user_key_lengths: lengths })
    const request = { valid_principals: 'ada', ...asked }
    if (refusal === undefined) await ca.data('update', 'issue/own', request)
    else expect(await ca.refusal('update', 'issue/own', request)).toMatch(refusal)
  })
})

import 'reflect-metadata'
import { KeyUsageFlags } from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import {
  CLIENT_AUTH,
  extension,
  type Identity,
  NOW_MS,
  newAuthority,
  newKeys,
  SERVER_AUTH,
  utf8,
  type Wanted,
} from './testing-certificates.ts'
import { chainOf, logIn, namespaceThatTrusts, REFUSAL, refusal } from './testing-world.ts'

/** Who gets in by a certificate and who does not, through the whole pipeline. */

const OID = '1.3.6.1.4.1.99999.1'

let root: Identity
let intermediate: Identity
let other: Identity
let client: Identity

beforeAll(async () => {
  root = await newAuthority({ subject: 'CN=root' })
  intermediate = await root.issue({ subject: 'CN=intermediate', isCa: true })
  other = await newAuthority({ subject: 'CN=root' })
  client = await root.issue({ subject: 'CN=web, OU=ops, OU=dev', uses: [CLIENT_AUTH] })
})

const world = (role: object = {}): Promise<TestNamespace> => namespaceThatTrusts(root, role)

test('a certificate of the authority lets in, with or without the name of the role', async () => {
  const namespace = await world({ display_name: 'Web' })
  for (const data of [{}, { name: 'web' }, { name: 'WEB' }]) {
    const { auth } = await logIn(namespace, chainOf(client), data)
    expect(auth).toMatchObject({ policies: ['default', 'web'], renewable: true, leaseDurationSeconds: 2_764_800 })
    expect(auth?.metadata).toEqual({
      cert_name: 'web',
      common_name: 'web',
      serial_number: BigInt(`0x${client.serial}`).toString(),
      subject_key_id: expect.stringMatching(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/),
      authority_key_id: expect.stringMatching(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/),
    })
    expect(await namespace.data('update', 'auth/token/lookup', { token: auth?.clientToken })).toMatchObject({
      display_name: 'cert-Web',
    })
  }
})

test('a chain goes over what the client sends, and over what the role holds', async () => {
  const leaf = await intermediate.issue({ uses: [CLIENT_AUTH] })
  const namespace = await world()
  await logIn(namespace, chainOf(leaf, intermediate))
  await logIn(namespace, chainOf(leaf, other, intermediate, root))
  expect(await refusal(namespace, chainOf(leaf))).toBe(REFUSAL)
  await namespace.call('update', 'auth/cert/certs/web', { certificate: intermediate.pem })
  await logIn(namespace, chainOf(leaf))
  expect(await refusal(namespace, chainOf(client)), 'the root is trusted no more').toBe(REFUSAL)
})

test('a login has what roles of `sys/roles` give to the role that it is under', async () => {
  const namespace = await world()
  await namespace.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/cert/WEB' })
  const { auth } = await logIn(namespace, chainOf(client))
  expect(auth).toMatchObject({ policies: ['default', 'more', 'web'], identityPolicies: ['more'] })
})

test('a certificate that is trusted itself lets in alone', async () => {
  const twin = await root.issue({ subject: 'CN=web', uses: [CLIENT_AUTH], keys: client.keys })
  const namespace = await world({ certificate: `${client.pem}\n${root.pem}` })
  await logIn(namespace, chainOf(client))
  expect(await refusal(namespace, chainOf(twin)), 'of the same issuer, key and name').toBe(REFUSAL)
  namespace.pass(101 * 86_400)
  expect(await refusal(namespace, chainOf(client)), 'expired').toBe(REFUSAL)
})

const accessors = async (namespace: TestNamespace) =>
  (await namespace.data('list', 'auth/token/accessors')).keys as readonly string[]

interface Stranger {
  /** What the client shows; made of the authorities above. */
  readonly chain: () => Promise<readonly Uint8Array[]>
}
const leafOf = async (issuer: Identity, wanted: Wanted = {}, ...between: readonly Identity[]) =>
  chainOf(await issuer.issue({ uses: [CLIENT_AUTH], ...wanted }), ...between)

const strangers: Record<string, Stranger['chain']> = {
  'none at all': async () => [],
  'what is no certificate': async () => [Buffer.from('rubbish')],
  'one that it made itself': async () => chainOf(await newAuthority({ subject: 'CN=web', isCa: false })),
  'one of an authority with the name of ours and another key': () => leafOf(other, {}, other),
  'one of an authority with our key under a new name': async () => {
    const renamed = await newAuthority({ subject: 'CN=root two', keys: root.keys })
    return leafOf(renamed, {}, renamed)
  },
  'one signed with its own key in the name of ours': async () => {
    const impostor = await newAuthority({ subject: 'CN=root', keys: await newKeys() })
    return leafOf(impostor)
  },
  'an expired one': () => leafOf(root, { toMs: NOW_MS - 1000 }),
  'one that is not valid yet': () => leafOf(root, { fromMs: NOW_MS + 1000 }),
  'one for servers': () => leafOf(root, { uses: [SERVER_AUTH] }),
  'one whose key is for enciphering': () => leafOf(root, { keyUsage: KeyUsageFlags.keyEncipherment }),
  'one with a critical extension that nobody knows': () =>
    leafOf(root, { extensions: [extension('1.2.3.4', utf8('x'), true)] }),
  'one with an extension twice': () =>
    leafOf(root, { extensions: [extension('1.2.3.4', utf8('x')), extension('1.2.3.4', utf8('y'))] }),
  'one signed with SHA-1': () => leafOf(root, { algorithm: { name: 'ECDSA', hash: 'SHA-1', namedCurve: 'P-256' } }),
  'one over an expired intermediate': async () => {
    const between = await root.issue({ subject: 'CN=old', isCa: true, toMs: NOW_MS - 1000 })
    return leafOf(between, {}, between)
  },
  'one over an intermediate that is no authority': async () => {
    const between = await root.issue({ subject: 'CN=not', isCa: false, keyUsage: KeyUsageFlags.keyCertSign })
    return leafOf(between, {}, between)
  },
  'one over an intermediate without basic constraints': async () => {
    const between = await root.issue({ subject: 'CN=not', keyUsage: KeyUsageFlags.keyCertSign })
    return leafOf(between, {}, between)
  },
  'one over an intermediate that may not sign certificates': async () => {
    const between = await root.issue({ subject: 'CN=crl', isCa: true, keyUsage: KeyUsageFlags.cRLSign })
    return leafOf(between, {}, between)
  },
  'one over an intermediate for servers': async () => {
    const between = await root.issue({ subject: 'CN=servers', isCa: true, uses: [SERVER_AUTH] })
    return leafOf(between, {}, between)
  },
  'one over an intermediate that may have none below it': async () => {
    const first = await root.issue({ subject: 'CN=first', isCa: true, pathLength: 0 })
    const second = await first.issue({ subject: 'CN=second', isCa: true })
    return leafOf(second, {}, second, first)
  },
  'one over an intermediate with a critical extension that nobody knows': async () => {
    const between = await root.issue({ isCa: true, extensions: [extension('1.2.3.4', utf8('x'), true)] })
    return leafOf(between, {}, between)
  },
  'another client’s, with that client’s certificate as its issuer': async () => {
    const leaf = await client.issue({ subject: 'CN=web', uses: [CLIENT_AUTH] })
    return chainOf(leaf, client)
  },
}

describe('a client is refused, and learns nothing else, that shows', () => {
  for (const [what, chain] of Object.entries(strangers)) {
    test(what, async () => {
      const namespace = await world()
      const tokens = await accessors(namespace)
      for (const data of [{}, { name: 'web' }, { name: 'nothing' }]) {
        expect(await refusal(namespace, await chain(), data)).toBe(REFUSAL)
      }
      expect(await accessors(namespace)).toEqual(tokens)
    })
  }

  test('a good one, to a role of another authority', async () => {
    const namespace = await world({ certificate: other.pem })
    expect(await refusal(namespace, chainOf(client))).toBe(REFUSAL)
  })

  test('a good one, from an address that the role does not let in', async () => {
    const namespace = await world({ token_bound_cidrs: '10.0.0.0/8' })
    expect(await refusal(namespace, chainOf(client))).toBe(REFUSAL)
  })
})

/** DER of name constraints; `permitted` or `excluded` of one DNS name, e-mail domain, URI host or address range. */
function confinedTo(which: 'permitted' | 'excluded', tag: number, base: Buffer) {
  const wrap = (kind: number, content: Buffer) => Buffer.concat([Buffer.from([kind, content.length]), content])
  const subtrees = wrap(which === 'permitted' ? 0xa0 : 0xa1, wrap(0x30, wrap(tag, base)))
  return extension('2.5.29.30', wrap(0x30, subtrees), true)
}

const confined: Record<string, [constraint: ReturnType<typeof confinedTo>, allowed: Wanted[], refused: Wanted[]]> = {
  'to DNS names': [
    confinedTo('permitted', 0x82, Buffer.from('example.com')),
    [{ names: [{ type: 'dns', value: 'a.EXAMPLE.com' }] }, { names: [{ type: 'dns', value: 'example.com' }] }, {}],
    [
      { names: [{ type: 'dns', value: 'notexample.com' }] },
      { names: [{ type: 'dns', value: 'example.com.evil.test' }] },
      {
        names: [
          { type: 'dns', value: 'example.com' },
          { type: 'dns', value: 'evil.test' },
        ],
      },
    ],
  ],
  'away from DNS names': [
    confinedTo('excluded', 0x82, Buffer.from('example.com')),
    [{ names: [{ type: 'dns', value: 'other.test' }] }],
    [{ names: [{ type: 'dns', value: 'Example.com' }] }, { names: [{ type: 'dns', value: 'x.y.example.com' }] }],
  ],
  'to e-mail of a host': [
    confinedTo('permitted', 0x81, Buffer.from('example.com')),
    [{ names: [{ type: 'email', value: 'a@example.com' }] }],
    [
      { names: [{ type: 'email', value: 'a@sub.example.com' }] },
      { names: [{ type: 'email', value: 'a@evil.test' }] },
      { subject: 'CN=x, E=a@evil.test' },
    ],
  ],
  'to URIs of a host': [
    confinedTo('permitted', 0x86, Buffer.from('.example.com')),
    [{ names: [{ type: 'url', value: 'spiffe://a.example.com/web' }] }],
    [
      { names: [{ type: 'url', value: 'spiffe://example.com/web' }] },
      { names: [{ type: 'url', value: 'spiffe://evil.test/.example.com' }] },
      { names: [{ type: 'url', value: 'spiffe://evil.test#@a.example.com' }] },
      { names: [{ type: 'url', value: 'urn:nothing' }] },
    ],
  ],
  'to addresses': [
    confinedTo('permitted', 0x87, Buffer.from([10, 0, 0, 0, 255, 0, 0, 0])),
    [{ names: [{ type: 'ip', value: '10.9.8.7' }] }],
    [{ names: [{ type: 'ip', value: '11.0.0.1' }] }, { names: [{ type: 'ip', value: '::1' }] }],
  ],
}

for (const [what, [constraint, allowed, refused]] of Object.entries(confined)) {
  test(`an authority that is confined ${what} vouches for no others`, async () => {
    const between = await root.issue({ subject: 'CN=confined', isCa: true, extensions: [constraint] })
    const namespace = await world()
    for (const wanted of allowed) await logIn(namespace, await leafOf(between, wanted, between))
    for (const wanted of refused)
      expect(await refusal(namespace, await leafOf(between, wanted, between)), JSON.stringify(wanted)).toBe(REFUSAL)
    // It does not get out of it by another authority below it.
    const below = await between.issue({ subject: 'CN=below', isCa: true })
    for (const wanted of refused)
      expect(await refusal(namespace, await leafOf(below, wanted, below, between))).toBe(REFUSAL)
  })
}

const constraints: Record<string, [role: object, good: Wanted, bad: Wanted]> = {
  allowed_common_names: [{ allowed_common_names: 'web-*,x' }, { subject: 'CN=web-1' }, { subject: 'CN=aweb-1' }],
  'allowed_common_names, of two the last': [
    { allowed_common_names: 'b' },
    { subject: 'CN=a, CN=b' },
    { subject: 'CN=b, CN=a' },
  ],
  allowed_names: [
    { allowed_names: '*.example.com' },
    { names: [{ type: 'dns', value: 'a.example.com' }] },
    { names: [{ type: 'url', value: 'https://a.example.com' }] },
  ],
  allowed_dns_sans: [
    { allowed_dns_sans: ['a.test', 'b.test'] },
    { names: [{ type: 'dns', value: 'b.test' }] },
    { subject: 'CN=b.test' },
  ],
  allowed_email_sans: [
    { allowed_email_sans: '*@a.test' },
    { names: [{ type: 'email', value: 'x@a.test' }] },
    { subject: 'CN=x, E=x@a.test' },
  ],
  allowed_uri_sans: [
    { allowed_uri_sans: 'spiffe://a/*' },
    { names: [{ type: 'url', value: 'spiffe://a/b' }] },
    { names: [{ type: 'dns', value: 'spiffe' }] },
  ],
  allowed_organizational_units: [
    { allowed_organizational_units: 'd*' },
    { subject: 'CN=a, OU=ops, OU=dev' },
    { subject: 'CN=a, OU=ops' },
  ],
  'required_extensions by text': [
    { required_extensions: `${OID}:te*t` },
    { extensions: [extension(OID, utf8('te::xt'))] },
    { extensions: [extension(OID, utf8('xtext'))] },
  ],
  'required_extensions by their bytes': [
    { required_extensions: `hex:${OID}:0403*` },
    { extensions: [extension(OID, Buffer.from('0403AABBCC', 'hex'))] },
    { extensions: [extension(OID, utf8('04030'))] },
  ],
  'all of several required_extensions': [
    { required_extensions: [`${OID}:a`, `${OID}.2:b`] },
    { extensions: [extension(OID, utf8('a')), extension(`${OID}.2`, utf8('b'))] },
    { extensions: [extension(OID, utf8('a'))] },
  ],
}

for (const [what, [role, good, bad]] of Object.entries(constraints)) {
  test(`a role can ask for ${what}`, async () => {
    const namespace = await world(role)
    await logIn(namespace, await leafOf(root, good))
    expect(await refusal(namespace, await leafOf(root, bad))).toBe(REFUSAL)
  })
}

test('a certificate that does not fit one role may fit another', async () => {
  const namespace = await world({ allowed_common_names: 'somebody else' })
  await namespace.call('update', 'auth/cert/certs/zz', { certificate: root.pem, token_policies: 'zz' })
  expect((await logIn(namespace, chainOf(client))).auth?.policies).toEqual(['default', 'zz'])
  expect(await refusal(namespace, chainOf(client), { name: 'web' })).toBe(REFUSAL)
})

test('text of extensions goes into the metadata where the role says so', async () => {
  const namespace = await world({ allowed_metadata_extensions: [OID, '1.2.3'] })
  const { auth } = await logIn(namespace, await leafOf(root, { extensions: [extension(OID, utf8('blue'))] }))
  expect(auth?.metadata).toMatchObject({ [OID.replaceAll('.', '-')]: 'blue' })
  expect(auth?.metadata).not.toHaveProperty('1-2-3')
})

describe('revocation lists', () => {
  test('one that names the certificate, or one of its issuers, keeps it out until it is removed', async () => {
    const leaf = await intermediate.issue({ uses: [CLIENT_AUTH] })
    for (const revoked of [leaf, intermediate]) {
      const namespace = await world()
      await logIn(namespace, chainOf(leaf, intermediate))
      await namespace.call('update', 'auth/cert/crls/Mine', { crl: await root.revoke([revoked.serial, 'abcdef']) })
      expect(await refusal(namespace, chainOf(leaf, intermediate))).toBe(REFUSAL)
      expect(await namespace.data('read', 'auth/cert/crls/mine')).toEqual({
        serials: { [BigInt(`0x${revoked.serial}`).toString()]: {}, '11259375': {} },
      })
      await logIn(namespace, chainOf(client))
      await namespace.call('delete', 'auth/cert/crls/mine')
      await logIn(namespace, chainOf(leaf, intermediate))
    }
  })

  test('a way around an issuer that was revoked is a way', async () => {
    const leaf = await intermediate.issue({ uses: [CLIENT_AUTH] })
    const twin = await root.issue({ subject: 'CN=intermediate', isCa: true, keys: intermediate.keys })
    const namespace = await world()
    await namespace.call('update', 'auth/cert/crls/mine', { crl: await root.revoke([intermediate.serial]) })
    expect(await refusal(namespace, chainOf(leaf, intermediate))).toBe(REFUSAL)
    await logIn(namespace, chainOf(leaf, intermediate, twin))
  })

  test('what is none is refused', async () => {
    const namespace = await world()
    for (const data of [{}, { crl: 'rubbish' }, { crl: root.pem }, { url: 'ftp://x' }, { url: 'http://127.0.0.1:1/' }])
      expect(await namespace.refusal('update', 'auth/cert/crls/x', data)).toMatch(/^invalid_request: /)
    expect(await namespace.refusal('read', 'auth/cert/crls/x')).toBe('invalid_request: no such CRL x')
  })
})

test('100 good and 100 bad logins at a time: each gets what it should', async () => {
  const namespace = await world({ allowed_common_names: 'good-*' })
  const [good, bad] = await Promise.all(
    ['good-1', 'bad-1'].map((name) => root.issue({ subject: `CN=${name}`, uses: [CLIENT_AUTH] })),
  )
  const before = await accessors(namespace)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 200 }, (_, i) => logIn(namespace, [(i % 2 === 0 ? good : bad)?.der ?? Buffer.alloc(0)])),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(
    Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 'fulfilled' : 'rejected')),
  )
  expect(await accessors(namespace)).toHaveLength(before.length + 100)
})

test('a stranger whom many roles have to be read for holds up nobody else', async () => {
  const namespace = await world()
  for (let n = 0; n < 300; n++) await namespace.call('update', `auth/cert/certs/r${n}`, { certificate: root.pem })
  const stranger = await other.issue({ uses: [CLIENT_AUTH] })
  let turns = 0
  let next = setImmediate(function count() {
    turns++
    next = setImmediate(count)
  })
  expect(await refusal(namespace, chainOf(stranger))).toBe(REFUSAL)
  clearImmediate(next)
  expect(turns).toBeGreaterThan(3)
})

import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { MountRef } from '../../engines/engine.ts'
import { ownOrder, putAuthorization } from '../../engines/pki/acme/authorizations.ts'
import {
  type Account,
  accountCodec,
  acmeRows,
  authorizationCodec,
  configCodec,
  type Order,
} from '../../engines/pki/acme/documents.ts'
import { finalize, newOrder, revokeByRequest } from '../../engines/pki/acme/orders.ts'
import { certificateCodec, rows } from '../../engines/pki/documents.ts'
import { sequence } from '../../engines/pki/x509/der.ts'
import type { Backend } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import { Authority } from './authority.ts'
import { asked, dns, name, request, san } from './hostile-requests.ts'

/** A finalize that is cut off, wherever it is: the order and its certificate are of one mind, and there is one at most. */

const jwk = { kty: 'EC', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) }
const ACCOUNT: Account = {
  id: 'account',
  status: 'valid',
  jwk,
  thumbprint: 'account',
  contact: [],
  termsOfServiceAgreed: true,
  eab: '',
  createdMs: 0,
}
const encoded = (pem: string): string =>
  Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64').toString('base64url')
const CSR = encoded(request())

async function authority(tuned: Partial<MountRef> = {}): Promise<Authority> {
  const ca = new Authority()
  Object.assign(ca.context.mount, tuned)
  await ca.root()
  await ca.call('update', 'config/cluster', { path: 'https://ca.example.com/v1/pki' })
  await ca.call('update', 'config/acme', { enabled: true })
  await ca.context.store.transaction((tx) => tx.put(acmeRows.account(ACCOUNT.id), ACCOUNT, accountCodec))
  return ca
}

async function readyOrder(
  { context }: Authority,
  names: string | readonly string[] = 'www.example.com',
  directory = { role: '', issuerRef: '' },
): Promise<Order> {
  const identifiers = [names].flat().map((value) => ({ type: 'dns', value }))
  const order = await newOrder(ACCOUNT, { identifiers }, directory, context)
  await context.store.transaction(async (tx) => {
    for (const id of order.authorizations) {
      const before = await tx.get(acmeRows.authorization(id), authorizationCodec)
      if (before !== undefined) putAuthorization(tx, { ...before, status: 'valid' })
    }
  })
  return order
}

/** A process that dies at a commit: before it is made, or when it is but nobody heard. Nothing that it writes later is. */
function dying(at: number, isWritten: boolean): (inner: Backend) => Backend {
  let commits = 0
  return (inner) =>
    new Proxy(inner, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target)
        if (name === 'commit')
          return async (...given: Parameters<Backend['commit']>) => {
            if (commits++ === at && isWritten) await target.commit(...given)
            if (commits > at) throw new Error('dead')
            return target.commit(...given)
          }
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
}

async function signedIn({ context: { store } }: Authority): Promise<readonly string[]> {
  const found: string[] = []
  for (const serial of await store.list(rows.certificates)) {
    const document = await store.get(rows.certificate(serial), certificateCodec)
    if (document?.certificate !== undefined) found.push(serial)
  }
  return found
}

test.each([
  { at: 0, isWritten: false, becomes: 'ready' },
  { at: 0, isWritten: true, becomes: 'processing' },
  { at: 1, isWritten: false, becomes: 'processing' },
  { at: 1, isWritten: true, becomes: 'valid' },
])('a process that dies at commit $at, written $isWritten: $becomes', async ({ at, isWritten, becomes }) => {
  const ca = await authority()
  const before = await signedIn(ca)
  const { id } = await readyOrder(ca)
  const dead = new Authority({ with: ca, through: dying(at, isWritten) })
  await expect(finalize(id, ACCOUNT, { csr: CSR }, dead.context)).rejects.toThrow()
  const { store } = ca.context
  await store.refresh()
  expect((await ownOrder(id, ACCOUNT, ca.context)).status).toBe(becomes)
  const again = await finalize(id, ACCOUNT, { csr: CSR }, ca.context).catch((error: { kind: string }) => error.kind)
  if (becomes === 'ready') expect(again).toMatchObject({ status: 'valid' })
  else expect(again).toBe('orderNotReady')
  ca.pass(121)
  const { status, serial } = await ownOrder(id, ACCOUNT, ca.context)
  expect(status).toBe(becomes === 'processing' ? 'invalid' : 'valid')
  const made = (await signedIn(ca)).filter((one) => !before.includes(one))
  expect(made).toEqual(status === 'valid' ? [serial] : [])
})

test('a process that was slow gives out no certificate of an order that was told to have come to nothing', async () => {
  const ca = await authority()
  const before = await signedIn(ca)
  const { id } = await readyOrder(ca)
  let isSlow = true
  const slow = new Authority({
    with: ca,
    through: (inner) =>
      new Proxy(inner, {
        get: (target, name) => {
          const value = Reflect.get(target, name, target)
          if (name === 'commit')
            return async (...given: Parameters<Backend['commit']>) => {
              const outcome = await target.commit(...given)
              if (isSlow) ca.pass(121)
              isSlow = false
              return outcome
            }
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
  })
  const ended = await finalize(id, ACCOUNT, { csr: CSR }, slow.context)
  expect(ended.status).toBe('invalid')
  await ca.context.store.refresh()
  expect((await ownOrder(id, ACCOUNT, ca.context)).status).toBe('invalid')
  expect(await signedIn(ca)).toEqual(before)
})

test('a common name stands in the certificate as it was ordered, not as the request spells it', async () => {
  const ca = await authority()
  const order = await readyOrder(ca, 'kind.example.com')
  const names = { subject: name('\u212aind.Example.com') }
  const { serial } = await finalize(order.id, ACCOUNT, { csr: encoded(request(names)) }, ca.context)
  const { certificate } = await ca.data('read', `cert/${serial}`)
  expect(new X509Certificate(String(certificate)).subject).toBe('CN=kind.example.com')
})

test('an account whose key is of another type than that of the certificate gets it, and no other request suffers', async () => {
  const ca = await authority()
  const { id } = await readyOrder(ca)
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const account = { ...ACCOUNT, jwk: { kty: 'RSA', ...rsa.publicKey.export({ format: 'jwk' }) } }
  const { status, serial } = await finalize(id, account, { csr: CSR }, ca.context)
  expect(status).toBe('valid')
  const unhurt = () =>
    expect(createPrivateKey(rsa.privateKey.export({ format: 'pem', type: 'pkcs8' })).asymmetricKeyType).toBe('rsa')
  unhurt()

  // Nor where it is the certificate's own key that has to sign.
  const { certificate } = await ca.data('read', `cert/${serial}`)
  const signed = { payload: {}, jwk: account.jwk, thumbprint: '', account: undefined, usesKeyId: false }
  const payload = { certificate: encoded(String(certificate)) }
  await expect(revokeByRequest(signed, payload, ca.context)).rejects.toThrow(/its key has not signed/)
  unhurt()
})

test.each([
  ['the first host name', ['b.example.com', 'a.example.com'], {}, 'CN=b.example.com'],
  ['a wildcard', ['*.example.com'], {}, 'CN=*.example.com'],
  ['the first of 64 characters at most', [`${'a'.repeat(60)}.example.com`, 'a.example.com'], {}, 'CN=a.example.com'],
  ['none of a role that asks for none', ['a.example.com'], { require_cn: false }, undefined],
  ['none of a role that takes addresses of e-mail alone', ['a.example.com'], { cn_validations: 'email' }, undefined],
])('a common name that the role asks for and the request lacks: %s', async (_what, values, fields, expected) => {
  const ca = await authority()
  await ca.role('web', fields)
  const { id } = await readyOrder(ca, values, { role: 'web', issuerRef: '' })
  const csr = encoded(request({ subject: sequence(), attributes: [asked(san(...values.map(dns)))] }))
  const { serial } = await finalize(id, ACCOUNT, { csr }, ca.context)
  const leaf = new X509Certificate(String((await ca.data('read', `cert/${serial}`)).certificate))
  expect(leaf.subject || undefined).toBe(expected)
  expect(leaf.subjectAltName?.split(', ')).toHaveLength(values.length)
})

test('of two nodes that are asked at once, one makes the certificate', async () => {
  const ca = await authority()
  const before = await signedIn(ca)
  const { id } = await readyOrder(ca)
  const other = new Authority({ with: ca, uncached: true })
  const asked = [ca, other, ca, other].map(({ context }) => finalize(id, ACCOUNT, { csr: CSR }, context))
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await signedIn(ca)).length).toBe(before.length + 1)
})

const DAY = 86_400

/** Seconds that the certificate of the order is good from now on. */
async function lifeOf({ serial }: Order, ca: Authority): Promise<number> {
  const { certificate } = await ca.data('read', `cert/${serial}`)
  return (new X509Certificate(String(certificate)).validToDate.getTime() - ca.time.nowMs) / 1000
}

test('no certificate lives longer than max_ttl says, whatever the role would give', async () => {
  const ca = await authority()
  expect(await ca.data('read', 'config/acme')).toMatchObject({ max_ttl: 90 * DAY })
  expect(await ca.data('update', 'config/acme', { max_ttl: '2h' })).toMatchObject({ max_ttl: 7_200 })
  await ca.role('long', { ttl: '20h' })
  await ca.role('until', { not_after: '2099-01-01T00:00:00Z' })
  for (const role of ['', 'long', 'until']) {
    const { id } = await readyOrder(ca, 'www.example.com', { role, issuerRef: '' })
    expect(await lifeOf(await finalize(id, ACCOUNT, { csr: CSR }, ca.context), ca)).toBe(7_200)
  }
  await expect(ca.call('update', 'config/acme', { max_ttl: 0 })).rejects.toThrow('max_ttl must be greater than zero')
})

test('where nobody says how long a certificate lives, it does as long as others of the mount', async () => {
  const ca = await authority({ defaultLeaseTtlSeconds: 5 * 3_600 })
  await ca.role('silent')
  await ca.role('says', { ttl: '20h' })
  for (const [role, hours] of [
    ['', 5],
    ['silent', 5],
    ['says', 20],
  ] as const) {
    const { id } = await readyOrder(ca, 'www.example.com', { role, issuerRef: '' })
    expect(await lifeOf(await finalize(id, ACCOUNT, { csr: CSR }, ca.context), ca)).toBe(hours * 3_600)
  }
})

test('a second that begins while an order is looked at makes its end no later than its role lets it be', async () => {
  const ca = await authority()
  await ca.role('bound', { ttl: '2h', max_ttl: '2h', not_after_bound: '2099-01-01T00:00:00Z' })
  const { time } = ca
  const late: Authority = new Proxy(ca, {
    get: (target, name) =>
      name === 'context'
        ? { ...target.context, clock: { now: () => (time.nowMs += 1_000) } }
        : Reflect.get(target, name, target),
  })
  const { id } = await readyOrder(late, 'www.example.com', { role: 'bound', issuerRef: '' })
  expect(await finalize(id, ACCOUNT, { csr: CSR }, late.context)).toMatchObject({ status: 'valid' })
})

test('an older version that knows no max_ttl does not write its configuration without it', async () => {
  const { context } = await authority()
  const write = context.store.transaction(async (tx) => {
    const { max_ttl: _unknown, ...older } = (await tx.get(acmeRows.config, configCodec)) ?? {}
    tx.put(acmeRows.config, older, json())
  })
  await expect(write).rejects.toThrow(/newer version/)
})

test('an order is remembered for as long as its certificate lives, though max_ttl became longer meanwhile', async () => {
  const ca = await authority({ maxLeaseTtlSeconds: 400 * DAY, defaultLeaseTtlSeconds: 400 * DAY })
  const { context } = ca
  const before = await readyOrder(ca)
  await ca.call('update', 'config/acme', { max_ttl: `${300 * 24}h` })
  const made = await finalize(before.id, ACCOUNT, { csr: CSR }, context)
  expect(await lifeOf(made, ca)).toBe(300 * DAY)
  // Which are removed is for a sweep of the storage, which has its own time.
  const due = (await ca.backend.due(ca.time.nowMs + 300 * DAY * 1000, 1_000)).map(({ path }) => path)
  const kept = [acmeRows.order(made.id), acmeRows.ordersOf(ACCOUNT.id) + made.id, acmeRows.certificate(made.serial)]
  expect(due.filter((path) => kept.some((row) => path.endsWith(row)))).toEqual([])
  const later = (await ca.backend.due(ca.time.nowMs + 332 * DAY * 1000, 1_000)).map(({ path }) => path)
  expect(kept.filter((row) => later.some((path) => path.endsWith(row)))).toEqual(kept)
})

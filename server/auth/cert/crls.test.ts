import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { pausedBefore } from '../../../test/engines/paused-node.ts'
import { readCertificate } from './certificate.ts'
import { readRevocationList } from './crl.ts'
import { certMethod } from './index.ts'
import { newAuthority } from './testing-certificates.ts'

/** Revocation lists that come from a URL, and reading what strangers send. */

let server: Server
let body: Buffer | string = ''
let status = 200
let requests = 0

beforeEach(async () => {
  status = 200
  requests = 0
  server = createServer((_request, reply) => {
    requests++
    reply.writeHead(status)
    reply.end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => server.close())
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`
const serialsIn = async (mount: MountedEngine) =>
  Object.keys(((await mount.data('read', 'crls/theirs')).serials as object | undefined) ?? {})

test('a list is fetched when it is named, and again when it is due; a broken one leaves the last in use', async () => {
  const authority = await newAuthority()
  const mount = new MountedEngine(certMethod)
  const nextUpdateMs = mount.time.nowMs + 7 * 86_400_000
  body = await authority.revoke(['10'], nextUpdateMs)
  await mount.call('update', 'crls/Theirs', { url: url() })
  expect(await serialsIn(mount)).toEqual(['16'])
  expect((await mount.data('read', 'crls/theirs')).cdp).toEqual({
    url: url(),
    valid_until: new Date(nextUpdateMs).toISOString(),
  })
  body = Buffer.from((await authority.revoke(['10', '11'], nextUpdateMs)).replaceAll(/-.*-|\s/g, ''), 'base64')
  await mount.periodic()
  expect(requests, 'not due yet').toBe(1)
  mount.pass(3600)
  status = 503
  await mount.periodic()
  body = 'rubbish'
  status = 200
  await mount.periodic()
  expect(await serialsIn(mount)).toEqual(['16'])
  expect(mount.logged.filter((line) => line.includes('the last one stays in use'))).toHaveLength(2)
  body = await authority.revoke(['10', '11'], nextUpdateMs)
  await mount.periodic()
  expect(await serialsIn(mount)).toEqual(['16', '17'])
  await mount.call('delete', 'crls/theirs')
  mount.pass(7200)
  await mount.periodic()
  expect(requests).toBe(4)
})

test('a list that a paused node fetched long ago does not take the place of a newer one', async () => {
  const authority = await newAuthority()
  const mount = new MountedEngine(certMethod)
  const nextUpdateMs = mount.time.nowMs + 7 * 86_400_000
  body = await authority.revoke(['10'], nextUpdateMs)
  await mount.call('update', 'crls/theirs', { url: url() })
  mount.pass(3600)
  const { through, met, goOn } = pausedBefore(1, 'theirs')
  const late = new MountedEngine(certMethod, { with: mount, through }).periodic()
  await met
  body = await authority.revoke(['10', '11'], nextUpdateMs)
  mount.pass(60)
  await mount.periodic()
  expect(await serialsIn(mount)).toEqual(['16', '17'])
  goOn()
  await late
  await mount.context.store.refresh()
  expect(await serialsIn(mount)).toEqual(['16', '17'])
})

test('a server that does not answer holds up no other list', async () => {
  const mount = new MountedEngine(certMethod)
  body = await (await newAuthority()).revoke(['10'])
  for (const name of ['first', 'second']) await mount.call('update', `crls/${name}`, { url: `${url()}?${name}` })
  const waiting: (() => void)[] = []
  server.removeAllListeners('request').on('request', (_request, reply) => {
    waiting.push(() => reply.end(body))
    if (waiting.length === 2) for (const answer of waiting) answer()
  })
  mount.pass(3600)
  await mount.periodic()
  expect(waiting).toHaveLength(2)
  expect(mount.logged.filter((line) => line.includes('the last one stays in use'))).toEqual([])
})

test('one that can’t be had is refused when it is named, and changes nothing', async () => {
  const mount = new MountedEngine(certMethod)
  for (const fault of [{ status: 404 }, { body: 'rubbish' }, { body: Buffer.alloc(17 * 1024 * 1024) }]) {
    status = fault.status ?? 200
    body = fault.body ?? ''
    expect(await mount.refusal('update', 'crls/theirs', { url: url() })).toBe(
      'invalid_request: the CRL cannot be fetched from its url',
    )
  }
  expect(await mount.refusal('list', 'crls')).toBe('not_found: ')
})

test('whatever is sent in the place of a certificate or a list is read, or is an error', async () => {
  const authority = await newAuthority({ names: [{ type: 'dns', value: 'a.test' }], pathLength: 3 })
  const list = Buffer.from((await authority.revoke(['10', '11'])).replaceAll(/-.*-|\s/g, ''), 'base64')
  const changed = (der: Buffer) =>
    fc
      .array(fc.record({ at: fc.nat(der.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(der)
        for (const { at, byte } of changes) bytes[at] = byte
        return bytes
      })
  const isReadOrError = (read: (bytes: Buffer) => unknown) => (bytes: Buffer) => {
    try {
      read(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(TypeError)
      expect(error).not.toBeInstanceOf(RangeError)
    }
  }
  fc.assert(fc.property(changed(authority.der), isReadOrError(readCertificate)), { numRuns: 2000 })
  fc.assert(fc.property(changed(list), isReadOrError(readRevocationList)), { numRuns: 2000 })
})

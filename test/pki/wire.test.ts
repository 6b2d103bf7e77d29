import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Authority, hasOpenssl, Openssl } from './authority.ts'

/** What only shows over HTTP: OCSP's own forms, and what the audit log says of what callers paste. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
  await server.call('POST', 'pki/root/generate/internal', {
    body: { common_name: 'Root', key_type: 'ec', ttl: '700h' },
  })
  await server.call('POST', 'pki/roles/web', {
    body: { allowed_domains: 'example.com', allow_subdomains: true, key_type: 'ec' },
  })
})
afterAll(() => server.remove())

describe.skipIf(!hasOpenssl)('OCSP over HTTP', () => {
  let openssl: Openssl
  beforeAll(() => {
    openssl = new Openssl()
  })
  afterAll(() => openssl.remove())

  test('by POST as openssl sends it, and by GET with and without its slashes escaped', async () => {
    const { body } = await server.call('POST', 'pki/issue/web', { body: { common_name: 'www.example.com', ttl: '1h' } })
    const root = openssl.file('root.pem', String(at(body, 'data', 'issuing_ca')))
    const leaf = openssl.file('leaf.pem', String(at(body, 'data', 'certificate')))
    const said = openssl.say(
      'ocsp',
      '-issuer',
      root,
      '-cert',
      leaf,
      '-url',
      `${server.address}/v1/pki/ocsp`,
      '-CAfile',
      root,
    )
    expect(said).toContain('Response verify OK')
    expect(said).toContain('leaf.pem: good')
    // Nonces make requests differ: sooner or later their base64 holds what a path cannot.
    let escaped = 0
    for (let round = 0; round < 120 && escaped < 3; round++) {
      openssl.run('ocsp', '-issuer', root, '-cert', leaf, '-reqout', 'ask.der')
      const request = readFileSync(`${openssl.folder}/ask.der`).toString('base64')
      if (request.includes('/')) escaped++
      for (const form of [encodeURIComponent(request), request.replaceAll('+', '%2B')]) {
        if (form.includes('//')) continue
        const reply = await fetch(`${server.address}/v1/pki/ocsp/${form}`)
        expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/ocsp-response'])
        openssl.file('answer.der', Buffer.from(await reply.arrayBuffer()))
        const text = openssl.say(
          'ocsp',
          '-reqin',
          'ask.der',
          '-issuer',
          root,
          '-respin',
          'answer.der',
          '-CAfile',
          root,
          '-resp_text',
        )
        expect(text).toContain('Cert Status: good')
      }
    }
    expect(escaped).toBe(3)
  })

  test('an OCSP body is one at ocsp alone', async () => {
    const reply = await fetch(`${server.address}/v1/secret/data/x`, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request', 'x-vault-token': server.rootToken },
      body: 'no JSON',
    })
    expect(reply.status).toBe(400)
  })
})

test('a key that is pasted where a request or certificate belongs is in no audit record', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const marks = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
  const calls: readonly (readonly [path: string, field: string])[] = [
    ['sign/web', 'csr'],
    ['cel/sign/web', 'csr'],
    ['cel/issue/web', 'anything'],
    ['sign-verbatim', 'csr'],
    ['root/sign-intermediate', 'csr'],
    ['root/sign-self-issued', 'certificate'],
    ['intermediate/set-signed', 'certificate'],
    ['revoke', 'certificate'],
    ['issuers/import/cert', 'pem_bundle'],
  ]
  for (const [path, field] of calls) {
    const reply = await server.call('POST', `pki/${path}`, { body: { [field]: pem, common_name: 'a.example.com' } })
    expect([path, reply.status]).toEqual([path, 400])
  }
  const log = () => readFileSync(server.auditFile, 'utf8')
  await expect.poll(() => calls.filter(([path]) => !log().includes(`pki/${path}`))).toEqual([])
  for (const mark of marks) expect(log()).not.toContain(mark)
})

test('the record of an issued certificate has its issuer in clear, once', async () => {
  const before = readFileSync(server.auditFile, 'utf8').length
  const { body } = await server.call('POST', 'pki/issue/web', { body: { common_name: 'once.example.com', ttl: '1h' } })
  expect(at(body, 'data', 'ca_chain')).toEqual([at(body, 'data', 'issuing_ca')])
  const log = () => readFileSync(server.auditFile, 'utf8').slice(before)
  await expect.poll(log).toContain('"issuing_ca"')
  expect(log().match(/-----BEGIN/g)).toHaveLength(1)
  expect(log()).toMatch(/"ca_chain":\["hmac-sha256:[0-9a-f]{64}"\]/)
})

test('an issuer that was revoked signs nothing any more', async () => {
  const ca = new Authority()
  const { certificate } = await ca.root()
  await ca.role('web')
  await ca.call('update', 'issuer/default/revoke')
  const refused = /^invalid_request: requested usage issuing-certificates/
  expect(await ca.refusal('update', 'issue/web', { common_name: 'www.example.com' })).toMatch(refused)
  expect(await ca.refusal('update', 'root/sign-self-issued', { certificate })).toMatch(refused)
})

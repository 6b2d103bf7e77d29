import { X509Certificate } from 'node:crypto'
import { BasicOCSPResponse, OCSPResponse } from '@peculiar/asn1-ocsp'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate } from '@peculiar/asn1-x509'
import { describe, expect, test } from 'vitest'
import { issuerCodec, rows, USAGES } from '../../engines/pki/documents.ts'
import { findIssuer } from '../../engines/pki/issuers/find.ts'
import { pemBlocks } from '../../engines/pki/x509/pem.ts'
import { Authority, hasOpenssl, Openssl } from './authority.ts'
import { certificatesIn, ocspRequest, ocspStatus, signerIn } from './ocsp-client.ts'

/** Delegated OCSP responders: keys of their own, that the issuer vouches for. */

const DAY = 86_400

async function delegating(fields: object = {}): Promise<{ ca: Authority; root: X509Certificate; serial: string }> {
  const ca = new Authority()
  const root = await ca.root({ ttl: '700h', ...fields })
  await ca.role('web')
  await ca.call('update', 'config/urls', { ocsp_servers: 'http://ca.example.com/ocsp' })
  await ca.call('update', 'config/crl', { ocsp_delegated: true })
  const { serial_number: serial } = await ca.issue('web')
  return { ca, root: new X509Certificate(String(root.certificate)), serial: String(serial) }
}

async function answerOf(ca: Authority, root: X509Certificate, serial: string): Promise<Buffer> {
  const { raw } = await ca.call('update', 'ocsp', { req: ocspRequest(root.raw, serial).toString('base64') })
  if (raw?.status !== 200 || !(raw.body instanceof Uint8Array)) throw new Error(`refused with ${raw?.status}`)
  return Buffer.from(raw.body)
}

test.each(['ec', 'rsa', 'ed25519', 'ml-dsa-44'])('a responder of a %s authority', async (kind) => {
  const { ca, root, serial } = await delegating({ key_type: kind })
  // Until recurring work has made one, the issuer answers itself; its certificate would be taken for one that it signed.
  expect(certificatesIn(await answerOf(ca, root, serial))).toEqual([])
  await ca.periodic()
  const answer = await answerOf(ca, root, serial)
  expect(ocspStatus(answer)).toBe('good')
  const responder = signerIn(answer)
  expect(responder.publicKey.asymmetricKeyType).toBe(root.publicKey.asymmetricKeyType)
  expect(responder.verify(root.publicKey)).toBe(true)
  expect(responder.keyUsage).toEqual(['1.3.6.1.5.5.7.3.9'])
  const { extensions = [] } = AsnConvert.parse(responder.raw, Certificate).tbsCertificate
  const ids = extensions.map(({ extnID }) => extnID)
  expect(ids).toContain('1.3.6.1.5.5.7.48.1.5') // nocheck
  expect(ids).not.toContain('1.3.6.1.5.5.7.1.1') // it names no responder for itself
  // It is on record as any other certificate is.
  const own = await ca.data('read', `cert/${responder.serialNumber.toLowerCase()}`)
  expect(pemBlocks(String(own.certificate))[0]?.der).toEqual(responder.raw)
})

describe('in time', () => {
  test('it is renewed after half its life, and no answer outlives it', async () => {
    const { ca, root, serial } = await delegating()
    await ca.call('update', 'config/crl', { ocsp_expiry: '300h' })
    await ca.periodic()
    const first = signerIn(await answerOf(ca, root, serial))
    ca.pass(3 * DAY)
    await ca.periodic()
    expect(signerIn(await answerOf(ca, root, serial)).serialNumber).toBe(first.serialNumber)
    ca.pass(20 * DAY)
    const { responseBytes } = AsnConvert.parse(await answerOf(ca, root, serial), OCSPResponse)
    const [single] =
      (responseBytes && AsnConvert.parse(responseBytes.response, BasicOCSPResponse).tbsResponseData.responses) ?? []
    expect(single?.nextUpdate?.getTime()).toBeLessThanOrEqual(Date.parse(first.validTo))
    await ca.periodic()
    expect(signerIn(await answerOf(ca, root, serial)).serialNumber).not.toBe(first.serialNumber)
  })

  test('one that was revoked signs no more, and another takes its place', async () => {
    const { ca, root, serial } = await delegating()
    await ca.periodic()
    const first = signerIn(await answerOf(ca, root, serial))
    await ca.call('update', 'revoke', { serial_number: first.serialNumber.toLowerCase() })
    expect(certificatesIn(await answerOf(ca, root, serial))).toEqual([])
    await ca.periodic()
    const second = signerIn(await answerOf(ca, root, serial))
    expect(second.serialNumber).not.toBe(first.serialNumber)
  })

  test('its key is gone when it is no longer wanted, or when its issuer is gone', async () => {
    const { ca, root, serial } = await delegating()
    await ca.periodic()
    await ca.call('update', 'config/crl', { ocsp_delegated: false })
    expect(certificatesIn(await answerOf(ca, root, serial))).toEqual([])
    const kept = () => ca.context.store.list('ocsp/responders/')
    expect(await kept()).toHaveLength(1)
    await ca.periodic()
    expect(await kept()).toEqual([])
  })
})

test('an issuer that was revoked gets none, and holds up no other work, though a version before gave it its usage again', async () => {
  const { ca } = await delegating()
  const { store } = ca.context
  await ca.call('update', 'issuer/default/revoke')
  const issuer = await findIssuer(store, 'default')
  if (issuer === undefined) throw new Error('no issuer')
  await store.transaction((tx) => tx.put(rows.issuer(issuer.id), { ...issuer, usage: USAGES }, issuerCodec))
  await ca.periodic()
  expect(await store.list('ocsp/responders/')).toEqual([])
  const asked = { common_name: 'www.example.com', ttl: '1h' }
  expect(await ca.refusal('update', 'issue/web', asked)).toContain('issuing-certificates')
})

describe.skipIf(!hasOpenssl)('openssl', () => {
  test('takes the answers of a responder', async () => {
    const openssl = new Openssl()
    try {
      const { ca, root, serial } = await delegating()
      await ca.periodic()
      await ca.call('update', 'revoke', { serial_number: serial })
      const { certificate } = await ca.data('read', `cert/${serial}`)
      const [rootFile, leaf] = [
        openssl.file('root.pem', root.toString()),
        openssl.file('leaf.pem', String(certificate)),
      ]
      const answer = openssl.file('answer.der', await answerOf(ca, root, serial))
      const said = openssl.say(
        'ocsp',
        '-issuer',
        rootFile,
        '-sha256',
        '-cert',
        leaf,
        '-no_nonce',
        '-respin',
        answer,
        '-CAfile',
        rootFile,
        '-attime',
        String(ca.time.nowMs / 1000),
        '-validity_period',
        '999999999',
      )
      expect(said).toContain('Response verify OK')
    } finally {
      openssl.remove()
    }
  })
})

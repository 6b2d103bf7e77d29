import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  verify,
  X509Certificate,
} from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { describe, expect, test } from 'vitest'
import type { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { HELLO, withKey } from '../../test/engines/transit.ts'

const pemOf = (key: ReturnType<typeof createPublicKey>): string =>
  key.export({ format: 'pem', type: 'spki' }).toString()

async function publicKeyOf(mount: MountedEngine, name = 'k'): Promise<string> {
  const { keys } = await mount.data('read', `keys/${name}`)
  return (keys as Record<string, { public_key: string }>)['1']?.public_key ?? ''
}

describe('derive-key', () => {
  test('gives both sides one key', async () => {
    const mount = await withKey({ type: 'ecdsa-p256' })
    const peer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await mount.call('update', 'derive-key/shared', { base_key_name: 'k', peer_public_key: pemOf(peer.publicKey) })
    const secret = diffieHellman({ privateKey: peer.privateKey, publicKey: createPublicKey(await publicKeyOf(mount)) })
    const key = Buffer.from(hkdfSync('sha256', secret, '', '', 32))
    const nonce = Buffer.alloc(12, 9)
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    const sealed = Buffer.concat([nonce, cipher.update('hello'), cipher.final(), cipher.getAuthTag()])
    const ciphertext = `vault:v1:${sealed.toString('base64')}`
    expect(await mount.data('update', 'decrypt/shared', { ciphertext })).toEqual({ plaintext: HELLO })
  })

  test('refuses what is no agreement', async () => {
    const mount = await withKey({ type: 'ecdsa-p256' })
    await mount.call('update', 'keys/aes')
    const peer = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
    const other = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)
    const good = { base_key_name: 'k', peer_public_key: peer }
    const refusals: readonly (readonly [object, string])[] = [
      [{ ...good, key_derivation_algorithm: 'dh' }, 'key derivation algorithm not supported: it is ecdh'],
      [{ base_key_name: 'k' }, 'peer public key not provided'],
      [{ ...good, derived_key_type: 'rsa-2048' }, 'keys of type rsa-2048 cannot be derived from an agreement'],
      [{ ...good, base_key_name: 'none' }, 'specified base key not found'],
      [{ ...good, base_key_name: 'aes' }, 'base key type aes256-gcm96 does not support key agreement'],
      [{ ...good, base_key_version: 2 }, 'requested version for key agreement is higher than the latest key version'],
      [{ ...good, peer_public_key: 'x' }, 'failed to parse supplied peer public key PEM'],
      [{ ...good, peer_public_key: other }, 'invalid curve: expected P-256'],
    ]
    for (const [data, refusal] of refusals) {
      expect(await mount.refusal('update', 'derive-key/new', data)).toBe(`invalid_request: ${refusal}`)
    }
    expect(await mount.refusal('update', 'derive-key/k', good)).toBe('invalid_request: key k already exists')
  })
})

const CERTIFIED = ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519', 'rsa-2048']

describe('certificate requests', () => {
  test.each(CERTIFIED)('of a key of type %s are signed by it and take subject and extensions over', async (type) => {
    const mount = await withKey({ type })
    const names = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=example.com, O=Example',
      keys: await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'example.com' }])],
    })
    for (const template of [names.toString('pem'), '']) {
      const { csr } = await mount.data('update', 'keys/k/csr', { csr: template })
      const request = new x509.Pkcs10CertificateRequest(String(csr))
      expect(await request.verify()).toBe(true)
      expect(request.subject).toBe(template === '' ? '' : 'CN=example.com, O=Example')
      expect(request.extensions).toHaveLength(template === '' ? 0 : 1)
    }
  })

  test('of ML-DSA keys name its own algorithm', async () => {
    const mount = await withKey({ type: 'ml-dsa-44' })
    const { csr } = await mount.data('update', 'keys/k/csr')
    const raw = Buffer.from(String(csr).replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64')
    const info = raw.subarray(4, 8 + raw.readUInt16BE(6))
    const key = createPublicKey(await publicKeyOf(mount))
    expect(verify(null, info, key, raw.subarray(-2420))).toBe(true)
  })

  test('are refused for other keys, and of what is no template', async () => {
    const mount = await withKey({ type: 'aes256-gcm96' })
    await mount.call('update', 'keys/d', { type: 'ed25519', derived: true })
    await mount.call('update', 'keys/e', { type: 'ed25519' })
    expect(await mount.refusal('update', 'keys/k/csr')).toBe(
      "invalid_request: key type 'aes256-gcm96' does not support signing",
    )
    expect(await mount.refusal('update', 'keys/d/csr')).toBe(
      'invalid_request: operation not supported for keys with derivation enabled',
    )
    expect(await mount.refusal('update', 'keys/e/csr', { version: 2 })).toBe('invalid_request: no such key version')
    const block = (body: string) => `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`
    for (const csr of ['x', block('AAAA'), block(''), block('MAA='), block('MAMCAQA=')]) {
      expect(await mount.refusal('update', 'keys/e/csr', { csr })).toMatch(/^invalid_request: could not (parse|decode)/)
    }
  })
})

describe('certificate chains', () => {
  async function authority() {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Authority',
      keys,
      signingAlgorithm: algorithm,
      extensions: [new x509.BasicConstraintsExtension(true)],
    })
    const issue = async (publicPem: string) =>
      x509.X509CertificateGenerator.create({
        subject: 'CN=leaf',
        issuer: certificate.subject,
        publicKey: new x509.PublicKey(publicPem),
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
      })
    return { certificate, issue }
  }

  test('are kept with the version whose key the leaf is for, and shown', async () => {
    const mount = await withKey({ type: 'ecdsa-p256' })
    const { certificate, issue } = await authority()
    const leaf = await issue(await publicKeyOf(mount))
    const chain = `${leaf.toString('pem')}\n${certificate.toString('pem')}`
    await mount.call('update', 'keys/k/set-certificate', { certificate_chain: chain })
    const { keys } = await mount.data('read', 'export/certificate-chain/k')
    const shown = (keys as Record<string, string>)['1'] ?? ''
    expect(new X509Certificate(shown).raw).toEqual(Buffer.from(leaf.rawData))
    expect((await mount.data('read', 'keys/k')).keys).toMatchObject({ '1': { certificate_chain: shown } })
    await mount.call('update', 'keys/k/rotate')
    for (const [what, data] of Object.entries({
      'leaf certificate public key does not match the selected key version': { certificate_chain: chain },
      'certificate in the first element is not a valid leaf certificate': {
        certificate_chain: certificate.toString('pem'),
        version: 1,
      },
      'certificates after the first element must be of certificate authorities': {
        certificate_chain: `${leaf.toString('pem')}\n${leaf.toString('pem')}`,
        version: 1,
      },
      'provided certificate chain did not contain any valid PEM encoded certificate': { certificate_chain: 'x' },
    })) {
      expect(await mount.refusal('update', 'keys/k/set-certificate', data)).toBe(`invalid_request: ${what}`)
    }
  })

  test('a leaf for a key of another type is refused, and no other request suffers for it', async () => {
    const mount = await withKey({ type: 'ed25519' })
    const { issue } = await authority()
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const leaf = await issue(pemOf(other.publicKey))
    expect(await mount.refusal('update', 'keys/k/set-certificate', { certificate_chain: leaf.toString('pem') })).toBe(
      'invalid_request: leaf certificate public key does not match the selected key version',
    )
    const pem = other.privateKey.export({ format: 'pem', type: 'pkcs8' })
    expect(createPrivateKey(pem).asymmetricKeyType).toBe('ec')
  })
})

import { webcrypto } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension as X509Extension,
} from '@peculiar/x509'

/** PEM files of a server certificate for 127.0.0.1 and localhost, of one for a client, and of the authority that signed both. */
export interface CertificateFiles {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  readonly clientCertFile: string
  readonly clientKeyFile: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const HOUR_MS = 3_600_000

/** A fresh authority and a server certificate under it, good from an hour ago for a day, written into `folder`. */
export async function makeCertificate(folder: string): Promise<CertificateFiles> {
  const notBefore = new Date(Date.now() - HOUR_MS)
  const notAfter = new Date(Date.now() + 24 * HOUR_MS)
  const { subtle } = webcrypto
  const caKeys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Egide test authority',
    keys: caKeys,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const signed = async (subject: string, extensions: X509Extension[]) => {
    const keys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        // Python's strict verification asks for it.
        await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
        ...extensions,
      ],
    })
    const key = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
    return {
      certificate: certificate.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
    }
  }
  const server = await signed('CN=localhost', [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'localhost' },
    ]),
  ])
  const client = await signed('CN=client', [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])])
  mkdirSync(folder, { recursive: true })
  const write = (name: string, pem: string) => {
    const file = path.join(folder, name)
    writeFileSync(file, `${pem}\n`, { mode: 0o600 })
    return file
  }
  return {
    caFile: write('ca.crt', ca.toString('pem')),
    certFile: write('server.crt', server.certificate),
    keyFile: write('server.key', server.key),
    clientCertFile: write('client.crt', client.certificate),
    clientKeyFile: write('client.key', client.key),
  }
}

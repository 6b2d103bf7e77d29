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
} from '@peculiar/x509'

/** PEM files of a server certificate for 127.0.0.1 and localhost, and of the authority that signed it. */
export interface CertificateFiles {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
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
  const serverKeys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: ca.subject,
    publicKey: serverKeys.publicKey,
    signingKey: caKeys.privateKey,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // Python's strict verification asks for it.
      await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  })
  const key = Buffer.from(await subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64')
  mkdirSync(folder, { recursive: true })
  const write = (name: string, pem: string) => {
    const file = path.join(folder, name)
    writeFileSync(file, `${pem}\n`, { mode: 0o600 })
    return file
  }
  return {
    caFile: write('ca.crt', ca.toString('pem')),
    certFile: write('server.crt', certificate.toString('pem')),
    keyFile: write('server.key', `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`),
  }
}

import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509'

/** Certificates for tests, made by a library that the server itself does not use. */

type Keys = webcrypto.CryptoKeyPair
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
export const CLIENT_AUTH = ExtendedKeyUsage.clientAuth
export const SERVER_AUTH = ExtendedKeyUsage.serverAuth

/** The middle of the time that certificates are good for, unless a test says otherwise. */
export const NOW_MS = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000

export interface Wanted {
  readonly subject?: string
  readonly isCa?: boolean
  readonly pathLength?: number
  readonly keyUsage?: number | null
  readonly uses?: readonly string[]
  readonly names?: ConstructorParameters<typeof SubjectAlternativeNameExtension>[0] & object
  readonly fromMs?: number
  readonly toMs?: number
  readonly extensions?: readonly Extension[]
  readonly keys?: Keys
  /** Hex. */
  readonly serial?: string
  readonly algorithm?: { readonly name: string; readonly hash: string; readonly namedCurve?: string }
}

/** A certificate and its key, which can make others. */
export interface Identity {
  readonly pem: string
  readonly der: Buffer
  readonly keyPem: string
  readonly keys: Keys
  readonly subject: string
  readonly serial: string
  issue(wanted?: Wanted): Promise<Identity>
  /** PEM of a list of these serial numbers, hex. */
  revoke(serials: readonly string[], nextUpdateMs?: number): Promise<string>
}

export const newKeys = (algorithm: object = P256): Promise<Keys> =>
  webcrypto.subtle.generateKey(algorithm as typeof P256, true, ['sign', 'verify']) as Promise<Keys>

/** An authority that nobody certified. */
export function newAuthority(wanted: Wanted = {}): Promise<Identity> {
  return make({ subject: 'CN=authority', isCa: true, ...wanted }, undefined)
}

let serials = 0

async function make(wanted: Wanted, issuer: Identity | undefined): Promise<Identity> {
  const keys = wanted.keys ?? (await newKeys(wanted.algorithm))
  const by = issuer ?? { keys, subject: wanted.subject ?? 'CN=client' }
  const isCa = wanted.isCa === true
  const usage =
    wanted.keyUsage ?? (isCa ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature)
  const subject = wanted.subject ?? 'CN=client'
  const certificate = await X509CertificateGenerator.create({
    serialNumber: wanted.serial ?? (++serials + 0x10_00).toString(16),
    subject,
    issuer: by.subject,
    publicKey: keys.publicKey,
    signingKey: by.keys.privateKey,
    notBefore: new Date(wanted.fromMs ?? NOW_MS - 100 * DAY_MS),
    notAfter: new Date(wanted.toMs ?? NOW_MS + 100 * DAY_MS),
    signingAlgorithm: wanted.algorithm ?? P256,
    extensions: [
      ...(wanted.isCa === undefined ? [] : [new BasicConstraintsExtension(isCa, wanted.pathLength, true)]),
      ...(wanted.keyUsage === null ? [] : [new KeyUsagesExtension(usage, true)]),
      ...(wanted.uses === undefined ? [] : [new ExtendedKeyUsageExtension([...wanted.uses])]),
      ...(wanted.names === undefined ? [] : [new SubjectAlternativeNameExtension(wanted.names)]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(by.keys.publicKey),
      ...(wanted.extensions ?? []),
    ],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const made: Identity = {
    pem: certificate.toString('pem'),
    der: Buffer.from(certificate.rawData),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    keys,
    subject,
    serial: certificate.serialNumber,
    issue: (next = {}) => make(next, made),
    async revoke(revoked, nextUpdateMs = NOW_MS + DAY_MS) {
      const list = await X509CrlGenerator.create({
        issuer: subject,
        thisUpdate: new Date(NOW_MS),
        nextUpdate: new Date(nextUpdateMs),
        signingAlgorithm: P256,
        signingKey: keys.privateKey,
        entries: revoked.map((serialNumber) => ({ serialNumber, revocationDate: new Date(NOW_MS) })),
      })
      return list.toString('pem')
    },
  }
  return made
}

/** An extension of any kind; `der` is what it holds. */
export const extension = (oid: string, der: Buffer, isCritical = false): Extension =>
  new Extension(oid, isCritical, der)

/** DER of a UTF8String. */
export const utf8 = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x0c, Buffer.byteLength(text)]), Buffer.from(text)])

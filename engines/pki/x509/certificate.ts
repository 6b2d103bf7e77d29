import type { KeyObject } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Certificate as AsnCertificate, BasicConstraints, KeyUsage, SubjectKeyIdentifier } from '@peculiar/asn1-x509'
import { invalid } from '../../errors.ts'
import { publicKeyOf, type Signer } from './algorithms.ts'
import { bitString, type Der, explicit, integer, sequence, time, unsigned } from './der.ts'
import { EXTENSION, type Extension, extensionsDer, type KeyUsageName, keyIdOf, keyUsageNames } from './extensions.ts'
import { perDocument } from './per-document.ts'
import { hexSerial } from './serial.ts'
import { type Algorithm, algorithmOf } from './signature-algorithm.ts'
import { refuseNotDer } from './strict-der.ts'
import { type Subject, subjectOf } from './subject.ts'

/** What a certificate says, but for who signs it. */
export interface CertificateTemplate {
  readonly serial: Buffer
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly subject: Der
  readonly spki: Der
  readonly extensions: readonly Extension[]
}

const VERSION_3 = explicit(0, integer(2))

/** TBSCertificate (RFC 5280, 4.1): what is signed. */
export function toBeSigned(template: CertificateTemplate, issuer: Der, algorithm: Der): Der {
  return sequence(
    VERSION_3,
    unsigned(template.serial),
    algorithm,
    issuer,
    sequence(time(template.notBeforeMs), time(template.notAfterMs)),
    template.subject,
    template.spki,
    explicit(3, extensionsDer(template.extensions)),
  )
}

/** Signs what was made by `toBeSigned`, or of the same form: a list, a request. */
export async function signed(tbs: Der, signer: Signer): Promise<Der> {
  return sequence(tbs, signer.algorithm, bitString(await signer.sign(tbs)))
}

/** A certificate that was read: what the engine goes by. */
export interface ParsedCertificate {
  readonly der: Buffer
  readonly serial: string
  readonly subjectDer: Buffer
  readonly issuerDer: Buffer
  readonly subject: Subject
  readonly issuer: Subject
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly publicKey: KeyObject
  readonly spki: Buffer
  /** Of the extension; made of the key where there is none. */
  readonly keyId: Buffer
  readonly isCa: boolean
  readonly pathLength: number | undefined
  /** Undefined: the certificate does not say. */
  readonly keyUsages: readonly KeyUsageName[] | undefined
  readonly extensions: readonly Extension[]
  readonly tbs: Buffer
  readonly signature: Buffer
  readonly algorithm: Algorithm
}

/** Throws `invalid_request` for what is no certificate, or not one alone. */
export function parseCertificate(der: Buffer): ParsedCertificate {
  try {
    refuseNotDer(der)
    return parsed(der)
  } catch (error) {
    throw invalid(`unable to parse certificate: ${error instanceof Error ? error.message : 'not DER'}`)
  }
}

/** As `parseCertificate`, once for each stored document. */
export const storedCertificate = perDocument(parsed)

function parsed(der: Buffer): ParsedCertificate {
  const {
    tbsCertificate: tbs,
    tbsCertificateRaw,
    signatureAlgorithm,
    signatureValue,
  } = AsnConvert.parse(der, AsnCertificate)
  if (tbsCertificateRaw === undefined) throw new Error('it has no contents')
  const extensions = (tbs.extensions ?? []).map(({ extnID, critical, extnValue }) => ({
    id: extnID,
    critical,
    value: Buffer.from(extnValue.buffer),
  }))
  const extensionValue = (id: string): Buffer | undefined => extensions.find((one) => one.id === id)?.value
  const [sign = 0x80] = Buffer.from(tbs.serialNumber)
  if (sign >= 0x80) throw new Error('its serial number is negative')
  const spki = Buffer.from(AsnConvert.serialize(tbs.subjectPublicKeyInfo))
  const [constraints, usage, keyId] = [
    extensionValue(EXTENSION.basicConstraints),
    extensionValue(EXTENSION.keyUsage),
    extensionValue(EXTENSION.subjectKeyId),
  ]
  const basic = constraints && AsnConvert.parse(constraints, BasicConstraints)
  const { publicKey } = publicKeyOf(spki)
  const subjectDer = Buffer.from(AsnConvert.serialize(tbs.subject))
  const issuerDer = Buffer.from(AsnConvert.serialize(tbs.issuer))
  return {
    der,
    serial: hexSerial(Buffer.from(tbs.serialNumber)),
    subjectDer,
    issuerDer,
    subject: subjectOf(subjectDer),
    issuer: subjectOf(issuerDer),
    notBeforeMs: tbs.validity.notBefore.getTime().getTime(),
    notAfterMs: tbs.validity.notAfter.getTime().getTime(),
    publicKey,
    spki,
    keyId: keyId ? Buffer.from(AsnConvert.parse(keyId, SubjectKeyIdentifier).buffer) : keyIdOf(spki),
    isCa: basic?.cA === true,
    pathLength: basic?.cA === true ? basic.pathLenConstraint : undefined,
    keyUsages: usage && usagesOf(usage),
    extensions,
    tbs: Buffer.from(tbsCertificateRaw),
    signature: Buffer.from(signatureValue),
    algorithm: algorithmOf(signatureAlgorithm),
  }
}

function usagesOf(value: Buffer): readonly KeyUsageName[] {
  const bits = AsnConvert.parse(value, KeyUsage).toNumber()
  return keyUsageNames((bit) => (bits & (1 << bit)) !== 0)
}

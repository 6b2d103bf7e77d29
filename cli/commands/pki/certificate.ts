import { X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  AuthorityKeyIdentifier,
  type Extension,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  SubjectKeyIdentifier,
  type TBSCertificate,
  Certificate as X509,
} from '@peculiar/asn1-x509'

/** A certificate as the commands for PKI look at it. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly tbs: TBSCertificate
  /** Of the signature. */
  readonly algorithm: string
  /** Names in DER. */
  readonly subject: Buffer
  readonly issuer: Buffer
  /** Hexadecimal. Undefined: it has none. */
  readonly subjectKeyId: string | undefined
  readonly authorityKeyId: string | undefined
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Throws an Error for what is no certificate in PEM. */
export function parseCertificate(pem: string): Certificate {
  const x509 = new X509Certificate(pem)
  const { tbsCertificate: tbs, signatureAlgorithm } = AsnConvert.parse(x509.raw, X509)
  const subjectKeyId = extension(tbs, id_ce_subjectKeyIdentifier)
  const authorityKeyId = extension(tbs, id_ce_authorityKeyIdentifier)
  return {
    x509,
    tbs,
    algorithm: signatureAlgorithm.algorithm,
    subject: Buffer.from(AsnConvert.serialize(tbs.subject)),
    issuer: Buffer.from(AsnConvert.serialize(tbs.issuer)),
    subjectKeyId: subjectKeyId && hex(AsnConvert.parse(subjectKeyId, SubjectKeyIdentifier).buffer),
    authorityKeyId:
      authorityKeyId && hex(AsnConvert.parse(authorityKeyId, AuthorityKeyIdentifier).keyIdentifier?.buffer),
    notBeforeMs: x509.validFromDate.getTime(),
    notAfterMs: x509.validToDate.getTime(),
  }
}

const hex = (bytes: ArrayBuffer | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex')

/** The value of an extension. */
export function extension({ extensions }: TBSCertificate, id: string): ArrayBuffer | undefined {
  return extensions?.find(({ extnID }: Extension) => extnID === id)?.extnValue.buffer
}

/** Whether the key of `parent` signed `child`, and `parent` is a CA. */
export function isSignedBy(child: Certificate, parent: Certificate): boolean {
  if (!parent.x509.ca) return false
  try {
    return child.x509.verify(parent.x509.publicKey)
  } catch {
    return false // a key of another kind
  }
}

/** It signed itself. */
export function isRoot(certificate: Certificate): boolean {
  return certificate.subject.equals(certificate.issuer) && isSignedBy(certificate, certificate)
}

export function isSame(one: Certificate, other: Certificate): boolean {
  return one.x509.raw.equals(other.x509.raw)
}

import { createHash, X509Certificate } from 'node:crypto'
import { BasicOCSPResponse, OCSPResponse } from '@peculiar/asn1-ocsp'
import { AsnConvert } from '@peculiar/asn1-schema'
import { parseCertificate } from '../../engines/pki/x509/certificate.ts'
import { explicit, octetString, oid, sequence, unsigned } from '../../engines/pki/x509/der.ts'
import { extensionDer, subjectPublicKeyBits } from '../../engines/pki/x509/extensions.ts'
import { serialBytes } from '../../engines/pki/x509/serial.ts'

const SHA256 = oid('2.16.840.1.101.3.4.2.1')

const NONCE = '1.3.6.1.5.5.7.48.1.2'

/** OCSPRequest about one certificate (RFC 6960, 4.1.1), with a nonce (RFC 9654) where one is given. */
export function ocspRequest(issuerDer: Buffer, serial: string, nonce?: Buffer): Buffer {
  const issuer = parseCertificate(issuerDer)
  const hashed = (data: Buffer): Buffer => octetString(createHash('sha256').update(data).digest())
  const id = sequence(
    sequence(SHA256),
    hashed(issuer.subjectDer),
    hashed(subjectPublicKeyBits(issuer.spki)),
    unsigned(serialBytes(serial)),
  )
  const requests = sequence(sequence(id))
  if (nonce === undefined) return sequence(sequence(requests))
  const extension = extensionDer({ id: NONCE, critical: false, value: octetString(nonce) })
  return sequence(sequence(requests, explicit(2, sequence(extension))))
}

/** What an OCSPResponse says of the one certificate that it was asked about. Its signature is not looked at. */
export function ocspStatus(der: Buffer): 'good' | 'revoked' | 'unknown' {
  const { responseBytes } = AsnConvert.parse(der, OCSPResponse)
  if (responseBytes === undefined) throw new Error('an answer without contents')
  const { responses } = AsnConvert.parse(responseBytes.response, BasicOCSPResponse).tbsResponseData
  const status = responses[0]?.certStatus
  if (responses.length !== 1 || status === undefined) throw new Error('not one answer')
  if (status.revoked !== undefined) return 'revoked'
  return status.good === undefined ? 'unknown' : 'good'
}

/** The certificate that came with an answer, as it does with those of a responder. Throws where none did. */
export function signerIn(answer: Buffer): X509Certificate {
  const [first] = certificatesIn(answer)
  if (first === undefined) throw new Error('no certificate came with the answer')
  return first
}

export function certificatesIn(answer: Buffer): readonly X509Certificate[] {
  const { responseBytes } = AsnConvert.parse(answer, OCSPResponse)
  const certificates = (responseBytes && AsnConvert.parse(responseBytes.response, BasicOCSPResponse).certs) ?? []
  return certificates.map((one) => new X509Certificate(Buffer.from(AsnConvert.serialize(one))))
}

import { AsnSerializer } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  CertificateList,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from '@peculiar/asn1-x509'
import { expect, test } from 'vitest'
import { parseList } from './revocation-list.ts'

test('a list of four thousand certificates is read', () => {
  const at = new Time(new Date('2026-01-02T03:04:05Z'))
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
  const revokedCertificates = Array.from(
    { length: 4_000 },
    (_, index) => new RevokedCertificate({ userCertificate: serial(index), revocationDate: at }),
  )
  const list = new CertificateList({
    tbsCertList: new TBSCertList({
      version: Version.v2,
      signature: signatureAlgorithm,
      thisUpdate: at,
      nextUpdate: at,
      revokedCertificates,
    }),
    signatureAlgorithm,
    signature: new ArrayBuffer(64),
  })
  const { tbsCertList } = parseList(Buffer.from(AsnSerializer.serialize(list)))
  expect(tbsCertList.revokedCertificates).toHaveLength(4_000)
  expect(tbsCertList.nextUpdate?.getTime()).toEqual(at.getTime())
})

function serial(index: number): ArrayBuffer {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, index + 1)
  return bytes.buffer
}

import { AsnParser } from '@peculiar/asn1-schema'
import { CertificateList } from '@peculiar/asn1-x509'

/** A list of revoked certificates (RFC 5280, 5.1). The parser's own bounds end at 3 300 entries, or 16 MiB. */
export function parseList(der: Buffer): CertificateList {
  return AsnParser.parse(der, CertificateList, {
    berOptions: { maxNodes: der.length, maxContentLength: der.length },
  })
}

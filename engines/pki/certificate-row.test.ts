import { describe, expect, test } from 'vitest'
import { document } from '../../storage/codec.ts'
import { type CertificateDocument, certificateCodec } from './certificate-row.ts'

const SAID = {
  issuerId: '0b2f9c1e-5a34-4a8e-9d0c-3f1f6f3a9b11',
  authority: '00112233445566778899aabbccddeeff',
  shard: 127,
  role: 'wéb',
  issuedAtMs: 1_767_326_645_123,
  notAfterMs: Date.UTC(9999, 11, 31, 23, 59, 59),
} as const
const DER = Buffer.from([0x30, 0x03, 0x02, 0x01, 0x07])

const documents: Readonly<Record<string, CertificateDocument>> = {
  'what is to be signed': { ...SAID, tbs: DER },
  'a certificate': { ...SAID, certificate: DER },
  'a certificate that was revoked': { ...SAID, certificate: DER, revocation: { atMs: 1, reason: 0 } },
  'what is to be signed, and was revoked': { ...SAID, tbs: DER, revocation: { atMs: 1_767_326_645_124, reason: 9 } },
  neither: { ...SAID, role: '' },
  both: { ...SAID, tbs: DER, certificate: Buffer.alloc(0) },
  'of a role whose name is long': { ...SAID, role: 'r'.repeat(70_000), certificate: DER },
}

describe('rows of certificates', () => {
  test.each(Object.entries(documents))('%s is read as it was written', (_, written) => {
    expect(certificateCodec.decode(certificateCodec.encode(written))).toEqual(written)
  })

  test.each(Object.entries(documents))('%s is read of a row that names its fields', (_, written) => {
    expect(certificateCodec.decode(document<CertificateDocument>().encode(written))).toEqual(written)
  })

  test('what is said beside a certificate takes less than 150 bytes', () => {
    expect(certificateCodec.encode({ ...SAID, certificate: DER }).length - DER.length).toBeLessThan(150)
  })

  test('a certificate that was read shares no bytes with the row', () => {
    const row = Buffer.from(certificateCodec.encode({ ...SAID, certificate: DER }))
    const { certificate } = certificateCodec.decode(row)
    row.fill(0)
    expect(certificate).toEqual(DER)
    expect(certificate?.buffer.byteLength).toBe(DER.length)
  })

  const rowOf = (head: unknown, held = DER): Buffer => {
    const text = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head))
    return Buffer.concat([Buffer.of(2, text.length >> 8, text.length & 0xff), text, held])
  }
  const head: readonly unknown[] = [2, SAID.issuerId, SAID.authority, 1, 'web', 1, 2]
  test.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['the version alone', Buffer.of(2)],
    ['a length alone', Buffer.of(2, 0, 9)],
    ['a head that is longer than the row', rowOf(head).subarray(0, 20)],
    ['a head that is no JSON', rowOf('[2,')],
    ['a head that is no list', rowOf({ length: 7 })],
    ['a head with a field too few', rowOf(head.slice(0, -1))],
    ['a head with half a revocation', rowOf([...head, 1])],
    ['a head with a field too many', rowOf([...head, 1, 2, 3])],
    ['a number for a text', rowOf(head.with(1, 7))],
    ['a text for a number', rowOf(head.with(5, '7'))],
    ['a null for a number', rowOf(head.with(3, null))],
    ['what it holds is of no kind that there is', rowOf(head.with(0, 3))],
    ['bytes where there are to be none', rowOf(head.with(0, 0))],
    ['another version', Buffer.concat([Buffer.of(3), rowOf(head).subarray(1)])],
  ])('refuses: %s', (_, row) => {
    expect(() => certificateCodec.decode(row)).toThrow(/not an encoded/)
  })

  test('reads what it refuses the parts of', () => {
    expect(certificateCodec.decode(rowOf(head)).certificate).toEqual(DER)
  })
})

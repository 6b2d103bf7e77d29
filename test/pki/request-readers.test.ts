import { randomInt, sign } from 'node:crypto'
import { CertificationRequest } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Extensions, SubjectAlternativeName } from '@peculiar/asn1-x509'
import { describe, expect, test } from 'vitest'
import { EgideError } from '../../engines/errors.ts'
import { type ParsedRequest, parseRequestDer } from '../../engines/pki/x509/csr.ts'
import {
  bitString,
  boolean,
  explicit,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  tagged,
  utf8String,
} from '../../engines/pki/x509/der.ts'
import { SeededRandom } from '../harness/random.ts'
import { asked, dns, email, extension, ip, KEY, SPKI, san, uri } from './hostile-requests.ts'

/** The engine reads requests by its own reader: what it takes, a library that goes by the schemas of the standards reads the same. */

const attribute = (id: string, value: Buffer) => setOf([sequence(oid(id), value)])
const SUBJECT = sequence(
  attribute('2.5.4.6', printableString('FR')),
  attribute('2.5.4.10', utf8String('Société')),
  attribute('2.5.4.3', utf8String('www.example.com')),
  attribute('1.2.840.113549.1.9.1', tagged(0x16, Buffer.from('a@example.com'))),
)
const ATTRIBUTES = tagged(
  0xa0,
  Buffer.concat([
    sequence(oid('1.2.840.113549.1.9.7'), setOf([utf8String('challenge')])),
    asked(
      san(
        dns('www.example.com'),
        email('a@example.com'),
        ip(10, 0, 0, 1),
        ip(...Array(16).fill(1)),
        uri('spiffe://x/y'),
        explicit(0, oid('1.2.3'), explicit(0, utf8String('other'))),
      ),
      extension('2.5.29.15', tagged(0x03, Buffer.of(5, 0xa0))),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
      sequence(oid('2.5.29.19'), boolean(true), octetString(sequence())),
      extension('1.3.6.1.4.1.99999.1', utf8String('kept as it is')),
    ),
  ]),
)

function signed(subject: Buffer, attributes: Buffer): Buffer {
  const info = sequence(integer(0), subject, SPKI, attributes)
  return sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bitString(sign('sha256', info, KEY)))
}

function taken(der: Buffer): ParsedRequest | undefined {
  try {
    return parseRequestDer(der)
  } catch (error) {
    // Never another error: that would be answered as a fault of the server.
    if (error instanceof EgideError) return undefined
    throw error
  }
}

/** What the library says of the same bytes. */
function readByLibrary(der: Buffer) {
  const { certificationRequestInfo: info } = AsnConvert.parse(der, CertificationRequest)
  const values = (info.attributes ?? [])
    .filter(({ type }) => type === '1.2.840.113549.1.9.14')
    .flatMap((one) => one.values)
  const extensions = values.flatMap((value) => [...AsnConvert.parse(value, Extensions)])
  const names = extensions.find(({ extnID }) => extnID === '2.5.29.17')
  const commonNames = [...info.subject].flatMap((rdn) => [...rdn]).filter(({ type }) => type === '2.5.4.3')
  // A kind of string that is none of a DirectoryString's: it makes no text of it.
  if (commonNames.some(({ value }) => value.anyValue !== undefined)) throw new Error('a name of another kind')
  const all = names === undefined ? [] : [...AsnConvert.parse(names.extnValue, SubjectAlternativeName)]
  return {
    commonName: commonNames.at(-1)?.value.toString() ?? '',
    dns: all.flatMap(({ dNSName }) => dNSName ?? []),
    email: all.flatMap(({ rfc822Name }) => rfc822Name ?? []),
    uri: all.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
    addresses: all.filter(({ iPAddress }) => iPAddress !== undefined).length,
    extensions: extensions.map(({ extnID, critical, extnValue }) => [
      extnID,
      critical,
      Buffer.from(extnValue.buffer).toString('hex'),
    ]),
  }
}

function readableByLibrary(der: Buffer) {
  try {
    return readByLibrary(der)
  } catch {
    return undefined
  }
}

function readByEngine({ subject, altNames, extensions }: ParsedRequest) {
  return {
    commonName: subject.commonName,
    dns: altNames.dns,
    email: altNames.email,
    uri: altNames.uri,
    addresses: altNames.ip.length,
    extensions: extensions.map(({ id, critical, value }) => [id, critical, value.toString('hex')]),
  }
}

describe('what the engine reads of a certificate request is what the library reads', () => {
  test('of one that says all there is', () => {
    const request = parseRequestDer(signed(SUBJECT, ATTRIBUTES))
    expect(readByEngine(request)).toEqual(readByLibrary(signed(SUBJECT, ATTRIBUTES)))
    expect(request).toMatchObject({
      subject: { commonName: 'www.example.com', organization: ['Société'], country: ['FR'] },
      altNames: { ip: ['10.0.0.1', '101:101:101:101:101:101:101:101'], other: [{ id: '1.2.3', value: 'other' }] },
      keyUsages: ['DigitalSignature', 'KeyEncipherment'],
      extKeyUsages: ['1.3.6.1.5.5.7.3.1'],
      isCa: false,
    })
  })

  test('of what is taken of 600 bent ones', () => {
    const seed = Number(process.env.EGIDE_SEED ?? randomInt(1_000_000))
    const random = new SeededRandom(seed)
    let [both, refused, alone] = [0, 0, 0]
    for (let round = 0; round < 600; round++) {
      const [subject, attributes] = [Buffer.from(SUBJECT), Buffer.from(ATTRIBUTES)]
      const bent = random.below(3) === 0 ? subject : attributes
      for (let times = 1 + random.below(2); times > 0; times--) bent[random.below(bent.length)] = random.below(256)
      const der = signed(subject, attributes)
      const request = taken(der)
      const byLibrary = request && readableByLibrary(der)
      if (request === undefined) refused++
      else if (byLibrary === undefined) alone++
      else {
        both++
        expect(readByEngine(request), `seed ${seed}, round ${round}: ${der.toString('hex')}`).toEqual(byLibrary)
      }
    }
    // The library stumbles over kinds of strings and tags that nobody uses.
    expect(alone, `seed ${seed}`).toBeLessThan(Math.max(10, both / 10))
    expect(both).toBeGreaterThan(20)
    expect(refused).toBeGreaterThan(20)
  })
})

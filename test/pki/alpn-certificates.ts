import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import {
  bitString,
  boolean,
  type Der,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  tagged,
  time,
} from '../../engines/pki/x509/der.ts'
import { pem } from '../../engines/pki/x509/pem.ts'
import { dns, extension, ip, name, san } from './hostile-requests.ts'

/** Certificates by which 127.0.0.1 proves itself (RFC 8737, 3; RFC 8738), or tries to, for the token `t` and the thumbprint `p`. */

export interface Certificate {
  readonly key: string
  readonly cert: string
}

interface Parts {
  readonly issuer?: Der
  readonly names?: Der
  readonly proof?: Der
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ALGORITHM = sequence(oid('1.2.840.10045.4.3.2'))
const DIGEST = createHash('sha256').update('t.p').digest()

const acmeIdentifier = (value: Der, critical = true): Der =>
  sequence(oid('1.3.6.1.5.5.7.1.31'), ...(critical ? [boolean(true)] : []), octetString(value))

export function certificate(parts: Parts = {}): Certificate {
  const own = name('proof')
  const extensions = [parts.names ?? san(ip(127, 0, 0, 1)), parts.proof ?? acmeIdentifier(octetString(DIGEST))]
  const tbs = sequence(
    explicit(0, integer(2)),
    integer(7),
    ALGORITHM,
    parts.issuer ?? own,
    sequence(time(Date.UTC(2020, 0)), time(Date.UTC(2049, 0))),
    own,
    publicKey.export({ format: 'der', type: 'spki' }),
    explicit(3, sequence(...extensions)),
  )
  const cert = pem('CERTIFICATE', sequence(tbs, ALGORITHM, bitString(sign('sha256', tbs, privateKey))))
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert }
}

const NAMES = '2.5.29.17'

export const WRONG: Readonly<Record<string, Parts>> = {
  'that another signed': { issuer: name('other') },
  'without the address': { names: san(dns('a.test')) },
  'of another address': { names: san(ip(127, 0, 0, 2)) },
  'of a name besides': { names: san(ip(127, 0, 0, 1), dns('a.test')) },
  'of no names': { names: san() },
  'whose address has five bytes': { names: san(ip(127, 0, 0, 1, 0)) },
  'whose address is a range': { names: san(ip(127, 0, 0, 1, 255, 255, 255, 255)) },
  'whose names are none': { names: extension(NAMES, tagged(0x04, Buffer.of(1))) },
  'whose names are no DER': { names: extension(NAMES, Buffer.of(0x30, 0x7f)) },
  'whose name is of an unknown kind': { names: san(implicit(12, Buffer.of(1))) },
  'with another proof': { proof: acmeIdentifier(octetString(Buffer.alloc(32))) },
  'whose proof is not critical': { proof: acmeIdentifier(octetString(DIGEST), false) },
  'whose proof is not in an octet string': { proof: acmeIdentifier(DIGEST) },
  'whose proof is cut short': { proof: acmeIdentifier(octetString(DIGEST.subarray(0, 31))) },
}

import { AsnConvert } from '@peculiar/asn1-schema'
import {
  BasicConstraints,
  id_ce_basicConstraints,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  NameConstraints,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'
import type { JsonObject, JsonValue } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { misuse } from '../../failure.ts'
import { type Certificate, extension } from './certificate.ts'
import { type Issuer, readIssuer } from './issuer.ts'

/** The fields of intermediate/generate and sign-intermediate that make another certificate like an issuer's. */
export async function readTemplate(client: Logical, path: string, keepsKey: boolean): Promise<JsonObject> {
  const issuer = await readIssuer(client, path)
  return { ...contentsOf(issuer.certificate), ...keyFields(issuer, path, keepsKey) }
}

/** `changes` over the template: what stands for the same thing gives way too. */
export function withChanges(template: JsonObject, changes: JsonObject): JsonObject {
  const left = { ...template }
  if (Object.hasOwn(changes, 'not_after')) delete left.ttl
  if (Object.hasOwn(changes, 'key_type') && changes.key_type !== template.key_type) delete left.key_bits
  return { ...left, ...changes }
}

/** Attributes of names, by what the API calls them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ou: '2.5.4.11',
  organization: '2.5.4.10',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  province: '2.5.4.8',
  street_address: '2.5.4.9',
  postal_code: '2.5.4.17',
}
const COMMON_NAME = '2.5.4.3'
const SERIAL_NUMBER = '2.5.4.5'

function contentsOf(certificate: Certificate): JsonObject {
  const { tbs, notBeforeMs, notAfterMs } = certificate
  const values = (id: string): string[] =>
    tbs.subject.flatMap((set) => set.filter(({ type }) => type === id).map(({ value }) => value.toString()))
  const names = alternativeNames(certificate)
  const [commonName = ''] = values(COMMON_NAME)
  const isAmong = [...names.dns, ...names.email].includes(commonName)
  return {
    common_name: commonName,
    exclude_cn_from_sans: commonName !== '' && !isAmong,
    alt_names: [...names.dns, ...names.email].join(','),
    ip_sans: names.ip.join(','),
    uri_sans: names.uri.join(','),
    ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, id]) => [name, values(id)])),
    serial_number: values(SERIAL_NUMBER)[0] ?? '',
    ttl: `${Math.round((notAfterMs - notBeforeMs) / 1000)}s`,
    ...constraintsOf(certificate),
    ...signatureFields(certificate.algorithm, parametersOf(certificate)),
  }
}

function alternativeNames({ tbs }: Certificate) {
  const value = extension(tbs, id_ce_subjectAltName)
  const names = value === undefined ? [] : [...AsnConvert.parse(value, SubjectAlternativeName)]
  const all = <T>(of: (name: (typeof names)[number]) => T | undefined): T[] =>
    names.map(of).filter((name) => name !== undefined)
  return {
    dns: all(({ dNSName }) => dNSName),
    email: all(({ rfc822Name }) => rfc822Name),
    ip: all(({ iPAddress }) => iPAddress),
    uri: all(({ uniformResourceIdentifier }) => uniformResourceIdentifier),
  }
}

function constraintsOf({ tbs }: Certificate): JsonObject {
  const basic = extension(tbs, id_ce_basicConstraints)
  const pathLength = basic && AsnConvert.parse(basic, BasicConstraints).pathLenConstraint
  const named = extension(tbs, id_ce_nameConstraints)
  const permitted = named === undefined ? [] : [...(AsnConvert.parse(named, NameConstraints).permittedSubtrees ?? [])]
  const domains = permitted.map(({ base }) => base.dNSName).filter((name) => name !== undefined)
  return {
    ...(pathLength !== undefined && { max_path_length: pathLength }),
    ...(domains.length > 0 && { permitted_dns_domains: domains.join(',') }),
  }
}

/** RSA and ECDSA with a hash of so many bits; PSS says it in its parameters. */
const HASH_BITS: Readonly<Record<string, number>> = {
  '1.2.840.113549.1.1.11': 256,
  '1.2.840.113549.1.1.12': 384,
  '1.2.840.113549.1.1.13': 512,
  '1.2.840.10045.4.3.2': 256,
  '1.2.840.10045.4.3.3': 384,
  '1.2.840.10045.4.3.4': 512,
}
const PSS = '1.2.840.113549.1.1.10'
/** SHA-256, SHA-384, SHA-512: the ends of their identifiers in DER. */
const PSS_HASHES: readonly (readonly [der: string, bits: number])[] = [
  ['0609608648016503040201', 256],
  ['0609608648016503040202', 384],
  ['0609608648016503040203', 512],
]

function parametersOf({ tbs }: Certificate): string {
  return Buffer.from(tbs.signature.parameters ?? new ArrayBuffer(0)).toString('hex')
}

function signatureFields(algorithm: string, parameters: string): JsonObject {
  if (algorithm === PSS) {
    const bits = PSS_HASHES.find(([der]) => parameters.includes(der))?.[1]
    return { use_pss: true, ...(bits !== undefined && { signature_bits: bits }) }
  }
  const bits = HASH_BITS[algorithm]
  return bits === undefined ? {} : { signature_bits: bits }
}

const CURVE_BITS: Readonly<Record<string, number>> = { secp224r1: 224, prime256v1: 256, secp384r1: 384, secp521r1: 521 }

function keyFields({ certificate, keyId }: Issuer, path: string, keepsKey: boolean): Record<string, JsonValue> {
  if (keepsKey) {
    if (keyId === '') throw misuse(`the key of ${path} is not there`)
    return { key_ref: keyId, ...(certificate.subjectKeyId !== undefined && { skid: certificate.subjectKeyId }) }
  }
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = certificate.x509.publicKey
  const bits = details?.modulusLength ?? CURVE_BITS[details?.namedCurve ?? '']
  return { key_type: type.startsWith('rsa') ? 'rsa' : type, ...(bits !== undefined && { key_bits: bits }) }
}

import Type from 'typebox'
import type { EngineRequest } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { askedAltNames, nameFields, withCommonName } from '../issuing/asked-names.ts'
import { formatFields } from '../issuing/formats.ts'
import { purposeIds } from '../issuing/leaf.ts'
import { checkedOids, extKeyUsages, keyUsages } from '../roles/fields.ts'
import type { AltNames } from '../x509/alt-names.ts'
import type { Extension, KeyUsageName } from '../x509/extensions.ts'
import { EMPTY_SUBJECT, type Subject } from '../x509/subject.ts'
import { askedConstraints, constraintFields } from './constraint-fields.ts'

/** Fields of all that makes or signs a CA's certificate. */
export const subjectFields = {
  ...nameFields,
  ...formatFields,
  ou: field.list({ default: [], description: 'Organizational units of the subject' }),
  organization: field.list({ default: [], description: 'Organizations of the subject' }),
  country: field.list({ default: [], description: 'Countries of the subject' }),
  locality: field.list({ default: [], description: 'Localities of the subject' }),
  province: field.list({ default: [], description: 'Provinces of the subject' }),
  street_address: field.list({ default: [], description: 'Street addresses of the subject' }),
  postal_code: field.list({ default: [], description: 'Postal codes of the subject' }),
  serial_number: field.text({
    default: '',
    description: "The subject's serialNumber attribute; not the certificate's number",
  }),
  ttl: field.duration({ default: 0, description: "How long it is valid; 0: the mount's default" }),
  not_after: field.text({ default: '', description: 'When it ends (RFC 3339), in place of ttl' }),
  not_before: field.text({ default: '', description: 'When it begins (RFC 3339)' }),
  not_before_duration: field.duration({ default: 30, description: 'It is valid so much before it is made' }),
  signature_bits: field.int({ default: 0, description: 'Bits of the hash that is signed, for RSA keys; 0: 256' }),
  use_pss: field.bool({ default: false, description: 'RSA keys sign with PSS padding' }),
}

export const keyFields = {
  key_type: field.text({
    default: 'rsa',
    description: 'rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits',
  }),
  key_bits: field.int({ default: 0, description: 'Size of the key; 0: 2048 for rsa, 256 for ec' }),
  key_name: field.text({ default: '', description: 'Name for the new key' }),
  key_ref: field.text({ default: 'default', description: 'Key to use again, where the path says existing' }),
}

export const caFields = {
  issuer_name: field.text({ default: '', description: 'Name for the new issuer' }),
  max_path_length: field.int({ default: -1, description: 'How many CAs may stand below it; -1: any number' }),
  ...constraintFields,
  key_usage: field.list({
    // A CA signs OCSP answers too, which are neither certificates nor lists (RFC 5280, 4.2.1.3).
    default: ['DigitalSignature', 'CertSign', 'CRLSign'],
    description: 'Key usages. CertSign and CRLSign are always among them.',
  }),
  ext_key_usage: field.list({ default: [], description: 'Extended key usages' }),
  ext_key_usage_oids: field.list({ default: [], description: 'Extended key usages by their identifiers' }),
}

export const exportedField = field.text({
  required: true,
  description: 'internal: the key stays here; exported: it is also given back; existing: key_ref is used again',
})

type SubjectValues = EngineRequest<typeof subjectFields>['fields']
type CaValues = EngineRequest<typeof caFields>['fields']

export function askedSubject(fields: SubjectValues): Subject {
  return {
    ...EMPTY_SUBJECT,
    commonName: fields.common_name,
    organization: fields.organization,
    organizationalUnit: fields.ou,
    country: fields.country,
    locality: fields.locality,
    province: fields.province,
    streetAddress: fields.street_address,
    postalCode: fields.postal_code,
    serialNumber: fields.serial_number,
  }
}

/** "Example Root" is no host, and "Root" is none either, though it looks like one. */
export function askedCaNames(fields: SubjectValues): AltNames {
  const isLabel = !/[.@]/.test(fields.common_name)
  return withCommonName(askedAltNames(fields), fields.common_name, fields.exclude_cn_from_sans || isLabel)
}

/** What a CA's certificate says besides names. Throws `invalid_request`. */
export interface CaTerms {
  readonly keyUsages: readonly KeyUsageName[]
  readonly extKeyUsages: readonly string[]
  readonly pathLength: number | undefined
  readonly extensions: readonly Extension[]
}

const PATH_LENGTH_MAX = 100

export function caTerms(fields: CaValues): CaTerms {
  const { max_path_length: length } = fields
  if (length < -1 || length > PATH_LENGTH_MAX) throw invalid(`max_path_length must be -1 to ${PATH_LENGTH_MAX}`)
  const usages = new Set<KeyUsageName>([...keyUsages(fields.key_usage), 'CertSign', 'CRLSign'])
  return {
    keyUsages: [...usages],
    extKeyUsages: [
      ...new Set([
        ...purposeIds(extKeyUsages(fields.ext_key_usage)),
        ...checkedOids('ext_key_usage_oids', fields.ext_key_usage_oids),
      ]),
    ],
    pathLength: length === -1 ? undefined : length,
    extensions: askedConstraints(fields),
  }
}

export const CaReply = Type.Object({
  certificate: Type.Optional(Type.String()),
  issuing_ca: Type.Optional(Type.String()),
  ca_chain: Type.Optional(Type.Array(Type.String())),
  csr: Type.Optional(Type.String()),
  serial_number: Type.Optional(Type.String()),
  expiration: Type.Optional(Type.Integer()),
  issuer_id: Type.Optional(Type.String()),
  issuer_name: Type.Optional(Type.String()),
  key_id: Type.Optional(Type.String()),
  key_name: Type.Optional(Type.String()),
  private_key: Type.Optional(Type.String()),
  private_key_type: Type.Optional(Type.String()),
})

/** Nothing of a CA's certificate is secret but its key, which a pasted request or bundle may hold by mistake. */
export const CA_CLEAR = [
  ...Object.keys(subjectFields),
  ...Object.keys(keyFields),
  ...Object.keys(caFields),
  'exported',
  'issuer_ref',
  ...Object.keys(CaReply.properties).filter((name) => !['private_key', 'certificate', 'csr'].includes(name)),
]

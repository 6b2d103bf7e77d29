import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf'
import {
  FileDescriptorSetSchema,
  file_google_protobuf_timestamp,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'
import { many, one } from '../../cel/descriptors.ts'
import { EXT_KEY_USAGES, KEY_USAGES } from '../x509/extensions.ts'

/** What OpenBao's programs make, by its names (internal/builtin/logical/pki/cert_template.proto): Go's x509.Certificate. */

export const NAMESPACE = 'openbao.pki'
const ours = (name: string): string => `.${NAMESPACE}.${name}`
const TIMESTAMP = '.google.protobuf.Timestamp'

const arcs = (type: Type) => many('arc', 1, type)

const template = {
  name: 'CertTemplate',
  field: [
    one('Version', 1, Type.INT64),
    one('Subject', 2, Type.MESSAGE, ours('PKIX.Name')),
    one('NotBefore', 3, Type.MESSAGE, TIMESTAMP),
    one('NotAfter', 4, Type.MESSAGE, TIMESTAMP),
    one('KeyUsage', 5, Type.ENUM, ours('KeyUsage')),
    many('ExtraExtensions', 6, Type.MESSAGE, ours('PKIX.Extension')),
    many('ExtKeyUsage', 7, Type.ENUM, ours('ExtKeyUsage')),
    many('UnknownExtKeyUsage', 8, Type.MESSAGE, ours('ObjectIdentifier')),
    one('BasicConstraintsValid', 9, Type.BOOL),
    one('IsCA', 10, Type.BOOL),
    one('MaxPathLen', 11, Type.INT64),
    one('MaxPathLenZero', 12, Type.BOOL),
    one('SubjectKeyId', 13, Type.BYTES),
    many('DNSNames', 14, Type.STRING),
    many('EmailAddresses', 15, Type.STRING),
    many('IPAddresses', 16, Type.MESSAGE, ours('net.IP')),
    many('URIs', 17, Type.MESSAGE, ours('url.URL')),
    one('PermittedDNSDomainsCritical', 18, Type.BOOL),
    many('PermittedDNSDomains', 19, Type.STRING),
    many('ExcludedDNSDomains', 20, Type.STRING),
    many('PermittedIPRanges', 21, Type.MESSAGE, ours('net.IPNet')),
    many('ExcludedIPRanges', 22, Type.MESSAGE, ours('net.IPNet')),
    many('PermittedEmailAddresses', 23, Type.STRING),
    many('ExcludedEmailAddresses', 24, Type.STRING),
    many('PermittedURIDomains', 25, Type.STRING),
    many('ExcludedURIDomains', 26, Type.STRING),
    many('PolicyIdentifiers', 27, Type.MESSAGE, ours('ObjectIdentifier')),
    many('Policies', 28, Type.MESSAGE, ours('OID')),
    one('InhibitAnyPolicy', 29, Type.INT64),
    one('InhibitAnyPolicyZero', 30, Type.BOOL),
    one('InhibitPolicyMapping', 31, Type.INT64),
    one('InhibitPolicyMappingZero', 32, Type.BOOL),
    one('RequireExplicitPolicy', 33, Type.INT64),
    one('RequireExplicitPolicyZero', 34, Type.BOOL),
    many('PolicyMappings', 35, Type.MESSAGE, ours('PolicyMapping')),
  ],
}

const output = {
  name: 'ValidationOutput',
  field: [
    one('template', 1, Type.MESSAGE, ours('CertTemplate')),
    one('issuer_ref', 2, Type.STRING),
    one('use_pss', 3, Type.BOOL),
    one('signature_bits', 4, Type.UINT32),
    one('generate_lease', 5, Type.BOOL),
    one('no_store', 6, Type.BOOL),
    many('warnings', 7, Type.STRING),
    one('subject_key_id', 8, Type.BYTES),
    one('key_type', 9, Type.STRING),
    one('key_bits', 10, Type.UINT64),
  ],
}

const pkix = {
  name: 'PKIX',
  nestedType: [
    {
      name: 'Name',
      field: [
        many('Country', 1, Type.STRING),
        many('Organization', 2, Type.STRING),
        many('OrganizationUnit', 3, Type.STRING),
        many('Locality', 4, Type.STRING),
        many('Province', 5, Type.STRING),
        many('StreetAddress', 6, Type.STRING),
        many('PostalCode', 7, Type.STRING),
        one('SerialNumber', 8, Type.STRING),
        one('CommonName', 9, Type.STRING),
      ],
    },
    {
      name: 'Extension',
      field: [many('Id', 1, Type.INT64), one('Critical', 2, Type.BOOL), one('Value', 3, Type.BYTES)],
    },
  ],
}

const net = {
  name: 'net',
  nestedType: [
    { name: 'IP', field: [one('IP', 1, Type.BYTES)] },
    {
      name: 'IPNet',
      field: [one('IP', 1, Type.MESSAGE, ours('net.IP')), one('Mask', 2, Type.MESSAGE, ours('net.IPMask'))],
    },
    { name: 'IPMask', field: [one('IPMask', 1, Type.BYTES)] },
  ],
}

const url = {
  name: 'url',
  nestedType: [
    {
      name: 'URL',
      field: [
        one('Scheme', 1, Type.STRING),
        one('Opaque', 2, Type.STRING),
        one('User', 3, Type.MESSAGE, ours('Userinfo')),
        one('Host', 4, Type.STRING),
        one('Path', 5, Type.STRING),
        one('RawPath', 6, Type.STRING),
        one('OmitHost', 7, Type.BOOL),
        one('ForceQuery', 8, Type.BOOL),
        one('RawQuery', 9, Type.STRING),
        one('Fragment', 10, Type.STRING),
        one('RawFragment', 11, Type.STRING),
      ],
    },
  ],
}

/** Values are bits, as Go's are, so that a sum is several usages; OpenBao numbers them one by one, and reads them as bits. */
const keyUsages = {
  name: 'KeyUsage',
  value: [
    { name: 'KeyUsageUnspecified', number: 0 },
    ...Object.entries(KEY_USAGES).map(([name, bit]) => ({ name: `KeyUsage${name}`, number: 1 << bit })),
  ],
}

/** Numbered as Go numbers them, which is the order they stand in there. */
const purposes = {
  name: 'ExtKeyUsage',
  value: Object.keys(EXT_KEY_USAGES).map((name, number) => ({ name: `ExtKeyUsage${name}`, number })),
}

export const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      file_google_protobuf_timestamp.proto,
      {
        name: 'cert_template.proto',
        package: NAMESPACE,
        syntax: 'proto3',
        dependency: [file_google_protobuf_timestamp.proto.name],
        messageType: [
          pkix,
          net,
          url,
          {
            name: 'Userinfo',
            field: [
              one('username', 1, Type.STRING),
              one('password', 2, Type.STRING),
              one('password_set', 3, Type.BOOL),
            ],
          },
          { name: 'ObjectIdentifier', field: [arcs(Type.UINT32)] },
          { name: 'OID', field: [arcs(Type.UINT64)] },
          {
            name: 'PolicyMapping',
            field: [
              one('IssuerDomainPolicy', 1, Type.MESSAGE, ours('OID')),
              one('SubjectDomainPolicy', 2, Type.MESSAGE, ours('OID')),
            ],
          },
          template,
          output,
        ],
        enumType: [keyUsages, purposes],
      },
    ],
  }),
)
export const OUTPUT = registry.getMessage(`${NAMESPACE}.ValidationOutput`) as DescMessage

import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf'
import {
  FileDescriptorSetSchema,
  file_google_protobuf_timestamp,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'
import { repeated, singular } from '../../cel/descriptors.ts'
import { EXT_KEY_USAGES, KEY_USAGES } from '../x509/extensions.ts'

/** What OpenBao's programs make, by its names (internal/builtin/logical/pki/cert_template.proto): Go's x509.Certificate. */

export const NAMESPACE = 'openbao.pki'
const ours = (name: string): string => `.${NAMESPACE}.${name}`
const TIMESTAMP = '.google.protobuf.Timestamp'

const arcs = (type: Type) => repeated('arc', 1, type)

const template = {
  name: 'CertTemplate',
  field: [
    singular('Version', 1, Type.INT64),
    singular('Subject', 2, Type.MESSAGE, ours('PKIX.Name')),
    singular('NotBefore', 3, Type.MESSAGE, TIMESTAMP),
    singular('NotAfter', 4, Type.MESSAGE, TIMESTAMP),
    singular('KeyUsage', 5, Type.ENUM, ours('KeyUsage')),
    repeated('ExtraExtensions', 6, Type.MESSAGE, ours('PKIX.Extension')),
    repeated('ExtKeyUsage', 7, Type.ENUM, ours('ExtKeyUsage')),
    repeated('UnknownExtKeyUsage', 8, Type.MESSAGE, ours('ObjectIdentifier')),
    singular('BasicConstraintsValid', 9, Type.BOOL),
    singular('IsCA', 10, Type.BOOL),
    singular('MaxPathLen', 11, Type.INT64),
    singular('MaxPathLenZero', 12, Type.BOOL),
    singular('SubjectKeyId', 13, Type.BYTES),
    repeated('DNSNames', 14, Type.STRING),
    repeated('EmailAddresses', 15, Type.STRING),
    repeated('IPAddresses', 16, Type.MESSAGE, ours('net.IP')),
    repeated('URIs', 17, Type.MESSAGE, ours('url.URL')),
    singular('PermittedDNSDomainsCritical', 18, Type.BOOL),
    repeated('PermittedDNSDomains', 19, Type.STRING),
    repeated('ExcludedDNSDomains', 20, Type.STRING),
    repeated('PermittedIPRanges', 21, Type.MESSAGE, ours('net.IPNet')),
    repeated('ExcludedIPRanges', 22, Type.MESSAGE, ours('net.IPNet')),
    repeated('PermittedEmailAddresses', 23, Type.STRING),
    repeated('ExcludedEmailAddresses', 24, Type.STRING),
    repeated('PermittedURIDomains', 25, Type.STRING),
    repeated('ExcludedURIDomains', 26, Type.STRING),
    repeated('PolicyIdentifiers', 27, Type.MESSAGE, ours('ObjectIdentifier')),
    repeated('Policies', 28, Type.MESSAGE, ours('OID')),
    singular('InhibitAnyPolicy', 29, Type.INT64),
    singular('InhibitAnyPolicyZero', 30, Type.BOOL),
    singular('InhibitPolicyMapping', 31, Type.INT64),
    singular('InhibitPolicyMappingZero', 32, Type.BOOL),
    singular('RequireExplicitPolicy', 33, Type.INT64),
    singular('RequireExplicitPolicyZero', 34, Type.BOOL),
    repeated('PolicyMappings', 35, Type.MESSAGE, ours('PolicyMapping')),
  ],
}

const output = {
  name: 'ValidationOutput',
  field: [
    singular('template', 1, Type.MESSAGE, ours('CertTemplate')),
    singular('issuer_ref', 2, Type.STRING),
    singular('use_pss', 3, Type.BOOL),
    singular('signature_bits', 4, Type.UINT32),
    singular('generate_lease', 5, Type.BOOL),
    singular('no_store', 6, Type.BOOL),
    repeated('warnings', 7, Type.STRING),
    singular('subject_key_id', 8, Type.BYTES),
    singular('key_type', 9, Type.STRING),
    singular('key_bits', 10, Type.UINT64),
  ],
}

const pkix = {
  name: 'PKIX',
  nestedType: [
    {
      name: 'Name',
      field: [
        repeated('Country', 1, Type.STRING),
        repeated('Organization', 2, Type.STRING),
        repeated('OrganizationUnit', 3, Type.STRING),
        repeated('Locality', 4, Type.STRING),
        repeated('Province', 5, Type.STRING),
        repeated('StreetAddress', 6, Type.STRING),
        repeated('PostalCode', 7, Type.STRING),
        singular('SerialNumber', 8, Type.STRING),
        singular('CommonName', 9, Type.STRING),
      ],
    },
    {
      name: 'Extension',
      field: [repeated('Id', 1, Type.INT64), singular('Critical', 2, Type.BOOL), singular('Value', 3, Type.BYTES)],
    },
  ],
}

const net = {
  name: 'net',
  nestedType: [
    { name: 'IP', field: [singular('IP', 1, Type.BYTES)] },
    {
      name: 'IPNet',
      field: [singular('IP', 1, Type.MESSAGE, ours('net.IP')), singular('Mask', 2, Type.MESSAGE, ours('net.IPMask'))],
    },
    { name: 'IPMask', field: [singular('IPMask', 1, Type.BYTES)] },
  ],
}

const url = {
  name: 'url',
  nestedType: [
    {
      name: 'URL',
      field: [
        singular('Scheme', 1, Type.STRING),
        singular('Opaque', 2, Type.STRING),
        singular('User', 3, Type.MESSAGE, ours('Userinfo')),
        singular('Host', 4, Type.STRING),
        singular('Path', 5, Type.STRING),
        singular('RawPath', 6, Type.STRING),
        singular('OmitHost', 7, Type.BOOL),
        singular('ForceQuery', 8, Type.BOOL),
        singular('RawQuery', 9, Type.STRING),
        singular('Fragment', 10, Type.STRING),
        singular('RawFragment', 11, Type.STRING),
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
              singular('username', 1, Type.STRING),
              singular('password', 2, Type.STRING),
              singular('password_set', 3, Type.BOOL),
            ],
          },
          { name: 'ObjectIdentifier', field: [arcs(Type.UINT32)] },
          { name: 'OID', field: [arcs(Type.UINT64)] },
          {
            name: 'PolicyMapping',
            field: [
              singular('IssuerDomainPolicy', 1, Type.MESSAGE, ours('OID')),
              singular('SubjectDomainPolicy', 2, Type.MESSAGE, ours('OID')),
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

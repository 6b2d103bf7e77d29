// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { RawBody, Reply } from '../reply.ts'

export interface PkiGenerateRootInput {
  /** internal: the key stays here; exported: it is also given back; existing: key_ref is used again. Required. */
  readonly exported: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** Name for the new issuer. */
  readonly issuer_name?: string
  /** How many CAs may stand below it; -1: any number. Default -1. */
  readonly max_path_length?: number
  /** Domains: host names have to lie in one of them. */
  readonly permitted_dns_domains?: readonly string[]
  /** Domains in which no host name may lie. */
  readonly excluded_dns_domains?: readonly string[]
  /** Ranges (CIDR) of which addresses have to be. */
  readonly permitted_ip_ranges?: readonly string[]
  /** Ranges (CIDR) of which no address may be. */
  readonly excluded_ip_ranges?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be. */
  readonly permitted_email_addresses?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be. */
  readonly excluded_email_addresses?: readonly string[]
  /** Hosts, or domains (.example.com), at which URIs have to be. */
  readonly permitted_uri_domains?: readonly string[]
  /** Hosts, or domains (.example.com), at which no URI may be. */
  readonly excluded_uri_domains?: readonly string[]
  /** Key usages. CertSign and CRLSign are always among them. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
}

export interface PkiGenerateRootData {
  readonly certificate?: string
  readonly issuing_ca?: string
  readonly ca_chain: readonly string[]
  readonly csr?: string
  readonly serial_number?: string
  readonly expiration?: number
  readonly issuer_id?: string
  readonly issuer_name?: string
  readonly key_id?: string
  readonly key_name?: string
  readonly private_key?: string
  readonly private_key_type?: string
}

export interface PkiGenerateIssuerRootInput {
  /** internal: the key stays here; exported: it is also given back; existing: key_ref is used again. Required. */
  readonly exported: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** Name for the new issuer. */
  readonly issuer_name?: string
  /** How many CAs may stand below it; -1: any number. Default -1. */
  readonly max_path_length?: number
  /** Domains: host names have to lie in one of them. */
  readonly permitted_dns_domains?: readonly string[]
  /** Domains in which no host name may lie. */
  readonly excluded_dns_domains?: readonly string[]
  /** Ranges (CIDR) of which addresses have to be. */
  readonly permitted_ip_ranges?: readonly string[]
  /** Ranges (CIDR) of which no address may be. */
  readonly excluded_ip_ranges?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be. */
  readonly permitted_email_addresses?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be. */
  readonly excluded_email_addresses?: readonly string[]
  /** Hosts, or domains (.example.com), at which URIs have to be. */
  readonly permitted_uri_domains?: readonly string[]
  /** Hosts, or domains (.example.com), at which no URI may be. */
  readonly excluded_uri_domains?: readonly string[]
  /** Key usages. CertSign and CRLSign are always among them. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
}

export interface PkiRotateRootInput {
  /** internal: the key stays here; exported: it is also given back; existing: key_ref is used again. Required. */
  readonly exported: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** Name for the new issuer. */
  readonly issuer_name?: string
  /** How many CAs may stand below it; -1: any number. Default -1. */
  readonly max_path_length?: number
  /** Domains: host names have to lie in one of them. */
  readonly permitted_dns_domains?: readonly string[]
  /** Domains in which no host name may lie. */
  readonly excluded_dns_domains?: readonly string[]
  /** Ranges (CIDR) of which addresses have to be. */
  readonly permitted_ip_ranges?: readonly string[]
  /** Ranges (CIDR) of which no address may be. */
  readonly excluded_ip_ranges?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be. */
  readonly permitted_email_addresses?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be. */
  readonly excluded_email_addresses?: readonly string[]
  /** Hosts, or domains (.example.com), at which URIs have to be. */
  readonly permitted_uri_domains?: readonly string[]
  /** Hosts, or domains (.example.com), at which no URI may be. */
  readonly excluded_uri_domains?: readonly string[]
  /** Key usages. CertSign and CRLSign are always among them. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
}

export interface PkiGenerateIntermediateInput {
  /** internal: the key stays here; exported: it is also given back; existing: key_ref is used again. Required. */
  readonly exported: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** The request says that it is for a CA. Default false. */
  readonly add_basic_constraints?: boolean
}

export interface PkiGenerateIssuerIntermediateInput {
  /** internal: the key stays here; exported: it is also given back; existing: key_ref is used again. Required. */
  readonly exported: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** The request says that it is for a CA. Default false. */
  readonly add_basic_constraints?: boolean
}

export interface PkiCrossSignInput {
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
  /** Key to use again, where the path says existing. Default default. */
  readonly key_ref?: string
  /** Only existing. Default existing. */
  readonly exported?: string
  /** The request says that it is for a CA. Default false. */
  readonly add_basic_constraints?: boolean
}

export interface PkiSignIntermediateInput {
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** Name for the new issuer. */
  readonly issuer_name?: string
  /** How many CAs may stand below it; -1: any number. Default -1. */
  readonly max_path_length?: number
  /** Domains: host names have to lie in one of them. */
  readonly permitted_dns_domains?: readonly string[]
  /** Domains in which no host name may lie. */
  readonly excluded_dns_domains?: readonly string[]
  /** Ranges (CIDR) of which addresses have to be. */
  readonly permitted_ip_ranges?: readonly string[]
  /** Ranges (CIDR) of which no address may be. */
  readonly excluded_ip_ranges?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be. */
  readonly permitted_email_addresses?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be. */
  readonly excluded_email_addresses?: readonly string[]
  /** Hosts, or domains (.example.com), at which URIs have to be. */
  readonly permitted_uri_domains?: readonly string[]
  /** Hosts, or domains (.example.com), at which no URI may be. */
  readonly excluded_uri_domains?: readonly string[]
  /** Key usages. CertSign and CRLSign are always among them. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Subject and names come from the request. Default false. */
  readonly use_csr_values?: boolean
  /** Issuer that signs. Default default. */
  readonly issuer_ref?: string
  /**
   * The issuer's leaf_not_after_behavior counts for this CA too; without it the CA may outlive its issuer. Default
   * false.
   */
  readonly enforce_leaf_not_after_behavior?: boolean
  /** Subject key identifier, in hexadecimal; default: made of the key. */
  readonly skid?: string
}

export interface PkiSignIntermediateByIssuerInput {
  /** Issuer that signs. Default default. */
  readonly issuer_ref: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** How long it is valid; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** It is valid so much before it is made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed, for RSA keys; 0: 256. Default 0. */
  readonly signature_bits?: number
  /** RSA keys sign with PSS padding. Default false. */
  readonly use_pss?: boolean
  /** Name for the new issuer. */
  readonly issuer_name?: string
  /** How many CAs may stand below it; -1: any number. Default -1. */
  readonly max_path_length?: number
  /** Domains: host names have to lie in one of them. */
  readonly permitted_dns_domains?: readonly string[]
  /** Domains in which no host name may lie. */
  readonly excluded_dns_domains?: readonly string[]
  /** Ranges (CIDR) of which addresses have to be. */
  readonly permitted_ip_ranges?: readonly string[]
  /** Ranges (CIDR) of which no address may be. */
  readonly excluded_ip_ranges?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be. */
  readonly permitted_email_addresses?: readonly string[]
  /** Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be. */
  readonly excluded_email_addresses?: readonly string[]
  /** Hosts, or domains (.example.com), at which URIs have to be. */
  readonly permitted_uri_domains?: readonly string[]
  /** Hosts, or domains (.example.com), at which no URI may be. */
  readonly excluded_uri_domains?: readonly string[]
  /** Key usages. CertSign and CRLSign are always among them. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Subject and names come from the request. Default false. */
  readonly use_csr_values?: boolean
  /**
   * The issuer's leaf_not_after_behavior counts for this CA too; without it the CA may outlive its issuer. Default
   * false.
   */
  readonly enforce_leaf_not_after_behavior?: boolean
  /** Subject key identifier, in hexadecimal; default: made of the key. */
  readonly skid?: string
}

export interface PkiSignSelfIssuedInput {
  /** The self-issued certificate, in PEM. Required. */
  readonly certificate: string
  /** Issuer that signs. Default default. */
  readonly issuer_ref?: string
  /** Only where its key is of the issuer's kind. Default false. */
  readonly require_matching_certificate_algorithms?: boolean
}

export interface PkiSignSelfIssuedByIssuerInput {
  /** Issuer that signs. Default default. */
  readonly issuer_ref: string
  /** The self-issued certificate, in PEM. Required. */
  readonly certificate: string
  /** Only where its key is of the issuer's kind. Default false. */
  readonly require_matching_certificate_algorithms?: boolean
}

export interface PkiImportCaInput {
  /** Certificates and keys, in PEM. Required. */
  readonly pem_bundle: string
}

export interface PkiImportCaData {
  readonly imported_issuers: readonly string[]
  readonly imported_keys: readonly string[]
  readonly existing_issuers: readonly string[]
  readonly existing_keys: readonly string[]
  /** The key of each issuer. */
  readonly mapping: Readonly<Record<string, string>>
}

export interface PkiImportBundleInput {
  /** Certificates and keys, in PEM. Required. */
  readonly pem_bundle: string
}

export interface PkiImportCertificatesInput {
  /** Certificates and keys, in PEM. Required. */
  readonly pem_bundle: string
}

export interface PkiSetSignedInput {
  /** The signed certificate, and perhaps its chain, in PEM. Required. */
  readonly certificate: string
}

export interface PkiImportKeyInput {
  /** One private key, in PEM. Required. */
  readonly pem_bundle: string
  /** Name for the key. */
  readonly key_name?: string
}

export interface PkiListIssuersInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiListIssuersData {
  readonly keys: readonly string[]
}

export interface PkiReadIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerData {
  readonly ca_chain: readonly string[]
  readonly certificate: string
  readonly crl_distribution_points: readonly string[]
  readonly delta_crl_distribution_points: readonly string[]
  readonly enable_aia_url_templating: boolean
  readonly issuer_id: string
  readonly issuer_name: string
  readonly issuing_certificates: readonly string[]
  readonly key_id: string
  readonly leaf_not_after_behavior: string
  readonly manual_chain: readonly string[]
  readonly ocsp_servers: readonly string[]
  readonly revocation_signature_algorithm: string
  readonly revoked: boolean
  readonly usage: string
  readonly revocation_time?: number
  readonly revocation_time_rfc3339?: string
}

export interface PkiWriteIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
  /** Name of the issuer. */
  readonly issuer_name?: string
  /** What happens to certificates that would outlive the issuer: err, truncate or permit. */
  readonly leaf_not_after_behavior?: string
  /** Issuers of the chain, this one first, in place of those that are found. */
  readonly manual_chain?: readonly string[]
  /** read-only, issuing-certificates, crl-signing, ocsp-signing. */
  readonly usage?: readonly string[]
  /** How lists and OCSP answers are signed, by Go name; empty: as fits the key. */
  readonly revocation_signature_algorithm?: string
  /** URLs of the issuer, in certificates. */
  readonly issuing_certificates?: readonly string[]
  /** URLs of the list of revoked certificates; {{crl_shard}} for its shard. */
  readonly crl_distribution_points?: readonly string[]
  /** URLs of the delta list. */
  readonly delta_crl_distribution_points?: readonly string[]
  /** URLs of OCSP responders. */
  readonly ocsp_servers?: readonly string[]
  /** The URLs hold {{issuer_id}}, {{cluster_path}} and the like. */
  readonly enable_aia_url_templating?: boolean
}

export interface PkiPatchIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
  /** Name of the issuer. */
  readonly issuer_name?: string
  /** What happens to certificates that would outlive the issuer: err, truncate or permit. */
  readonly leaf_not_after_behavior?: string
  /** Issuers of the chain, this one first, in place of those that are found. */
  readonly manual_chain?: readonly string[]
  /** read-only, issuing-certificates, crl-signing, ocsp-signing. */
  readonly usage?: readonly string[]
  /** How lists and OCSP answers are signed, by Go name; empty: as fits the key. */
  readonly revocation_signature_algorithm?: string
  /** URLs of the issuer, in certificates. */
  readonly issuing_certificates?: readonly string[]
  /** URLs of the list of revoked certificates; {{crl_shard}} for its shard. */
  readonly crl_distribution_points?: readonly string[]
  /** URLs of the delta list. */
  readonly delta_crl_distribution_points?: readonly string[]
  /** URLs of OCSP responders. */
  readonly ocsp_servers?: readonly string[]
  /** The URLs hold {{issuer_id}}, {{cluster_path}} and the like. */
  readonly enable_aia_url_templating?: boolean
}

export interface PkiDeleteIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerPemInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerDerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerCertificateInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiWriteIssuersConfigInput {
  /** Issuer that is the default. */
  readonly default?: string
  /** A new issuer becomes the default. */
  readonly default_follows_latest_issuer?: boolean
}

export interface PkiReplaceRootInput {
  /** The issuer that becomes the default. */
  readonly default?: string
}

export interface PkiListKeysInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiGenerateKeyInput {
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
}

export interface PkiGenerateExportedKeyInput {
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
}

export interface PkiGenerateKmsKeyInput {
  /** rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87, or mldsa with key_bits. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Default 0. */
  readonly key_bits?: number
  /** Name for the new key. */
  readonly key_name?: string
}

export interface PkiReadKeyInput {
  /** Key: its id or name, or default. Required. */
  readonly key_ref: string
}

export interface PkiWriteKeyInput {
  /** Key: its id or name, or default. Required. */
  readonly key_ref: string
  /** Name of the key. */
  readonly key_name?: string
}

export interface PkiDeleteKeyInput {
  /** Key: its id or name, or default. Required. */
  readonly key_ref: string
}

export interface PkiWriteKeysConfigInput {
  /** Key that is the default. */
  readonly default?: string
}

export interface PkiWriteUrlsInput {
  /** URLs of the issuer, in certificates. */
  readonly issuing_certificates?: readonly string[]
  /** URLs of the list of revoked certificates; {{crl_shard}} for its shard. */
  readonly crl_distribution_points?: readonly string[]
  /** URLs of the delta list. */
  readonly delta_crl_distribution_points?: readonly string[]
  /** URLs of OCSP responders. */
  readonly ocsp_servers?: readonly string[]
  /** The URLs hold {{issuer_id}}, {{cluster_path}} and the like. */
  readonly enable_templating?: boolean
}

export interface PkiWriteClusterInput {
  /** The mount's URL on this cluster, as ACME needs it: https://…/v1/pki. */
  readonly path?: string
  /** Where the cluster is found from certificates, which may be another. */
  readonly aia_path?: string
}

export interface PkiWriteRevocationConfigInput {
  /** How long a list is valid. Default 72h. */
  readonly expiry?: string
  /** Lists are empty. */
  readonly disable?: boolean
  /** OCSP is not answered. */
  readonly ocsp_disable?: boolean
  /** How long an OCSP answer is valid; 0: it says nothing of that. Default 12h. */
  readonly ocsp_expiry?: string
  /** OCSP answers are signed by keys of their own, which the mount makes, certifies and renews. */
  readonly ocsp_delegated?: boolean
  /** Lists are made before they expire, rather than with each revocation. */
  readonly auto_rebuild?: boolean
  /** So long before. Default 12h. */
  readonly auto_rebuild_grace_period?: string
  /** There are delta lists between the complete ones. Needs auto_rebuild. */
  readonly enable_delta?: boolean
  /** How often delta lists are made. Default 15m. */
  readonly delta_rebuild_interval?: string
  /** Expired certificates may be revoked. */
  readonly allow_expired_cert_revocation?: boolean
}

export interface PkiListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiReadRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface PkiReadRoleData {
  readonly issuer_ref: string
  readonly ttl: number
  readonly max_ttl: number
  readonly not_before_duration: number
  readonly not_after: string
  readonly not_before: string
  readonly not_before_bound: string
  readonly not_after_bound: string
  readonly allow_localhost: boolean
  readonly allowed_domains: readonly string[]
  readonly allowed_domains_template: boolean
  readonly allow_bare_domains: boolean
  readonly allow_subdomains: boolean
  readonly allow_glob_domains: boolean
  readonly allow_globs_in_identity_templates: boolean
  readonly allow_wildcard_certificates: boolean
  readonly allow_any_name: boolean
  readonly enforce_hostnames: boolean
  readonly allow_ip_sans: boolean
  readonly allowed_ip_sans_cidr: readonly string[]
  readonly allowed_uri_sans: readonly string[]
  readonly allowed_uri_sans_template: boolean
  readonly allowed_other_sans: readonly string[]
  readonly allowed_serial_numbers: readonly string[]
  readonly allowed_user_ids: readonly string[]
  readonly allow_token_displayname: boolean
  readonly server_flag: boolean
  readonly client_flag: boolean
  readonly code_signing_flag: boolean
  readonly email_protection_flag: boolean
  readonly key_type: string
  readonly key_bits: number
  readonly signature_bits: number
  readonly use_pss: boolean
  readonly key_usage: readonly string[]
  readonly ext_key_usage: readonly string[]
  readonly ext_key_usage_oids: readonly string[]
  readonly use_csr_common_name: boolean
  readonly use_csr_sans: boolean
  readonly require_cn: boolean
  readonly cn_validations: readonly string[]
  readonly ou: readonly string[]
  readonly organization: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
  readonly street_address: readonly string[]
  readonly postal_code: readonly string[]
  readonly policy_identifiers: readonly string[]
  readonly basic_constraints_valid_for_non_ca: boolean
  readonly generate_lease: boolean
  readonly no_store: boolean
}

export interface PkiWriteRoleInput {
  /** Name of the role. Required. */
  readonly name: string
  /** Issuer that signs: its id or name, or default. Default default. */
  readonly issuer_ref?: string
  /** How long certificates live unless asked for less; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** How long certificates live at most; 0: the mount's maximum. Seconds, or a duration such as '1h30m'. */
  readonly max_ttl?: number | string
  /** Certificates are valid so much before they are made. Default 30s. Seconds, or a duration such as '1h30m'. */
  readonly not_before_duration?: number | string
  /** Certificates end then (RFC 3339), in place of a time to live. */
  readonly not_after?: string
  /** Certificates begin then (RFC 3339) */
  readonly not_before?: string
  /** permit, duration or forbid: how far a caller may choose not_before. */
  readonly not_before_bound?: string
  /**
   * permit, ttl-limited or forbid: how far a caller may choose not_after; or the last moment that a certificate may
   * end at (RFC 3339)
   */
  readonly not_after_bound?: string
  /** localhost and what is below it. Default true. */
  readonly allow_localhost?: boolean
  /** Domains that certificates may be for, as the allow_ fields below say. */
  readonly allowed_domains?: readonly string[]
  /** allowed_domains hold identity templates, filled in for who asks. */
  readonly allowed_domains_template?: boolean
  /** The domains themselves. */
  readonly allow_bare_domains?: boolean
  /** Names below the domains, wildcards included. */
  readonly allow_subdomains?: boolean
  /** The domains are patterns, * for any run of characters. */
  readonly allow_glob_domains?: boolean
  /** What is filled in may hold *, which then is a pattern. */
  readonly allow_globs_in_identity_templates?: boolean
  /** Names with *, which have to be allowed besides. Default true. */
  readonly allow_wildcard_certificates?: boolean
  /** Any name at all. */
  readonly allow_any_name?: boolean
  /** Names have to be host names or e-mail addresses. Default true. */
  readonly enforce_hostnames?: boolean
  /** IP addresses as alternative names. Default true. */
  readonly allow_ip_sans?: boolean
  /** Blocks that the addresses have to lie in; none: any address. */
  readonly allowed_ip_sans_cidr?: readonly string[]
  /** URIs as alternative names, with * for any run of characters. */
  readonly allowed_uri_sans?: readonly string[]
  /** allowed_uri_sans hold identity templates, filled in for who asks. */
  readonly allowed_uri_sans_template?: boolean
  /** Other names: <identifier>;UTF8:<pattern>, or * for all, with * in patterns for any run of characters. */
  readonly allowed_other_sans?: readonly string[]
  /** Patterns of the subject's serialNumber attribute. */
  readonly allowed_serial_numbers?: readonly string[]
  /** Patterns of user ids in the subject. */
  readonly allowed_user_ids?: readonly string[]
  /** Certificates are for servers. Default true. */
  readonly server_flag?: boolean
  /** Certificates are for clients. Default true. */
  readonly client_flag?: boolean
  /** Certificates are for signing code. */
  readonly code_signing_flag?: boolean
  /** Certificates are for protecting e-mail. */
  readonly email_protection_flag?: boolean
  /**
   * rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87 (or mldsa with key_bits 44, 65, 87), or any for requests.
   * Default rsa.
   */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Means nothing for other types. */
  readonly key_bits?: number
  /** Bits of the hash that is signed, for RSA issuers; 0: 256. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. */
  readonly use_pss?: boolean
  /** Key usages, [] for none. Default DigitalSignature and KeyAgreement, for RSA keys also KeyEncipherment. */
  readonly key_usage?: readonly string[]
  /** Extended key usages beside those of the flags. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** The common name comes from the request that is signed. Default true. */
  readonly use_csr_common_name?: boolean
  /** The alternative names come from the request that is signed, other_sans besides from who asks. Default true. */
  readonly use_csr_sans?: boolean
  /** There has to be a common name. Default true. */
  readonly require_cn?: boolean
  /** email, hostname: what a common name has to be; or disabled. */
  readonly cn_validations?: readonly string[]
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** Certificate policies: identifiers, or a JSON list of objects with oid, and cps (a URI) or notice (a text) */
  readonly policy_identifiers?: readonly string[]
  /** Certificates say that they are no CA. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Certificates come with a lease, and are revoked with it. */
  readonly generate_lease?: boolean
  /** Certificates are not kept: they can be neither listed nor revoked by number. */
  readonly no_store?: boolean
  /** Means nothing. Deprecated. */
  readonly backend?: string
}

export interface PkiPatchRoleInput {
  /** Name of the role. Required. */
  readonly name: string
  /** Issuer that signs: its id or name, or default. Default default. */
  readonly issuer_ref?: string
  /** How long certificates live unless asked for less; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** How long certificates live at most; 0: the mount's maximum. Seconds, or a duration such as '1h30m'. */
  readonly max_ttl?: number | string
  /** Certificates are valid so much before they are made. Default 30s. Seconds, or a duration such as '1h30m'. */
  readonly not_before_duration?: number | string
  /** Certificates end then (RFC 3339), in place of a time to live. */
  readonly not_after?: string
  /** Certificates begin then (RFC 3339) */
  readonly not_before?: string
  /** permit, duration or forbid: how far a caller may choose not_before. */
  readonly not_before_bound?: string
  /**
   * permit, ttl-limited or forbid: how far a caller may choose not_after; or the last moment that a certificate may
   * end at (RFC 3339)
   */
  readonly not_after_bound?: string
  /** localhost and what is below it. Default true. */
  readonly allow_localhost?: boolean
  /** Domains that certificates may be for, as the allow_ fields below say. */
  readonly allowed_domains?: readonly string[]
  /** allowed_domains hold identity templates, filled in for who asks. */
  readonly allowed_domains_template?: boolean
  /** The domains themselves. */
  readonly allow_bare_domains?: boolean
  /** Names below the domains, wildcards included. */
  readonly allow_subdomains?: boolean
  /** The domains are patterns, * for any run of characters. */
  readonly allow_glob_domains?: boolean
  /** What is filled in may hold *, which then is a pattern. */
  readonly allow_globs_in_identity_templates?: boolean
  /** Names with *, which have to be allowed besides. Default true. */
  readonly allow_wildcard_certificates?: boolean
  /** Any name at all. */
  readonly allow_any_name?: boolean
  /** Names have to be host names or e-mail addresses. Default true. */
  readonly enforce_hostnames?: boolean
  /** IP addresses as alternative names. Default true. */
  readonly allow_ip_sans?: boolean
  /** Blocks that the addresses have to lie in; none: any address. */
  readonly allowed_ip_sans_cidr?: readonly string[]
  /** URIs as alternative names, with * for any run of characters. */
  readonly allowed_uri_sans?: readonly string[]
  /** allowed_uri_sans hold identity templates, filled in for who asks. */
  readonly allowed_uri_sans_template?: boolean
  /** Other names: <identifier>;UTF8:<pattern>, or * for all, with * in patterns for any run of characters. */
  readonly allowed_other_sans?: readonly string[]
  /** Patterns of the subject's serialNumber attribute. */
  readonly allowed_serial_numbers?: readonly string[]
  /** Patterns of user ids in the subject. */
  readonly allowed_user_ids?: readonly string[]
  /** Certificates are for servers. Default true. */
  readonly server_flag?: boolean
  /** Certificates are for clients. Default true. */
  readonly client_flag?: boolean
  /** Certificates are for signing code. */
  readonly code_signing_flag?: boolean
  /** Certificates are for protecting e-mail. */
  readonly email_protection_flag?: boolean
  /**
   * rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87 (or mldsa with key_bits 44, 65, 87), or any for requests.
   * Default rsa.
   */
  readonly key_type?: string
  /** Size of the key; 0: 2048 for rsa, 256 for ec. Means nothing for other types. */
  readonly key_bits?: number
  /** Bits of the hash that is signed, for RSA issuers; 0: 256. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. */
  readonly use_pss?: boolean
  /** Key usages, [] for none. Default DigitalSignature and KeyAgreement, for RSA keys also KeyEncipherment. */
  readonly key_usage?: readonly string[]
  /** Extended key usages beside those of the flags. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** The common name comes from the request that is signed. Default true. */
  readonly use_csr_common_name?: boolean
  /** The alternative names come from the request that is signed, other_sans besides from who asks. Default true. */
  readonly use_csr_sans?: boolean
  /** There has to be a common name. Default true. */
  readonly require_cn?: boolean
  /** email, hostname: what a common name has to be; or disabled. */
  readonly cn_validations?: readonly string[]
  /** Organizational units of the subject. */
  readonly ou?: readonly string[]
  /** Organizations of the subject. */
  readonly organization?: readonly string[]
  /** Countries of the subject. */
  readonly country?: readonly string[]
  /** Localities of the subject. */
  readonly locality?: readonly string[]
  /** Provinces of the subject. */
  readonly province?: readonly string[]
  /** Street addresses of the subject. */
  readonly street_address?: readonly string[]
  /** Postal codes of the subject. */
  readonly postal_code?: readonly string[]
  /** Certificate policies: identifiers, or a JSON list of objects with oid, and cps (a URI) or notice (a text) */
  readonly policy_identifiers?: readonly string[]
  /** Certificates say that they are no CA. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Certificates come with a lease, and are revoked with it. */
  readonly generate_lease?: boolean
  /** Certificates are not kept: they can be neither listed nor revoked by number. */
  readonly no_store?: boolean
  /** Means nothing. Deprecated. */
  readonly backend?: string
}

export interface PkiDeleteRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface PkiIssueInput {
  /** Name of the role. Required. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref?: string
  /** Kind of key, where the role takes any. */
  readonly key_type?: string
  /** Size of the key, where the role takes any. Default 0. */
  readonly key_bits?: number
}

export interface PkiIssueData {
  readonly certificate: string
  readonly issuing_ca?: string
  readonly ca_chain: readonly string[]
  readonly private_key?: string
  readonly private_key_type?: string
  readonly serial_number: string
  /** When it ends, in Unix seconds. */
  readonly expiration: number
  /** When it begins, in Unix seconds. */
  readonly not_before?: number
}

export interface PkiIssueByIssuerInput {
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref: string
  /** Name of the role. Required. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Kind of key, where the role takes any. */
  readonly key_type?: string
  /** Size of the key, where the role takes any. Default 0. */
  readonly key_bits?: number
}

export interface PkiSignInput {
  /** Name of the role. Required. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref?: string
  /** The request, in PEM. Required. */
  readonly csr: string
}

export interface PkiSignByIssuerInput {
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref: string
  /** Name of the role. Required. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** The request, in PEM. Required. */
  readonly csr: string
}

export interface PkiSignVerbatimInput {
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref?: string
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Role that gives the ttl, the issuer and whether it is kept. */
  readonly role?: string
  /** Key usages. Default: those of the request, or else what fits the key. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. Default: those of the request. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** It says that it is no CA. Default: as its role says. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Bits of the hash that is signed, for RSA issuers. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. Default false. */
  readonly use_pss?: boolean
}

export interface PkiSignVerbatimUnderRoleInput {
  /** Role that gives the ttl, the issuer and whether it is kept. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref?: string
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Key usages. Default: those of the request, or else what fits the key. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. Default: those of the request. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** It says that it is no CA. Default: as its role says. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Bits of the hash that is signed, for RSA issuers. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. Default false. */
  readonly use_pss?: boolean
}

export interface PkiSignVerbatimByIssuerInput {
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Role that gives the ttl, the issuer and whether it is kept. */
  readonly role?: string
  /** Key usages. Default: those of the request, or else what fits the key. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. Default: those of the request. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** It says that it is no CA. Default: as its role says. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Bits of the hash that is signed, for RSA issuers. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. Default false. */
  readonly use_pss?: boolean
}

export interface PkiSignVerbatimByIssuerUnderRoleInput {
  /** Issuer, where the path names one or there is no role; else the role's signs. */
  readonly issuer_ref: string
  /** Role that gives the ttl, the issuer and whether it is kept. */
  readonly role: string
  /** Common name of the subject. */
  readonly common_name?: string
  /** Host names and e-mail addresses beside the common name. */
  readonly alt_names?: readonly string[]
  /** IP addresses. */
  readonly ip_sans?: readonly string[]
  /** URIs. */
  readonly uri_sans?: readonly string[]
  /** Other names: <identifier>;UTF8:<value>. */
  readonly other_sans?: readonly string[]
  /** The common name is not repeated among the alternative names. Default false. */
  readonly exclude_cn_from_sans?: boolean
  /** pem, der (in base64) or pem_bundle (key, certificate and chain in one) Default pem. */
  readonly format?: string
  /** der for the form that is usual for the key, or pkcs8. Default der. */
  readonly private_key_format?: string
  /**
   * How long it is valid; 0: as the role says. Not beyond the role's max_ttl. Seconds, or a duration such as '1h30m'.
   * Default 0.
   */
  readonly ttl?: number | string
  /** When it ends (RFC 3339), in place of ttl. */
  readonly not_after?: string
  /** When it begins (RFC 3339) */
  readonly not_before?: string
  /** The subject's serialNumber attribute; not the certificate's number. */
  readonly serial_number?: string
  /** User ids of the subject. */
  readonly user_ids?: readonly string[]
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** The request, in PEM. Required. */
  readonly csr: string
  /** Key usages. Default: those of the request, or else what fits the key. */
  readonly key_usage?: readonly string[]
  /** Extended key usages. Default: those of the request. */
  readonly ext_key_usage?: readonly string[]
  /** Extended key usages by their identifiers. */
  readonly ext_key_usage_oids?: readonly string[]
  /** It says that it is no CA. Default: as its role says. */
  readonly basic_constraints_valid_for_non_ca?: boolean
  /** Bits of the hash that is signed, for RSA issuers. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. Default false. */
  readonly use_pss?: boolean
}

export interface PkiListCelRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiReadCelRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface PkiReadCelRoleData {
  readonly name: string
  readonly cel_program: Readonly<Record<string, Json>>
}

export interface PkiWriteCelRoleInput {
  /** Name of the role. Required. */
  readonly name: string
  /** The program: {"variables": [{"name": …, "expression": …}], "expression": …}; it makes a ValidationOutput. */
  readonly cel_program?: {
    readonly variables?: readonly {
    readonly name: string
    readonly expression: string
  }[]
    readonly expression?: string
  }
}

export interface PkiPatchCelRoleInput {
  /** Name of the role. Required. */
  readonly name: string
  /** The program: {"variables": [{"name": …, "expression": …}], "expression": …}; it makes a ValidationOutput. */
  readonly cel_program?: {
    readonly variables?: readonly {
    readonly name: string
    readonly expression: string
  }[]
    readonly expression?: string
  }
}

export interface PkiDeleteCelRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface PkiIssueByProgramInput {
  /** Name of the role. Required. */
  readonly role: string
  /**
   * How long it is to be valid. The program decides whether it counts. Seconds, or a duration such as '1h30m'. Default
   * 0.
   */
  readonly ttl?: number | string
  /** When it is to end (RFC 3339). The program decides whether it counts. */
  readonly not_after?: string
  /** When it is to begin (RFC 3339). The program decides whether it counts. */
  readonly not_before?: string
  /**
   * How long before it is made it is to begin. The program decides whether it counts. Seconds, or a duration such as
   * '1h30m'. Default 30.
   */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed. The program decides whether it counts. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. The program decides whether it counts. Default false. */
  readonly use_pss?: boolean
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** Kind of key. The program decides whether it counts. */
  readonly key_type?: string
  /** Size of the key. The program decides whether it counts. Default 0. */
  readonly key_bits?: number
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PkiSignByProgramInput {
  /** Name of the role. Required. */
  readonly role: string
  /**
   * How long it is to be valid. The program decides whether it counts. Seconds, or a duration such as '1h30m'. Default
   * 0.
   */
  readonly ttl?: number | string
  /** When it is to end (RFC 3339). The program decides whether it counts. */
  readonly not_after?: string
  /** When it is to begin (RFC 3339). The program decides whether it counts. */
  readonly not_before?: string
  /**
   * How long before it is made it is to begin. The program decides whether it counts. Seconds, or a duration such as
   * '1h30m'. Default 30.
   */
  readonly not_before_duration?: number | string
  /** Bits of the hash that is signed. The program decides whether it counts. Default 0. */
  readonly signature_bits?: number
  /** RSA issuers sign with PSS padding. The program decides whether it counts. Default false. */
  readonly use_pss?: boolean
  /** The chain ends before its root. Default false. */
  readonly remove_roots_from_chain?: boolean
  /** The request, in PEM. Required. */
  readonly csr: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PkiReadCaChainData {
  readonly certificate: string
  readonly issuer_id?: string
  readonly ca_chain?: string
  /** When it was revoked, in Unix seconds; 0: it is not. */
  readonly revocation_time: number
  readonly revocation_time_rfc3339: string
}

export interface PkiReadCertificateInput {
  /** Number of the certificate, or ca, ca_chain. Required. */
  readonly serial: string
}

export interface PkiReadCertificateDerInput {
  /** Number of the certificate, or ca, ca_chain. Required. */
  readonly serial: string
}

export interface PkiReadCertificatePemInput {
  /** Number of the certificate, or ca, ca_chain. Required. */
  readonly serial: string
}

export interface PkiListCertificatesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiListCertificatesDetailedInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiListRevokedCertificatesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PkiReadExpiringInput {
  /** How far ahead to look. Default 30 days. Seconds, or a duration such as '1h30m'. */
  readonly within?: number | string
  /** Only certificates with this name. */
  readonly name?: string
  /** Only of this issuer: its id or name, or default. */
  readonly issuer?: string
  /** Only of this role. */
  readonly role?: string
  /** At most so many. Default 1000. */
  readonly limit?: number
  /** Go on after this `next`. */
  readonly after?: string
}

export interface PkiRevokeInput {
  /** Number of the certificate, in hexadecimal with colons or hyphens. */
  readonly serial_number?: string
  /** The certificate, in PEM, in place of its number. */
  readonly certificate?: string
}

export interface PkiRevokeWithKeyInput {
  /** Number of the certificate, in hexadecimal with colons or hyphens. */
  readonly serial_number?: string
  /** The certificate, in PEM, in place of its number. */
  readonly certificate?: string
  /** The certificate's key, in PEM: who holds it may revoke. Required. */
  readonly private_key: string
}

export interface PkiRevokeIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface PkiReadCrlDerInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadCrlPemInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadCrlInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadDeltaCrlDerInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadDeltaCrlPemInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadDeltaCrlInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadIssuerCrlInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerCrlDerInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerCrlPemInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerDeltaCrlInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerDeltaCrlDerInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadIssuerDeltaCrlPemInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
}

export interface PkiReadCrlShardInput {
  /** Number of the shard, as certificates name it. Required. */
  readonly shard: number
  /** Issuer: its id or name, or default. */
  readonly issuer_ref?: string
}

export interface PkiReadIssuerCrlShardInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
  /** Number of the shard, as certificates name it. Required. */
  readonly shard: number
}

export interface PkiResignCrlsInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
  /** Number of the list. Default 0. */
  readonly crl_number?: number
  /** The list is a delta to the complete one of this number; -1: it is complete. Default -1. */
  readonly delta_crl_base_number?: number
  /** How long the list is valid. Default 72h. */
  readonly next_update?: string
  /** pem, or der (in base64) Default pem. */
  readonly format?: string
  /** Lists of the issuer, each in PEM, that become one. Required. */
  readonly crls: readonly string[]
}

export interface PkiResignCrlsData {
  readonly crl: string
}

export interface PkiSignRevocationListInput {
  /** Issuer: its id or name, or default. */
  readonly issuer_ref: string
  /** Number of the list. Default 0. */
  readonly crl_number?: number
  /** The list is a delta to the complete one of this number; -1: it is complete. Default -1. */
  readonly delta_crl_base_number?: number
  /** How long the list is valid. Default 72h. */
  readonly next_update?: string
  /** pem, or der (in base64) Default pem. */
  readonly format?: string
  /** Certificates that are revoked: serial_number, revocation_time, and extensions of the entry. */
  readonly revoked_certs?: readonly {
    readonly serial_number: string
    /** RFC 3339, or Unix seconds */
    readonly revocation_time: string
    readonly extensions?: readonly {
    /** Object identifier */
    readonly id: string
    readonly critical?: boolean
    /** DER, in base64 */
    readonly value: string
  }[]
  }[]
  /** Extensions of the list: id, critical, value (DER in base64) */
  readonly extensions?: readonly {
    /** Object identifier */
    readonly id: string
    readonly critical?: boolean
    /** DER, in base64 */
    readonly value: string
  }[]
}

export interface PkiOcspInput {
  /** The request: DER in base64 in the path of a GET, the body of a POST. Required. */
  readonly req: string
}

export interface PkiReadOcspInput {
  /** The request: DER in base64 in the path of a GET, the body of a POST. Required. */
  readonly req: string
}

export interface PkiTidyInput {
  /** Expired certificates that are on no list. Default false. */
  readonly tidy_cert_store?: boolean
  /** Expired certificates on lists of revoked ones. Default false. */
  readonly tidy_revoked_certs?: boolean
  /** Older name of tidy_revoked_certs. Default false. Deprecated. */
  readonly tidy_revocation_list?: boolean
  /** Expired issuers, but the default; keys stay. */
  readonly tidy_expired_issuers?: boolean
  /** Expired numbers whose certificate was never signed. Default false. */
  readonly tidy_invalid_certs?: boolean
  /** There are no legacy bundles here: does nothing. Default false. */
  readonly tidy_move_legacy_ca_bundle?: boolean
  /** Each certificate is kept with its issuer here: does nothing. Default false. */
  readonly tidy_revoked_cert_issuer_associations?: boolean
  /** ACME orders that ended, and accounts that have none. Default false. */
  readonly tidy_acme?: boolean
  /** Expired for so long. Default 72h. Seconds, or a duration such as '1h30m'. */
  readonly safety_buffer?: number | string
  /** Of revoked certificates. Default: safety_buffer. Seconds, or a duration such as '1h30m'. */
  readonly revoked_safety_buffer?: number | string
  /** Of issuers. Default 8760h. Seconds, or a duration such as '1h30m'. */
  readonly issuer_safety_buffer?: number | string
  /**
   * Accounts without orders are revoked after so long, and removed after as long again. Default 720h. Seconds, or a
   * duration such as '1h30m'.
   */
  readonly acme_account_safety_buffer?: number | string
  /** Pause between pages. Default 0s. */
  readonly pause_duration?: string
  /** Certificates looked at in one step. Default 1000. */
  readonly page_size?: number
}

export interface PkiWriteAutoTidyInput {
  /** Expired certificates that are on no list. Default false. */
  readonly tidy_cert_store?: boolean
  /** Expired certificates on lists of revoked ones. Default false. */
  readonly tidy_revoked_certs?: boolean
  /** Older name of tidy_revoked_certs. Default false. Deprecated. */
  readonly tidy_revocation_list?: boolean
  /** Expired issuers, but the default; keys stay. */
  readonly tidy_expired_issuers?: boolean
  /** Expired numbers whose certificate was never signed. Default false. */
  readonly tidy_invalid_certs?: boolean
  /** There are no legacy bundles here: does nothing. Default false. */
  readonly tidy_move_legacy_ca_bundle?: boolean
  /** Each certificate is kept with its issuer here: does nothing. Default false. */
  readonly tidy_revoked_cert_issuer_associations?: boolean
  /** ACME orders that ended, and accounts that have none. Default false. */
  readonly tidy_acme?: boolean
  /** Expired for so long. Default 72h. Seconds, or a duration such as '1h30m'. */
  readonly safety_buffer?: number | string
  /** Of revoked certificates. Default: safety_buffer. Seconds, or a duration such as '1h30m'. */
  readonly revoked_safety_buffer?: number | string
  /** Of issuers. Default 8760h. Seconds, or a duration such as '1h30m'. */
  readonly issuer_safety_buffer?: number | string
  /**
   * Accounts without orders are revoked after so long, and removed after as long again. Default 720h. Seconds, or a
   * duration such as '1h30m'.
   */
  readonly acme_account_safety_buffer?: number | string
  /** Pause between pages. Default 0s. */
  readonly pause_duration?: string
  /** Certificates looked at in one step. Default 1000. */
  readonly page_size?: number
  /** Tidies by itself. Default false. */
  readonly enabled?: boolean
  /** Time between two runs. Default 12h. Seconds, or a duration such as '1h30m'. */
  readonly interval_duration?: number | string
  /** Certificates are counted about once a minute, for tidy-status. Default false. */
  readonly maintain_stored_certificate_counts?: boolean
  /** Metrics show the counts too. Needs maintain_stored_certificate_counts. Default false. */
  readonly publish_stored_certificate_count_metrics?: boolean
}

export interface PkiWriteAcmeConfigInput {
  /** ACME is answered. Needs path in config/cluster. */
  readonly enabled?: boolean
  /** Roles with a directory of their own; * for all. */
  readonly allowed_roles?: readonly string[]
  /** Issuers with a directory of their own; * for all. */
  readonly allowed_issuers?: readonly string[]
  /** Certificates get the role's extended key usages, rather than that of servers alone. */
  readonly allow_role_ext_key_usage?: boolean
  /** What a directory without a role gives: sign-verbatim, forbid, or role:NAME. */
  readonly default_directory_policy?: string
  /** Address and port of the DNS server to ask; empty: the machine's. */
  readonly dns_resolver?: string
  /** not-required, new-account-required or always-required: external account binding. */
  readonly eab_policy?: string
  /**
   * Longest life of a certificate, whatever the ttl of its role, or else the mount's default, says. Default 2160h.
   * Seconds, or a duration such as '1h30m'.
   */
  readonly max_ttl?: number | string
  /** Port that http-01 is asked at. RFC 8555 says 80, which is the default; another only where none else can listen. */
  readonly http_challenge_port?: number
  /** Port that tls-alpn-01 is asked at. RFC 8737 says 443, which is the default. */
  readonly tls_alpn_challenge_port?: number
  /** Accounts that one address may make in an hour, at each process; 0: any number. Default 100. */
  readonly new_account_limit?: number
  /** Orders that one account may make in an hour, at each process; 0: any number. Default 1000. */
  readonly new_order_limit?: number
  /** Orders of one account that wait to be carried out; 0: any number. Default 300, at most 1000. */
  readonly pending_order_limit?: number
}

export interface PkiNewEabInput {
  /** Role of the directory. */
  readonly role?: string
  /** Issuer of the directory. */
  readonly issuer_ref?: string
}

export interface PkiNewIssuerEabInput {
  /** Issuer of the directory. */
  readonly issuer_ref: string
  /** Role of the directory. */
  readonly role?: string
}

export interface PkiNewRoleEabInput {
  /** Role of the directory. */
  readonly role: string
  /** Issuer of the directory. */
  readonly issuer_ref?: string
}

export interface PkiNewIssuerRoleEabInput {
  /** Issuer of the directory. */
  readonly issuer_ref: string
  /** Role of the directory. */
  readonly role: string
}

export interface PkiDeleteEabInput {
  /** Id of the key. Required. */
  readonly key_id: string
}

export interface PkiAcmeOrdersInput {
  /** Id of the order that the page before ended with. */
  readonly after: string
  /** Role of the directory. */
  readonly role?: string
  /** Issuer of the directory. */
  readonly issuer_ref?: string
  /** Protected header of the signed request. */
  readonly protected?: string
  /** Payload of the signed request. */
  readonly payload?: string
  /** Signature of the signed request. */
  readonly signature?: string
  /** Id of the account. */
  readonly kid?: string
  /** Id of the order. */
  readonly order_id?: string
  /** Id of the authorization. */
  readonly auth_id?: string
  /** http-01, dns-01 or tls-alpn-01. */
  readonly challenge_type?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PkiIssuerAcmeOrdersInput {
  /** Issuer of the directory. */
  readonly issuer_ref: string
  /** Id of the order that the page before ended with. */
  readonly after: string
  /** Role of the directory. */
  readonly role?: string
  /** Protected header of the signed request. */
  readonly protected?: string
  /** Payload of the signed request. */
  readonly payload?: string
  /** Signature of the signed request. */
  readonly signature?: string
  /** Id of the account. */
  readonly kid?: string
  /** Id of the order. */
  readonly order_id?: string
  /** Id of the authorization. */
  readonly auth_id?: string
  /** http-01, dns-01 or tls-alpn-01. */
  readonly challenge_type?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PkiRolesAcmeOrdersInput {
  /** Role of the directory. */
  readonly role: string
  /** Id of the order that the page before ended with. */
  readonly after: string
  /** Issuer of the directory. */
  readonly issuer_ref?: string
  /** Protected header of the signed request. */
  readonly protected?: string
  /** Payload of the signed request. */
  readonly payload?: string
  /** Signature of the signed request. */
  readonly signature?: string
  /** Id of the account. */
  readonly kid?: string
  /** Id of the order. */
  readonly order_id?: string
  /** Id of the authorization. */
  readonly auth_id?: string
  /** http-01, dns-01 or tls-alpn-01. */
  readonly challenge_type?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface PkiIssuerRolesAcmeOrdersInput {
  /** Issuer of the directory. */
  readonly issuer_ref: string
  /** Role of the directory. */
  readonly role: string
  /** Id of the order that the page before ended with. */
  readonly after: string
  /** Protected header of the signed request. */
  readonly protected?: string
  /** Payload of the signed request. */
  readonly payload?: string
  /** Signature of the signed request. */
  readonly signature?: string
  /** Id of the account. */
  readonly kid?: string
  /** Id of the order. */
  readonly order_id?: string
  /** Id of the authorization. */
  readonly auth_id?: string
  /** http-01, dns-01 or tls-alpn-01. */
  readonly challenge_type?: string
  /** The body, as it is stored or used. */
  readonly data: Readonly<Record<string, unknown>>
}

const GENERATE_ROOT: Operation = {
  service: 'Pki',
  rpc: 'GenerateRoot',
  verb: 'POST',
  path: '{mount}/root/generate/{exported}',
  sole: 'exported',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const GENERATE_ISSUER_ROOT: Operation = {
  service: 'Pki',
  rpc: 'GenerateIssuerRoot',
  verb: 'POST',
  path: '{mount}/issuers/generate/root/{exported}',
  sole: 'exported',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const ROTATE_ROOT: Operation = {
  service: 'Pki',
  rpc: 'RotateRoot',
  verb: 'POST',
  path: '{mount}/root/rotate/{exported}',
  sole: 'exported',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const DELETE_ROOT: Operation = {
  service: 'Pki',
  rpc: 'DeleteRoot',
  verb: 'DELETE',
  path: '{mount}/root',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_INTERMEDIATE: Operation = {
  service: 'Pki',
  rpc: 'GenerateIntermediate',
  verb: 'POST',
  path: '{mount}/intermediate/generate/{exported}',
  sole: 'exported',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const GENERATE_ISSUER_INTERMEDIATE: Operation = {
  service: 'Pki',
  rpc: 'GenerateIssuerIntermediate',
  verb: 'POST',
  path: '{mount}/issuers/generate/intermediate/{exported}',
  sole: 'exported',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const CROSS_SIGN: Operation = {
  service: 'Pki',
  rpc: 'CrossSign',
  verb: 'POST',
  path: '{mount}/intermediate/cross-sign',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const SIGN_INTERMEDIATE: Operation = {
  service: 'Pki',
  rpc: 'SignIntermediate',
  verb: 'POST',
  path: '{mount}/root/sign-intermediate',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const SIGN_INTERMEDIATE_BY_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'SignIntermediateByIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign-intermediate',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, csr: 'value', serial_number: 'value', expiration: 'value', issuer_id: 'value', issuer_name: 'value', key_id: 'value', key_name: 'value', private_key: 'value', private_key_type: 'value' } },
}

const SIGN_SELF_ISSUED: Operation = {
  service: 'Pki',
  rpc: 'SignSelfIssued',
  verb: 'POST',
  path: '{mount}/root/sign-self-issued',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const SIGN_SELF_ISSUED_BY_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'SignSelfIssuedByIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign-self-issued',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const IMPORT_CA: Operation = {
  service: 'Pki',
  rpc: 'ImportCa',
  verb: 'POST',
  path: '{mount}/config/ca',
  safe: false,
  answers: 'data',
  shape: { object: { imported_issuers: { list: 'value' }, imported_keys: { list: 'value' }, existing_issuers: { list: 'value' }, existing_keys: { list: 'value' }, mapping: { map: 'value' } } },
}

const IMPORT_BUNDLE: Operation = {
  service: 'Pki',
  rpc: 'ImportBundle',
  verb: 'POST',
  path: '{mount}/issuers/import/bundle',
  safe: false,
  answers: 'data',
  shape: { object: { imported_issuers: { list: 'value' }, imported_keys: { list: 'value' }, existing_issuers: { list: 'value' }, existing_keys: { list: 'value' }, mapping: { map: 'value' } } },
}

const IMPORT_CERTIFICATES: Operation = {
  service: 'Pki',
  rpc: 'ImportCertificates',
  verb: 'POST',
  path: '{mount}/issuers/import/cert',
  safe: false,
  answers: 'data',
  shape: { object: { imported_issuers: { list: 'value' }, imported_keys: { list: 'value' }, existing_issuers: { list: 'value' }, existing_keys: { list: 'value' }, mapping: { map: 'value' } } },
}

const SET_SIGNED: Operation = {
  service: 'Pki',
  rpc: 'SetSigned',
  verb: 'POST',
  path: '{mount}/intermediate/set-signed',
  safe: false,
  answers: 'data',
  shape: { object: { imported_issuers: { list: 'value' }, imported_keys: { list: 'value' }, existing_issuers: { list: 'value' }, existing_keys: { list: 'value' }, mapping: { map: 'value' } } },
}

const IMPORT_KEY: Operation = {
  service: 'Pki',
  rpc: 'ImportKey',
  verb: 'POST',
  path: '{mount}/keys/import',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_ISSUERS: Operation = {
  service: 'Pki',
  rpc: 'ListIssuers',
  verb: 'LIST',
  path: '{mount}/issuers',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuer',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: { object: { ca_chain: { list: 'value' }, certificate: 'value', crl_distribution_points: { list: 'value' }, delta_crl_distribution_points: { list: 'value' }, enable_aia_url_templating: 'value', issuer_id: 'value', issuer_name: 'value', issuing_certificates: { list: 'value' }, key_id: 'value', leaf_not_after_behavior: 'value', manual_chain: { list: 'value' }, ocsp_servers: { list: 'value' }, revocation_signature_algorithm: 'value', revoked: 'value', usage: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const WRITE_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'WriteIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: { object: { ca_chain: { list: 'value' }, certificate: 'value', crl_distribution_points: { list: 'value' }, delta_crl_distribution_points: { list: 'value' }, enable_aia_url_templating: 'value', issuer_id: 'value', issuer_name: 'value', issuing_certificates: { list: 'value' }, key_id: 'value', leaf_not_after_behavior: 'value', manual_chain: { list: 'value' }, ocsp_servers: { list: 'value' }, revocation_signature_algorithm: 'value', revoked: 'value', usage: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const PATCH_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'PatchIssuer',
  verb: 'PATCH',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: { object: { ca_chain: { list: 'value' }, certificate: 'value', crl_distribution_points: { list: 'value' }, delta_crl_distribution_points: { list: 'value' }, enable_aia_url_templating: 'value', issuer_id: 'value', issuer_name: 'value', issuing_certificates: { list: 'value' }, key_id: 'value', leaf_not_after_behavior: 'value', manual_chain: { list: 'value' }, ocsp_servers: { list: 'value' }, revocation_signature_algorithm: 'value', revoked: 'value', usage: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const DELETE_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'DeleteIssuer',
  verb: 'DELETE',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUER_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerPem',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/pem',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerDer',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/der',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_CERTIFICATE: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerCertificate',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/json',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUERS_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuersConfig',
  verb: 'GET',
  path: '{mount}/config/issuers',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_ISSUERS_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'WriteIssuersConfig',
  verb: 'POST',
  path: '{mount}/config/issuers',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REPLACE_ROOT: Operation = {
  service: 'Pki',
  rpc: 'ReplaceRoot',
  verb: 'POST',
  path: '{mount}/root/replace',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_KEYS: Operation = {
  service: 'Pki',
  rpc: 'ListKeys',
  verb: 'LIST',
  path: '{mount}/keys',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const GENERATE_KEY: Operation = {
  service: 'Pki',
  rpc: 'GenerateKey',
  verb: 'POST',
  path: '{mount}/keys/generate/internal',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const GENERATE_EXPORTED_KEY: Operation = {
  service: 'Pki',
  rpc: 'GenerateExportedKey',
  verb: 'POST',
  path: '{mount}/keys/generate/exported',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const GENERATE_KMS_KEY: Operation = {
  service: 'Pki',
  rpc: 'GenerateKmsKey',
  verb: 'POST',
  path: '{mount}/keys/generate/kms',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_KEY: Operation = {
  service: 'Pki',
  rpc: 'ReadKey',
  verb: 'GET',
  path: '{mount}/key/{key_ref}',
  sole: 'key_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_KEY: Operation = {
  service: 'Pki',
  rpc: 'WriteKey',
  verb: 'POST',
  path: '{mount}/key/{key_ref}',
  sole: 'key_ref',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_KEY: Operation = {
  service: 'Pki',
  rpc: 'DeleteKey',
  verb: 'DELETE',
  path: '{mount}/key/{key_ref}',
  sole: 'key_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_KEYS_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'ReadKeysConfig',
  verb: 'GET',
  path: '{mount}/config/keys',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_KEYS_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'WriteKeysConfig',
  verb: 'POST',
  path: '{mount}/config/keys',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_URLS: Operation = {
  service: 'Pki',
  rpc: 'ReadUrls',
  verb: 'GET',
  path: '{mount}/config/urls',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_URLS: Operation = {
  service: 'Pki',
  rpc: 'WriteUrls',
  verb: 'POST',
  path: '{mount}/config/urls',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_CLUSTER: Operation = {
  service: 'Pki',
  rpc: 'ReadCluster',
  verb: 'GET',
  path: '{mount}/config/cluster',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_CLUSTER: Operation = {
  service: 'Pki',
  rpc: 'WriteCluster',
  verb: 'POST',
  path: '{mount}/config/cluster',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_REVOCATION_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'ReadRevocationConfig',
  verb: 'GET',
  path: '{mount}/config/crl',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_REVOCATION_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'WriteRevocationConfig',
  verb: 'POST',
  path: '{mount}/config/crl',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Pki',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/roles',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_ROLE: Operation = {
  service: 'Pki',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { issuer_ref: 'value', ttl: 'value', max_ttl: 'value', not_before_duration: 'value', not_after: 'value', not_before: 'value', not_before_bound: 'value', not_after_bound: 'value', allow_localhost: 'value', allowed_domains: { list: 'value' }, allowed_domains_template: 'value', allow_bare_domains: 'value', allow_subdomains: 'value', allow_glob_domains: 'value', allow_globs_in_identity_templates: 'value', allow_wildcard_certificates: 'value', allow_any_name: 'value', enforce_hostnames: 'value', allow_ip_sans: 'value', allowed_ip_sans_cidr: { list: 'value' }, allowed_uri_sans: { list: 'value' }, allowed_uri_sans_template: 'value', allowed_other_sans: { list: 'value' }, allowed_serial_numbers: { list: 'value' }, allowed_user_ids: { list: 'value' }, allow_token_displayname: 'value', server_flag: 'value', client_flag: 'value', code_signing_flag: 'value', email_protection_flag: 'value', key_type: 'value', key_bits: 'value', signature_bits: 'value', use_pss: 'value', key_usage: { list: 'value' }, ext_key_usage: { list: 'value' }, ext_key_usage_oids: { list: 'value' }, use_csr_common_name: 'value', use_csr_sans: 'value', require_cn: 'value', cn_validations: { list: 'value' }, ou: { list: 'value' }, organization: { list: 'value' }, country: { list: 'value' }, locality: { list: 'value' }, province: { list: 'value' }, street_address: { list: 'value' }, postal_code: { list: 'value' }, policy_identifiers: { list: 'value' }, basic_constraints_valid_for_non_ca: 'value', generate_lease: 'value', no_store: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'Pki',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/roles/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_ref: 'value', ttl: 'value', max_ttl: 'value', not_before_duration: 'value', not_after: 'value', not_before: 'value', not_before_bound: 'value', not_after_bound: 'value', allow_localhost: 'value', allowed_domains: { list: 'value' }, allowed_domains_template: 'value', allow_bare_domains: 'value', allow_subdomains: 'value', allow_glob_domains: 'value', allow_globs_in_identity_templates: 'value', allow_wildcard_certificates: 'value', allow_any_name: 'value', enforce_hostnames: 'value', allow_ip_sans: 'value', allowed_ip_sans_cidr: { list: 'value' }, allowed_uri_sans: { list: 'value' }, allowed_uri_sans_template: 'value', allowed_other_sans: { list: 'value' }, allowed_serial_numbers: { list: 'value' }, allowed_user_ids: { list: 'value' }, allow_token_displayname: 'value', server_flag: 'value', client_flag: 'value', code_signing_flag: 'value', email_protection_flag: 'value', key_type: 'value', key_bits: 'value', signature_bits: 'value', use_pss: 'value', key_usage: { list: 'value' }, ext_key_usage: { list: 'value' }, ext_key_usage_oids: { list: 'value' }, use_csr_common_name: 'value', use_csr_sans: 'value', require_cn: 'value', cn_validations: { list: 'value' }, ou: { list: 'value' }, organization: { list: 'value' }, country: { list: 'value' }, locality: { list: 'value' }, province: { list: 'value' }, street_address: { list: 'value' }, postal_code: { list: 'value' }, policy_identifiers: { list: 'value' }, basic_constraints_valid_for_non_ca: 'value', generate_lease: 'value', no_store: 'value' } },
}

const PATCH_ROLE: Operation = {
  service: 'Pki',
  rpc: 'PatchRole',
  verb: 'PATCH',
  path: '{mount}/roles/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_ref: 'value', ttl: 'value', max_ttl: 'value', not_before_duration: 'value', not_after: 'value', not_before: 'value', not_before_bound: 'value', not_after_bound: 'value', allow_localhost: 'value', allowed_domains: { list: 'value' }, allowed_domains_template: 'value', allow_bare_domains: 'value', allow_subdomains: 'value', allow_glob_domains: 'value', allow_globs_in_identity_templates: 'value', allow_wildcard_certificates: 'value', allow_any_name: 'value', enforce_hostnames: 'value', allow_ip_sans: 'value', allowed_ip_sans_cidr: { list: 'value' }, allowed_uri_sans: { list: 'value' }, allowed_uri_sans_template: 'value', allowed_other_sans: { list: 'value' }, allowed_serial_numbers: { list: 'value' }, allowed_user_ids: { list: 'value' }, allow_token_displayname: 'value', server_flag: 'value', client_flag: 'value', code_signing_flag: 'value', email_protection_flag: 'value', key_type: 'value', key_bits: 'value', signature_bits: 'value', use_pss: 'value', key_usage: { list: 'value' }, ext_key_usage: { list: 'value' }, ext_key_usage_oids: { list: 'value' }, use_csr_common_name: 'value', use_csr_sans: 'value', require_cn: 'value', cn_validations: { list: 'value' }, ou: { list: 'value' }, organization: { list: 'value' }, country: { list: 'value' }, locality: { list: 'value' }, province: { list: 'value' }, street_address: { list: 'value' }, postal_code: { list: 'value' }, policy_identifiers: { list: 'value' }, basic_constraints_valid_for_non_ca: 'value', generate_lease: 'value', no_store: 'value' } },
}

const DELETE_ROLE: Operation = {
  service: 'Pki',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ISSUE: Operation = {
  service: 'Pki',
  rpc: 'Issue',
  verb: 'POST',
  path: '{mount}/issue/{role}',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const ISSUE_BY_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'IssueByIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/issue/{role}',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN: Operation = {
  service: 'Pki',
  rpc: 'Sign',
  verb: 'POST',
  path: '{mount}/sign/{role}',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_BY_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'SignByIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign/{role}',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_VERBATIM: Operation = {
  service: 'Pki',
  rpc: 'SignVerbatim',
  verb: 'POST',
  path: '{mount}/sign-verbatim',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_VERBATIM_UNDER_ROLE: Operation = {
  service: 'Pki',
  rpc: 'SignVerbatimUnderRole',
  verb: 'POST',
  path: '{mount}/sign-verbatim/{role}',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_VERBATIM_BY_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'SignVerbatimByIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign-verbatim',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_VERBATIM_BY_ISSUER_UNDER_ROLE: Operation = {
  service: 'Pki',
  rpc: 'SignVerbatimByIssuerUnderRole',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign-verbatim/{role}',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const LIST_CEL_ROLES: Operation = {
  service: 'Pki',
  rpc: 'ListCelRoles',
  verb: 'LIST',
  path: '{mount}/cel/roles',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_CEL_ROLE: Operation = {
  service: 'Pki',
  rpc: 'ReadCelRole',
  verb: 'GET',
  path: '{mount}/cel/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' } } },
}

const WRITE_CEL_ROLE: Operation = {
  service: 'Pki',
  rpc: 'WriteCelRole',
  verb: 'POST',
  path: '{mount}/cel/roles/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' } } },
}

const PATCH_CEL_ROLE: Operation = {
  service: 'Pki',
  rpc: 'PatchCelRole',
  verb: 'PATCH',
  path: '{mount}/cel/roles/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' } } },
}

const DELETE_CEL_ROLE: Operation = {
  service: 'Pki',
  rpc: 'DeleteCelRole',
  verb: 'DELETE',
  path: '{mount}/cel/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ISSUE_BY_PROGRAM: Operation = {
  service: 'Pki',
  rpc: 'IssueByProgram',
  verb: 'POST',
  path: '{mount}/cel/issue/{role}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const SIGN_BY_PROGRAM: Operation = {
  service: 'Pki',
  rpc: 'SignByProgram',
  verb: 'POST',
  path: '{mount}/cel/sign/{role}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: { object: { certificate: 'value', issuing_ca: 'value', ca_chain: { list: 'value' }, private_key: 'value', private_key_type: 'value', serial_number: 'value', expiration: 'value', not_before: 'value' } },
}

const READ_CA_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadCaDer',
  verb: 'GET',
  path: '{mount}/ca',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CA_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadCaPem',
  verb: 'GET',
  path: '{mount}/ca/pem',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CA_CHAIN_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadCaChainPem',
  verb: 'GET',
  path: '{mount}/ca_chain',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CA_CHAIN: Operation = {
  service: 'Pki',
  rpc: 'ReadCaChain',
  verb: 'GET',
  path: '{mount}/cert/ca_chain',
  safe: true,
  answers: 'data',
  shape: { object: { certificate: 'value', issuer_id: 'value', ca_chain: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const READ_CERTIFICATE: Operation = {
  service: 'Pki',
  rpc: 'ReadCertificate',
  verb: 'GET',
  path: '{mount}/cert/{serial}',
  sole: 'serial',
  safe: true,
  answers: 'data',
  shape: { object: { certificate: 'value', issuer_id: 'value', ca_chain: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const READ_CERTIFICATE_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadCertificateDer',
  verb: 'GET',
  path: '{mount}/cert/{serial}/raw',
  sole: 'serial',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CERTIFICATE_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadCertificatePem',
  verb: 'GET',
  path: '{mount}/cert/{serial}/raw/pem',
  sole: 'serial',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const LIST_CERTIFICATES: Operation = {
  service: 'Pki',
  rpc: 'ListCertificates',
  verb: 'LIST',
  path: '{mount}/certs',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const LIST_CERTIFICATES_DETAILED: Operation = {
  service: 'Pki',
  rpc: 'ListCertificatesDetailed',
  verb: 'LIST',
  path: '{mount}/certs/detailed',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const LIST_REVOKED_CERTIFICATES: Operation = {
  service: 'Pki',
  rpc: 'ListRevokedCertificates',
  verb: 'LIST',
  path: '{mount}/certs/revoked',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_EXPIRING: Operation = {
  service: 'Pki',
  rpc: 'ReadExpiring',
  verb: 'GET',
  path: '{mount}/certs/expiring',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const REVOKE: Operation = {
  service: 'Pki',
  rpc: 'Revoke',
  verb: 'POST',
  path: '{mount}/revoke',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_WITH_KEY: Operation = {
  service: 'Pki',
  rpc: 'RevokeWithKey',
  verb: 'POST',
  path: '{mount}/revoke-with-key',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_ISSUER: Operation = {
  service: 'Pki',
  rpc: 'RevokeIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/revoke',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: { object: { ca_chain: { list: 'value' }, certificate: 'value', crl_distribution_points: { list: 'value' }, delta_crl_distribution_points: { list: 'value' }, enable_aia_url_templating: 'value', issuer_id: 'value', issuer_name: 'value', issuing_certificates: { list: 'value' }, key_id: 'value', leaf_not_after_behavior: 'value', manual_chain: { list: 'value' }, ocsp_servers: { list: 'value' }, revocation_signature_algorithm: 'value', revoked: 'value', usage: 'value', revocation_time: 'value', revocation_time_rfc3339: 'value' } },
}

const READ_CRL_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadCrlDer',
  verb: 'GET',
  path: '{mount}/crl',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CRL_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadCrlPem',
  verb: 'GET',
  path: '{mount}/crl/pem',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CRL: Operation = {
  service: 'Pki',
  rpc: 'ReadCrl',
  verb: 'GET',
  path: '{mount}/cert/crl',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_DELTA_CRL_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadDeltaCrlDer',
  verb: 'GET',
  path: '{mount}/crl/delta',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_DELTA_CRL_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadDeltaCrlPem',
  verb: 'GET',
  path: '{mount}/crl/delta/pem',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_DELTA_CRL: Operation = {
  service: 'Pki',
  rpc: 'ReadDeltaCrl',
  verb: 'GET',
  path: '{mount}/cert/delta-crl',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUER_CRL: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerCrl',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUER_CRL_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerCrlDer',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/der',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_CRL_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerCrlPem',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/pem',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_DELTA_CRL: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerDeltaCrl',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/delta',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUER_DELTA_CRL_DER: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerDeltaCrlDer',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/delta/der',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_DELTA_CRL_PEM: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerDeltaCrlPem',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/delta/pem',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_CRL_SHARD: Operation = {
  service: 'Pki',
  rpc: 'ReadCrlShard',
  verb: 'GET',
  path: '{mount}/crl/shard/{shard}',
  sole: 'shard',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_ISSUER_CRL_SHARD: Operation = {
  service: 'Pki',
  rpc: 'ReadIssuerCrlShard',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/crl/shard/{shard}',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const ROTATE_CRLS: Operation = {
  service: 'Pki',
  rpc: 'RotateCrls',
  verb: 'GET',
  path: '{mount}/crl/rotate',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ROTATE_DELTA_CRLS: Operation = {
  service: 'Pki',
  rpc: 'RotateDeltaCrls',
  verb: 'GET',
  path: '{mount}/crl/rotate-delta',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const RESIGN_CRLS: Operation = {
  service: 'Pki',
  rpc: 'ResignCrls',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/resign-crls',
  safe: false,
  answers: 'data',
  shape: { object: { crl: 'value' } },
}

const SIGN_REVOCATION_LIST: Operation = {
  service: 'Pki',
  rpc: 'SignRevocationList',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/sign-revocation-list',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: { object: { crl: 'value' } },
}

const OCSP: Operation = {
  service: 'Pki',
  rpc: 'Ocsp',
  verb: 'POST',
  path: '{mount}/ocsp',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_OCSP: Operation = {
  service: 'Pki',
  rpc: 'ReadOcsp',
  verb: 'GET',
  path: '{mount}/ocsp/{req=**}',
  sole: 'req',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const TIDY: Operation = {
  service: 'Pki',
  rpc: 'Tidy',
  verb: 'POST',
  path: '{mount}/tidy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const CANCEL_TIDY: Operation = {
  service: 'Pki',
  rpc: 'CancelTidy',
  verb: 'POST',
  path: '{mount}/tidy-cancel',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_TIDY_STATUS: Operation = {
  service: 'Pki',
  rpc: 'ReadTidyStatus',
  verb: 'GET',
  path: '{mount}/tidy-status',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_AUTO_TIDY: Operation = {
  service: 'Pki',
  rpc: 'ReadAutoTidy',
  verb: 'GET',
  path: '{mount}/config/auto-tidy',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_AUTO_TIDY: Operation = {
  service: 'Pki',
  rpc: 'WriteAutoTidy',
  verb: 'POST',
  path: '{mount}/config/auto-tidy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_ACME_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'ReadAcmeConfig',
  verb: 'GET',
  path: '{mount}/config/acme',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_ACME_CONFIG: Operation = {
  service: 'Pki',
  rpc: 'WriteAcmeConfig',
  verb: 'POST',
  path: '{mount}/config/acme',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const NEW_EAB: Operation = {
  service: 'Pki',
  rpc: 'NewEab',
  verb: 'POST',
  path: '{mount}/acme/new-eab',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const NEW_ISSUER_EAB: Operation = {
  service: 'Pki',
  rpc: 'NewIssuerEab',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/acme/new-eab',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const NEW_ROLE_EAB: Operation = {
  service: 'Pki',
  rpc: 'NewRoleEab',
  verb: 'POST',
  path: '{mount}/roles/{role}/acme/new-eab',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const NEW_ISSUER_ROLE_EAB: Operation = {
  service: 'Pki',
  rpc: 'NewIssuerRoleEab',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/roles/{role}/acme/new-eab',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_EABS: Operation = {
  service: 'Pki',
  rpc: 'ListEabs',
  verb: 'LIST',
  path: '{mount}/eab',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const DELETE_EAB: Operation = {
  service: 'Pki',
  rpc: 'DeleteEab',
  verb: 'DELETE',
  path: '{mount}/eab/{key_id}',
  sole: 'key_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ACME_ORDERS: Operation = {
  service: 'Pki',
  rpc: 'AcmeOrders',
  verb: 'POST',
  path: '{mount}/acme/orders/{after}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const ISSUER_ACME_ORDERS: Operation = {
  service: 'Pki',
  rpc: 'IssuerAcmeOrders',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/acme/orders/{after}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const ROLES_ACME_ORDERS: Operation = {
  service: 'Pki',
  rpc: 'RolesAcmeOrders',
  verb: 'POST',
  path: '{mount}/roles/{role}/acme/orders/{after}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const ISSUER_ROLES_ACME_ORDERS: Operation = {
  service: 'Pki',
  rpc: 'IssuerRolesAcmeOrders',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}/roles/{role}/acme/orders/{after}',
  whole: 'data',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Certificates: a certificate authority, its roles, and what it revoked. */
export class Pki extends Group {
  /** Make a root CA: a key and a certificate that it signs itself. */
  generateRoot(input: string | PkiGenerateRootInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(GENERATE_ROOT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a root CA: a key and a certificate that it signs itself. */
  generateIssuerRoot(input: string | PkiGenerateIssuerRootInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(GENERATE_ISSUER_ROOT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make another root CA beside those there are. */
  rotateRoot(input: string | PkiRotateRootInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(ROTATE_ROOT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Remove all issuers and keys. Needs sudo. */
  deleteRoot(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROOT, {}, options)
  }

  /** Make a key and a request for a CA certificate that another CA signs. */
  generateIntermediate(input: string | PkiGenerateIntermediateInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(GENERATE_INTERMEDIATE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key and a request for a CA certificate that another CA signs. */
  generateIssuerIntermediate(input: string | PkiGenerateIssuerIntermediateInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(GENERATE_ISSUER_INTERMEDIATE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a request for a key that is here already. */
  crossSign(input: PkiCrossSignInput = {}, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(CROSS_SIGN, { ...input }, options)
  }

  /** Sign another CA's request. */
  signIntermediate(input: PkiSignIntermediateInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(SIGN_INTERMEDIATE, { ...input }, options)
  }

  /** Sign another CA's request. */
  signIntermediateByIssuer(input: PkiSignIntermediateByIssuerInput, options?: CallOptions): Promise<Reply<PkiGenerateRootData>> {
    return this.ask<PkiGenerateRootData>(SIGN_INTERMEDIATE_BY_ISSUER, { ...input }, options)
  }

  /** Sign a self-issued certificate anew, so that its key is trusted on two paths. Needs sudo. */
  signSelfIssued(input: PkiSignSelfIssuedInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(SIGN_SELF_ISSUED, { ...input }, options)
  }

  /** Sign a self-issued certificate anew, so that its key is trusted on two paths. Needs sudo. */
  signSelfIssuedByIssuer(input: PkiSignSelfIssuedByIssuerInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(SIGN_SELF_ISSUED_BY_ISSUER, { ...input }, options)
  }

  /** Import a CA with its key. */
  importCa(input: PkiImportCaInput, options?: CallOptions): Promise<Reply<PkiImportCaData>> {
    return this.ask<PkiImportCaData>(IMPORT_CA, { ...input }, options)
  }

  /** Import certificates and keys of CAs. */
  importBundle(input: PkiImportBundleInput, options?: CallOptions): Promise<Reply<PkiImportCaData>> {
    return this.ask<PkiImportCaData>(IMPORT_BUNDLE, { ...input }, options)
  }

  /** Import certificates of CAs. */
  importCertificates(input: PkiImportCertificatesInput, options?: CallOptions): Promise<Reply<PkiImportCaData>> {
    return this.ask<PkiImportCaData>(IMPORT_CERTIFICATES, { ...input }, options)
  }

  /** Import the certificate that another CA made of a request. */
  setSigned(input: PkiSetSignedInput, options?: CallOptions): Promise<Reply<PkiImportCaData>> {
    return this.ask<PkiImportCaData>(SET_SIGNED, { ...input }, options)
  }

  /** Import a key. */
  importKey(input: PkiImportKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(IMPORT_KEY, { ...input }, options)
  }

  /** List the issuers. Needs no token. */
  listIssuers(input: PkiListIssuersInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_ISSUERS, { ...input }, options)
  }

  /** Read, change and remove an issuer. */
  readIssuer(input: string | PkiReadIssuerInput, options?: CallOptions): Promise<Reply<PkiReadIssuerData>> {
    return this.ask<PkiReadIssuerData>(READ_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, change and remove an issuer. */
  writeIssuer(input: string | PkiWriteIssuerInput, options?: CallOptions): Promise<Reply<PkiReadIssuerData>> {
    return this.ask<PkiReadIssuerData>(WRITE_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, change and remove an issuer. */
  patchIssuer(input: string | PkiPatchIssuerInput, options?: CallOptions): Promise<Reply<PkiReadIssuerData>> {
    return this.ask<PkiReadIssuerData>(PATCH_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, change and remove an issuer. */
  deleteIssuer(input: string | PkiDeleteIssuerInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An issuer's certificate in PEM. Needs no token. */
  readIssuerPem(input: string | PkiReadIssuerPemInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_PEM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An issuer's certificate in DER. Needs no token. */
  readIssuerDer(input: string | PkiReadIssuerDerInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_DER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An issuer's certificate and chain. Needs no token. */
  readIssuerCertificate(input: string | PkiReadIssuerCertificateInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ISSUER_CERTIFICATE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The default issuer. */
  readIssuersConfig(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ISSUERS_CONFIG, {}, options)
  }

  /** The default issuer. */
  writeIssuersConfig(input: PkiWriteIssuersConfigInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ISSUERS_CONFIG, { ...input }, options)
  }

  /** Make another issuer the default. */
  replaceRoot(input: PkiReplaceRootInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REPLACE_ROOT, { ...input }, options)
  }

  /** List the keys. */
  listKeys(input: PkiListKeysInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_KEYS, { ...input }, options)
  }

  /** Make a key that stays here. */
  generateKey(input: PkiGenerateKeyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(GENERATE_KEY, { ...input }, options)
  }

  /** Make a key, and give it back. */
  generateExportedKey(input: PkiGenerateExportedKeyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(GENERATE_EXPORTED_KEY, { ...input }, options)
  }

  /** Refused: keys of another KMS are not supported. */
  generateKmsKey(input: PkiGenerateKmsKeyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(GENERATE_KMS_KEY, { ...input }, options)
  }

  /** Read, rename and remove a key. */
  readKey(input: string | PkiReadKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, rename and remove a key. */
  writeKey(input: string | PkiWriteKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, rename and remove a key. */
  deleteKey(input: string | PkiDeleteKeyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The default key. */
  readKeysConfig(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_KEYS_CONFIG, {}, options)
  }

  /** The default key. */
  writeKeysConfig(input: PkiWriteKeysConfigInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_KEYS_CONFIG, { ...input }, options)
  }

  /** URLs that certificates hold. */
  readUrls(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_URLS, {}, options)
  }

  /** URLs that certificates hold. */
  writeUrls(input: PkiWriteUrlsInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_URLS, { ...input }, options)
  }

  /** The cluster's own URLs. */
  readCluster(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_CLUSTER, {}, options)
  }

  /** The cluster's own URLs. */
  writeCluster(input: PkiWriteClusterInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_CLUSTER, { ...input }, options)
  }

  /** How revocation is published. */
  readRevocationConfig(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_REVOCATION_CONFIG, {}, options)
  }

  /** How revocation is published. */
  writeRevocationConfig(input: PkiWriteRevocationConfigInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_REVOCATION_CONFIG, { ...input }, options)
  }

  /** List the roles. */
  listRoles(input: PkiListRolesInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_ROLES, { ...input }, options)
  }

  /** What certificates of a role are like. */
  readRole(input: string | PkiReadRoleInput, options?: CallOptions): Promise<Reply<PkiReadRoleData>> {
    return this.ask<PkiReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What certificates of a role are like. */
  writeRole(input: string | PkiWriteRoleInput, options?: CallOptions): Promise<Reply<PkiReadRoleData>> {
    return this.ask<PkiReadRoleData>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What certificates of a role are like. */
  patchRole(input: string | PkiPatchRoleInput, options?: CallOptions): Promise<Reply<PkiReadRoleData>> {
    return this.ask<PkiReadRoleData>(PATCH_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What certificates of a role are like. */
  deleteRole(input: string | PkiDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key and a certificate for it. */
  issue(input: string | PkiIssueInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(ISSUE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key and a certificate for it. */
  issueByIssuer(input: PkiIssueByIssuerInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(ISSUE_BY_ISSUER, { ...input }, options)
  }

  /** Sign the request of who holds a key already. */
  sign(input: PkiSignInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN, { ...input }, options)
  }

  /** Sign the request of who holds a key already. */
  signByIssuer(input: PkiSignByIssuerInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_BY_ISSUER, { ...input }, options)
  }

  /** Sign a request as it stands. */
  signVerbatim(input: PkiSignVerbatimInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_VERBATIM, { ...input }, options)
  }

  /** Sign a request as it stands. */
  signVerbatimUnderRole(input: PkiSignVerbatimUnderRoleInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_VERBATIM_UNDER_ROLE, { ...input }, options)
  }

  /** Sign a request as it stands. */
  signVerbatimByIssuer(input: PkiSignVerbatimByIssuerInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_VERBATIM_BY_ISSUER, { ...input }, options)
  }

  /** Sign a request as it stands. */
  signVerbatimByIssuerUnderRole(input: PkiSignVerbatimByIssuerUnderRoleInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_VERBATIM_BY_ISSUER_UNDER_ROLE, { ...input }, options)
  }

  /** List the roles with programs. */
  listCelRoles(input: PkiListCelRolesInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_CEL_ROLES, { ...input }, options)
  }

  /** A program that decides about certificates, and what they are like. */
  readCelRole(input: string | PkiReadCelRoleInput, options?: CallOptions): Promise<Reply<PkiReadCelRoleData>> {
    return this.ask<PkiReadCelRoleData>(READ_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A program that decides about certificates, and what they are like. */
  writeCelRole(input: string | PkiWriteCelRoleInput, options?: CallOptions): Promise<Reply<PkiReadCelRoleData>> {
    return this.ask<PkiReadCelRoleData>(WRITE_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Change the variables or the expression of such a program. */
  patchCelRole(input: string | PkiPatchCelRoleInput, options?: CallOptions): Promise<Reply<PkiReadCelRoleData>> {
    return this.ask<PkiReadCelRoleData>(PATCH_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A program that decides about certificates, and what they are like. */
  deleteCelRole(input: string | PkiDeleteCelRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make a key and a certificate for it, as a program decides. The program sees all of the body as `request`, fields
   * that are not named here too.
   */
  issueByProgram(input: PkiIssueByProgramInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(ISSUE_BY_PROGRAM, { ...input }, options)
  }

  /**
   * Sign the request of who holds a key already, as a program decides. The program sees all of the body as `request`,
   * fields that are not named here too.
   */
  signByProgram(input: PkiSignByProgramInput, options?: CallOptions): Promise<Reply<PkiIssueData>> {
    return this.ask<PkiIssueData>(SIGN_BY_PROGRAM, { ...input }, options)
  }

  /** The default issuer's certificate in DER. Needs no token. */
  readCaDer(options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CA_DER, {}, options)
  }

  /** The default issuer's certificate in PEM. Needs no token. */
  readCaPem(options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CA_PEM, {}, options)
  }

  /** The default issuer's chain in PEM. Needs no token. */
  readCaChainPem(options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CA_CHAIN_PEM, {}, options)
  }

  /** The default issuer's chain. Needs no token. */
  readCaChain(options?: CallOptions): Promise<Reply<PkiReadCaChainData>> {
    return this.ask<PkiReadCaChainData>(READ_CA_CHAIN, {}, options)
  }

  /** A certificate, and whether it is revoked. Needs no token. */
  readCertificate(input: string | PkiReadCertificateInput, options?: CallOptions): Promise<Reply<PkiReadCaChainData>> {
    return this.ask<PkiReadCaChainData>(READ_CERTIFICATE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A certificate in DER. Needs no token. */
  readCertificateDer(input: string | PkiReadCertificateDerInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CERTIFICATE_DER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A certificate in PEM. Needs no token. */
  readCertificatePem(input: string | PkiReadCertificatePemInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CERTIFICATE_PEM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the numbers of the certificates. */
  listCertificates(input: PkiListCertificatesInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_CERTIFICATES, { ...input }, options)
  }

  /** List the certificates with what they are for. */
  listCertificatesDetailed(input: PkiListCertificatesDetailedInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_CERTIFICATES_DETAILED, { ...input }, options)
  }

  /** List the numbers of the revoked certificates. */
  listRevokedCertificates(input: PkiListRevokedCertificatesInput = {}, options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_REVOKED_CERTIFICATES, { ...input }, options)
  }

  /** Certificates that end soon, the first to end first. */
  readExpiring(input: PkiReadExpiringInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_EXPIRING, { ...input }, options)
  }

  /** Revoke a certificate. */
  revoke(input: PkiRevokeInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE, { ...input }, options)
  }

  /** Revoke a certificate by proving to hold its key. */
  revokeWithKey(input: PkiRevokeWithKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_WITH_KEY, { ...input }, options)
  }

  /** Revoke an issuer: nothing is signed by it any more. */
  revokeIssuer(input: string | PkiRevokeIssuerInput, options?: CallOptions): Promise<Reply<PkiReadIssuerData>> {
    return this.ask<PkiReadIssuerData>(REVOKE_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readCrlDer(input: PkiReadCrlDerInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CRL_DER, { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readCrlPem(input: PkiReadCrlPemInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CRL_PEM, { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readCrl(input: PkiReadCrlInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_CRL, { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readDeltaCrlDer(input: PkiReadDeltaCrlDerInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_DELTA_CRL_DER, { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readDeltaCrlPem(input: PkiReadDeltaCrlPemInput = {}, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_DELTA_CRL_PEM, { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readDeltaCrl(input: PkiReadDeltaCrlInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_DELTA_CRL, { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readIssuerCrl(input: string | PkiReadIssuerCrlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ISSUER_CRL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readIssuerCrlDer(input: string | PkiReadIssuerCrlDerInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_CRL_DER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The list of revoked certificates. Needs no token. */
  readIssuerCrlPem(input: string | PkiReadIssuerCrlPemInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_CRL_PEM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readIssuerDeltaCrl(input: string | PkiReadIssuerDeltaCrlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ISSUER_DELTA_CRL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readIssuerDeltaCrlDer(input: string | PkiReadIssuerDeltaCrlDerInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_DELTA_CRL_DER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What was revoked since the complete list. Needs no token. */
  readIssuerDeltaCrlPem(input: string | PkiReadIssuerDeltaCrlPemInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_DELTA_CRL_PEM, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * The list of revoked certificates of one shard. Certificates say which, where crl_distribution_points holds
   * {{crl_shard}}. Needs no token.
   */
  readCrlShard(input: string | PkiReadCrlShardInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_CRL_SHARD, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * The list of revoked certificates of one shard. Certificates say which, where crl_distribution_points holds
   * {{crl_shard}}. Needs no token.
   */
  readIssuerCrlShard(input: PkiReadIssuerCrlShardInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_CRL_SHARD, { ...input }, options)
  }

  /** Make all lists of revoked certificates anew. */
  rotateCrls(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROTATE_CRLS, {}, options)
  }

  /** Make all delta lists anew. */
  rotateDeltaCrls(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROTATE_DELTA_CRLS, {}, options)
  }

  /** Make one list of several that the issuer signed, as those of clusters with one key. */
  resignCrls(input: PkiResignCrlsInput, options?: CallOptions): Promise<Reply<PkiResignCrlsData>> {
    return this.ask<PkiResignCrlsData>(RESIGN_CRLS, { ...input }, options)
  }

  /** Sign a list of revoked certificates that the caller puts together. */
  signRevocationList(input: string | PkiSignRevocationListInput, options?: CallOptions): Promise<Reply<PkiResignCrlsData>> {
    return this.ask<PkiResignCrlsData>(SIGN_REVOCATION_LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Say whether certificates are revoked, by OCSP. Needs no token. */
  ocsp(input: PkiOcspInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(OCSP, { ...input }, options)
  }

  /** Say whether certificates are revoked, by OCSP. Needs no token. */
  readOcsp(input: string | PkiReadOcspInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_OCSP, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Remove what is of no use any more. */
  tidy(input: PkiTidyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(TIDY, { ...input }, options)
  }

  /** Stop tidying. */
  cancelTidy(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CANCEL_TIDY, {}, options)
  }

  /** What tidying did, or does. */
  readTidyStatus(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_TIDY_STATUS, {}, options)
  }

  /** Tidying by itself. */
  readAutoTidy(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_AUTO_TIDY, {}, options)
  }

  /** Tidying by itself. */
  writeAutoTidy(input: PkiWriteAutoTidyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_AUTO_TIDY, { ...input }, options)
  }

  /** Whether and how ACME is answered. */
  readAcmeConfig(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ACME_CONFIG, {}, options)
  }

  /** Whether and how ACME is answered. */
  writeAcmeConfig(input: PkiWriteAcmeConfigInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ACME_CONFIG, { ...input }, options)
  }

  /** Make a key for one external account. */
  newEab(input: PkiNewEabInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(NEW_EAB, { ...input }, options)
  }

  /** Make a key for one external account. */
  newIssuerEab(input: string | PkiNewIssuerEabInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(NEW_ISSUER_EAB, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key for one external account. */
  newRoleEab(input: string | PkiNewRoleEabInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(NEW_ROLE_EAB, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key for one external account. */
  newIssuerRoleEab(input: PkiNewIssuerRoleEabInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(NEW_ISSUER_ROLE_EAB, { ...input }, options)
  }

  /** List the keys of external accounts that were not used yet. */
  listEabs(options?: CallOptions): Promise<Reply<PkiListIssuersData>> {
    return this.ask<PkiListIssuersData>(LIST_EABS, {}, options)
  }

  /** Remove the key of an external account. */
  deleteEab(input: string | PkiDeleteEabInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_EAB, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Go on with the list of an account's orders. Needs no token. */
  acmeOrders(input: PkiAcmeOrdersInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ACME_ORDERS, { ...input }, options)
  }

  /** Go on with the list of an account's orders. Needs no token. */
  issuerAcmeOrders(input: PkiIssuerAcmeOrdersInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ISSUER_ACME_ORDERS, { ...input }, options)
  }

  /** Go on with the list of an account's orders. Needs no token. */
  rolesAcmeOrders(input: PkiRolesAcmeOrdersInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROLES_ACME_ORDERS, { ...input }, options)
  }

  /** Go on with the list of an account's orders. Needs no token. */
  issuerRolesAcmeOrders(input: PkiIssuerRolesAcmeOrdersInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ISSUER_ROLES_ACME_ORDERS, { ...input }, options)
  }
}

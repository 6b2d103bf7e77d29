/** `ValidationOutput` as JSON: what is at its default is absent, long numbers are text, bytes are base64, enums are numbers. */
export interface MadeOutput {
  readonly template?: MadeTemplate
  readonly issuer_ref?: string
  readonly use_pss?: boolean
  readonly signature_bits?: number
  readonly generate_lease?: boolean
  readonly no_store?: boolean
  readonly warnings?: readonly string[]
  readonly subject_key_id?: string
  readonly key_type?: string
  readonly key_bits?: string
}

/** `CertTemplate`. `Version` and `SubjectKeyId` change nothing, here as in OpenBao. */
export interface MadeTemplate {
  readonly Subject?: MadeName
  readonly NotBefore?: string
  readonly NotAfter?: string
  readonly KeyUsage?: number
  readonly ExtraExtensions?: readonly MadeExtension[]
  readonly ExtKeyUsage?: readonly number[]
  readonly UnknownExtKeyUsage?: readonly MadeOid[]
  readonly BasicConstraintsValid?: boolean
  readonly IsCA?: boolean
  readonly MaxPathLen?: string
  readonly MaxPathLenZero?: boolean
  readonly DNSNames?: readonly string[]
  readonly EmailAddresses?: readonly string[]
  readonly IPAddresses?: readonly MadeIp[]
  readonly URIs?: readonly MadeUrl[]
  readonly PermittedDNSDomainsCritical?: boolean
  readonly PermittedDNSDomains?: readonly string[]
  readonly ExcludedDNSDomains?: readonly string[]
  readonly PermittedIPRanges?: readonly MadeRange[]
  readonly ExcludedIPRanges?: readonly MadeRange[]
  readonly PermittedEmailAddresses?: readonly string[]
  readonly ExcludedEmailAddresses?: readonly string[]
  readonly PermittedURIDomains?: readonly string[]
  readonly ExcludedURIDomains?: readonly string[]
  readonly PolicyIdentifiers?: readonly MadeOid[]
  readonly Policies?: readonly MadeOid[]
  readonly InhibitAnyPolicy?: string
  readonly InhibitAnyPolicyZero?: boolean
  readonly InhibitPolicyMapping?: string
  readonly InhibitPolicyMappingZero?: boolean
  readonly RequireExplicitPolicy?: string
  readonly RequireExplicitPolicyZero?: boolean
  readonly PolicyMappings?: readonly MadeMapping[]
}

export interface MadeName {
  readonly Country?: readonly string[]
  readonly Organization?: readonly string[]
  readonly OrganizationUnit?: readonly string[]
  readonly Locality?: readonly string[]
  readonly Province?: readonly string[]
  readonly StreetAddress?: readonly string[]
  readonly PostalCode?: readonly string[]
  readonly SerialNumber?: string
  readonly CommonName?: string
}

export interface MadeExtension {
  readonly Id?: readonly string[]
  readonly Critical?: boolean
  readonly Value?: string
}

export interface MadeOid {
  readonly arc?: readonly (number | string)[]
}

export interface MadeIp {
  readonly IP?: string
}

export interface MadeRange {
  readonly IP?: MadeIp
  readonly Mask?: { readonly IPMask?: string }
}

export interface MadeUrl {
  readonly Scheme?: string
  readonly Opaque?: string
  readonly User?: { readonly username?: string; readonly password?: string; readonly password_set?: boolean }
  readonly Host?: string
  readonly Path?: string
  readonly RawPath?: string
  readonly OmitHost?: boolean
  readonly ForceQuery?: boolean
  readonly RawQuery?: string
  readonly Fragment?: string
  readonly RawFragment?: string
}

export interface MadeMapping {
  readonly IssuerDomainPolicy?: MadeOid
  readonly SubjectDomainPolicy?: MadeOid
}

/** Programs of PKI roles, and requests to them. */

export interface CelCase {
  readonly kind?: 'issue' | 'sign'
  readonly expression: string
  readonly variables?: readonly { readonly name: string; readonly expression: string }[]
  readonly body?: Readonly<Record<string, unknown>>
}

/** A program with a template that holds `fields`, and an output that holds `more`. */
export function program(fields: string, more = ''): string {
  return `ValidationOutput{
    key_type: "ec", key_bits: 256u,
    template: CertTemplate{
      NotBefore: now, NotAfter: now + duration("1h"),
      ${/\bSubject:/.test(fields) ? '' : 'Subject: PKIX.Name{CommonName: "a.example.com"},'} ${fields}
    }${more === '' ? '' : `, ${more}`}
  }`
}

/** The example of OpenBao's API page: IsCA without BasicConstraintsValid, which makes no CA. */
export const DOCUMENTED: CelCase = {
  variables: [
    { name: 'validate_cn', expression: 'has(request.common_name) && request.common_name == "example.com"' },
    { name: 'small_ttl', expression: 'has(request.ttl) && duration(request.ttl) < duration("4h")' },
    { name: 'cn_value', expression: 'request.common_name' },
    { name: 'not_after', expression: 'now + duration(request.ttl)' },
    {
      name: 'cert',
      expression: `CertTemplate{
        Subject: PKIX.Name{ CommonName: cn_value, Country: ["ZW", "US"] },
        NotBefore: now, NotAfter: not_after, IsCA: true, MaxPathLen: 10,
        IPAddresses: [ net.IP{ IP: b"\\x0A\\x00\\x00\\x00" } ] }`,
    },
    {
      name: 'output',
      expression: `ValidationOutput{
        template: cert, generate_lease: small_ttl, no_store: !small_ttl, issuer_ref: "default",
        key_type: request.key_type, key_bits: uint(request.key_bits) }`,
    },
    { name: 'err', expression: '"Request should have Common name."' },
  ],
  expression: 'validate_cn ? output : err',
  body: { common_name: 'example.com', ttl: '1h', key_type: 'ec', key_bits: 256 },
}

/** What both servers make the same certificate of. */
export const ISSUED: Readonly<Record<string, CelCase>> = {
  'the documented example': DOCUMENTED,
  'the documented example, numbers as text': { ...DOCUMENTED, body: { ...DOCUMENTED.body, key_bits: '256' } },
  'an RSA key where no kind is said': {
    expression:
      'ValidationOutput{template: CertTemplate{NotBefore: now, NotAfter: now + duration("1h"), Subject: PKIX.Name{CommonName: "a"}}}',
  },
  'an Ed25519 key': { expression: program('', 'warnings: ["", "w"]').replace('"ec"', '"ed25519"') },
  'all of a subject': {
    expression: program(`Subject: PKIX.Name{
      CommonName: "a", SerialNumber: "7", Country: ["NO"], Organization: ["o", "p"], OrganizationUnit: ["u"],
      Locality: ["l"], Province: ["r"], StreetAddress: ["s"], PostalCode: ["1"] }`),
  },
  'usages as bits, purposes as numbers': {
    expression: program(
      'KeyUsage: 5, ExtKeyUsage: [1, ExtKeyUsage.ExtKeyUsageClientAuth], UnknownExtKeyUsage: [ObjectIdentifier{arc: [1u, 3u, 6u]}]',
    ),
  },
  'a usage by its name': { expression: program('KeyUsage: KeyUsage.KeyUsageDigitalSignature') },
  'names of all kinds': {
    expression: program(`
      DNSNames: ["a.example.com", "*.b.example.com"], EmailAddresses: ["a@example.com"],
      IPAddresses: [net.IP{IP: b"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\x0a\\x00\\x00\\x01"},
        net.IP{IP: b"\\xfd\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01"}],
      URIs: [url.URL{Scheme: "https", Host: "h.example", Path: "/a b", RawQuery: "q=1", Fragment: "f",
        User: Userinfo{username: "u", password: "p", password_set: true}},
        url.URL{Scheme: "urn", Opaque: "a:b"}, url.URL{Scheme: "spiffe", Host: "example.com", Path: "/x/y"}]`),
  },
  'names alone, without a subject': {
    expression: program('Subject: PKIX.Name{}, DNSNames: ["a.example.com"]'),
  },
  'policies and an extension of its own': {
    expression: program(
      'Policies: [OID{arc: [1u, 2u, 3u]}], ExtraExtensions: [PKIX.Extension{Id: [1, 2, 3, 4], Critical: true, Value: b"\\x05\\x00"}]',
    ),
  },
  'one that says it is no CA': { expression: program('BasicConstraintsValid: true') },
  'a CA': { expression: program('BasicConstraintsValid: true, IsCA: true, KeyUsage: 96, MaxPathLen: 2') },
  'a CA without a bound': { expression: program('BasicConstraintsValid: true, IsCA: true, KeyUsage: 96') },
  'a CA above no other': {
    expression: program('BasicConstraintsValid: true, IsCA: true, KeyUsage: 96, MaxPathLenZero: true'),
  },
  'a CA with critical name constraints': {
    expression: program(`BasicConstraintsValid: true, IsCA: true, KeyUsage: 96, PermittedDNSDomainsCritical: true,
      PermittedDNSDomains: ["a.example.com"], ExcludedDNSDomains: ["b.a.example.com"],
      PermittedIPRanges: [net.IPNet{IP: net.IP{IP: b"\\x0a\\x00\\x00\\x00"}, Mask: net.IPMask{IPMask: b"\\xff\\x00\\x00\\x00"}}],
      ExcludedURIDomains: [".example.org"]`),
  },
  'names that come as JSON': {
    variables: [
      { name: 'sans', expression: 'decode_json(request.extensions["sans"])' },
      {
        name: 'ok',
        expression: 'sans.emails.all(e, check_valid_email(e)) && sets.contains(["a.example.com"], sans.dns)',
      },
    ],
    expression: `ok ? ${program('EmailAddresses: sans.emails, DNSNames: sans.dns')} : "no"`,
    body: { extensions: { sans: '{"dns": ["a.example.com"], "emails": ["x@example.com"]}' } },
  },
  'a time to live that follows from what the request says': {
    expression: program('', 'no_store: true').replace(
      'duration("1h")',
      '(timestamp(request.to) - timestamp(request.from))',
    ),
    body: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T05:00:00+01:00' },
  },
  'a request, signed': {
    kind: 'sign',
    expression: program('DNSNames: parsed_csr.DNSNames, EmailAddresses: parsed_csr.EmailAddresses'),
  },
  'a request, with a key id of its own': {
    kind: 'sign',
    expression: program('SubjectKeyId: b"\\x01"', 'subject_key_id: b"\\x02\\x03"'),
  },
  "a CA's request": {
    kind: 'sign',
    expression: program('BasicConstraintsValid: true, IsCA: true, KeyUsage: 96'),
  },
  'a request, with the subject that it has': {
    kind: 'sign',
    expression:
      program(`Subject: PKIX.Name{CommonName: parsed_csr.Subject.CommonName, Country: parsed_csr.Subject.Country,
      Organization: parsed_csr.Subject.Organization, SerialNumber: parsed_csr.Subject.SerialNumber}`),
  },
}

/** What both refuse, and tell the caller in these words. */
export const REFUSED: Readonly<Record<string, CelCase & { readonly told: string }>> = {
  false: { expression: 'false', told: 'request denied' },
  'true, which is no certificate': { expression: 'true', told: 'request denied' },
  'what the program says': { expression: '"no " + request.a', body: { a: 'b' }, told: 'no b' },
  'a body, as the program sees it': {
    expression: 'encode_json(request)',
    body: { f: 1.5, b: true, l: [1, 'x'], m: { a: 1 }, ttl: '1h' },
    told: '{"b":true,"f":1.5,"l":[1,"x"],"m":{"a":1},"role":"r","ttl":"1h"}',
  },
  numbers: {
    expression: 'string(request.n + 1) + string(request.n == 5) + string(request.f * 2.0) + string(uint(request.n))',
    body: { n: 5, f: 1.5 },
    told: '6true35',
  },
  'the functions for text': {
    expression: '"a-b".split("-").join("+") + "%s".format(["x"]) + "AB".lowerAscii() + string("abc".matches("^a.c$"))',
    told: 'a+bxabtrue',
  },
  'the functions for data': {
    expression: `base64.encode(b"hi") + string(base64.decode("aGk=")) + string(sets.intersects([1], [2, 1])) +
      string(sets.equivalent([1, 2], [2, 1, 1])) + string(sets.contains([1], [2])) + string(decode_json("{")) +
      string(encode_json([1])) + string(check_valid_email("a@b.c")) + string(check_valid_email("a b"))`,
    told: 'aGk=hitruetruefalsefalsefalsetruefalse',
  },
  'the functions for lists and numbers': {
    expression: `encode_json({"a": [3, 1, 2].sort(), "b": ["b", "a"].sort(), "c": [1, 2, 2, 1.0, "a"].distinct(),
      "d": [1, [2, [3]]].flatten(), "e": [1, [2, [3]]].flatten(2), "f": [1, [2]].flatten(0), "g": [1, 2, 3].reverse(),
      "h": [1, 2, 3, 4].slice(1, 3), "i": lists.range(3), "j": math.greatest(1, 2.5, 3u), "k": math.least([1, 3, 0]),
      "l": math.abs(-5), "m": math.abs(-1.5), "n": math.ceil(1.2), "o": math.floor(1.7), "p": math.round(-1.5),
      "q": math.round(2.5), "r": math.trunc(-1.7), "s": math.sign(-3), "t": "abc".reverse(), "u": math.greatest(1), "v": [].sort(),
      "w": math.least(4, 3, 2, 1), "x": math.sign(-2.0)})`,
    told:
      '{"a":[1,2,3],"b":["a","b"],"c":[1,2,"a"],"d":[1,2,[3]],"e":[1,2,3],"f":[1,[2]],"g":[3,2,1],"h":[2,3],"i":[0,1,2],"j":3,' +
      '"k":0,"l":5,"m":1.5,"n":2,"o":1,"p":-2,"q":3,"r":-1,"s":-1,"t":"cba","u":1,"v":[],"w":1,"x":-1}',
  },
  'whether a key is made': { expression: 'string(use_csr)', told: 'false' },
  'whether a request is signed': {
    kind: 'sign',
    expression: 'string(use_csr) + string(has(request.csr))',
    told: 'truetrue',
  },
  'parts of a request': {
    kind: 'sign',
    expression: `[parsed_csr.SignatureAlgorithm, parsed_csr.PublicKeyAlgorithm, string(parsed_csr.Version)].join(",") +
      [string(size(parsed_csr.Raw)), string(size(parsed_csr.RawTBSCertificateRequest)), string(size(parsed_csr.RawSubject)),
      string(size(parsed_csr.RawSubjectPublicKeyInfo)), string(size(parsed_csr.ExtraExtensions))].join(",") +
      encode_json({"a": parsed_csr.DNSNames, "b": parsed_csr.EmailAddresses, "c": parsed_csr.IPAddresses, "d": parsed_csr.URIs}) +
      encode_json(parsed_csr.Extensions) + parsed_csr.Subject.OrganizationalUnit.join(",") + string(size(parsed_csr.Subject.Locality))`,
    told: '',
  },
  'ttl and not_after at once': {
    expression: program(''),
    body: { ttl: '1h', not_after: '2030-01-01T00:00:00Z' },
    told: 'Either ttl or not_after should be provided. Both should not be provided in the same request.',
  },
  'a path length of what is no CA': {
    expression: program('BasicConstraintsValid: true, MaxPathLen: 1'),
    told: 'only CAs are allowed to specify MaxPathLen',
  },
  'an issuer that there is none of': {
    expression: program('', 'issuer_ref: "none"'),
    told: 'unable to find PKI issuer for reference: none',
  },
  'a kind of key that there is none of': {
    expression: program('').replace('"ec"', '"x"'),
    told: 'unknown key type',
  },
  'a size of key that there is none of': {
    expression: program('').replace('256u', '25u'),
    told: 'unsupported bit length for EC key: 25',
  },
}

import { type DerElement, derElement, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { weakModulus } from '../../../crypto/keys/weak-rsa.ts'
import { invalid } from '../../errors.ts'
import { isSigned, type KeySpec, type Signer } from './algorithms.ts'
import { type AltNames, NO_ALT_NAMES, parseAltNames } from './alt-names.ts'
import { signed } from './certificate.ts'
import { type Der, integer, oid, sequence, setOf, tagged } from './der.ts'
import { EXTENSION, type Extension, extensionsDer, type KeyUsageName, keyUsageNames } from './extensions.ts'
import { onlyBlock } from './pem.ts'
import { isTrue, membersOf, octets, oidText, sequenceIn, wholeBytes } from './reading.ts'
import { refuseNameForm } from './request-forms.ts'
import { requestKey } from './request-key.ts'
import { algorithmIn } from './signature-algorithm.ts'
import { refuseNotDer } from './strict-der.ts'
import { type Subject, subjectOf } from './subject.ts'

/** What a certificate request asks for (PKCS #10, RFC 2986). That the asker holds the key has been checked. */
export interface ParsedRequest {
  readonly spec: KeySpec
  readonly spki: Der
  readonly subject: Subject
  readonly subjectDer: Buffer
  readonly altNames: AltNames
  readonly isCa: boolean
  readonly keyUsages: readonly KeyUsageName[]
  readonly extKeyUsages: readonly string[]
  readonly extensions: readonly Extension[]
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
/** Of what a request may be long. */
const REQUEST_BYTES_MAX = 64 * 1024

/** Throws `invalid_request` for what is no request, or not signed by the key that it names. */
export function parseRequest(text: string): ParsedRequest {
  return parseRequestDer(requestDerIn(text))
}

/** The one request in a PEM text; what it holds is not looked at. Throws `invalid_request`. */
export function requestDerIn(text: string): Buffer {
  return onlyBlock(text, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'], 'csr')
}

export function parseRequestDer(der: Buffer): ParsedRequest {
  if (der.length > REQUEST_BYTES_MAX) throw invalid('certificate request is too large')
  let request: Unproven
  try {
    request = parsed(der)
  } catch (error) {
    throw invalid(`certificate request could not be parsed: ${error instanceof Error ? error.message : 'not DER'}`)
  }
  if (!request.isProven) throw invalid('request signature is invalid')
  const weakness = request.modulus === undefined ? undefined : weakModulus(request.modulus)
  if (weakness !== undefined) throw invalid(weakness)
  return request
}

interface Unproven extends ParsedRequest {
  readonly isProven: boolean
  /** Of an RSA key. */
  readonly modulus: bigint | undefined
}

/** CertificationRequest (RFC 2986, 4). */
function parsed(der: Buffer): Unproven {
  refuseNotDer(der)
  const [info, algorithm, signature, ...behind] = membersOf(derElement(der, TAG.sequence))
  const [version, subject, spki, attributes, ...more] = membersOf(info)
  if (behind.length + more.length > 0) throw new EncodingError('it holds more than a request does')
  if (info === undefined || version?.tag !== TAG.integer || subject === undefined || spki === undefined)
    throw new EncodingError('it lacks its name or its key')
  const { spec, verifying, modulus } = requestKey(spki)
  refuseNameForm(subject.whole)
  const extensions = attributes === undefined ? [] : requestedExtensions(attributes)
  const valueIn = (id: string): Buffer | undefined => {
    const value = extensions.find((one) => one.id === id)?.value
    if (value !== undefined) refuseNotDer(value)
    return value
  }
  const names = valueIn(EXTENSION.altNames)
  const alternatives = names && parseAltNames(names)
  if (alternatives?.hasUnknown === true)
    throw new Error('it asks for alternative names of kinds that are not supported')
  const [basic, usage, purposes] = [
    valueIn(EXTENSION.basicConstraints),
    valueIn(EXTENSION.keyUsage),
    valueIn(EXTENSION.extKeyUsage),
  ]
  return {
    spec,
    modulus,
    spki: spki.whole,
    subject: subjectOf(subject.whole),
    subjectDer: subject.whole,
    altNames: alternatives?.names ?? NO_ALT_NAMES,
    isCa: basic !== undefined && isTrue(sequenceIn(basic)[0]),
    keyUsages: usage === undefined ? [] : usagesIn(derElement(usage, TAG.bitString).body.subarray(1)),
    extKeyUsages: purposes === undefined ? [] : sequenceIn(purposes).map(oidText),
    extensions,
    isProven: isSigned(algorithmIn(algorithm), info.whole, wholeBytes(signature), verifying, spec.kind),
  }
}

function usagesIn(bits: Buffer): readonly KeyUsageName[] {
  return keyUsageNames((bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
}

const BOOLEAN = 0x01
const SET = 0x31

/** `[0] IMPLICIT SET OF Attribute`. */
function requestedExtensions({ tag, members }: DerElement): readonly Extension[] {
  if (tag !== TAG.context0) throw new EncodingError('its attributes are none')
  const found: Extension[] = []
  for (const attribute of members) {
    const [type, values, ...more] = membersOf(attribute)
    if (values?.tag !== SET || more.length > 0) throw new EncodingError('an attribute lacks its values')
    if (oidText(type) !== EXTENSION_REQUEST) continue
    for (const value of values.members) for (const one of membersOf(value)) addExtension(found, one)
  }
  return found
}

function addExtension(found: Extension[], element: DerElement): void {
  const [type, ...rest] = membersOf(element)
  const id = oidText(type)
  const [critical] = rest.length === 2 ? rest : []
  if (rest.length > 2 || (critical !== undefined && critical.tag !== BOOLEAN))
    throw new EncodingError('an extension is none')
  if (found.some((one) => one.id === id)) throw new Error('it asks for an extension twice')
  found.push({ id, critical: isTrue(critical), value: octets(rest.at(-1)) })
}

export interface RequestTemplate {
  readonly subject: Der
  readonly spki: Der
  readonly extensions: readonly Extension[]
}

/** A request for a CA elsewhere, in DER. */
export function makeRequest({ subject, spki, extensions }: RequestTemplate, signer: Signer): Promise<Der> {
  const asked = sequence(oid(EXTENSION_REQUEST), setOf([extensionsDer(extensions)]))
  const attributes = extensions.length === 0 ? tagged(0xa0, Buffer.alloc(0)) : tagged(0xa0, asked)
  return signed(sequence(integer(0), subject, spki, attributes), signer)
}

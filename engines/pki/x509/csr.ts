import type { KeyObject } from 'node:crypto'
import { CertificationRequest } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { BasicConstraints, ExtendedKeyUsage, Extensions, KeyUsage } from '@peculiar/asn1-x509'
import { type DerElement, derElement, derElements, TAG } from '../../../crypto/der.ts'
import { invalid } from '../../errors.ts'
import { isSigned, publicKeyOf, type Signer } from './algorithms.ts'
import { type AltNames, NO_ALT_NAMES, parseAltNames } from './alt-names.ts'
import { signed } from './certificate.ts'
import { type Der, integer, oid, sequence, setOf, tagged } from './der.ts'
import { EXTENSION, type Extension, extensionsDer, KEY_USAGES, type KeyUsageName } from './extensions.ts'
import { onlyBlock } from './pem.ts'
import { algorithmOf } from './signature-algorithm.ts'
import { refuseNotDer } from './strict-der.ts'
import { type Subject, subjectOf } from './subject.ts'

/** What a certificate request asks for (PKCS #10, RFC 2986). That the asker holds the key has been checked. */
export interface ParsedRequest {
  readonly publicKey: KeyObject
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
  const der = onlyBlock(text, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'], 'csr')
  return parseRequestDer(der)
}

export function parseRequestDer(der: Buffer): ParsedRequest {
  if (der.length > REQUEST_BYTES_MAX) throw invalid('certificate request is too large')
  let request: ParsedRequest & { readonly isProven: boolean }
  try {
    request = parsed(der)
  } catch (error) {
    throw invalid(`certificate request could not be parsed: ${error instanceof Error ? error.message : 'not DER'}`)
  }
  if (!request.isProven) throw invalid('request signature is invalid')
  return request
}

function parsed(der: Buffer): ParsedRequest & { readonly isProven: boolean } {
  refuseNotDer(der)
  const request = AsnConvert.parse(der, CertificationRequest)
  const { certificationRequestInfo: info, certificationRequestInfoRaw: raw, signatureAlgorithm } = request
  if (raw === undefined) throw new Error('it has no contents')
  const bytes = Buffer.from(raw)
  const [, subjectDer = NOTHING, spki = NOTHING] = derElements(derElement(bytes, TAG.sequence).body).map(whole)
  const publicKey = publicKeyOf(spki)
  const extensions = requestedExtensions(info.attributes ?? [])
  const extensionValue = (id: string): Buffer | undefined => extensions.find((one) => one.id === id)?.value
  const names = extensionValue(EXTENSION.altNames)
  const alternatives = names === undefined ? undefined : parseAltNames(exact(names))
  if (alternatives?.hasUnknown === true)
    throw new Error('it asks for alternative names of kinds that are not supported')
  const basic = extensionValue(EXTENSION.basicConstraints)
  const usage = extensionValue(EXTENSION.keyUsage)
  const purposes = extensionValue(EXTENSION.extKeyUsage)
  const bits = usage === undefined ? 0 : AsnConvert.parse(exact(usage), KeyUsage).toNumber()
  return {
    publicKey,
    spki,
    subject: subjectOf(info.subject),
    subjectDer,
    altNames: alternatives?.names ?? NO_ALT_NAMES,
    isCa: basic !== undefined && AsnConvert.parse(exact(basic), BasicConstraints).cA,
    keyUsages: (Object.keys(KEY_USAGES) as KeyUsageName[]).filter((name) => (bits & (1 << KEY_USAGES[name])) !== 0),
    extKeyUsages: purposes === undefined ? [] : [...AsnConvert.parse(exact(purposes), ExtendedKeyUsage)],
    extensions,
    isProven: isSigned(algorithmOf(signatureAlgorithm), bytes, Buffer.from(request.signature), publicKey),
  }
}

const NOTHING = Buffer.alloc(0)
const whole = (element: DerElement): Buffer => element.whole

function requestedExtensions(
  attributes: Iterable<{ readonly type: string; readonly values: ArrayBuffer[] }>,
): Extension[] {
  const found: Extension[] = []
  for (const { type, values } of attributes) {
    if (type !== EXTENSION_REQUEST) continue
    for (const value of values) {
      for (const { extnID, critical, extnValue } of AsnConvert.parse(value, Extensions)) {
        if (found.some(({ id }) => id === extnID)) throw new Error('it asks for an extension twice')
        found.push({ id: extnID, critical, value: Buffer.from(extnValue.buffer) })
      }
    }
  }
  return found
}

/** The bytes alone, which a pooled Buffer's ArrayBuffer is not. */
function exact(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
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

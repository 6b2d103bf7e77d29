import { isIP } from 'node:net'
import { AsnConvert } from '@peculiar/asn1-schema'
import { type GeneralName, SubjectAlternativeName } from '@peculiar/asn1-x509'
import { type Der, explicit, implicit, isOid, oid, sequenceOf, utf8String } from './der.ts'

/** Subject alternative names (RFC 5280, 4.2.1.6). */
export interface AltNames {
  readonly dns: readonly string[]
  readonly email: readonly string[]
  /** Addresses in their usual text. */
  readonly ip: readonly string[]
  readonly uri: readonly string[]
  readonly other: readonly OtherName[]
}

/** A UTF8String under an identifier: all that the API can say. */
export interface OtherName {
  readonly id: string
  readonly value: string
}

export const NO_ALT_NAMES: AltNames = { dns: [], email: [], ip: [], uri: [], other: [] }

export function countOf(names: AltNames): number {
  return names.dns.length + names.email.length + names.ip.length + names.uri.length + names.other.length
}

/** The extension's value. */
export function altNamesDer(names: AltNames): Der {
  return sequenceOf([
    ...names.other.map(({ id, value }) => otherName(id, value)),
    ...names.dns.map((name) => implicit(2, Buffer.from(name, 'latin1'))),
    ...names.email.map((name) => implicit(1, Buffer.from(name, 'latin1'))),
    ...names.ip.map((address) => implicit(7, ipBytes(address))),
    ...names.uri.map((uri) => implicit(6, Buffer.from(uri, 'latin1'))),
  ])
}

/** `[0] IMPLICIT SEQUENCE { type-id, [0] EXPLICIT value }`. */
function otherName(id: string, value: string): Der {
  return explicit(0, oid(id), explicit(0, utf8String(value)))
}

/** A GeneralName for a URI, as authority information access and distribution points hold it. */
export function uriName(uri: string): Der {
  return implicit(6, Buffer.from(uri, 'latin1'))
}

/** 4 or 16 bytes. Throws RangeError for what is no address. */
export function ipBytes(address: string): Buffer {
  const family = isIP(address)
  if (family === 4) return Buffer.from(address.split('.').map(Number))
  if (family !== 6 || address.includes('%')) throw new RangeError('not an IP address')
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after]
  const out = Buffer.alloc(16)
  for (const [at, group] of all.entries()) out.writeUInt16BE(group, at * 2)
  return out
}

/** The same text for the same address. */
export function canonicalIp(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
}

export interface ParsedAltNames {
  readonly names: AltNames
  /** There are names of kinds that the API cannot say (directory names, registered identifiers …). */
  readonly hasUnknown: boolean
}

/** From the value of the extension. Throws for what is no such value. */
export function parseAltNames(value: ArrayBuffer): ParsedAltNames {
  const names = {
    dns: [] as string[],
    email: [] as string[],
    ip: [] as string[],
    uri: [] as string[],
    other: [] as OtherName[],
  }
  let hasUnknown = false
  const all = AsnConvert.parse(value, SubjectAlternativeName)
  if (all.length === 0) throw new Error('the list of alternative names is empty')
  for (const name of all) {
    if (name.dNSName !== undefined) names.dns.push(name.dNSName)
    else if (name.rfc822Name !== undefined) names.email.push(name.rfc822Name)
    else if (name.iPAddress !== undefined) names.ip.push(parsedIp(name.iPAddress))
    else if (name.uniformResourceIdentifier !== undefined) names.uri.push(name.uniformResourceIdentifier)
    else {
      const other = utf8Other(name)
      if (other === undefined) hasUnknown = true
      else names.other.push(other)
    }
  }
  return { names, hasUnknown }
}

/** The library makes text of whatever number of bytes there are. */
function parsedIp(text: string): string {
  if (isIP(text) === 0) throw new Error('an address is neither of 4 bytes nor of 16')
  return canonicalIp(text)
}

const UTF8_STRING = 0x0c

function utf8Other({ otherName: found }: GeneralName): OtherName | undefined {
  if (found === undefined || !isOid(found.typeId)) return undefined
  const bytes = Buffer.from(found.value)
  const length = bytes[1] ?? 0
  // The library hands over the value with or without its explicit tag.
  const inner = bytes[0] === 0xa0 && length < 0x80 ? bytes.subarray(2) : bytes
  if (inner[0] !== UTF8_STRING || (inner[1] ?? 0x80) >= 0x80 || inner.length !== 2 + (inner[1] ?? 0)) return undefined
  return { id: found.typeId, value: inner.subarray(2).toString('utf8') }
}

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/

/** Whether it is a name that DNS could hold, with at most one `*` label in front. International names stand in their A-label form. */
export function isDnsName(name: string): boolean {
  const plain = name.startsWith('*.') ? name.slice(2) : name
  return plain.length <= 253 && plain !== '' && plain.split('.').every((label) => LABEL.test(label))
}

/** Whether all of it may stand in an IA5String without a control character. */
export function isPlainAscii(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text)
}

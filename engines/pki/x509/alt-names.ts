import { isIP } from 'node:net'
import { type DerElement, derElements, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { type Der, explicit, implicit, oid, sequenceOf, utf8String } from './der.ts'
import { oidText, sequenceIn } from './reading.ts'

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

/** Whether it is an IP address that holds everywhere: one with a zone (`fe80::1%eth0`) does on one machine. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%')
}

/** 4 or 16 bytes. Throws RangeError for what is no address. */
export function ipBytes(address: string): Buffer {
  if (!isAddress(address)) throw new RangeError('not an IP address')
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
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

/** The same text for the same address; one of IPv4 that is written as one of IPv6 is one of IPv4. */
export function canonicalIp(address: string): string {
  if (!isAddress(address) || !address.includes(':')) return address
  const bytes = ipBytes(address)
  return isMapped(bytes)
    ? bytes.subarray(V4_IN_V6.length).join('.')
    : new URL(`http://[${address}]`).hostname.slice(1, -1)
}

/** What stands before an address of IPv4 in one of IPv6 (RFC 4291, 2.5.5.2). */
const V4_IN_V6 = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])

function isMapped(bytes: Buffer): boolean {
  return bytes.subarray(0, V4_IN_V6.length).equals(V4_IN_V6)
}

export interface ParsedAltNames {
  readonly names: AltNames
  /** There are names of kinds that the API cannot say (directory names, registered identifiers …). */
  readonly hasUnknown: boolean
}

/** Tags of the kinds of GeneralName (RFC 5280, 4.2.1.6). */
const NAME = { other: 0xa0, email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const
/** x400Address, directoryName, ediPartyName, registeredID. */
const UNSUPPORTED: readonly number[] = [0xa3, 0xa4, 0xa5, 0x88]

/** From the value of the extension, in DER. Throws EncodingError for what is no such value. */
export function parseAltNames(value: Buffer): ParsedAltNames {
  const [dns, email, ip, uri]: [string[], string[], string[], string[]] = [[], [], [], []]
  const other: OtherName[] = []
  let hasUnknown = false
  const all = sequenceIn(value)
  if (all.length === 0) throw new EncodingError('the list of alternative names is empty')
  for (const { tag, body } of all) {
    if (tag === NAME.dns) dns.push(body.toString('latin1'))
    else if (tag === NAME.email) email.push(body.toString('latin1'))
    else if (tag === NAME.ip) ip.push(ownText(body))
    else if (tag === NAME.uri) uri.push(body.toString('latin1'))
    else {
      const found = tag === NAME.other ? utf8Other(derElements(body)) : undefined
      if (found !== undefined) other.push(found)
      else if (tag === NAME.other || UNSUPPORTED.includes(tag)) hasUnknown = true
      else throw new EncodingError('an alternative name is of no kind that there is')
    }
  }
  return { names: { dns, email, ip, uri, other }, hasUnknown }
}

/** Name constraints do not see, in an address of IPv6, the one of IPv4 that verifiers compare it as. */
function ownText(bytes: Buffer): string {
  if (isMapped(bytes)) throw new EncodingError('an address of IPv4 is written as one of IPv6')
  return ipText(bytes)
}

/** Throws EncodingError for another number of bytes than an address has. */
export function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) throw new EncodingError('an address is neither of 4 bytes nor of 16')
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  return canonicalIp(groups.join(':'))
}

const UTF8_STRING = 0x0c

function utf8Other([type, value]: readonly DerElement[]): OtherName | undefined {
  const id = oidText(type)
  if (value?.tag !== TAG.context0) throw new EncodingError('a name of another kind lacks its value')
  const [text, ...more] = derElements(value.body)
  return text?.tag === UTF8_STRING && more.length === 0 ? { id, value: text.body.toString('utf8') } : undefined
}

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/

/** Whether it is a name that DNS could hold, with at most one `*` label in front. International names stand in their A-label form. */
export function isDnsName(name: string): boolean {
  const plain = name.startsWith('*.') ? name.slice(2) : name
  return plain.length <= 253 && plain !== '' && plain.split('.').every((label) => LABEL.test(label))
}

/** Whether it is an absolute URI. Of a backslash some readers make a slash, and others nothing at all (RFC 3986, 2). */
export function isUri(text: string): boolean {
  return isPlainAscii(text) && !text.includes('\\') && URL.canParse(text)
}

/** Whether all of it may stand in an IA5String without a control character. */
export function isPlainAscii(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text)
}

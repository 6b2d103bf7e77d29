import { type DerElement, derText } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { type Der, oid, printableString, sequence, sequenceOf, setOf, utf8String } from './der.ts'
import { membersOf, oidText, sequenceIn } from './reading.ts'

/** A distinguished name as the API has it. */
export interface Subject {
  readonly commonName: string
  readonly organization: readonly string[]
  readonly organizationalUnit: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
  readonly streetAddress: readonly string[]
  readonly postalCode: readonly string[]
  readonly serialNumber: string
  readonly userIds: readonly string[]
}

export const EMPTY_SUBJECT: Subject = {
  commonName: '',
  organization: [],
  organizationalUnit: [],
  country: [],
  locality: [],
  province: [],
  streetAddress: [],
  postalCode: [],
  serialNumber: '',
  userIds: [],
}

interface Attribute {
  readonly id: string
  readonly key: keyof Subject
  /** Longest value that X.520 allows (RFC 5280, appendix A.1). */
  readonly max: number
  readonly label: string
}

/** In the order in which OpenBao writes them, from the greatest to the least: where names are compared as texts, it counts. */
const ATTRIBUTES: readonly Attribute[] = [
  { id: '2.5.4.6', key: 'country', max: 2, label: 'country' },
  { id: '2.5.4.8', key: 'province', max: 128, label: 'province' },
  { id: '2.5.4.7', key: 'locality', max: 128, label: 'locality' },
  { id: '2.5.4.9', key: 'streetAddress', max: 128, label: 'street_address' },
  { id: '2.5.4.17', key: 'postalCode', max: 40, label: 'postal_code' },
  { id: '2.5.4.10', key: 'organization', max: 64, label: 'organization' },
  { id: '2.5.4.11', key: 'organizationalUnit', max: 64, label: 'ou' },
  { id: '2.5.4.3', key: 'commonName', max: 64, label: 'common_name' },
  { id: '2.5.4.5', key: 'serialNumber', max: 64, label: 'serial_number' },
  { id: '0.9.2342.19200300.100.1.1', key: 'userIds', max: 256, label: 'user_ids' },
]

/** Of an authority, which its operators name: peers sign longer values than X.520 allows. */
const OF_AUTHORITY_MAX = 1024

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

export function subjectDer(subject: Subject): Der {
  const rdns: Der[] = []
  for (const { id, key } of ATTRIBUTES) {
    const values = subject[key]
    if (values.length === 0) continue
    const type = oid(id)
    const attributes = uniqueOf(values).map((text) =>
      sequence(type, PRINTABLE.test(text) ? printableString(text) : utf8String(text)),
    )
    // As peers do.
    if (key === 'userIds') rdns.push(...attributes.map((one) => setOf([one])))
    else rdns.push(setOf(attributes))
  }
  return sequenceOf(rdns)
}

/** What is wrong with a name that would be signed; undefined: nothing. */
export function subjectFault(subject: Subject, isCa: boolean): string | undefined {
  for (const { key, label, max: allowed } of ATTRIBUTES) {
    const values = subject[key]
    if (values.length === 0) continue
    const max = isCa ? OF_AUTHORITY_MAX : allowed
    for (const text of listOf(values)) {
      if (text === '') return `${label} holds an empty value`
      if (isLonger(text, max)) return `${label} is longer than ${max} characters`
      if (hasControl(text)) return `${label} holds control characters`
    }
  }
  return undefined
}

/** A character is one or two units of UTF-16. */
const isLonger = (text: string, max: number): boolean => text.length > max && [...text].length > max

/** What software that keeps to the letter of RFC 5280 may refuse in an authority's name. */
export function subjectWarnings(subject: Subject): readonly string[] {
  return ATTRIBUTES.filter(({ key, max }) => listOf(subject[key]).some((text) => isLonger(text, max))).map(
    ({ label, max }) =>
      `${label} is longer than the ${max} characters that RFC 5280 allows: some software refuses the certificate`,
  )
}

/** Whether a text holds characters that no name has, NUL among them. */
export function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}

/** Whether the API has a field for attributes of this identifier. */
export function isNamed(id: string): boolean {
  return ATTRIBUTES.some((one) => one.id === id)
}

/** What a Name says, which is DER. Attributes that the API has no field for are left out. Throws EncodingError for what is no Name. */
export function subjectOf(name: Buffer): Subject {
  const found = new Map<keyof Subject, string[]>()
  for (const rdn of sequenceIn(name)) {
    if (rdn.tag !== SET) throw new EncodingError('a name that is none')
    for (const member of rdn.members) {
      const [type, value] = membersOf(member)
      const named = oidText(type)
      if (value === undefined) throw new EncodingError('a part of a name lacks its value')
      const attribute = ATTRIBUTES.find(({ id }) => id === named)
      if (attribute === undefined) continue
      const values = found.get(attribute.key)
      if (values === undefined) found.set(attribute.key, [textOf(value)])
      else values.push(textOf(value))
    }
  }
  const subject: Record<keyof Subject, string | readonly string[]> = { ...EMPTY_SUBJECT }
  for (const [key, values] of found)
    subject[key] = typeof EMPTY_SUBJECT[key] === 'string' ? (values.at(-1) ?? '') : values
  return subject as unknown as Subject
}

/** Short names of RFC 4514, 3, and those that Go has besides. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
}

/** A Name, which is DER, as text (RFC 4514): its last part first. Throws EncodingError for what is no Name. */
export function nameText(name: Buffer): string {
  const parts = sequenceIn(name).map(({ members }) => members.map(attributeText).join('+'))
  return parts.reverse().join(',')
}

function attributeText(attribute: DerElement): string {
  const [type, value] = membersOf(attribute)
  if (value === undefined) throw new EncodingError('a part of a name lacks its value')
  const id = oidText(type)
  const short = SHORT_NAMES[id]
  const text = short === undefined ? undefined : derText(value)
  if (text === undefined) return `${short ?? id}=#${value.whole.toString('hex')}`
  return `${short}=${text.replace(/[,+"\\<>;]|^[# ]| $/g, '\\$&')}`
}

const SET = 0x31

/** A DirectoryString (RFC 5280, 4.1.2.4), or what stands in its place; of what is no text, its bytes in hexadecimal. */
function textOf(value: DerElement): string {
  return derText(value) ?? value.whole.toString('hex')
}

/** No part of a name holds an attribute twice (X.501, 9.3). */
function uniqueOf(values: string | readonly string[]): readonly string[] {
  const list = listOf(values)
  return list.length < 2 ? list : [...new Set(list)]
}

function listOf(value: string | readonly string[]): readonly string[] {
  if (typeof value !== 'string') return value
  return value === '' ? [] : [value]
}

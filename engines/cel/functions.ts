import {
  type CelFunc,
  type CelInput,
  CelScalar,
  type CelValue,
  celFunc,
  celMethod,
  isCelList,
  isCelMap,
  isCelUint,
} from '@bufbuild/cel'
import { checkSize } from './bounds.ts'
import { LIST_FUNCTIONS } from './list-functions.ts'

/** Functions that programs have besides the standard ones and those for strings, by the names they have in OpenBao. */

const { BOOL, BYTES, DYN, INT, STRING } = CelScalar

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
/** An address alone (RFC 5322, addr-spec, without quotes and comments): what a certificate or an alias can hold. */
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`)
const EMAIL_MAX_CHARS = 254

export const FUNCTIONS: readonly CelFunc[] = [
  celFunc('check_valid_email', [STRING], BOOL, (text) => text.length <= EMAIL_MAX_CHARS && EMAIL.test(text)),
  celFunc('encode_json', [DYN], DYN, (value): CelInput => {
    const made = isCelMap(value) ? jsonOf(value, { size: 0 }) : undefined
    return made === undefined ? false : JSON.stringify(made)
  }),
  celFunc('decode_json', [STRING], DYN, (text): CelInput => {
    try {
      return JSON.parse(text) as CelInput
    } catch {
      return false
    }
  }),
  celFunc('base64.encode', [BYTES], STRING, (bytes) => Buffer.from(bytes).toString('base64')),
  celFunc('base64.decode', [STRING], BYTES, decoded),
  celMethod('replace', STRING, [STRING, STRING], STRING, function (find, by) {
    return replaced(this, find, by, -1n)
  }),
  celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (find, by, most) {
    return replaced(this, find, by, most)
  }),
  ...LIST_FUNCTIONS,
]

/** `most` below 0: all. Nothing is found before, between and after all characters. Throws when it would be too long. */
function replaced(text: string, find: string, by: string, most: bigint): string {
  const pieces = find === '' ? ['', ...text, ''] : text.split(find)
  const found = pieces.length - 1
  const count = most < 0n || most > found ? found : Number(most)
  checkSize(text.length + count * (by.length - find.length))
  return [pieces.slice(0, count + 1).join(by), ...pieces.slice(count + 1)].join(find)
}

function decoded(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  const bare = text.replace(/=+$/, '')
  if (bytes.toString('base64').replace(/=+$/, '') !== bare) throw new Error('it is not base64')
  return new Uint8Array(bytes)
}

/**
 * Undefined for what JSON can't say. Keys in their order, as OpenBao has them. Counted, since one value can stand in a
 * list of lists a billion times: throws when it would be too long.
 */
function jsonOf(value: CelValue, counted: { size: number }): unknown {
  counted.size += typeof value === 'string' || value instanceof Uint8Array ? value.length : 1
  checkSize(counted.size)
  if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return value
  if (typeof value === 'bigint') return JSON.rawJSON(value.toString())
  if (isCelUint(value)) return JSON.rawJSON(value.value.toString())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (isCelList(value)) {
    const list = Array.from(value, (one) => jsonOf(one, counted))
    return list.includes(undefined) ? undefined : list
  }
  if (!isCelMap(value)) return undefined
  const entries = Array.from(value.entries(), ([key, one]) => {
    jsonOf(key, counted)
    return [key, jsonOf(one, counted)] as const
  })
  if (entries.some(([key, one]) => typeof key !== 'string' || one === undefined)) return undefined
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

import {
  type CelFunc,
  type CelInput,
  CelScalar,
  type CelValue,
  celFunc,
  isCelList,
  isCelMap,
  isCelUint,
} from '@bufbuild/cel'
import { LIST_FUNCTIONS } from './list-functions.ts'

/** Functions that programs have besides the standard ones and those for strings, by the names they have in OpenBao. */

const { BOOL, BYTES, DYN, STRING } = CelScalar

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
/** An address alone (RFC 5322, addr-spec, without quotes and comments): what a certificate or an alias can hold. */
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`)
const EMAIL_MAX_CHARS = 254

export const FUNCTIONS: readonly CelFunc[] = [
  celFunc('check_valid_email', [STRING], BOOL, (text) => text.length <= EMAIL_MAX_CHARS && EMAIL.test(text)),
  celFunc('encode_json', [DYN], DYN, (value): CelInput => {
    const made = isCelMap(value) ? jsonOf(value) : undefined
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
  ...LIST_FUNCTIONS,
]

function decoded(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  const bare = text.replace(/=+$/, '')
  if (bytes.toString('base64').replace(/=+$/, '') !== bare) throw new Error('it is not base64')
  return new Uint8Array(bytes)
}

/** Undefined for what JSON can't say. Keys in their order, as OpenBao has them. */
function jsonOf(value: CelValue): unknown {
  if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return value
  if (typeof value === 'bigint') return JSON.rawJSON(value.toString())
  if (isCelUint(value)) return JSON.rawJSON(value.value.toString())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (isCelList(value)) {
    const list = [...value].map(jsonOf)
    return list.includes(undefined) ? undefined : list
  }
  if (!isCelMap(value)) return undefined
  const entries = [...value.entries()].map(([key, one]) => [key, jsonOf(one)] as const)
  if (entries.some(([key, one]) => typeof key !== 'string' || one === undefined)) return undefined
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

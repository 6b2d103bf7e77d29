import { BASE62 } from '../../../engines/base62.ts'
import type { Random } from '../../../engines/engine.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'

/**
 * `AKIA`, as AWS's begin; seven characters that say which namespace it is of, so that nothing has to be kept of it outside
 * that namespace; nine that are random. It is a name: who knows it knows no secret.
 */
const FORM = /^AKIA([A-Z0-9]{7})[A-Z2-7]{9}$/
const NAMESPACE_CHARS = 7
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const RANDOM_CHARS = 9
/** Characters of a namespace's id. */
const ID_CHARS = 6

/** Root's number: the first that no other id has. Seven characters of 36 hold it. */
const ROOT_NUMBER = 62 ** ID_CHARS

export function newAccessKeyId(namespaceId: string, random: Random): string {
  const number = namespaceId === ROOT_NAMESPACE_ID ? ROOT_NUMBER : numberOf(namespaceId)
  const place = number.toString(36).toUpperCase().padStart(NAMESPACE_CHARS, '0')
  const name = Array.from(random.bytes(RANDOM_CHARS), (byte) => BASE32[byte % BASE32.length])
  return `AKIA${place}${name.join('')}`
}

/** The id of the namespace that it would be of; undefined for what is none of ours. */
export function namespaceOfAccessKey(accessKeyId: string): string | undefined {
  const place = FORM.exec(accessKeyId)?.[1]
  if (place === undefined) return undefined
  const number = Number.parseInt(place, 36)
  if (number === ROOT_NUMBER) return ROOT_NAMESPACE_ID
  return number > ROOT_NUMBER ? undefined : idOf(number)
}

function numberOf(id: string): number {
  let number = 0
  for (const character of id) number = number * BASE62.length + BASE62.indexOf(character)
  return number
}

function idOf(number: number): string {
  let id = ''
  for (let left = number; id.length < ID_CHARS; left = Math.floor(left / BASE62.length)) {
    id = BASE62.charAt(left % BASE62.length) + id
  }
  return id
}

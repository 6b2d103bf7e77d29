import { invalid } from '../errors.ts'
import { aes256Gcm96 } from './aes256-gcm96.ts'
import type { KeyType } from './key-type.ts'

const types: readonly KeyType[] = [aes256Gcm96]
const byName: ReadonlyMap<string, KeyType> = new Map(types.map((type) => [type.name, type]))

export const DEFAULT_KEY_TYPE = aes256Gcm96.name

/** The type that a caller names. */
export function askedKeyType(name: string): KeyType {
  const type = byName.get(name)
  if (type !== undefined) return type
  throw invalid(`unknown key type: type must be one of ${[...byName.keys()].join(', ')}`)
}

/** The type that a stored key names. */
export function keyTypeOf(name: string): KeyType {
  const type = byName.get(name)
  if (type === undefined) throw new Error(`no key type ${name}`)
  return type
}

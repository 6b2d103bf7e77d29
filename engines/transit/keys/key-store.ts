import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import { invalid } from '../../errors.ts'
import { type Key, keyCodec, rotationDueMs } from './key.ts'

/** Prefix of the keys. */
export const KEYS = 'keys/'

/** Prefix of one row for each key that rotates by itself, so that nobody has to look through all the others. */
export const ROTATIONS = 'rotations/'
export const rotationCodec = json<Rotation>()
interface Rotation {
  readonly dueMs: number
}

export function loadKey(reader: Reader, name: string): Awaitable<Key | undefined> {
  return reader.get(KEYS + name, keyCodec)
}

/** The key that an operation of cryptography needs. The words are Vault's. */
export function neededKey(reader: Reader, name: string): Awaitable<Key> {
  const key = loadKey(reader, name)
  return key instanceof Promise ? key.then(found) : found(key)
}

function found(key: Key | undefined): Key {
  if (key === undefined) throw invalid('encryption key not found')
  return key
}

/** The words are Vault's: clients match on them. */
const SOFT_DELETED = 'refusing to use soft-deleted key'

export function refuseSoftDeleted(key: Key): void {
  if (key.softDeleted) throw invalid(SOFT_DELETED)
}

export function saveKey(tx: Tx, key: Key): void {
  tx.put(KEYS + key.name, key, keyCodec)
  const dueMs = rotationDueMs(key)
  if (dueMs === undefined) tx.delete(ROTATIONS + key.name)
  else tx.put(ROTATIONS + key.name, { dueMs }, rotationCodec)
}

export function deleteKey(tx: Tx, name: string): void {
  tx.delete(KEYS + name)
  tx.delete(ROTATIONS + name)
}

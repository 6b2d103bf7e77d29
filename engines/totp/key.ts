import type { Awaitable } from '../../storage/backend.ts'
import { document } from '../../storage/codec.ts'
import type { Reader } from '../../storage/store.ts'
import { invalid } from '../errors.ts'
import type { OneTimeKey } from '../one-time-codes/codes.ts'

export const KEYS = 'key/'
/** Periods whose code was used, below the name of each key. */
export const USED = 'used/'
export const keyCodec = document<OneTimeKey>()

export function storedKey(store: Reader, name: string): Awaitable<OneTimeKey | undefined> {
  return store.get(KEYS + name, keyCodec)
}

/** Throws `invalid_request`, as Vault does. */
export async function keyNamed(store: Reader, name: string): Promise<OneTimeKey> {
  const key = await storedKey(store, name)
  if (key === undefined) throw invalid(`unknown key: ${name}`)
  return key
}

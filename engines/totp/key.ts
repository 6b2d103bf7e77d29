import type { Awaitable } from '../../storage/backend.ts'
import { document } from '../../storage/codec.ts'
import type { Reader } from '../../storage/store.ts'
import { invalid, notFound } from '../errors.ts'
import type { OneTimeKey } from '../one-time-codes/codes.ts'

export const KEYS = 'key/'
/** Periods whose code was used, below the name of each key. */
export const USED = 'used/'
export const keyCodec = document<OneTimeKey>()

const NAME = /^\w(?:[\w.@-]*\w)?$/
const NAME_MAX_CHARS = 512

/** What can't be a name is a path that isn't there. */
export function nameOf({ fields: { name } }: { readonly fields: { readonly name: string } }): string {
  if (name.length > NAME_MAX_CHARS || !NAME.test(name)) throw notFound('unsupported path')
  return name
}

export function storedKey(store: Reader, name: string): Awaitable<OneTimeKey | undefined> {
  return store.get(KEYS + name, keyCodec)
}

/** Throws `invalid_request`, as Vault does. */
export async function keyNamed(store: Reader, name: string): Promise<OneTimeKey> {
  const key = await storedKey(store, name)
  if (key === undefined) throw invalid(`unknown key: ${name}`)
  return key
}

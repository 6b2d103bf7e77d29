import { field, isName } from '../../../engines/field.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import { document } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import type { TokenParameters } from '../token-parameters.ts'
import type { PasswordHash } from './password.ts'

export interface User {
  /** Of this user alone: a later one of the same name has nothing of it. */
  readonly uid: string
  readonly password: PasswordHash
  readonly token: TokenParameters
}

export const USERS = 'user/'
export const userCodec = document<User>()

export const username = field.name({
  anyCase: true,
  required: true,
  description: 'Name of the user, which is the same in capitals and small letters',
})

/**
 * The one spelling of a name, or undefined for what can't be one. Names are ASCII letters, digits and `_ . -`, so that
 * neither spaces nor other Unicode forms make a second name of a user.
 */
export function canonicalName(sent: string): string | undefined {
  return isName(sent) ? sent.toLowerCase() : undefined
}

/** As it is kept. */
export function nameOf({ fields }: { readonly fields: { readonly username: string } }): string {
  return fields.username.toLowerCase()
}

/** `name` is canonical. */
export function storedUser(store: Reader, name: string): Awaitable<User | undefined> {
  return store.get(USERS + name, userCodec)
}

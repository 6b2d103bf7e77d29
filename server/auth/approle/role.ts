import { notFound } from '../../../engines/errors.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader } from '../../../storage/store.ts'
import type { TokenParameters } from '../token-parameters.ts'
import type { Hasher } from './hasher.ts'

/** What a machine may log in as. Durations are seconds; 0 is not set. */
export interface AppRole {
  /** In lower case. */
  readonly name: string
  /** Of this role alone: a later one of the same name has nothing of it. */
  readonly uid: string
  readonly roleId: string
  readonly bindSecretId: boolean
  readonly secretIdBoundCidrs: readonly string[]
  readonly secretIdNumUses: number
  readonly secretIdTtlSeconds: number
  readonly localSecretIds: boolean
  readonly token: TokenParameters
}

/** Which role a role id is of. */
interface RoleIdRow {
  readonly name: string
}

export const ROLES = 'role/'
export const roleCodec = json<AppRole>()
export const roleIdCodec = json<RoleIdRow>()
export const roleIdPath = (hasher: Hasher, roleId: string): string => `role-id/${hasher.roleId(roleId)}`

/** Bytes of a name, a role id or a secret id. */
export const TEXT_MAX_BYTES = 4096

/** As it is kept: names differ by more than case. */
export function roleNameOf({
  fields: { role_name: name },
}: {
  readonly fields: { readonly role_name: string }
}): string {
  return name.toLowerCase()
}

/** `name` in lower case. */
export function storedRole(store: Reader, name: string): Awaitable<AppRole | undefined> {
  return store.get(ROLES + name, roleCodec)
}

/** Throws `not_found`. */
export async function roleNamed(name: string, store: Reader): Promise<AppRole> {
  const role = await storedRole(store, name)
  if (role === undefined) throw notFound(`role "${name}" does not exist`)
  return role
}

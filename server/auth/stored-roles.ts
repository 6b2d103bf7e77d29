import type { AuthRole } from '../../engines/auth-role.ts'
import type { AuthRoles, EngineContext } from '../../engines/engine.ts'
import type { Codec, Page } from '../../storage/store.ts'
import { normalPolicies } from './policy-names.ts'
import type { TokenParameters } from './token-parameters.ts'

/** Roles that lie below `prefix` in a row each, by their name in lower case, and say what their tokens get. */
export function storedRoles<R extends { readonly token: TokenParameters }>(
  prefix: string,
  codec: Codec<R>,
): AuthRoles<unknown> {
  return {
    names: (page: Page, { store }: EngineContext) => store.list(prefix, page),
    async get(given: string, { store }: EngineContext): Promise<AuthRole | undefined> {
      const name = given.toLowerCase()
      const role = isRowName(name) ? await store.get(prefix + name, codec) : undefined
      return (
        role && { name, policies: normalPolicies(role.token.policies), noDefaultPolicy: role.token.noDefaultPolicy }
      )
    },
  }
}

/** Whether it can be one part of a path of the store. */
export function isRowName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[/\p{Cc}]/u.test(name)
}

import type { AuthGrant, EngineContext } from '../../../engines/engine.ts'
import { roleOfLogin } from '../unchanged.ts'
import { storedCelRole } from './cel/roles.ts'
import { storedRole } from './role.ts'

/** A token lives on by what its role says now, and not when the role is gone. A program's token keeps its terms. */
export async function renewedTerms(
  internal: Readonly<Record<string, unknown>>,
  { store }: EngineContext,
): Promise<Partial<AuthGrant>> {
  const name = String(internal.role)
  if (internal.cel === true) {
    roleOfLogin(await storedCelRole(store, name), internal)
    return {}
  }
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = roleOfLogin(await storedRole(store, name), internal).token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}

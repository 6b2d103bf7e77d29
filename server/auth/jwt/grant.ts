import type { AuthGrant, Connection } from '../../../engines/engine.ts'
import { tokenGrant } from '../token-parameters.ts'
import { requireRoleUnchanged } from '../unchanged.ts'
import type { Identity } from './claims.ts'
import { type JwtRole, storedRole } from './role.ts'

/** The token of a login. Throws `permission_denied` for an address that the role does not let in. */
export function grantOf(
  role: JwtRole,
  roleName: string,
  { alias, groups }: Identity,
  connection: Connection,
): AuthGrant {
  return {
    ...tokenGrant(role.token, connection),
    displayName: alias.name,
    meta: alias.metadata,
    renewable: true,
    role: roleName.toLowerCase(),
    internal: { role: roleName, uid: role.uid },
    alias,
    groupAliases: groups,
    within: requireRoleUnchanged(role, (reader) => storedRole(reader, roleName)),
  }
}

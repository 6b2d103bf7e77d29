import { engine } from '../../../engines/engine.ts'
import { storedRoles } from '../stored-roles.ts'
import { login, loginRole, renewedTerms } from './login.ts'
import { ROLES, roleCodec } from './role.ts'
import { roleParts } from './role-parts.ts'
import { role, roles } from './role-routes.ts'
import { destroyAccessor, destroySecretId, lookupAccessor, lookupSecretId } from './secret-id-lookup.ts'
import { customSecretId, secretIds } from './secret-id-routes.ts'
import { tidy } from './tidy.ts'

/** `auth/approle/`: logins of machines, with an id of what they are and a secret id of their own. */
export const approle = engine({
  type: 'approle',
  kind: 'auth',
  description: 'logins of machines with a role id and a secret id',
  routes: [
    login,
    roles,
    role,
    ...roleParts,
    secretIds,
    customSecretId,
    lookupSecretId,
    destroySecretId,
    lookupAccessor,
    destroyAccessor,
    tidy,
  ],
  renewAuth: renewedTerms,
  loginRole,
  roles: storedRoles(ROLES, roleCodec),
})

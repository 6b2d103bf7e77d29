import { engine } from '../../../engines/engine.ts'
import { storedRoles } from '../stored-roles.ts'
import { lockouts } from './lockout.ts'
import { login, renewedTerms } from './login.ts'
import { USERS, userCodec } from './user.ts'
import { user, userPassword, userPolicies, users } from './users.ts'

/** `auth/userpass/`: logins of people with a name and a password. */
export const userpass = engine({
  type: 'userpass',
  kind: 'auth',
  description: 'logins with a name and a password',
  routes: [login, users, user, userPassword, userPolicies],
  lockouts,
  renewAuth: renewedTerms,
  roles: storedRoles(USERS, userCodec),
})

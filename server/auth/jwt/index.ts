import { type Engine, engine } from '../../../engines/engine.ts'
import { celLogin } from './cel/login.ts'
import { celRole, celRoles } from './cel/roles.ts'
import { config } from './config-route.ts'
import { login, loginRole } from './login.ts'
import { methodRoles } from './method-roles.ts'
import { authUrl } from './oidc/auth-url.ts'
import { callback } from './oidc/callback.ts'
import { poll } from './oidc/poll.ts'
import { renewedTerms } from './renewal.ts'
import { role, roles } from './role-routes.ts'

/** One method under two names: which of both a role is for stands in the role. */
function method(type: 'jwt' | 'oidc', description: string): Engine {
  return engine({
    type,
    kind: 'auth',
    description,
    routes: [config, role, roles, login, authUrl, callback, poll, celRole, celRoles, celLogin],
    renewAuth: renewedTerms,
    loginRole,
    roles: methodRoles,
  })
}

/** `auth/jwt/`: logins with signed tokens. */
export const jwt = method('jwt', 'logins with tokens that a provider signed')
/** `auth/oidc/`: logins at the pages of an OpenID provider. */
export const oidc = method('oidc', 'logins at an OpenID provider')

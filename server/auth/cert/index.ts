import { engine } from '../../../engines/engine.ts'
import { storedRoles } from '../stored-roles.ts'
import { cert, certs } from './certs.ts'
import { config } from './config.ts'
import { crl, crls, refreshLists } from './crls.ts'
import { login, loginRole, renewAuth } from './login.ts'
import { ROLES, roleCodec } from './role.ts'

/** Logins by the certificate that a client shows when it connects. */
export const certMethod = engine({
  type: 'cert',
  kind: 'auth',
  description: 'TLS client certificates',
  routes: [login, certs, cert, crls, crl, config],
  periodic: { refreshLists },
  renewAuth,
  loginRole,
  roles: storedRoles(ROLES, roleCodec),
})

import { type Engine, engine } from '../../../engines/engine.ts'
import { storedRoles } from '../stored-roles.ts'
import { Clusters } from './cluster.ts'
import { config } from './config.ts'
import { login, renewAuth } from './login.ts'
import { ROLES, role, roleCodec, roles } from './role.ts'

/** Logins by tokens of Kubernetes service accounts. `folder` is where a pod's own token and CA certificate are. */
export function kubernetesMethod(folder: string): Engine {
  return engine({
    type: 'kubernetes',
    kind: 'auth',
    description: 'service accounts of a Kubernetes cluster',
    routes: [login(new Clusters(folder)), config, role, roles],
    renewAuth,
    roles: storedRoles(ROLES, roleCodec),
  })
}

export const kubernetes = kubernetesMethod('/var/run/secrets/kubernetes.io/serviceaccount')

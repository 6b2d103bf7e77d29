import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { denied, EgideError, invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { matchesAnyGlob } from '../../../engines/glob.ts'
import { KeysUnavailable } from '../jwks/key-source.ts'
import { TokenRefused } from '../jwks/verify-token.ts'
import { tokenGrant } from '../token-parameters.ts'
import { requireRoleUnchanged, roleOfLogin } from '../unchanged.ts'
import { ClusterUnavailable } from './api-server.ts'
import type { Cluster, Clusters } from './cluster.ts'
import { type KubernetesRole, roleNamed } from './role.ts'
import { isSelected, readSelector } from './selector.ts'

/** `auth/kubernetes/login`: https://openbao.org/api-docs/auth/kubernetes/#login */

const fields = {
  role: field.text({ default: '', description: 'The role to log in to' }),
  jwt: field.text({ default: '', description: "The service account's token" }),
}
type LoginRequest = EngineRequest<typeof fields>

export const login = (clusters: Clusters) =>
  route('login', {
    summary: 'Log in with the token of a service account',
    fields,
    access: 'none',
    auditClear: ['role'],
    operations: {
      update: async (request: LoginRequest, context) => {
        for (const name of ['role', 'jwt'] as const) if (request.fields[name] === '') throw invalid(`missing ${name}`)
        try {
          return await logIn(request, clusters, context)
        } catch (error) {
          throw loginError(error, request.fields.role, context)
        }
      },
    },
  })

/** What a caller is told: one thing, whatever was wrong with the token or its role. The log says more. */
function loginError(error: unknown, role: string, { log, mount }: EngineContext): unknown {
  const fields = { mount: mount.path, role }
  if (error instanceof TokenRefused) {
    log.info({ ...fields, reason: error.message }, 'a login was refused')
    return denied()
  }
  // An address that the role does not let in.
  if (error instanceof EgideError && error.code === 'permission_denied')
    log.info({ ...fields, reason: 'the address' }, 'a login was refused')
  if (error instanceof ClusterUnavailable || error instanceof KeysUnavailable) {
    log.warn({ ...fields, reason: error.message }, 'the API server of a cluster cannot be asked')
    return new EgideError('unavailable', 'the Kubernetes API server cannot be asked')
  }
  return error
}

async function logIn(
  { fields: { role: roleName, jwt }, connection }: LoginRequest,
  clusters: Clusters,
  context: EngineContext,
): Promise<Reply> {
  const name = roleName.toLowerCase()
  const role = await roleNamed(name, context)
  if (role === undefined) throw new TokenRefused('there is no such role')
  const grant = tokenGrant(role.token, connection)
  const cluster = await clusters.of(context)
  if (cluster === undefined) throw new TokenRefused('the mount is not configured')
  const account = await cluster.read(jwt, role.audience)
  if (!matchesAnyGlob(role.names, account.name)) throw new TokenRefused('the role is for other service accounts')
  const isNamed = matchesAnyGlob(role.namespaces, account.namespace)
  if (!isNamed && role.namespaceSelector === '') throw new TokenRefused('the role is for other namespaces')
  await cluster.confirm(jwt, account, role.audience)
  // Only now: a stranger must not make us look up namespaces.
  if (!isNamed && !(await isNamespaceSelected(cluster, role, account.namespace)))
    throw new TokenRefused('the role is for other namespaces')
  const metadata = {
    service_account_uid: account.uid,
    service_account_name: account.name,
    service_account_namespace: account.namespace,
    service_account_secret_name: account.secretName,
  }
  return {
    auth: {
      ...grant,
      displayName: `${account.namespace}-${account.name}`,
      meta: { ...metadata, role: name },
      renewable: true,
      role: name,
      internal: { role: name, uid: role.uid },
      within: requireRoleUnchanged(role, (store) => roleNamed(name, { store })),
      alias: {
        name: role.aliasNameSource === 'serviceaccount_name' ? `${account.namespace}/${account.name}` : account.uid,
        metadata: { ...(await cluster.aliasMetadataOf(account)), ...metadata },
      },
    },
  }
}

async function isNamespaceSelected(cluster: Cluster, role: KubernetesRole, namespace: string): Promise<boolean> {
  const labels = await cluster.labelsOf(namespace)
  return labels !== undefined && isSelected(readSelector(role.namespaceSelector), labels)
}

/** A token lives on by what its role says now, and not when the role is gone. */
export async function renewAuth(
  internal: Readonly<Record<string, unknown>>,
  context: EngineContext,
): Promise<{ ttlSeconds: number; maxTtlSeconds: number; periodSeconds: number }> {
  const role = roleOfLogin(await roleNamed(String(internal.role), context), internal)
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}

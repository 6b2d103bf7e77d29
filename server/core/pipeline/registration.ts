import type { Reply } from '../../../engines/engine.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import { holderOf } from '../leases/lease-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import { issueToken } from './logins.ts'
import type { PipelineParts } from './parts.ts'
import type { Registered } from './replies.ts'

/** Makes the token or the lease that a reply grants; durable when this resolves. `path` is the request's, as the namespace sees it. */
export async function register(
  reply: Reply | undefined,
  mount: LiveMount,
  request: Request,
  path: string,
  token: FoundToken | undefined,
  parts: Pick<PipelineParts, 'tokens' | 'leases' | 'events' | 'identity' | 'mfa'>,
): Promise<Registered> {
  const warnings = reply?.warnings ?? []
  const issued = reply?.issuedLease
  const unleased = {
    leaseId: issued?.id ?? '',
    renewable: issued?.renewable ?? false,
    leaseDurationSeconds: issued?.ttlSeconds ?? reply?.leaseDurationSeconds ?? 0,
  }
  if (reply?.auth !== undefined) {
    if ('issued' in reply.auth) return { auth: await parts.identity.shown(reply.auth), warnings, ...unleased }
    const login = await issueToken(reply.auth, mount, path, request, parts)
    return { auth: await parts.identity.shown(login.auth), warnings: [...warnings, ...login.warnings], ...unleased }
  }
  if (reply?.lease === undefined) return { auth: null, warnings, ...unleased }
  const lease = await parts.leases.register(reply.lease, mount.entry.uuid, path, holderOf(token))
  parts.events.leaseCreated(mount.entry.type)
  return {
    auth: null,
    warnings: [...warnings, ...lease.warnings],
    leaseId: lease.id,
    renewable: lease.renewable,
    leaseDurationSeconds: lease.ttlSeconds,
  }
}

import type { Reply } from '../../../engines/engine.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import { holderOf } from '../leases/lease-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import { issueToken } from './logins.ts'
import type { PipelineParts } from './parts.ts'
import type { Registered } from './replies.ts'

/** Whether a reply grants a token or a lease that is to be registered. */
export function grantsSomething(reply: Reply | undefined): boolean {
  return reply?.auth !== undefined || reply?.lease !== undefined
}

/** What there is to say of a reply that grants nothing, or that tells of a lease which is registered already. */
export function grantedNothing(reply: Reply | undefined): Registered {
  const issued = reply?.issuedLease
  return {
    auth: null,
    warnings: reply?.warnings ?? NO_WARNINGS,
    leaseId: issued?.id ?? '',
    renewable: issued?.renewable ?? false,
    leaseDurationSeconds: issued?.ttlSeconds ?? reply?.leaseDurationSeconds ?? 0,
  }
}

const NO_WARNINGS: readonly string[] = []

/** The request that a reply answers. */
interface Answered {
  readonly mount: LiveMount
  readonly request: Request
  /** The request's, as the namespace sees it. */
  readonly path: string
  /** The caller's; undefined: the request has none. */
  readonly token: FoundToken | undefined
}

/** Makes the token or the lease that a reply grants; durable when this resolves. */
export async function register(
  reply: Reply | undefined,
  { mount, request, path, token }: Answered,
  parts: Pick<PipelineParts, 'tokens' | 'leases' | 'events' | 'identity' | 'mfa'>,
): Promise<Registered> {
  const unleased = grantedNothing(reply)
  const { warnings } = unleased
  if (reply?.auth !== undefined) {
    if ('issued' in reply.auth) return { ...unleased, auth: await parts.identity.shown(reply.auth) }
    const login = await issueToken(reply.auth, mount, path, request, parts)
    return { ...unleased, auth: await parts.identity.shown(login.auth), warnings: [...warnings, ...login.warnings] }
  }
  if (reply?.lease === undefined) return unleased
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

import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import type { LeaseServices } from '../services/leases.ts'
import { checkedId, leaseIdOf } from './renew.ts'

type Context = EngineContext<LeaseServices>

/** Accepted: it is done soon, and tried again until it is. */
const ACCEPTED: Reply = { status: 202 }

const fields = {
  lease_id: field.text({ default: '', description: 'The lease.' }),
  url_lease_id: field.text({ default: '', description: 'The lease, in the path.' }),
  sync: field.bool({ default: true, description: 'Answer when it is revoked, and not at once.' }),
}
const spec = {
  summary: 'Revoke a lease',
  fields,
  auditClear: ['lease_id', 'url_lease_id', 'sync'],
  operations: { update: revokeLease },
}

export const revoke = route('leases/revoke', spec)
export const revokeByPath = route('leases/revoke/:url_lease_id*', spec)
export const oldRevoke = route('revoke', { ...spec, hidden: true })
export const oldRevokeByPath = route('revoke/:url_lease_id*', { ...spec, hidden: true })

async function revokeLease(request: EngineRequest<typeof fields>, { services }: Context): Promise<Reply | undefined> {
  const id = leaseIdOf(request.fields)
  if (!request.fields.sync) {
    await services.leases.revokeSoon(id)
    return ACCEPTED
  }
  await services.leases.revoke(id)
  return undefined
}

const prefixFields = {
  prefix: field.text({ required: true, description: 'What the leases begin with: a mount, or a path below one.' }),
  sync: field.bool({ default: true, description: 'Answer when all are revoked, and not at once.' }),
}
const prefixSpec = {
  summary: 'Revoke all leases below a prefix',
  fields: prefixFields,
  access: 'sudo' as const,
  auditClear: ['prefix', 'sync'],
  operations: { update: revokeAll },
}

export const revokePrefix = route('leases/revoke-prefix/:prefix*', prefixSpec)
export const oldRevokePrefix = route('revoke-prefix/:prefix*', { ...prefixSpec, hidden: true })

async function revokeAll(
  { fields }: EngineRequest<typeof prefixFields>,
  { services }: Context,
): Promise<Reply | undefined> {
  const prefix = checkedId(fields.prefix)
  if (!fields.sync) {
    await services.leases.revokePrefixSoon(prefix)
    return ACCEPTED
  }
  await services.leases.revokePrefix(prefix)
  return undefined
}

const forceFields = { prefix: prefixFields.prefix }
const forceSpec = {
  summary: 'Forget all leases below a prefix, whether they can be revoked or not',
  description: 'For engines whose other side is gone for good: what they gave out may stay valid there.',
  fields: forceFields,
  access: 'sudo' as const,
  auditClear: ['prefix'],
  operations: {
    async update({ fields }: EngineRequest<typeof forceFields>, { services }: Context): Promise<undefined> {
      await services.leases.revokePrefix(checkedId(fields.prefix), { force: true })
    },
  },
}

export const revokeForce = route('leases/revoke-force/:prefix*', forceSpec)
export const oldRevokeForce = route('revoke-force/:prefix*', { ...forceSpec, hidden: true })

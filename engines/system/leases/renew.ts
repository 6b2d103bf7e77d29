import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { isRowName } from '../../row-name.ts'
import type { LeaseServices } from '../services/leases.ts'

type Context = EngineContext<LeaseServices>

const fields = {
  lease_id: field.text({ default: '', description: 'The lease.' }),
  url_lease_id: field.text({ default: '', description: 'The lease, in the path.' }),
  increment: field.duration({ default: 0, description: 'How long it shall last from now; 0: its usual time.' }),
}
const spec = {
  summary: 'Extend a lease',
  fields,
  auditClear: ['lease_id', 'url_lease_id', 'increment'],
  operations: { update: renewLease },
}

export const renew = route('leases/renew', spec)
export const renewByPath = route('leases/renew/:url_lease_id*', spec)
export const oldRenew = route('renew', { ...spec, hidden: true })
export const oldRenewByPath = route('renew/:url_lease_id*', { ...spec, hidden: true })

async function renewLease(request: EngineRequest<typeof fields>, { services }: Context): Promise<Reply> {
  const id = leaseIdOf(request.fields)
  const { increment } = request.fields
  if (increment < 0) throw invalid('increment cannot be negative')
  const { ttlSeconds, renewable, warnings } = await services.leases.renew(id, increment)
  return { issuedLease: { id, ttlSeconds, renewable }, warnings }
}

/** The body's, or else the path's. */
export function leaseIdOf(fields: { readonly lease_id: string; readonly url_lease_id: string }): string {
  const id = fields.lease_id || fields.url_lease_id
  if (id === '') throw invalid('lease_id must be specified')
  return checkedId(id)
}

/** Of a path of 2048 bytes, and a lease's name below it. */
const ID_MAX_BYTES = 2100

/** What is no path within the store can't be a lease. */
export function checkedId(id: string): string {
  if (Buffer.byteLength(id) > ID_MAX_BYTES || !id.split('/').every(isRowName)) throw invalid('invalid lease')
  return id
}

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed } from '../../listing.ts'
import type { LeaseServices } from '../services/leases.ts'
import { checkedId } from './renew.ts'

type Context = EngineContext<LeaseServices>

const fields = { lease_id: field.text({ default: '', description: 'The lease.' }) }

const time = Type.Union([Type.String({ format: 'date-time' }), Type.Null()])
const Lease = Type.Object({
  id: Type.String(),
  path: Type.String({ description: 'Path of the request that gave it.' }),
  issue_time: time,
  expire_time: time,
  last_renewal: time,
  renewable: Type.Boolean(),
  ttl: Type.Integer({ description: 'Seconds left.' }),
  revoke_error: Type.Optional(Type.String()),
})
const Keys = Type.Object({ keys: Type.Array(Type.String()) })

export const lookup = route('leases/lookup', {
  summary: 'What a lease is',
  fields,
  auditClear: ['lease_id', 'keys', 'ttl', 'renewable'],
  operations: {
    update: { handler: lookupLease, pure: true, returns: Lease },
    list: {
      handler: (_request: EngineRequest<typeof fields>, context: Context) => listBelow('', context),
      summary: 'List the first parts of leases',
      access: 'sudo',
      returns: Keys,
    },
  },
})

async function lookupLease(request: EngineRequest<typeof fields>, { services, clock }: Context): Promise<Reply> {
  const id = request.fields.lease_id
  if (id === '') throw invalid('lease_id must be specified')
  const lease = await services.leases.lookup(checkedId(id))
  if (lease === undefined) throw invalid('invalid lease')
  const left = lease.expiresAtMs === 0 ? 0 : Math.max(0, Math.floor((lease.expiresAtMs - clock.now()) / 1000))
  const data = {
    id: lease.id,
    path: lease.path,
    issue_time: timeOf(lease.issuedMs),
    expire_time: timeOf(lease.expiresAtMs),
    last_renewal: timeOf(lease.lastRenewalMs),
    renewable: lease.renewable,
    ttl: left,
    ...(lease.revokeError === '' ? {} : { revoke_error: lease.revokeError }),
  }
  return { data }
}

const prefixFields = { prefix: field.text({ required: true, description: 'What the leases begin with.' }) }

export const lookupPrefix = route('leases/lookup/:prefix*', {
  summary: 'List leases below a prefix, one level',
  fields: prefixFields,
  access: 'sudo',
  auditClear: ['prefix', 'keys'],
  returns: Keys,
  operations: {
    list: ({ fields }: EngineRequest<typeof prefixFields>, context: Context) =>
      listBelow(`${checkedId(fields.prefix.replace(/\/$/, ''))}/`, context),
  },
})

async function listBelow(prefix: string, { services }: Context): Promise<Reply> {
  return listed(await services.leases.list(prefix))
}

function timeOf(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString()
}

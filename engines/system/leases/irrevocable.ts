import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { LeaseServices } from '../services/leases.ts'

/** Leases whose engine could not revoke them, left for an operator; and tidying. */

type Context = EngineContext<LeaseServices>

const LIMIT = 10_000

const type = field.text({ default: '', query: true, description: "'irrevocable': the only leases that are counted." })

const fields = {
  type,
  limit: field.text({
    default: '',
    query: true,
    description: `How many are shown at most, or 'none' for all; ${LIMIT} when empty.`,
  }),
}

export const leases = route('leases', {
  summary: 'Leases that could not be revoked',
  fields,
  access: 'sudo',
  auditClear: ['type', 'limit', 'lease_count'],
  returns: Type.Object({
    lease_count: Type.Integer(),
    leases: Type.Array(Type.Object({ lease_id: Type.String(), mount_id: Type.String(), error: Type.String() })),
  }),
  operations: {
    async read(request: EngineRequest<typeof fields>, { services }: Context): Promise<Reply> {
      requireIrrevocable(request.fields.type)
      const limit = limitOf(request.fields.limit)
      const found = await services.leases.irrevocable(limit)
      const total = totalOf(found.counts)
      const data = {
        lease_count: total,
        leases: found.leases.map(({ id, mountAccessor, error }) => ({ lease_id: id, mount_id: mountAccessor, error })),
      }
      if (total <= limit) return { data }
      return { data, warnings: [`Only ${limit} of ${total} irrevocable leases are shown; limit=none shows all.`] }
    },
  },
})

const countFields = { type }

export const leaseCount = route('leases/count', {
  summary: 'How many leases could not be revoked',
  fields: countFields,
  auditClear: ['type', 'lease_count', 'counts'],
  returns: Type.Object({ lease_count: Type.Integer(), counts: Type.Record(Type.String(), Type.Integer()) }),
  operations: {
    async read({ fields }: EngineRequest<typeof countFields>, { services }: Context): Promise<Reply> {
      requireIrrevocable(fields.type)
      const { counts } = await services.leases.irrevocable(0)
      return { data: { lease_count: totalOf(counts), counts: Object.fromEntries(counts) } }
    },
  },
})

export const tidy = route('leases/tidy', {
  summary: 'Remove rows that belong to no lease',
  fields: {},
  operations: {
    async update(_request: EngineRequest, { services, log }: Context): Promise<Reply> {
      const removed = await services.leases.tidy()
      log.info({ removed }, 'leases tidied')
      return { status: 202, warnings: [`Tidy operation finished: ${removed} stale rows removed.`] }
    },
  },
})

function requireIrrevocable(type: string): void {
  if (type.toLowerCase() !== 'irrevocable') throw invalid("type must be 'irrevocable'")
}

function limitOf(text: string): number {
  if (text === '') return LIMIT
  if (text.toLowerCase() === 'none') return Number.POSITIVE_INFINITY
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw invalid("limit must be 'none' or a positive integer")
  return Number(text)
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

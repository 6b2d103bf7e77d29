import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed } from '../../listing.ts'
import type { QuotaServices } from '../services/quotas.ts'

/** `sys/quotas`: https://openbao.org/api-docs/system/rate-limit-quotas */

type Context = EngineContext<QuotaServices>

const configFields = {
  rate_limit_exempt_paths: field.list({ default: [], description: 'Paths that no rate limit holds for.' }),
  enable_rate_limit_audit_logging: field.bool({ default: false, description: 'Record requests that a limit refuses.' }),
  enable_rate_limit_response_headers: field.bool({ default: false, description: 'Tell in headers what is left.' }),
}

const config = route('quotas/config', {
  summary: 'Settings of all quotas',
  fields: configFields,
  auditClear: Object.keys(configFields),
  returns: Type.Object({
    rate_limit_exempt_paths: Type.Array(Type.String()),
    enable_rate_limit_audit_logging: Type.Boolean(),
    enable_rate_limit_response_headers: Type.Boolean(),
  }),
  operations: { read: readConfig, update: writeConfig },
})

async function readConfig(_request: EngineRequest, { services }: Context): Promise<Reply> {
  const { exemptPaths, auditLogging, responseHeaders } = await services.quotas.config()
  return {
    data: {
      rate_limit_exempt_paths: exemptPaths,
      enable_rate_limit_audit_logging: auditLogging,
      enable_rate_limit_response_headers: responseHeaders,
    },
  }
}

async function writeConfig({ fields }: EngineRequest<typeof configFields>, { services }: Context): Promise<undefined> {
  await services.quotas.configure({
    exemptPaths: fields.rate_limit_exempt_paths,
    auditLogging: fields.enable_rate_limit_audit_logging,
    responseHeaders: fields.enable_rate_limit_response_headers,
  })
}

const placeFields = {
  name: field.name({ required: true, description: 'Name of the quota.' }),
  path: field.text({ default: '', description: "What it is for: '' for all, a namespace, a mount, or a path in one." }),
  role: field.text({ default: '', description: 'Only logins under this role; the path is that of an auth method.' }),
  inheritable: field.bool({ description: 'A quota of a namespace holds for those below it too.' }),
}

const rateFields = {
  ...placeFields,
  type: field.text({ default: 'rate-limit', description: 'rate-limit' }),
  rate: field.number({
    default: 0,
    description: 'Required. Requests that one client address may make in each interval.',
  }),
  interval: field.duration({ default: 1, description: 'Length of the interval.' }),
  block_interval: field.duration({ default: 0, description: 'A client that went over is refused for so long.' }),
}
const CLEAR = [
  'name',
  'type',
  'path',
  'role',
  'inheritable',
  'rate',
  'interval',
  'block_interval',
  'max_leases',
  'keys',
]

const rateLimits = route('quotas/rate-limit', {
  summary: 'Names of the rate limits',
  fields: {},
  auditClear: CLEAR,
  returns: Type.Object({ keys: Type.Array(Type.String()) }),
  operations: {
    list: async (_request: EngineRequest, { services }: Context) => listed(await services.quotas.rateLimits.names()),
  },
})

const Place = {
  type: Type.String(),
  name: Type.String(),
  path: Type.String(),
  role: Type.String(),
  inheritable: Type.Boolean(),
}

const rateLimit = route('quotas/rate-limit/:name', {
  summary: 'A bound on the requests of one client address',
  fields: rateFields,
  auditClear: CLEAR,
  returns: Type.Object({
    ...Place,
    rate: Type.Number(),
    interval: Type.Integer({ description: 'Seconds.' }),
    block_interval: Type.Integer({ description: 'Seconds.' }),
  }),
  operations: {
    read: readRateLimit,
    update: writeRateLimit,
    delete: async ({ fields }, { services }: Context) => {
      await services.quotas.rateLimits.delete(fields.name)
      return undefined
    },
  },
})

async function readRateLimit({ fields }: EngineRequest<typeof rateFields>, { services }: Context): Promise<Reply> {
  const found = await services.quotas.rateLimits.get(fields.name)
  if (found === undefined) throw notFound()
  const { intervalSeconds, blockSeconds, ...rest } = found
  return { data: { type: 'rate-limit', ...rest, interval: intervalSeconds, block_interval: blockSeconds } }
}

async function writeRateLimit({ fields }: EngineRequest<typeof rateFields>, { services }: Context): Promise<undefined> {
  const { name, path, role, inheritable, rate, interval, block_interval: blockSeconds } = fields
  if (fields.type !== 'rate-limit') throw invalid("'type' is invalid")
  if (!(rate > 0) || !Number.isFinite(rate)) throw invalid("'rate' is invalid")
  if (interval < 0) throw invalid("'interval' is invalid")
  if (blockSeconds < 0) throw invalid("'block' is invalid")
  const intervalSeconds = interval || 1
  await services.quotas.rateLimits.put({ name, path, role, inheritable, rate, intervalSeconds, blockSeconds })
}

const countFields = {
  ...placeFields,
  type: field.text({ default: 'lease-count', description: 'lease-count' }),
  max_leases: field.int({ default: 0, description: 'Required. Leases that there may be at one time.' }),
}

const leaseCounts = route('quotas/lease-count', {
  summary: 'Names of the bounds on leases',
  fields: {},
  auditClear: CLEAR,
  returns: Type.Object({ keys: Type.Array(Type.String()) }),
  operations: {
    list: async (_request: EngineRequest, { services }: Context) => listed(await services.quotas.leaseCounts.names()),
  },
})

const leaseCount = route('quotas/lease-count/:name', {
  summary: 'A bound on the leases, those of tokens among them, that there are at one time',
  fields: countFields,
  auditClear: CLEAR,
  returns: Type.Object({ ...Place, max_leases: Type.Integer() }),
  operations: {
    read: readLeaseCount,
    update: writeLeaseCount,
    delete: async ({ fields }, { services }: Context) => {
      await services.quotas.leaseCounts.delete(fields.name)
      return undefined
    },
  },
})

async function readLeaseCount({ fields }: EngineRequest<typeof countFields>, { services }: Context): Promise<Reply> {
  const found = await services.quotas.leaseCounts.get(fields.name)
  if (found === undefined) throw notFound()
  const { maxLeases, ...rest } = found
  return { data: { type: 'lease-count', ...rest, max_leases: maxLeases } }
}

async function writeLeaseCount(
  { fields }: EngineRequest<typeof countFields>,
  { services }: Context,
): Promise<undefined> {
  const { name, path, role, inheritable, max_leases: maxLeases } = fields
  if (fields.type !== 'lease-count') throw invalid("'type' is invalid")
  if (maxLeases < 1) throw invalid("'max_leases' is invalid")
  if (role !== '') throw invalid('a lease count has no role')
  await services.quotas.leaseCounts.put({ name, path, role, inheritable, maxLeases })
}

export const quotaRoutes: readonly Route<QuotaServices>[] = [config, rateLimits, rateLimit, leaseCounts, leaseCount]

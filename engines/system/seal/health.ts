import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { type Field, field } from '../../field.ts'
import type { SealServices, SealStatus } from '../services/seal.ts'
import { bare } from './bare.ts'

type Context = EngineContext<SealServices>

const code = (description: string): Field<number | undefined> => field.int({ query: true, description })
const flag = (description: string): Field<boolean> => field.bool({ query: true, default: false, description })

const fields = {
  standbyok: flag('Answer as an active node does when on standby. Every node is active here.'),
  perfstandbyok: flag('Answer as an active node does when on performance standby. Every node is active here.'),
  activecode: code('Status when open for requests; default 200.'),
  standbycode: code('Status when on standby; default 429. Every node is active here.'),
  drsecondarycode: code('Status of a disaster recovery secondary; default 472. There are none here.'),
  performancestandbycode: code('Status when on performance standby; default 473. Every node is active here.'),
  sealedcode: code('Status while sealed; default 503.'),
  uninitcode: code('Status while not initialised; default 501.'),
}
type Query = typeof fields

const HealthReply = Type.Object({
  initialized: Type.Boolean(),
  sealed: Type.Boolean(),
  standby: Type.Boolean(),
  performance_standby: Type.Boolean(),
  replication_performance_mode: Type.String(),
  replication_dr_mode: Type.String(),
  server_time_utc: Type.Integer({ description: 'Seconds since the epoch.' }),
  version: Type.String(),
  cluster_name: Type.Optional(Type.String()),
  cluster_id: Type.Optional(Type.String()),
  audit_failing: Type.Optional(
    Type.Boolean({
      description: 'True while requests are refused because a required audit device is failing; else absent.',
    }),
  ),
})

/** https://developer.hashicorp.com/vault/api-docs/system/health */
export const health = route('health', {
  summary: 'Whether the server is initialised, unsealed and serving, told by the status code too',
  whileSealed: true,
  access: 'none',
  fields,
  returns: HealthReply,
  operations: { read: answer },
})

const AUDIT_FAILING = 503

async function answer(request: EngineRequest<Query>, { services, clock }: Context): Promise<Reply> {
  const { seal, server } = services
  const status = await seal.ownState()
  const body = {
    initialized: status.initialized,
    sealed: status.sealed,
    standby: false,
    performance_standby: false,
    replication_performance_mode: 'disabled',
    replication_dr_mode: 'disabled',
    server_time_utc: Math.floor(clock.now() / 1000),
    version: server.version,
  }
  const httpStatus = statusCode(request.fields, status)
  if (status.sealed) return bare(body, httpStatus)
  const open = { ...body, cluster_name: server.clusterName, cluster_id: server.clusterId }
  // Vault says 200 here and refuses all else. Not to be had in another status: whoever asks for one means a server that serves.
  return server.isAuditFailing ? bare({ ...open, audit_failing: true }, AUDIT_FAILING) : bare(open, httpStatus)
}

/** Every override is checked, though only one is used: a mistake shows before the state that it is meant for. */
function statusCode(query: EngineRequest<Query>['fields'], status: Pick<SealStatus, 'initialized' | 'sealed'>): number {
  const { activecode = 200, sealedcode = 503, uninitcode = 501, standbycode = 429 } = query
  const { drsecondarycode = 472, performancestandbycode = 473 } = query
  for (const one of [activecode, sealedcode, uninitcode, standbycode, drsecondarycode, performancestandbycode]) {
    if (one < 200 || one > 599) throw invalid('a status code must be between 200 and 599')
  }
  if (!status.initialized) return uninitcode
  return status.sealed ? sealedcode : activecode
}

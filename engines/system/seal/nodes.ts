import Type from 'typebox'
import { type EngineContext, route } from '../../engine.ts'
import type { SealServices } from '../services/seal.ts'
import { bare } from './bare.ts'

type Context = EngineContext<SealServices>

/** What Vault shows for a time that never was. */
const NEVER = '0001-01-01T00:00:00Z'

/** Every node serves every request: each calls itself the leader, where several can share the storage. */
export const leader = route('leader', {
  summary: 'Which node leads',
  whileSealed: true,
  access: 'none',
  fields: {},
  returns: Type.Object({
    ha_enabled: Type.Boolean({ description: 'Whether several nodes can share the storage.' }),
    is_self: Type.Boolean(),
    active_time: Type.String({ format: 'date-time' }),
    leader_address: Type.String(),
    leader_cluster_address: Type.String(),
    performance_standby: Type.Boolean(),
    performance_standby_last_remote_wal: Type.Integer(),
  }),
  operations: {
    read: async (_request, { services: { server } }: Context) => {
      const leads = server.haEnabled && server.activeSinceMs > 0
      return bare({
        ha_enabled: server.haEnabled,
        is_self: leads,
        active_time: leads ? new Date(server.activeSinceMs).toISOString() : NEVER,
        leader_address: leads ? server.apiAddress : '',
        leader_cluster_address: leads ? server.clusterAddress : '',
        performance_standby: false,
        performance_standby_last_remote_wal: 0,
      })
    },
  },
})

export const haStatus = route('ha-status', {
  summary: 'The nodes that serve',
  description: 'Every node is active. The first is the one that answers.',
  fields: {},
  returns: Type.Object({
    nodes: Type.Array(
      Type.Object({
        hostname: Type.String(),
        api_address: Type.String(),
        cluster_address: Type.String(),
        active_node: Type.Boolean(),
        last_echo: Type.Union([Type.String(), Type.Null()]),
        version: Type.String(),
      }),
    ),
  }),
  auditClear: ['nodes', 'hostname', 'api_address', 'cluster_address', 'version'],
  operations: {
    read: async (_request, { services: { server } }: Context) => {
      const self = {
        hostname: server.hostname,
        api_address: server.apiAddress,
        cluster_address: server.clusterAddress,
        active_node: true,
        last_echo: null,
        version: server.version,
      }
      const others = (await server.otherNodes()).map((node) => ({
        hostname: node.hostname,
        api_address: node.apiAddress,
        cluster_address: node.clusterAddress,
        active_node: true,
        last_echo: new Date(node.lastEchoMs).toISOString(),
        version: node.version,
      }))
      return { data: { nodes: [self, ...others] }, topLevel: true }
    },
  },
})

export const stepDown = route('step-down', {
  summary: 'Give up being the active node',
  description: 'Every node is active and none leads, so there is nothing to give up: a node goes on as before.',
  access: 'sudo',
  fields: {},
  operations: { update: async (): Promise<undefined> => undefined },
})

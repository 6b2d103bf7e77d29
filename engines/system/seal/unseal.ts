import Type from 'typebox'
import { type EngineContext, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import type { SealServices, SealStatus, ServerFacts } from '../services/seal.ts'
import { bare } from './bare.ts'
import { keyField, shareOf } from './share.ts'

type Context = EngineContext<SealServices>

const StatusReply = Type.Object({
  type: Type.String({ description: "'shamir', or what unseals by itself." }),
  initialized: Type.Boolean(),
  sealed: Type.Boolean(),
  t: Type.Integer({ description: 'Shares needed to unseal, or to authorise operators under auto-unseal.' }),
  n: Type.Integer({ description: 'Shares there are.' }),
  progress: Type.Integer({ description: 'Shares given so far.' }),
  nonce: Type.String({ description: 'Of the attempt under way.' }),
  version: Type.String(),
  build_date: Type.String(),
  migration: Type.Boolean({
    description: 'Whether the configured seal is another: unseal with `migrate` to move to it.',
  }),
  cluster_name: Type.Optional(Type.String()),
  cluster_id: Type.Optional(Type.String()),
  recovery_seal: Type.Boolean(),
  recovery_seal_type: Type.Optional(Type.String()),
  break_glass: Type.Optional(Type.Boolean({ description: 'Recovery shares open the vault too.' })),
  storage_type: Type.String(),
})

function statusReply(status: SealStatus, server: ServerFacts): Reply {
  return bare({
    type: status.type,
    initialized: status.initialized,
    sealed: status.sealed,
    t: status.threshold,
    n: status.shares,
    progress: status.progress,
    nonce: status.nonce,
    version: server.version,
    build_date: server.buildDate,
    migration: status.migration,
    ...(!status.sealed && { cluster_name: server.clusterName, cluster_id: server.clusterId }),
    recovery_seal: status.recoverySeal,
    ...(status.recoverySeal && { recovery_seal_type: 'shamir', break_glass: status.breakGlass }),
    storage_type: server.storageType,
  })
}

/** https://developer.hashicorp.com/vault/api-docs/system/seal-status */
export const sealStatus = route('seal-status', {
  summary: 'Whether the vault is sealed, and how far unsealing is',
  whileSealed: true,
  access: 'none',
  fields: {},
  returns: StatusReply,
  operations: {
    read: async (_request, { services }: Context) => statusReply(await services.seal.status(), services.server),
  },
})

export const unseal = route('unseal', {
  summary: 'Give one key share towards unsealing',
  description: 'The vault opens with the last share that is needed. Wrong shares end the attempt: all are given anew.',
  whileSealed: true,
  access: 'none',
  fields: {
    key: keyField,
    reset: field.bool({ default: false, description: 'Forget the shares given so far, instead of giving one.' }),
    migrate: field.bool({
      default: false,
      description: 'Move the vault to the configured seal, where its own is another.',
    }),
  },
  returns: StatusReply,
  auditClear: ['reset', 'migrate'],
  operations: {
    update: async ({ fields }, { services: { seal, server } }: Context) => {
      if (fields.reset) return statusReply(await seal.resetUnseal(), server)
      const share = shareOf(fields.key, "'key' must be specified in request body as JSON, or 'reset' set to true")
      return statusReply(await seal.unseal(share, fields.migrate), server)
    },
  },
})

export const seal = route('seal', {
  summary: 'Seal the vault',
  description:
    'Forgets every key, on every node of the vault. A node serves nothing until it is given enough shares again.',
  access: 'sudo',
  fields: {},
  operations: {
    update: async (_request, { services }: Context) => {
      await services.seal.sealEverywhere()
      return undefined
    },
  },
})

import Type from 'typebox'
import { type EngineContext, type Reply, type Route, route } from '../../engine.ts'
import type { DrillStatus, SealServices } from '../services/seal.ts'
import { keyField, nonceField, shareOf } from './share.ts'

type Context = EngineContext<SealServices>

const DrillReply = Type.Object({
  nonce: Type.String({ description: 'Of the drill under way.' }),
  progress: Type.Integer({ description: 'Shares given so far.' }),
  required: Type.Integer({ description: 'Shares needed.' }),
  complete: Type.Boolean({ description: 'All shares were given, and are the right ones.' }),
  opens: Type.Boolean({
    description:
      'Whether they open the vault; false: they only authorise operators, and the service of the seal opens it.',
  }),
})

/** Egide's own: Vault knows only by sealing whether its shares still work. */
const shareDrill = route('seal-drill', {
  summary: 'Prove that shares would open the vault, without sealing it',
  description: 'Shares are given one by one, as for unsealing. Nothing is changed, whatever comes out.',
  access: 'sudo',
  fields: { key: keyField, nonce: nonceField },
  returns: DrillReply,
  auditClear: ['nonce', 'progress', 'required', 'complete', 'opens'],
  operations: {
    read: async (_request, { services }: Context) => statusReply(await services.seal.drill.status()),
    update: {
      summary: 'Give one share',
      handler: async ({ fields }, { services }: Context) =>
        statusReply(await services.seal.drill.give(shareOf(fields.key), fields.nonce)),
    },
    delete: {
      summary: 'Forget the shares given so far',
      handler: async (_request, { services }: Context) => {
        await services.seal.drill.reset()
        return undefined
      },
    },
  },
})

function statusReply({ nonce, progress, required, proven }: DrillStatus): Reply {
  return { data: { nonce, progress, required, complete: proven !== undefined, opens: proven === 'opens' } }
}

const serviceDrill = route('seal-drill/service', {
  summary: 'Prove that the service of the seal would open the vault',
  access: 'sudo',
  fields: {},
  returns: Type.Object({
    type: Type.String({ description: "Of the seal: 'transit', 'static'." }),
    opens: Type.Boolean(),
  }),
  auditClear: ['type', 'opens'],
  operations: {
    update: async (_request, { services }: Context) => ({
      data: { type: await services.seal.drill.service(), opens: true },
    }),
  },
})

export const drillRoutes: readonly Route<SealServices>[] = [shareDrill, serviceDrill]

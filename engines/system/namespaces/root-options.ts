import Type from 'typebox'
import { type EngineContext, type EngineRequest, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { NamespaceServices } from '../services/namespaces.ts'

/** What `sys/namespaces/NAME` says of a namespace, of the one that lies in no other. */

type Context = EngineContext<NamespaceServices>

const fields = {
  deny_always_wins: field.bool({
    description: "Whether by root's policies every denial that fits wins, also over closer paths.",
  }),
}

export const rootOptions = route('config/namespace', {
  summary: 'Options of the root namespace',
  fields,
  access: 'sudo',
  auditClear: ['deny_always_wins'],
  returns: Type.Object({ deny_always_wins: Type.Boolean() }),
  operations: {
    read: async (_request, { services }: Context) => ({
      data: { deny_always_wins: await services.namespaces.rootDenyAlwaysWins() },
    }),
    update: async ({ fields: sent }: EngineRequest<typeof fields>, { services }: Context) => {
      if (sent.deny_always_wins === undefined) throw invalid('missing required field "deny_always_wins"')
      await services.namespaces.setRootDenyAlwaysWins(sent.deny_always_wins)
      return undefined
    },
  },
})

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { keyField, shareOf } from '../seal/share.ts'
import type { NamespaceServices } from '../services/namespaces.ts'
import type { NamespaceSealStatus } from '../services/seal.ts'
import { Removal } from './table.ts'

/** Namespaces with shares of their own. https://openbao.org/api-docs/system/namespaces */

type Context = EngineContext<NamespaceServices>

const fields = { path: field.text({ required: true, description: 'Name of the namespace, directly below this one.' }) }
type Request = EngineRequest<typeof fields>

const StatusReply = Type.Object({
  type: Type.String({ description: "'shamir'." }),
  initialized: Type.Boolean(),
  sealed: Type.Boolean({ description: 'Of the node that answers.' }),
  t: Type.Integer({ description: 'Shares needed to unseal.' }),
  n: Type.Integer({ description: 'Shares there are.' }),
  progress: Type.Integer({ description: 'Shares given so far.' }),
  nonce: Type.String({ description: 'Of the attempt under way.' }),
})
const STATUS_CLEAR = ['path', 'type', 'initialized', 'sealed', 't', 'n', 'progress', 'nonce']

function statusReply({ type, sealed, threshold, shares, progress, nonce }: NamespaceSealStatus): Reply {
  return { data: { type, initialized: true, sealed, t: threshold, n: shares, progress, nonce } }
}

export const namespaceSealStatus = route('namespaces/:path/seal-status', {
  summary: 'Whether a namespace with shares of its own is sealed, and how far unsealing is',
  fields,
  auditClear: STATUS_CLEAR,
  returns: StatusReply,
  operations: {
    read: async ({ fields: sent }: Request, { services }: Context) =>
      statusReply(await services.namespaces.sealStatus(sent.path)),
  },
})

const unsealFields = {
  ...fields,
  key: keyField,
  reset: field.bool({ default: false, description: 'Forget the shares given so far, instead of giving one.' }),
}

export const namespaceUnseal = route('namespaces/:path/unseal', {
  summary: 'Give one key share towards unsealing a namespace',
  description:
    'It opens on this node with the last share that is needed. Wrong shares end the attempt: all are given anew.',
  fields: unsealFields,
  auditClear: [...STATUS_CLEAR, 'reset'],
  returns: StatusReply,
  operations: {
    update: async ({ fields: sent }: EngineRequest<typeof unsealFields>, { services: { namespaces } }: Context) => {
      if (sent.reset) return statusReply(await namespaces.resetUnseal(sent.path))
      return statusReply(await namespaces.unseal(sent.path, shareOf(sent.key, 'provided key is empty')))
    },
  },
})

export const namespaceSeal = route('namespaces/:path/seal', {
  summary: 'Seal a namespace with shares of its own',
  description:
    'Forgets its keys and all that was decrypted with them, here and on every other node, before it answers; so it does ' +
    'those of the namespaces below it. Nothing in them is answered until the namespace is given enough shares. A warning ' +
    'names the nodes that have not said within five seconds that they forgot.',
  fields,
  auditClear: ['path'],
  operations: {
    update: async ({ fields: sent }: Request, { services }: Context) => {
      const late = await services.namespaces.seal(sent.path)
      return late.length === 0 ? undefined : { warnings: [notForgotten(late)] }
    },
  },
})

const notForgotten = (nodes: readonly string[]): string =>
  `sealed, and answered by no node; but these have not said that they forgot its keys: ${nodes.join(', ')}`

const deleteFields = {
  ...fields,
  force: field.bool({ default: false, description: 'Delete the namespaces below it too.' }),
}

export const deleteSealedNamespace = route('namespaces/:path/delete-sealed', {
  summary: 'Delete a namespace that is sealed, without its shares',
  access: 'sudo',
  fields: deleteFields,
  auditClear: ['path', 'force', 'status'],
  returns: Removal,
  operations: {
    delete: async ({ fields: sent }: EngineRequest<typeof deleteFields>, { services }: Context): Promise<Reply> => {
      if (!(await services.namespaces.removeSealed(sent.path, sent.force)))
        return { warnings: ['requested namespace does not exist'] }
      return { data: { status: 'in-progress' } }
    },
  },
})

import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { NamespaceServices } from '../services/namespaces.ts'

type Context = EngineContext<NamespaceServices>

const lockFields = {
  path: field.text({ default: '', description: 'The namespace, below this one; absent: this one.' }),
}

export const lock = route('namespaces/api-lock/lock/:path**', {
  summary: 'Lock a namespace and all below it: no request is answered there',
  fields: lockFields,
  auditClear: ['path'],
  returns: Type.Object({ unlock_key: Type.String({ description: 'Unlocks it; shown this once.' }) }),
  operations: { update: lockNamespace },
})

const unlockFields = {
  ...lockFields,
  unlock_key: field.text({ default: '', description: 'What locking gave; who has sudo here needs none.' }),
}

export const unlock = route('namespaces/api-lock/unlock/:path**', {
  summary: 'Unlock a namespace',
  fields: unlockFields,
  auditClear: ['path'],
  operations: { update: unlockNamespace },
})

async function lockNamespace({ fields }: EngineRequest<typeof lockFields>, { services }: Context): Promise<Reply> {
  return { data: { unlock_key: await services.namespaces.lock(fields.path) } }
}

async function unlockNamespace(
  { fields, sudo }: EngineRequest<typeof unlockFields>,
  { services }: Context,
): Promise<Reply | undefined> {
  const key = fields.unlock_key
  if (key === '' && !sudo) throw invalid('provided empty key')
  await services.namespaces.unlock(fields.path, key === '' ? undefined : key)
  return key === '' ? { warnings: ['Namespace unlocked using sudo capabilities'] } : undefined
}

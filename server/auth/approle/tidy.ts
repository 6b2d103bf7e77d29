import { type EngineContext, type Reply, route } from '../../../engines/engine.ts'
import { ROLES, storedRole } from './role.ts'
import { ACCESSORS, deleteSecretIds, SECRET_IDS } from './secret-id.ts'

/** Mounts that are being tidied by this process. */
const underWay = new WeakSet<EngineContext>()

export const tidy = route('tidy/secret-id', {
  summary: 'Clear away what is left of secret ids that are gone',
  description: 'It goes on after the answer. Secret ids that expire are cleared away without it.',
  fields: {},
  operations: { update },
})

async function update(_request: unknown, context: EngineContext): Promise<Reply> {
  if (underWay.has(context)) return { warnings: ['Tidy operation already in progress.'] }
  underWay.add(context)
  void tidyNow(context).finally(() => underWay.delete(context))
  return {
    status: 202,
    warnings: ['Tidy operation successfully started. What comes of it stands in the log of the server.'],
  }
}

async function tidyNow(context: EngineContext): Promise<void> {
  try {
    const cleared = await clearAbandoned(context)
    context.log.info({ mount: context.mount.path, roles: cleared }, 'secret ids were tidied')
  } catch (error) {
    context.log.error({ mount: context.mount.path, err: error }, 'tidying secret ids failed')
  }
}

/**
 * Secret ids of roles that are gone, whose deletion did not come to its end. A role is there before its secret ids are,
 * so one that is not found after they were listed is gone for good. Returns how many roles left some.
 */
export async function clearAbandoned({ store }: EngineContext): Promise<number> {
  await store.refresh()
  const listed = [...(await store.list(SECRET_IDS)), ...(await store.list(ACCESSORS))]
  const abandoned = new Set(listed.map((name) => name.slice(0, -1)))
  if (abandoned.size === 0) return 0
  await store.refresh()
  for (const name of await store.list(ROLES)) {
    const role = await storedRole(store, name)
    if (role !== undefined) abandoned.delete(role.uid)
  }
  for (const uid of abandoned) await deleteSecretIds(store, uid)
  return abandoned.size
}

import type { Engine } from '../../../engines/engine.ts'
import type { Store } from '../../../storage/store.ts'
import type { LeaseTarget } from '../leases/lease-manager.ts'
import type { TokenMount } from '../tokens/token-service.ts'
import type { MountManager } from './mount-manager.ts'
import { type LiveMount, mountPrefix } from './router.ts'

/** What leases, tokens and wrapping ask of the mounts. A mount that is leaving still answers: its leases are being revoked. */

/** The engine as the lease manager calls it; undefined when the mount is gone. */
export async function leaseTarget(mounts: MountManager, uuid: string): Promise<LeaseTarget | undefined> {
  const mount = (await mounts.router()).byUuid(uuid)
  if (mount === undefined) return undefined
  const { context, entry } = mount
  const handlers = (mount.engine as Engine).leases ?? {}
  const handlersOf = (type: string) => (Object.hasOwn(handlers, type) ? handlers[type] : undefined)
  return {
    mountDefaultSeconds: context.mount.defaultLeaseTtlSeconds,
    mountMaxSeconds: context.mount.maxLeaseTtlSeconds,
    async revoke(type, internal) {
      const handler = handlersOf(type)
      if (handler === undefined) throw new Error(`the engine ${entry.type} revokes no leases of type ${type}`)
      await handler.revoke(internal, context)
    },
    async renew(type, internal, incrementSeconds) {
      const offered = await handlersOf(type)?.renew?.(internal, incrementSeconds, context)
      return offered?.ttlSeconds
    },
  }
}

/** The auth method as the token service calls it; undefined when the mount is gone. */
export async function tokenMount(mounts: MountManager, uuid: string): Promise<TokenMount | undefined> {
  const mount = (await mounts.router()).byUuid(uuid)
  if (mount === undefined || mount.entry.leaving) return undefined
  const { context } = mount
  return {
    defaultLeaseTtlSeconds: context.mount.defaultLeaseTtlSeconds,
    maxLeaseTtlSeconds: context.mount.maxLeaseTtlSeconds,
    renewAuth: async (internal) => (await (mount.engine as Engine).renewAuth?.(internal, context)) ?? {},
  }
}

/** Where the cubbyhole's rows lie in the namespace's store. */
export async function cubbyholePrefix(mounts: MountManager): Promise<string> {
  return mountPrefix((await cubbyhole(mounts)).entry)
}

export async function cubbyholeStore(mounts: MountManager): Promise<Store> {
  return (await cubbyhole(mounts)).context.store
}

async function cubbyhole(mounts: MountManager): Promise<LiveMount> {
  const mount = (await mounts.router()).mounts.find(({ entry }) => entry.type === 'cubbyhole')
  if (mount === undefined) throw new Error('the namespace has no cubbyhole')
  return mount
}

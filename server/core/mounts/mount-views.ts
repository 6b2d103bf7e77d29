import type { AuthGrant } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { Store } from '../../../storage/store.ts'
import type { LeaseTarget } from '../leases/lease-manager.ts'
import type { TokenMount } from '../tokens/token-service.ts'
import type { MountManager } from './mount-manager.ts'
import { type LiveMount, mountPrefix, mountStore } from './router.ts'

const CUBBYHOLE = 'cubbyhole/'

/** What tokens, leases and wrapping see of the mounts. */
export class MountViews {
  readonly #mounts: MountManager
  readonly #store: Store

  /** `store` is the namespace's view. */
  constructor(mounts: MountManager, store: Store) {
    this.#mounts = mounts
    this.#store = store
  }

  /** Undefined when the mount is gone. */
  async live(uuid: string): Promise<LiveMount | undefined> {
    return (await this.#mounts.router()).byUuid(uuid)
  }

  async leaseTarget(uuid: string): Promise<LeaseTarget | undefined> {
    const mount = await this.live(uuid)
    if (mount === undefined) return undefined
    const { engine, context } = mount
    return {
      mountDefaultSeconds: context.mount.defaultLeaseTtlSeconds,
      mountMaxSeconds: context.mount.maxLeaseTtlSeconds,
      async revoke(type, internal) {
        const handlers = engine.leases?.[type]
        if (handlers === undefined) throw new EgideError('internal', `the engine has no leases of type ${type}`)
        await handlers.revoke(internal, context)
      },
      async renew(type, internal, incrementSeconds) {
        return (await engine.leases?.[type]?.renew?.(internal, incrementSeconds, context))?.ttlSeconds
      },
    }
  }

  async tokenMount(uuid: string): Promise<TokenMount | undefined> {
    const mount = await this.live(uuid)
    if (mount === undefined) return undefined
    const { engine, context } = mount
    return {
      defaultLeaseTtlSeconds: context.mount.defaultLeaseTtlSeconds,
      maxLeaseTtlSeconds: context.mount.maxLeaseTtlSeconds,
      renewAuth: async (internal, connection): Promise<Partial<AuthGrant>> =>
        (await engine.renewAuth?.(internal, context, connection)) ?? {},
    }
  }

  /** Undefined before the namespace has its mounts. */
  async cubbyhole(): Promise<Store | undefined> {
    const entry = await this.#mounts.at(CUBBYHOLE)
    return entry && mountStore(this.#store, entry)
  }

  async cubbyholePrefix(): Promise<string> {
    const entry = await this.#mounts.at(CUBBYHOLE)
    if (entry === undefined) throw new EgideError('internal', 'the namespace has no cubbyhole')
    return mountPrefix(entry)
  }
}

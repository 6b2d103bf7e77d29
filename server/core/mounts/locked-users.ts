import type { LockedOut, LockoutService } from '../../../engines/system/services/lockouts.ts'
import type { MountManager } from './mount-manager.ts'

/** Asks the mounts of one namespace whose users can be locked out. */
export class LockedUsers implements LockoutService {
  readonly #mounts: MountManager

  constructor(mounts: MountManager) {
    this.#mounts = mounts
  }

  async locked(mountAccessor?: string): Promise<readonly LockedOut[]> {
    const found: LockedOut[] = []
    for (const { mount, handlers } of await this.#withLockouts(mountAccessor)) {
      const aliases = await handlers.locked(mount.context)
      if (aliases.length > 0) found.push({ mountAccessor: mount.entry.accessor, aliases })
    }
    return found
  }

  async unlock(mountAccessor: string, alias: string): Promise<void> {
    for (const { mount, handlers } of await this.#withLockouts(mountAccessor)) {
      await handlers.unlock(alias, mount.context)
    }
  }

  async #withLockouts(mountAccessor: string | undefined) {
    const { mounts } = await this.#mounts.router()
    return mounts.flatMap((mount) => {
      const handlers = mount.engine.lockouts
      const isAsked = mountAccessor === undefined || mount.entry.accessor === mountAccessor
      return handlers === undefined || !isAsked ? [] : [{ mount, handlers }]
    })
  }
}

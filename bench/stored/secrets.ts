import { Body } from '../../engines/kv/body.ts'
import { newRecord, withVersion } from '../../engines/kv/record.ts'
import { saveRecord } from '../../engines/kv/record-store.ts'
import { systemClock } from '../../server/boot/runtime.ts'
import { mountPrefix } from '../../server/core/mounts/router.ts'
import type { Server } from '../../test/harness/server.ts'
import { NUMBER } from '../rows/request.ts'
import { SECRET } from '../rows/secret-rows.ts'
import { inParts, withOpenVault } from './open-vault.ts'

/** Stores `count` secrets, which `nameOfStored` names, in the vault of a server that is stopped. */
export async function storeSecrets(stopped: Server, count: number): Promise<void> {
  await withOpenVault(stopped, async (root) => {
    const mount = await root.mounts.at('secret/')
    if (mount === undefined) throw new Error('there is no mount for secrets')
    const store = root.store.view(mountPrefix(mount))
    const nowMs = systemClock.now()
    const record = withVersion(newRecord(nowMs), { body: Body.of(SECRET), nowMs, keep: 10 })
    await inParts(count, (first, part) =>
      store.transaction(async (tx) => {
        for (let nth = first; nth < first + part; nth++) saveRecord(tx, nameOfStored(nth), undefined, record)
      }),
    )
  })
}

/** Path of a stored secret below its mount. */
export function nameOfStored(nth: number): string {
  return `stored/${String(nth).padStart(NUMBER.length, '0')}`
}

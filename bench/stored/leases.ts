import { base62 } from '../../engines/base62.ts'
import { random, systemClock } from '../../server/boot/runtime.ts'
import { type LeaseEntry, leaseCodec, leaseRows, newLeaseName, tokenLeaseCodec } from '../../server/core/leases/rows.ts'
import type { Namespace } from '../../server/core/namespace.ts'
import type { Server } from '../../test/harness/server.ts'
import { inParts, withOpenVault } from './open-vault.ts'

/** A token and so many leases of secrets that were given to it. */
const LEASES_A_TOKEN = 9
/** Of no mount: what ends costs the storage, and nothing outside. */
const MOUNT_GONE = '00000000-0000-4000-8000-000000000000'

/**
 * Stores `leases` leases that all end at `endMs`, a tenth of them of tokens and the rest of secrets given to these tokens,
 * in the vault of a server that is stopped. They are written by the server's own store, in large transactions.
 */
export async function storeLeases(stopped: Server, leases: number, endMs: number): Promise<void> {
  await withOpenVault(stopped, async (root) => {
    const mountUuid = (await root.mounts.at('auth/token/'))?.uuid
    if (mountUuid === undefined) throw new Error('there is no token mount')
    await inParts(Math.ceil(leases / (1 + LEASES_A_TOKEN)), (_, tokens) => store(root, tokens, mountUuid, endMs))
  })
}

async function store(root: Namespace, tokens: number, mountUuid: string, endMs: number): Promise<void> {
  const ttlSeconds = Math.ceil((endMs - systemClock.now()) / 1000)
  const prepared = Array.from({ length: tokens }, () => root.issued.tokens.prepare(tokenSpec(mountUuid, ttlSeconds)))
  await root.store.transaction(async (tx) => {
    for (const { hash, entry } of prepared) {
      await root.issued.tokens.insert(tx, hash, entry)
      for (let n = 0; n < LEASES_A_TOKEN; n++) {
        const id = `database/creds/app/${newLeaseName(random, systemClock.now())}`
        const lease = secretLease(hash, ttlSeconds)
        tx.put(leaseRows.lease(id), lease, leaseCodec, { expiresAtMs: lease.expiresAtMs })
        tx.put(leaseRows.ofToken(hash, id), {}, tokenLeaseCodec)
      }
    }
  })
}

function tokenSpec(mountUuid: string, ttlSeconds: number) {
  return {
    parent: '',
    policies: ['default', 'bench'],
    path: 'auth/token/create',
    meta: null,
    displayName: 'token',
    numUses: 0,
    ttlSeconds,
    explicitMaxTtlSeconds: 0,
    periodSeconds: 0,
    renewable: true,
    type: 'service',
    boundCidrs: [],
    entityId: '',
    role: '',
    mountUuid,
    internal: {},
  } as const
}

function secretLease(token: string, ttlSeconds: number): LeaseEntry {
  const issuedMs = systemClock.now()
  return {
    mountUuid: MOUNT_GONE,
    type: 'creds',
    internal: { username: `v-token-app-${base62(random, 20)}`, role: 'app' },
    token,
    issuedMs,
    ttlSeconds,
    maxTtlSeconds: 0,
    renewable: true,
    expiresAtMs: issuedMs + ttlSeconds * 1000,
    endMs: 0,
    lastRenewalMs: 0,
    isEnding: false,
    failures: 0,
    irrevocable: '',
  }
}

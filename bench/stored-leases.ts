import { random, systemClock } from '../server/boot/runtime.ts'
import { startServer } from '../server/boot/server.ts'
import { loadConfig } from '../server/config/load.ts'
import { type LeaseEntry, leaseCodec, leaseRows, tokenLeaseCodec } from '../server/core/leases/rows.ts'
import type { Namespace } from '../server/core/namespace.ts'
import { base62 } from '../server/core/tokens/token-text.ts'
import { ServerLog } from '../server/observe/log.ts'

const TOKEN_TTL_SECONDS = 30 * 24 * 3600
/** A token and so many leases of secrets that were given to it. */
const LEASES_A_TOKEN = 9
const TOKENS_A_TRANSACTION = 100
const TRANSACTIONS_AT_ONCE = 4

/**
 * Stores `leases` leases, a tenth of them of tokens and the rest of secrets given to these tokens, in the vault that
 * `configFile` describes. No server may run on it. They are written by the server's own store, in large transactions.
 */
export async function storeLeases(configFile: string, unsealKey: string, leases: number): Promise<void> {
  const { config } = loadConfig([configFile], {}, { logLevel: 'error' })
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  const server = await startServer({ config, log, version: 'bench', environment: {} })
  try {
    await server.vault.seal.unseal(Buffer.from(unsealKey, 'base64'))
    const namespace = server.vault.core.root
    if (namespace === undefined) throw new Error('the vault did not open')
    await new Filling(namespace, leases).run()
  } finally {
    await server.stop()
  }
}

class Filling {
  readonly #namespace: Namespace
  #left: number

  constructor(namespace: Namespace, leases: number) {
    this.#namespace = namespace
    this.#left = Math.ceil(leases / (1 + LEASES_A_TOKEN))
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, () => this.#fill()))
  }

  async #fill(): Promise<void> {
    const mountUuid = (await this.#namespace.mounts.at('auth/token/'))?.uuid
    if (mountUuid === undefined) throw new Error('there is no token mount')
    while (this.#left > 0) {
      const tokens = Math.min(TOKENS_A_TRANSACTION, this.#left)
      this.#left -= tokens
      await this.#store(tokens, mountUuid)
    }
  }

  async #store(tokens: number, mountUuid: string): Promise<void> {
    const prepared = Array.from({ length: tokens }, () => this.#namespace.tokens.prepare(tokenSpec(mountUuid)))
    await this.#namespace.store.transaction(async (tx) => {
      for (const { hash, entry } of prepared) {
        await this.#namespace.tokens.insert(tx, hash, entry)
        for (let n = 0; n < LEASES_A_TOKEN; n++) {
          const id = `database/creds/app/${base62(random, 24)}`
          const lease = secretLease(mountUuid, hash)
          tx.put(leaseRows.lease(id), lease, leaseCodec, { expiresAtMs: lease.expiresAtMs })
          tx.put(leaseRows.ofToken(hash, id), {}, tokenLeaseCodec)
        }
      }
    })
  }
}

function tokenSpec(mountUuid: string) {
  return {
    parent: '',
    policies: ['default', 'bench'],
    path: 'auth/token/create',
    meta: null,
    displayName: 'token',
    numUses: 0,
    ttlSeconds: TOKEN_TTL_SECONDS,
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

function secretLease(mountUuid: string, token: string): LeaseEntry {
  const issuedMs = systemClock.now()
  return {
    mountUuid,
    type: 'creds',
    internal: { username: `v-token-app-${base62(random, 20)}`, role: 'app' },
    token,
    issuedMs,
    ttlSeconds: TOKEN_TTL_SECONDS,
    maxTtlSeconds: 0,
    renewable: true,
    expiresAtMs: issuedMs + TOKEN_TTL_SECONDS * 1000,
    endMs: 0,
    lastRenewalMs: 0,
    isEnding: false,
    failures: 0,
    irrevocable: '',
  }
}

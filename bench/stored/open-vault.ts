import { systemClock } from '../../server/boot/runtime.ts'
import { startServer } from '../../server/boot/server.ts'
import { loadConfig } from '../../server/config/load.ts'
import type { Namespace } from '../../server/core/namespace.ts'
import { ServerLog } from '../../server/observe/log.ts'
import type { Server } from '../../test/harness/server.ts'

/** Opens the vault of a server that is stopped within this process, for `use` to fill it. */
export async function withOpenVault(stopped: Server, use: (root: Namespace) => Promise<void>): Promise<void> {
  const { config } = loadConfig([stopped.configFile], {}, { logLevel: 'error' })
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  const server = await startServer({ config, log, version: 'bench', environment: {} })
  try {
    await server.vault.seal.unseal(Buffer.from(stopped.keys[0] ?? '', 'base64'))
    const { root } = server.vault.core
    if (root === undefined) throw new Error('the vault did not open')
    await use(root)
  } finally {
    await server.stop()
  }
}

/** Takes `total` in parts, several at a time, each of them given to `store` with the number of its first. */
export async function inParts(total: number, store: (first: number, count: number) => Promise<void>): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < total) {
      const first = next
      const count = Math.min(PART, total - first)
      next += count
      await store(first, count)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

const PART = 100
const AT_ONCE = 4

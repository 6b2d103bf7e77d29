import type { LoadedConfig } from '../config/load.ts'
import { ConfigError } from '../config/types.ts'
import type { ServerLog } from '../observe/log.ts'

/**
 * Takes over the log level that the configuration has by now. One that can no longer be read changes nothing, and is logged
 * as an error.
 */
export function followLogLevel(log: ServerLog, load: () => LoadedConfig): void {
  try {
    const { logLevel } = load().config
    if (logLevel === log.level) return
    log.level = logLevel
    log.info({ logLevel }, 'the log has another level')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log.error({ error: error.message }, 'the configuration can not be read; the log keeps its level')
  }
}

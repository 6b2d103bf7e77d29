import type { LoadedConfig } from '../config/load.ts'
import { ConfigError } from '../config/types.ts'
import type { ServerLog } from '../observe/log.ts'

/**
 * Takes over the log level that the configuration has by now. Throws nothing: whatever keeps it from being read changes
 * nothing, and is logged as an error.
 */
export function followLogLevel(log: ServerLog, load: () => LoadedConfig): void {
  try {
    const { logLevel } = load().config
    if (logLevel === log.level) return
    log.level = logLevel
    log.info({ logLevel }, 'the log has another level')
  } catch (error) {
    const why = error instanceof ConfigError ? { error: error.message } : { err: error }
    log.error(why, 'the configuration can not be read; the log keeps its level')
  }
}

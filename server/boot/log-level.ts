import type { LoadedConfig } from '../config/load.ts'
import { ConfigError } from '../config/types.ts'
import type { ServerLog } from '../observe/log.ts'

/**
 * Takes over the log level that the configuration has by now, also where an operator has changed it since. Throws nothing:
 * whatever keeps it from being read changes nothing, and is logged as an error. Whether it was read.
 */
export function followLogLevel(log: ServerLog, load: () => LoadedConfig): boolean {
  try {
    log.configure(load().config.logLevel)
    return true
  } catch (error) {
    const why = error instanceof ConfigError ? { error: error.message } : { err: error }
    log.error(why, 'the configuration can not be read; the log keeps its level')
    return false
  }
}

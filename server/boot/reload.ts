import type { Log } from '../../engines/engine.ts'

/** What SIGHUP has read again without a restart, in an operator's words. */
const RELOADABLE = ['certificates', 'log_level', 'audit files']

/** Tells what was read again. `failed`: what was not, or not all of it; why is logged where it failed. */
export function logReloaded(log: Log, failed: readonly string[]): void {
  const done = listed(RELOADABLE.filter((part) => !failed.includes(part)))
  if (failed.length === 0) {
    log.info({}, `${done} were read again; other settings need a restart`)
    return
  }
  const rest = done === '' ? '' : `; read again: ${done}`
  log.warn({}, `not read again, and in use as before: ${listed(failed)}${rest}`)
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

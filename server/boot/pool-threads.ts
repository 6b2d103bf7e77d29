import { readdir, readFile } from 'node:fs/promises'
import { getPriority, setPriority } from 'node:os'

/** Above that of the process: a tenth of the weight. */
export const POOL_NICENESS = 10
const NICENESS_MAX = 19
/** As libuv names them. */
const POOL_THREAD = 'libuv-worker'
const TASKS = '/proc/self/task'

/**
 * Has the threads of Node's pool give way to those that serve requests: signatures and keys of RSA and hashes of passwords
 * take milliseconds of a processor each, and as many as there are threads at one time. Resolves with how many threads it
 * found: none where the system is not Linux or an older Node.js does not name them, which is no harm.
 */
export async function yieldPoolThreads(): Promise<number> {
  const own = getPriority()
  let found = 0
  // Reading the folder has started the pool: all its threads are there.
  for (const id of await readdir(TASKS).catch(() => [])) {
    const name = await readFile(`${TASKS}/${id}/comm`, 'utf8').catch(() => '')
    if (name.trimEnd() !== POOL_THREAD) continue
    // What Linux calls a process here is a thread. Whoever may raise the niceness of none lives with that.
    try {
      setPriority(Number(id), Math.min(NICENESS_MAX, own + POOL_NICENESS))
      found++
    } catch {}
  }
  return found
}

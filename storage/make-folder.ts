import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes the folder and what is missing above it, for their owner alone; one that is there stays as it is. Throws what the
 * system says. One by one: where a system that has the folder above says ENOENT of a new one, as /proc does, Node's
 * `recursive` tries for ever.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = []
  for (let at = resolve(folder); !(await isThere(at)) && dirname(at) !== at; at = dirname(at)) missing.unshift(at)
  for (const each of missing) {
    await mkdir(each, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code !== 'EEXIST') throw error
    })
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

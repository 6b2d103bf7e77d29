import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_AGAIN_MS = 100

/**
 * Does the work while no other process does any under the same file, which is made for as long as it takes. What a process that
 * died left of it is no obstacle.
 */
export async function oneAtATime<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true })
  while (!isOurs(file)) await sleep(LOOK_AGAIN_MS)
  try {
    return await work()
  } finally {
    rmSync(file)
  }
}

function isOurs(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!isHeld(file)) rmSync(file, { force: true })
    return false
  }
}

/** False for the file of a process that has died; what has just been released may be another's by now. */
function isHeld(file: string): boolean {
  try {
    // Before its number is written, 0: a process is always there then.
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

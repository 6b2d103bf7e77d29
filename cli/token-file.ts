import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `login` keeps the token. What `vault` and `bao` logins left behind is read when we have none. */
const OWN = '.egide-token'
const INHERITED = '.vault-token'

export function storedToken(home = homedir()): string | undefined {
  return readIfThere(join(home, OWN)) ?? readIfThere(join(home, INHERITED))
}

/** Readable by its owner alone, and whole at every moment: written aside, then renamed into place. */
export function storeToken(token: string, home = homedir()): void {
  const target = join(home, OWN)
  const aside = `${target}.${randomBytes(6).toString('hex')}`
  try {
    // `wx`: a file or link that someone put there first is not written through.
    writeFileSync(aside, token, { mode: 0o600, flag: 'wx' })
    renameSync(aside, target)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

function readIfThere(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim()
    return token === '' ? undefined : token
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

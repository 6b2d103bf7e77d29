import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { Absent } from '../clients/client-programs.ts'
import { root } from './deployed.ts'

const run = promisify(execFile)

/** The program of test/deploy/go, built; throws Absent where there is no Go. Its first build takes minutes. */
export async function buildCheck(): Promise<(...args: string[]) => Promise<string>> {
  const folder = path.join(import.meta.dirname, 'go')
  await run('go', ['list', '-m'], { cwd: folder }).catch(() => {
    throw new Absent('needs Go 1.25')
  })
  const out = path.join(root, '.venv', 'go', 'check-deploy')
  mkdirSync(path.dirname(out), { recursive: true })
  await run('go', ['build', '-mod=readonly', '-o', out, '.'], { cwd: folder })
  return async (...args) => (await run(out, args, { cwd: root, maxBuffer: 16 * 1024 * 1024 })).stdout
}

import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { startUnsealed } from '../harness/server.ts'
import { hasSshKeygen } from '../ssh/authority.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))

/** What the page says, as it stands there, each block on what the one before it left. */
test.skipIf(!hasSshKeygen)('logins over SSH', async () => {
  const server = await startUnsealed({ storage: 'inmem' })
  const shell = new Shell({})
  try {
    symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
    const page = readFileSync(path.join(root, 'docs', 'ssh.md'), 'utf8')
    const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
    const env = {
      PATH: `${shell.home}/bin:${process.env.PATH}`,
      HOME: shell.home,
      EGIDE_ADDR: server.address,
      EGIDE_TOKEN: server.rootToken,
    }
    const { stdout } = await run('bash', ['-c', ['set -eo pipefail', ...blocks].join('\n')], { cwd: shell.home, env })
    expect(stdout).toMatch(/Principals: \n\s+deploy\n/)
    expect(stdout).toMatch(/Extensions: \n\s+permit-port-forwarding\n\s+permit-pty\n/)
    const file = (name: string): string => readFileSync(path.join(shell.home, name), 'utf8')
    expect(file('known_hosts')).toMatch(/^@cert-authority \*\.example\.com ssh-ed25519 \S+\n+$/)
    const shown = await run('ssh-keygen', ['-L', '-f', path.join(shell.home, 'ssh_host_ed25519_key-cert.pub')])
    expect(shown.stdout).toMatch(/host certificate[\s\S]*web\.example\.com/)
    expect(stdout).toMatch(/ip\s+10\.1\.2\.3/)
    expect(stdout).toMatch(/username\s+ops/)
  } finally {
    shell.remove()
    await server.remove()
  }
})

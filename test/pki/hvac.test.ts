import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { Absent, pythonEnvironment } from '../clients/client-programs.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { hasOpenssl } from './authority.ts'

const PYTHON = path.join(import.meta.dirname, '..', 'clients', 'python')
const INSTALLED_WITHIN_MS = 400_000

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
}, 60_000)
afterAll(() => server.remove())

test(
  "every call of hvac's pki class, unmodified",
  async ({ skip }) => {
    const folder = await pythonEnvironment('hvac', path.join(PYTHON, 'requirements.txt')).catch((error: unknown) => {
      if (error instanceof Absent) return skip(error.message)
      throw error
    })
    const openssl = hasOpenssl ? { HAS_OPENSSL: '1' } : {}
    const shell = new Shell({ VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken, ...openssl })
    try {
      const ended = await shell.other(path.join(folder, 'python'), [path.join(PYTHON, 'pki_story.py')])
      expect(ended).toMatchObject({
        code: 0,
        stderr: '',
        stdout: 'roots\nsettings\nroles\ncertificates\nintermediates\nissuers\nall\n',
      })
    } finally {
      shell.remove()
    }
  },
  INSTALLED_WITHIN_MS,
)

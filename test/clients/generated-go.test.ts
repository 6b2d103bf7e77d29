import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { startUnsealed } from '../harness/server.ts'
import { buildGeneratedGo } from './client-programs.ts'
import { unlessAbsent } from './unless-absent.ts'

/** Building a Go program happens once a machine, over its network. */
const PREPARED_WITHIN_MS = 400_000
const DONE_WITHIN_MS = 60_000

test('vault-client-go, unmodified, does every step at a listener that takes its paths', {
  timeout: PREPARED_WITHIN_MS,
}, async ({ skip }) => {
  const program = await unlessAbsent(buildGeneratedGo, skip)
  const port = await freePort()
  const config = `listener "tcp" { address = "127.0.0.1:${port}" tls_disable = true lenient_paths = true }`
  const server = await startUnsealed({ storage: 'inmem', config })
  try {
    const env = { HOME: server.dataDir, VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: server.rootToken }
    const done = await promisify(execFile)(program, [], { env, timeout: DONE_WITHIN_MS })
    const steps = ['secrets', 'logins', 'tokens', 'transit', 'certificates', 'mounts']
    expect(done.stdout.trim().split('\n')).toEqual(steps)
  } finally {
    await server.remove()
  }
})

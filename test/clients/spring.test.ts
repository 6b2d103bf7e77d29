import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startUnsealed } from '../harness/server.ts'
import { prepareSpring } from './client-programs.ts'
import { unlessAbsent } from './unless-absent.ts'

/** Libraries are fetched once a machine, over its network. */
const PREPARED_WITHIN_MS = 400_000
const DONE_WITHIN_MS = 90_000

const STEPS = ['mounts', 'policies', 'kv1', 'kv2', 'transit', 'certificates', 'tokens', 'wrapping', 'logins', 'leases']

test('Spring Vault (Java), unmodified, does every step', { timeout: PREPARED_WITHIN_MS }, async ({ skip }) => {
  const { command, args } = await unlessAbsent(prepareSpring, skip)
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    const env = {
      PATH: process.env.PATH,
      HOME: server.dataDir,
      VAULT_ADDR: server.address,
      VAULT_TOKEN: server.rootToken,
    }
    const done = await promisify(execFile)(command, [...args], { env, timeout: DONE_WITHIN_MS })
    expect(done.stdout.trim().split('\n')).toEqual(STEPS)
  } finally {
    await server.remove()
  }
})

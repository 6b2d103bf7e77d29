import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { buildSops } from './client-programs.ts'
import { unlessAbsent } from './unless-absent.ts'

/** sops keeps the keys of files in Transit. What it does with the protocol of AWS KMS is tested beside that. */

/** Its build takes minutes where Go's cache is empty. */
const PREPARED_WITHIN_MS = 400_000

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem', tls: true })
})
afterAll(() => server?.remove())

const post = async (at: string, body: object) =>
  expect((await server.call('POST', at, { body })).status).toBeLessThan(300)

test('sops encrypts for groups of keys, rotates, and opens with what is left of them', {
  timeout: PREPARED_WITHIN_MS,
}, async ({ skip }) => {
  const program = await unlessAbsent(buildSops, skip)
  const file = path.join(server.dataDir, 'secrets.yaml')
  const sops = async (...args: readonly string[]): Promise<string> => {
    const env = {
      PATH: process.env.PATH,
      HOME: server.dataDir,
      VAULT_TOKEN: server.rootToken,
      VAULT_CACERT: server.certificate?.caFile,
    }
    return (await promisify(execFile)(program, args, { cwd: server.dataDir, env, timeout: 60_000 })).stdout
  }
  for (const name of ['ops', 'web', 'spare']) await post(`transit/keys/${name}`, {})
  const key = (name: string) => `{ hc_vault: ['${server.address}/v1/transit/keys/${name}'] }`
  const groups = [key('ops'), key('web'), key('spare')].join(', ')
  writeFileSync(
    path.join(server.dataDir, '.sops.yaml'),
    `creation_rules: [{ shamir_threshold: 2, key_groups: [${groups}] }]\n`,
  )
  writeFileSync(file, 'password: hunter2\n')

  await sops('encrypt', '--in-place', file)
  const first = readFileSync(file, 'utf8')
  expect(first).not.toContain('hunter2')
  expect(first.match(/vault:v1:/g)).toHaveLength(3)
  expect(await sops('decrypt', file)).toBe('password: hunter2\n')

  await post('transit/keys/ops/rotate', {})
  await sops('rotate', '--in-place', file)
  expect(readFileSync(file, 'utf8')).toContain('vault:v2:')

  await post('transit/keys/web/config', { deletion_allowed: true })
  await server.call('DELETE', 'transit/keys/web')
  expect(await sops('decrypt', file)).toBe('password: hunter2\n')
  await post('transit/keys/spare/config', { deletion_allowed: true })
  await server.call('DELETE', 'transit/keys/spare')
  await expect(sops('decrypt', file)).rejects.toThrow(/key groups|data key/)
})

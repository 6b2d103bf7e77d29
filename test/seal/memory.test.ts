import { createSecretKey } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { systemRandom } from '../../crypto/random.ts'
import { openKeyring, openNamespaceKeys } from '../../server/seal/keys/key-records.ts'
import { SEAL_PATHS } from '../../server/seal/paths.ts'
import { ShamirWrapper } from '../../server/seal/wrappers/shamir.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

// What a thief finds in the memory of a server that was sealed because of them.

const FORGOTTEN_WITHIN_MS = 60_000

let server: Server
afterEach(() => server.remove())

/** The keys of the vault, as its shares and its database give them. */
async function keysOf({ keys, dataDir }: Server): Promise<Record<string, Buffer>> {
  const database = new Database(path.join(dataDir, 'egide.db'), { readonly: true })
  const rows = database.prepare('select path, value from entry').all() as { path: string; value: Buffer }[]
  database.close()
  const stored = (name: string) => rows.find((row) => row.path === name)?.value ?? Buffer.alloc(0)
  // Of one share it is the key itself.
  const unsealKey = Buffer.from(keys[0] ?? '', 'base64')
  const rootKey = await new ShamirWrapper(systemRandom, unsealKey).unwrapRootKey(stored(SEAL_PATHS.rootKey))
  const keyring = openKeyring(createSecretKey(rootKey), stored(SEAL_PATHS.keyring))
  const namespace = openNamespaceKeys(keyring, 'root', stored('core/ns/root/keys'))
  const bytesOf = ({ active }: typeof keyring) => active.key.export()
  return { unsealKey, rootKey, keyring: bytesOf(keyring), namespace: bytesOf(namespace) }
}

/** Which of `wanted` stand in the memory of a process. */
function foundIn(pid: number, wanted: Record<string, Buffer>): string[] {
  const found = new Set<string>()
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
      if (from === undefined || to === undefined) continue
      const bytes = Buffer.allocUnsafe(Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)))
      try {
        bytes.fill(0, readSync(memory, bytes, 0, bytes.length, BigInt(`0x${from}`)))
      } catch {
        continue // gone since
      }
      for (const [name, key] of Object.entries(wanted)) if (bytes.includes(key)) found.add(name)
    }
  } finally {
    closeSync(memory)
  }
  return [...found].sort()
}

/** Until it is so; nobody asks the server for anything meanwhile: what it forgets, it forgets by itself. */
const left = (pids: readonly number[], keys: Record<string, Buffer>) =>
  expect.poll(() => pids.map((pid) => foundIn(pid, keys)), { timeout: FORGOTTEN_WITHIN_MS, interval: 500 })

test.skipIf(process.platform !== 'linux').each([1, 2])(
  'no key of the vault is left in the memory of a server that was sealed, of %i processes that serve',
  async (workers) => {
    server = await startUnsealed({ config: `workers = ${workers}` })
    if (workers > 1) await expect.poll(() => server.workerPids().length).toBe(workers)
    const pids = workers === 1 ? [server.pid] : server.workerPids()
    const keys = await keysOf(server)
    const opened = expect.arrayContaining(['keyring', 'namespace', 'rootKey'])
    await left(pids, keys).toEqual(pids.map(() => opened))
    expect((await server.call('PUT', 'sys/seal')).status).toBe(204)
    await left(pids, keys).toEqual(pids.map(() => []))
  },
)

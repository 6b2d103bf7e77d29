import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { backendContract } from './backend.contract.ts'
import { FaultyBackend } from './faulty.ts'
import { MemoryBackend } from './memory/memory.ts'
import { replaceContract } from './replace.contract.ts'
import { snapshotContract } from './snapshot.contract.ts'
import { openSqlite } from './sqlite/sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'egide-contract-'))
afterAll(() => rmSync(folder, { recursive: true }))

const empty = join(folder, 'empty.db')
await (await openSqlite({ path: empty })).close()
let files = 0
/** A copy of an empty store opens faster than a new file, which is migrated first. */
const openCopy = () => {
  const path = join(folder, `${++files}.db`)
  copyFileSync(empty, path)
  return openSqlite({ path })
}

backendContract('memory', async () => new MemoryBackend())
backendContract('SQLite', openCopy)
// The wrapper that injects faults is itself a backend like any other, until its fault comes.
backendContract(
  'memory, no fault yet',
  async () => new FaultyBackend(new MemoryBackend(), Number.POSITIVE_INFINITY, 'refused'),
)
snapshotContract('memory', async () => new MemoryBackend())
snapshotContract('SQLite', openCopy)
replaceContract('memory', async () => new MemoryBackend())
replaceContract('SQLite', openCopy)
